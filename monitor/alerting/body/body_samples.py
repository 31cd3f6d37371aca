"""Sample documents of every type of alert, by which a receiver's own body is checked before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from monitor.alerting.message.digest import HeldAlert, build_digest
from monitor.alerting.message.document import BeforeEdit, GrowthView, ProblemView, encode_alert, encode_json
from monitor.alerting.message.report import REPORT, ReportEvent, ReportFrame, build_report, group_stories
from monitor.alerting.message.test_alert import build_sample_alert

# Words that change nothing in a string and everything outside of one.
_HOSTILE = '", "x": "\\\n1, 2 {{ 1 }}'
# Texts that are ours, not an outlet's: a template may compare them.
_FIXED = frozenset(
    {"type", "timestamp", "at", "since", "from", "until", "state", "precision", "part", "kind", "event"}
    | {"zone", "schedule", "told"}
)
_ID = "msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """`documents` by type; `whole` has every field of all of them, `hostile` the same in the words of an attacker."""

    documents: Mapping[str, bytes]
    whole: bytes
    hostile: bytes


def sample_documents(now: datetime) -> Samples:
    """A sample of each type of alert, as they are stored."""
    plain = build_sample_alert(_ID, now)
    before = BeforeEdit(title="Before", lead="Before.", text="Before.")
    problem = ProblemView(
        id=_ID,
        at=now,
        rule="test",
        kind="source",
        subject="seedwatch",
        detail="This is a test.",
        cure="Nothing is to be done.",
        since=now,
    )
    grown = GrowthView(since=now, outlets=("seedwatch",), numbers=("1",), reports=(("seedwatch", "Test", ""),))
    found = {
        "article.matched": encode_alert(replace(plain, event="article.matched")),
        "article.edited": encode_alert(replace(plain, event="article.edited", before=before)),
        "article.retracted": encode_alert(replace(plain, event="article.retracted", before=before)),
        "story.grew": encode_alert(replace(plain, event="story.grew", new=grown)),
        "source.problem": encode_alert(problem),
        "test": encode_alert(plain),
    }
    held = HeldAlert(id=_ID, body=found["article.matched"], reason="test", created_at=now, score=1.0)
    found["digest"] = build_digest(_ID, "test", now, [held])
    found[REPORT] = _sample_report(now)
    whole: dict[str, Any] = {}
    for document in found.values():
        _merge(whole, json.loads(document))
    return Samples(documents=found, whole=encode_json(whole), hostile=encode_json(_broken(whole)))


def _sample_report(now: datetime) -> bytes:
    """A report with one of everything that it can list."""
    one = ReportEvent(
        alert=_ID,
        event="article.matched",
        at=now,
        article_id=1,
        story_id=1,
        outlet="seedwatch",
        title="Test",
        url="https://seedwatch.example/",
        topic="test",
        score=1.0,
        told="digest",
        reason="test",
        kinds=("numbers",),
        before="Before.",
        after="After.",
    )
    events = (one, replace(one, event="article.edited"), replace(one, told="held"))
    frame = ReportFrame(id=_ID, rule="test", schedule="daily 07:00", zone="UTC", since=now, until=now)
    return build_report(frame, events, group_stories(events), {1: (1, 1)})


def _merge(whole: dict[str, Any], more: dict[str, Any]) -> None:
    """Put what `whole` lacks, or has as null, into it."""
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(whole.get(name), dict):
            _merge(whole[name], value)
        elif whole.get(name) is None:
            whole[name] = value


def _broken(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _broken(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_broken(part, name) for part in value]
    return _HOSTILE if isinstance(value, str) and name not in _FIXED else value
