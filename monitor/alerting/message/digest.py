"""One alert out of several that were held back, made of what is stored of them; it must not decide what is held."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerting.message.document import (
    LIMIT,
    SCHEMA,
    Cuts,
    GrowthView,
    StoryView,
    encode_json,
    format_time,
    growth_fields,
    is_link,
    story_fields,
)

DIGEST = "digest"
GREW = "story.grew"
_TITLE, _OUTLET, _URL, _REASON = 200, 100, 500, 200  # bytes; of the longest items some ten fit, of real ones fifty
_REASONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """An alert that was held back, as it is stored."""

    id: str
    body: bytes
    reason: str
    created_at: datetime
    score: float | None


def build_digest(id: str, rule: str, at: datetime, held: Sequence[HeldAlert]) -> bytes:
    """The alert that lists `held` (at least one), strongest first, in at most 20,000 bytes.

    `count` is the number of all; what does not fit is in the outbox, where `explain` shows it.
    """
    cuts = Cuts()
    reasons = Counter(cuts.short("digest", one.reason, _REASON) for one in held)
    listed: dict[str, Any] = {
        "from": format_time(min(one.created_at for one in held)),
        "until": format_time(at),
        "count": len(held),
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common(_REASONS)],
        "items": [],
    }
    found = {
        "type": DIGEST,
        "timestamp": format_time(at),
        "data": {
            "schema": SCHEMA,
            "alert": id,
            "rule": cuts.short("rule", rule, _OUTLET),
            "digest": listed,
            "explain": f"seedwatch alerts list --digest {id}",
            "truncated": [],
        },
    }
    room = LIMIT - len(encode_json(found)) - 100  # for the names of what is cut
    for one in sorted(held, key=lambda one: (-(one.score or 0.0), one.created_at, one.id)):
        item = _item(one, cuts)
        room -= len(encode_json(item)) + 1
        if room < 0:
            cuts.names["items"] = None
            break
        listed["items"].append(item)
    found["data"]["truncated"] = list(cuts.names)  # type: ignore[index]
    return encode_json(found)


def _item(held: HeldAlert, cuts: Cuts) -> dict[str, Any]:
    document = json.loads(held.body)
    data = document["data"]
    url = data["article"]["url"]
    return {
        "alert": held.id,
        "type": document["type"],
        "at": format_time(held.created_at),
        "outlet": cuts.short("items", data["outlet"]["title"], _OUTLET),
        "title": cuts.short("items", data["article"]["title"], _TITLE),
        "url": url if url is not None and is_link(url) and len(url) <= _URL else None,
        "topic": data["why"]["topic"],
        "score": held.score,
        "reason": cuts.short("items", held.reason, _REASON),
    }


def build_growth_alert(body: bytes, id: str, at: datetime, new: GrowthView, place: StoryView) -> bytes:
    """A stored alert on one report of a story as the alert that tells of all it got since; at most 20,000 bytes.

    `place` is the report's place in the story as it is by now.
    """
    found = json.loads(body)
    data, cuts = found["data"], Cuts()
    found["type"], found["timestamp"] = GREW, format_time(at)
    data["alert"], data["new"], data["story"] = id, growth_fields(new, cuts), story_fields(place, cuts)
    data["truncated"] = list(dict.fromkeys([*data["truncated"], *cuts.names]))
    for name, less in (("change", None), ("passages", []), ("evidence", [])):
        if len(encode_json(found)) <= LIMIT:
            break
        part = data if name in data else data["why"]
        part[name] = less
        data["truncated"] = list(dict.fromkeys([*data["truncated"], name]))
    return encode_json(found)
