"""Articles that stand in a page's data."""

from __future__ import annotations

import json

import pytest
from lxml import html

from monitor.extraction.body.embedded_state import read_embedded_state

LINES = [
    f"The council met on Monday and put off its vote on ferry line number {n}, its chairman said." for n in range(4)
]
OTHER = [
    f"Bakers in Varnby have raised the price of rye bread for the {n} time since the spring of last year."
    for n in range(9)
]
TEXT = "\n".join(LINES)


def rich(lines: list[str]) -> dict[str, object]:
    return {"content": [{"type": "paragraph", "content": [{"type": "text", "value": line}]} for line in lines]}


def read(script: str, visible: str = LINES[0]) -> str | None:
    tree = html.document_fromstring(f"<html><body><h1>x</h1><p>y</p>{script}</body></html>")
    return read_embedded_state(tree, visible)


@pytest.mark.parametrize(
    "state",
    [
        {"story": rich(LINES), "more": rich(OTHER)},
        {"body": "".join(f"<p>{line}</p>" for line in LINES), "related": OTHER},
        {"body": LINES, "tags": ["ferry", "/news/ferry", "https://x.example/a b c d e f g h"]},
        {"body": [f"<p>{line}</p>" for line in LINES]},
        {"body": [{"children": [{"text": line[:30]}, {"text": line[30:]}]} for line in LINES], "n": 1},
    ],
)
def test_the_list_that_holds_what_is_shown(state: object) -> None:
    text = json.dumps(state)
    assert read(f'<script type="application/json">{text}</script>') == TEXT
    assert read(f"<script>window.__STATE__ = {text};</script>") == TEXT
    chunk = json.dumps([1, f"5:{text}\n"])
    assert read(f"<script>self.__next_f.push({chunk})</script>") == TEXT


@pytest.mark.parametrize(
    "script",
    [
        "<script>var x = 1</script><script></script>",
        "<script type='application/json'>{broken</script>",
        f"<script type='application/ld+json'>{json.dumps(LINES)}</script>",
        f"<script type='application/json'>{json.dumps(OTHER)}</script>",
        f"<script type='application/json'>{json.dumps({'n': {'k': 5}})}</script>",
    ],
)
def test_data_that_hold_another_thing(script: str) -> None:
    assert read(script) is None


def test_nothing_shown_and_much_shown_are_left() -> None:
    script = f"<script type='application/json'>{json.dumps(LINES)}</script>"
    assert read(script, "short") is None
    assert read(script, "\n".join(LINES * 9)) is None


def test_a_list_many_times_as_long_as_what_is_printed_holds_other_stories() -> None:
    printed = LINES * 2
    script = f"<script type='application/json'>{json.dumps(printed + OTHER * 4)}</script>"
    assert read(script, "\n".join(printed)) is None
    assert (
        read(f"<script type='application/json'>{json.dumps(printed + OTHER)}</script>", "\n".join(printed)) is not None
    )


def test_depth_has_an_end() -> None:
    deep = "[" * 90 + json.dumps(LINES[0]) + "]" * 90
    nested = '{"a":' * 90 + json.dumps(LINES) + "}" * 90
    assert read(f"<script type='application/json'>{deep}</script>") == LINES[0]  # of a list far enough down
    assert read(f"<script type='application/json'>{nested}</script>") is None


def test_what_nests_without_end_and_what_says_nothing_are_passed_by() -> None:
    deep: object = "word " * 9
    for _ in range(70):
        deep = {"children": deep}
    state = {"story": rich(LINES), "list": [deep, 5, {"n": 5}]}
    assert read(f"<script type='application/json'>{json.dumps(state)}</script>") == TEXT
