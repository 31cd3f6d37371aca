"""A reason is words, not Python."""

from __future__ import annotations

import tomllib

import pytest

from monitor.text.error_words import describe_toml_error, strip_object_notation


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "ResponseNeverReceived: [<twisted.python.failure.Failure x.ConnectionLost: The other side was lost.>]",
            "ResponseNeverReceived: The other side was lost.",
        ),
        ("[<twisted.python.failure.Failure twisted.internet.error.ConnectionDone>]", "ConnectionDone"),
        ("no answer from <twisted.web._newclient.Request object at 0x7f4c3d7be910>\n!", "no answer from Request !"),
        ("DNS lookup failed", "DNS lookup failed"),
    ],
)
def test_object_notation_is_taken_out(said: str, words: str) -> None:
    assert strip_object_notation(said) == words


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[a]\nx = 1\n[a]\n", 3, "the table [a] stands twice; put its keys below one of them"),
        ("[a.b]\n[a.b]", 2, "the table [a.b] stands twice; put its keys below one of them"),
        ("x = 1\nx = 2\n", 2, "the key stands twice in its table; keep one of them"),
        ("x = 1\n\ny = 'z", 3, 'Expected "\'"'),
        ("x\n", 1, "Expected '=' after a key in a key/value pair"),
    ],
)
def test_a_fault_of_toml_has_its_line_and_no_tuple(text: str, line: int, words: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert describe_toml_error(str(caught.value), text) == (line, words)


def test_a_message_of_another_form_is_kept() -> None:
    assert describe_toml_error("no place", "") == (1, "no place")
