"""The kinds of channels: a stored alert becomes a message, a message a request; none of them sends or stores.

A new kind is one module with `render`, `build_request`, `read_reply` and `PACE`, and one line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from monitor.alerting.channels import apprise, discord, email, mattermost, ntfy, slack, teams, telegram, webhook
from monitor.alerting.channels.service_answers import read_status_only
from monitor.model.alert import Mail, Push, Reply, Request, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One kind of channel.

    An alert is stored as one document for all kinds (docs/alert.schema.json). `render` makes a message of it for every
    attempt, the same of the same document, so that an alert that waits may go to a channel whose kind has changed.
    `request(message, target, alert_id, now, secrets)` runs for every attempt; `secrets` are signing secrets.
    `read` finds in an answer what its status does not say. `pace`: seconds between two messages.
    """

    render: Callable[[bytes], bytes]
    request: Callable[[bytes, Target, str, datetime, Sequence[str]], Request | Mail | Push]
    read: Callable[[Reply], Reply]
    pace: float


KINDS: Mapping[str, Channel] = MappingProxyType(
    {
        "webhook": Channel(
            render=webhook.render, request=webhook.build_request, read=read_status_only, pace=webhook.PACE
        ),
        "slack": Channel(render=slack.render, request=slack.build_request, read=slack.read, pace=slack.PACE),
        "discord": Channel(
            render=discord.render, request=discord.build_request, read=discord.read_reply, pace=discord.PACE
        ),
        "teams": Channel(render=teams.render, request=teams.build_request, read=teams.read_reply, pace=teams.PACE),
        "telegram": Channel(
            render=telegram.render, request=telegram.build_request, read=telegram.read_reply, pace=telegram.PACE
        ),
        "ntfy": Channel(render=ntfy.render, request=ntfy.build_request, read=ntfy.read_reply, pace=ntfy.PACE),
        "mattermost": Channel(
            render=mattermost.render, request=mattermost.build_request, read=mattermost.read, pace=mattermost.PACE
        ),
        "apprise": Channel(
            render=apprise.render, request=apprise.build_request, read=read_status_only, pace=apprise.PACE
        ),
        "email": Channel(render=email.render, request=email.build_request, read=email.read_reply, pace=email.PACE),
    }
)
