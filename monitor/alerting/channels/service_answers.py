"""What a service's answer means beyond its status; it must not decide what follows from it.

A reply with an `error` is no delivery, whatever its status; a wait that stands in a body becomes the Retry-After
header that every other part of delivery knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from monitor import __version__
from monitor.model.alert import Reply, Request
from monitor.text.format_characters import clean_text

_SHOWN = 200  # characters of a service's own words in an error


def read_status_only(reply: Reply) -> Reply:
    """The status says it all."""
    return reply


def is_delivered(reply: Reply) -> bool:
    """Whether the status alone is that of a delivery."""
    return reply.status is not None and 200 <= reply.status < 300


def parse_json_body(reply: Reply) -> Any:
    """The answer's JSON, None where it is none."""
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def format_answer_line(reply: Reply) -> str:
    """The answer as one line of text."""
    return clean_text(reply.body[: 4 * _SHOWN].decode("utf-8", "replace"))[:_SHOWN]


def mark_refused(reply: Reply, service: str, said: object) -> Reply:
    """The reply as a failure in the service's own words."""
    text = clean_text(str(said)[: 4 * _SHOWN])[:_SHOWN]
    return replace(reply, error=f"{service} answered {reply.status}: {text}") if text else reply


def apply_body_wait(reply: Reply, seconds: object) -> Reply:
    """The reply with the wait that its body asks for, where the header asks for less or for none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        return reply
    try:
        header = float(reply.headers.get("retry-after", "0"))
    except ValueError:  # a date: the header is the more exact
        return reply
    return replace(reply, headers={**reply.headers, "retry-after": f"{max(header, seconds):.3f}"})


def get_member(value: Any, *path: str) -> Any:
    """`value[path[0]][path[1]]…`, None where anything on the way is missing or of another form."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def expect_ok_text(service: str) -> Any:
    """For services that answer a bare "ok": another text under a 2xx is a login page or a refusal.

    Servers that take the same messages say it in other forms: Rocket.Chat `{"success": true}`, some "OK". An empty body
    counts as ok, because an answer that broke off after its status must not be sent again.
    """

    def read(reply: Reply) -> Reply:
        said, found = format_answer_line(reply), parse_json_body(reply)
        agreed = get_member(found, "ok") is True or get_member(found, "success") is True
        if is_delivered(reply) and (said.lower() in ("", "ok", '"ok"') or agreed):
            return reply
        return mark_refused(reply, service, said or "")

    return read


USER_AGENT = f"seedwatch/{__version__}"


def build_post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Request:
    """`body`, which is JSON, to `url`."""
    return Request(
        method="POST",
        url=url,
        headers={"content-type": "application/json", "user-agent": USER_AGENT, **(headers or {})},
        body=body,
    )
