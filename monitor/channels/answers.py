"""What a service's answer means beyond its status; it must not decide what follows from it.

A reply with an `error` is no delivery, whatever its status; a wait that stands in a body becomes the Retry-After
header that every other part of delivery knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor.channels.message import clean
from monitor.model import Reply

_SHOWN = 200  # characters of a service's own words in an error


def plain(reply: Reply) -> Reply:
    """The status says it all."""
    return reply


def good(reply: Reply) -> bool:
    """Whether the status alone is that of a delivery."""
    return reply.status is not None and 200 <= reply.status < 300


def body(reply: Reply) -> Any:
    """The answer's JSON, None where it is none."""
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def words(reply: Reply) -> str:
    """The answer as one line of text."""
    return clean(reply.body[: 4 * _SHOWN].decode("utf-8", "replace"))[:_SHOWN]


def refused(reply: Reply, service: str, said: object) -> Reply:
    """The reply as a failure in the service's own words."""
    text = clean(str(said)[: 4 * _SHOWN])[:_SHOWN]
    return replace(reply, error=f"{service} answered {reply.status}: {text}") if text else reply


def waiting(reply: Reply, seconds: object) -> Reply:
    """The reply with the wait that its body asks for, where the header asks for less or for none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        return reply
    try:
        header = float(reply.headers.get("retry-after", "0"))
    except ValueError:  # a date: the header is the more exact
        return reply
    return replace(reply, headers={**reply.headers, "retry-after": f"{max(header, seconds):.3f}"})


def member(value: Any, *path: str) -> Any:
    """`value[path[0]][path[1]]…`, None where anything on the way is missing or of another form."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def ok_text(service: str) -> Any:
    """For services that answer a bare "ok": another text under a 2xx is a login page or a refusal.

    An empty body counts as ok, because an answer that broke off after its status must not be sent again.
    """

    def read(reply: Reply) -> Reply:
        said = words(reply)
        if good(reply) and (said in ("", "ok") or member(body(reply), "ok") is True):
            return reply
        return refused(reply, service, said or "")

    return read
