"""One document to one channel, once: rendered, signed, with what the channel adds; it must not decide what follows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.alerting.channels import KINDS
from monitor.delivery.channel_target import mask_secrets, read_masked
from monitor.delivery.guarded_http import Sender
from monitor.delivery.marks.links import MarkLinks
from monitor.delivery.request_options import Options, aim_channel, filled_body
from monitor.model.alert import Mail, Push, Reply, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAlert:
    """What was sent and what came back, without secrets; `request` is None where nothing could be sent.

    `broken`: it is no alert, or none that the channel's template can tell, and waiting will not mend it.
    """

    request: Request | Mail | Push | None
    reply: Reply
    broken: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it is a delivery."""
        return self.reply.error is None and self.reply.status is not None and 200 <= self.reply.status < 300


async def send_alert(
    sender: Sender,
    name: str,
    channel: Options,
    body: bytes,
    number: str,
    now: datetime,
    *,
    folder: Path = Path(),
    environ: Mapping[str, str] = os.environ,
    marks: MarkLinks | None = None,
) -> SentAlert:
    """Send a document with the id `number`, with links where `marks` makes some.

    `folder` is that of config.toml. Trouble of any kind is a reply with an error, never an exception.
    """
    found, dress = aim_channel(name, channel, folder=folder, environ=environ)
    if found.target is None:
        reply = Reply(status=None, error=found.error, reached=False)
        return SentAlert(request=None, reply=reply, warnings=found.warnings)
    kind = KINDS[found.target.kind]
    try:
        body, tokens = marks.add_links(body) if marks else (body, ())
        message = filled_body(dress, body) or kind.render(body)
    except (ValueError, LookupError, TypeError) as error:  # an outbox that somebody else wrote into
        words = f"what is stored is no alert ({type(error).__name__}: {error})"
        reply = mask_secrets(Reply(status=None, error=words), found.hidden)  # a template's error may show its values
        return SentAlert(request=None, reply=reply, broken=True, warnings=found.warnings)
    request = dress.put_on(kind.request(message, found.target, number, now, found.signing))
    # An answer is kept, and may repeat what was sent.
    reply = read_masked(kind.read, await sender.send(request), (*found.hidden, *tokens))
    return SentAlert(request=request, reply=reply, warnings=found.warnings)
