"""The heartbeat: a dead man's switch is called while all is well, and only then; it must not decide what well is.

What is told of is silence: when polls fail, alerts get stuck, the machine dies or the network is gone, the call does
not come, and the service that waits for it speaks up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from monitor.alerting.channels.service_answers import USER_AGENT
from monitor.alerting.liveness import find_stall_reason
from monitor.clock import Clock
from monitor.config.schema import HeartbeatSection
from monitor.delivery.channel_target import mask_secrets, resolve_address
from monitor.delivery.guarded_http import Sender
from monitor.model.alert import Reply, Request
from monitor.storage import Store

log = logging.getLogger(__name__)
_KIND, _SUBJECT = "heartbeat", "url"


async def send_heartbeat(
    store: Store,
    sender: Sender,
    section: HeartbeatSection,
    clock: Clock,
    *,
    folder: Path,
    environ: Mapping[str, str],
) -> str | None:
    """Call `[heartbeat] url` where all is well; why it was not called or not answered, None where it was.

    `folder` is that of config.toml. A call that fails is a problem until one succeeds.
    """
    reason = await store.read(_silent, store, clock)
    if reason is not None:
        log.warning("event=heartbeat-withheld reason=%r", reason)
        return reason
    found = resolve_address(section.url, section.url_file, section.url_env, folder=folder, environ=environ)
    if found.target is None:
        reply = Reply(status=None, error=found.error)
    else:
        request = Request(method="GET", url=found.target.url, headers={"user-agent": USER_AGENT}, body=b"")
        with clock.hold():
            reply = mask_secrets(await sender.send(request), found.hidden)
    good = reply.error is None and reply.status is not None and 200 <= reply.status < 300
    wrong = None if good else reply.error or f"it answered {reply.status}"
    await store.do_if_due(_note, store, wrong, clock)
    return wrong


def _silent(store: Store, clock: Clock) -> str | None:
    return find_stall_reason(store.pulse.sources(), store.pulse.channels(), clock.now())


def _note(store: Store, wrong: str | None, clock: Clock) -> None:
    if wrong is None:
        store.problems.close(_KIND, _SUBJECT, clock.now())
    else:
        store.problems.open(
            _KIND,
            _SUBJECT,
            f"The heartbeat could not be sent: {wrong}",
            "Look at [heartbeat] in config.toml",
            clock.now(),
        )
