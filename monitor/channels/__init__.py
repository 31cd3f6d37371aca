"""The kinds of channels: an alert becomes bytes, stored bytes become a request; none of them sends or stores.

A new kind is one module with `render` and `request`, and one line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from monitor.channels import webhook
from monitor.channels.message import AlertView
from monitor.channels.target import Target
from monitor.model import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One kind of channel.

    `render` runs once, in the article's transaction; its bytes are what is stored and what every attempt sends.
    `request(body, target, alert_id, now, secrets)` runs for every attempt.
    """

    render: Callable[[AlertView], bytes]
    request: Callable[[bytes, Target, str, datetime, Sequence[str]], Request]


KINDS: Mapping[str, Channel] = MappingProxyType(
    {
        "webhook": Channel(render=webhook.render, request=webhook.request),
    }
)
