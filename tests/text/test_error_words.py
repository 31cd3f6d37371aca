"""A reason is words, not Python."""

from __future__ import annotations

import pytest

from monitor.text.error_words import strip_object_notation


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
