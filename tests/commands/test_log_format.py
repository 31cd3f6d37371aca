"""A log as JSON: one object a line, fields with their types, nothing that an outlet could forge."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from monitor.commands.output.log_format import JsonLines

pytestmark = pytest.mark.row("R11")


def written(message: str, *arguments: object, level: int = logging.INFO) -> dict[str, object]:
    record = logging.LogRecord("monitor.x", level, "x.py", 1, message, arguments, None)
    record.created = 1_777_888_999.25
    line = JsonLines().format(record)
    assert "\n" not in line
    assert line.isascii()
    found: dict[str, object] = json.loads(line)
    return found


def test_fields_have_their_types() -> None:
    line = "event=poll source=%s outcome=%s requests=%d part=%.3f article=%s reason=%r"
    assert written(line, "tass", "ok", 3, 0.5, None, "it's\nall") == {
        "at": "2026-05-04T10:03:19.250Z",
        "level": "INFO",
        "logger": "monitor.x",
        "event": "poll",
        "source": "tass",
        "outcome": "ok",
        "requests": 3,
        "part": 0.5,
        "article": None,
        "reason": "it's\nall",
        "message": 'event=poll source=tass outcome=ok requests=3 part=0.500 article=None reason="it\'s\\nall"',
    }


def test_a_delivery_has_its_alert_and_attempt() -> None:
    found = written("delivery alert=%s channel=%s attempt=%d status=%s%s", "msg_1", "desk", 2, 503, ' error="no"')
    assert (found["event"], found["alert"], found["attempt"], found["status"]) == ("delivery", "msg_1", 2, 503)


def test_what_an_outlet_sends_forges_neither_a_field_nor_a_line() -> None:
    found = written("event=page url=%s reason=%r", "http://a/ event=stopped level=ERROR\u2028{", "x\nevent=y")
    assert (found["event"], found["level"], found["url"]) == (
        "page",
        "INFO",
        "http://a/ event=stopped level=ERROR\u2028{",
    )
    assert set(found) == {"at", "level", "logger", "event", "url", "reason", "message"}


def test_words_behind_a_value_are_no_fields() -> None:
    found = written("event=clock-step seconds=%+.0f the machine's clock was set: due times move with it", -60.0)
    assert (found["event"], found["seconds"]) == ("clock-step", -60.0)
    assert set(found) == {"at", "level", "logger", "event", "seconds", "message"}


def test_a_field_cannot_take_the_place_of_the_record() -> None:
    found = written("event=x level=%s at=%s", "DEBUG", "never", level=logging.ERROR)
    assert (found["level"], found["at"]) == ("ERROR", "2026-05-04T10:03:19.250Z")


def test_a_trace_is_a_field() -> None:
    try:
        raise ValueError("no\nline")
    except ValueError:
        record = logging.LogRecord("m", logging.ERROR, "x.py", 1, "event=lost", (), sys.exc_info())
    found = json.loads(JsonLines().format(record))
    assert found["trace"].splitlines()[-2:] == ["ValueError: no", "line"]
