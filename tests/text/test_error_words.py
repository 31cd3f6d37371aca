"""A reason is words, not Python."""

from __future__ import annotations

import tomllib

import pytest

from monitor.text.error_words import describe_fetch_error, describe_toml_error


class ResponseDataLossError(Exception):
    """As Scrapy's, which says nothing."""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Connection was refused by other side: 111: Connection refused.", "the connection was refused"),
        ("An error occurred while connecting: 104: Connection reset by peer.", "the connection was broken off"),
        ("Connection to the other side was lost in a non-clean fashion.", "the connection was broken off"),
        (
            "[<twisted.python.failure.Failure x.ConnectionLost: The other side was lost in a non-clean fashion: x.>]",
            "the connection was broken off",
        ),
        ("Connection was closed cleanly.", "the connection was closed without an answer"),
        ("An error occurred while connecting: 113: No route to host.", "no connection: No route to host"),
        ("TCP connection timed out: 110: Connection timed out.", "no connection in time"),
        ("no whole answer within 30 s", "no whole answer within 30 s"),
        (
            "DNS lookup failed: no results for hostname lookup: no.example.",
            "its name is not found: DNS has no no.example",
        ),
        ("DNS lookup failed: timeout", "its name is not found"),
        ("[('SSL routines', '', 'certificate verify failed')]", "its certificate is not valid"),
        ("[('SSL routines', '', 'wrong version number')]", "TLS failed: wrong version number"),
        ("('non-integer status code', b'\\x00<b>')", "what answers does not speak HTTP"),
        ("('non-integer status code', b'certificate verify failed')", "what answers does not speak HTTP"),
        ("Not a gzipped file (b'ga')", "the answer is not packed as its header says"),
        ("Error -3 while decompressing data: invalid", "the answer is not packed as its header says"),
        ("max redirections reached", "it redirects in a circle or without end"),
        (
            "[<twisted.python.failure.Failure x.ConnectionDone>] of <twisted.web.Request object at 0x7f4c3d7be910>\n!",
            "ConnectionDone of Request !",
        ),
        ("", "OSError"),
    ],
)
def test_why_no_answer_came_is_said_in_plain_words(said: str, words: str) -> None:
    assert describe_fetch_error(OSError(said)) == words


def test_an_answer_that_was_cut_off_says_so_itself() -> None:
    assert describe_fetch_error(ResponseDataLossError()) == "the answer was cut off"


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
