"""What libraries say of a failure, in words for people; it must not judge it."""

from __future__ import annotations

import re

# Twisted: "[<twisted.python.failure.Failure twisted.internet.error.ConnectionLost: Connection … lost.>]".
_FAILURE = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ([^>]*)>\]?")
_NAMELESS = re.compile(r"\[?<twisted\.python\.failure\.Failure ([\w.]+)>?\]?")
# tomllib, tomli: "Cannot declare ('store',) twice (at line 44, column 7)", "Unterminated string (at end of document)".
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")
_OBJECT = re.compile(r"<(?:[\w.]+\.)?(\w+) object at 0x[0-9a-f]+>")


# What Scrapy, Twisted and OpenSSL say where no whole answer came, and what it means; the first that is found counts.
_FETCH = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^\('.*, b['\"]", "what answers does not speak HTTP"),  # first: the rest is the outlet's own words
        ("certificate verify failed", "its certificate is not valid"),
        (r"\('SSL routines', '[^']*', '([^']*)'\)", r"TLS failed: \1"),
        (r"DNS lookup failed: no results for hostname lookup: (\S+?)\.?$", r"its name is not found: DNS has no \1"),
        ("DNS lookup failed|Name or service not known", "its name is not found"),
        ("[Rr]efused by other side|Connection refused", "the connection was refused"),
        ("in a non-clean fashion|reset by peer", "the connection was broken off"),
        ("closed cleanly", "the connection was closed without an answer"),
        ("Connection timed out", "no connection in time"),
        (r"^An error occurred while connecting: \d+: (.*?)\.?$", r"no connection: \1"),
        ("^Not a gzipped file|while decompressing|^brotli", "the answer is not packed as its header says"),
        ("^max redirections reached", "it redirects in a circle or without end"),
    )
)
_CUT_OFF = "ResponseDataLossError"  # Scrapy's; it says nothing
CUT_OFF = "the answer was cut off"


def describe_fetch_error(error: BaseException) -> str:
    """Why no whole answer came, in plain words on one line; those of an error of another kind, else its name."""
    said = _strip_object_notation(str(error))
    for pattern, words in _FETCH:
        if found := pattern.search(said):
            return found.expand(words)
    name = type(error).__name__
    return said or (CUT_OFF if name == _CUT_OFF else name)


def _strip_object_notation(text: str) -> str:
    """`text` on one line, each failure or object in it as its words or its plain name."""
    text = _FAILURE.sub(r"\1", text)
    text = _NAMELESS.sub(lambda found: found[1].rpartition(".")[2], text)
    return " ".join(_OBJECT.sub(r"\1", text).split())


def describe_toml_error(said: str, text: str) -> tuple[int, str]:
    """The line of `text`, counted from 1, that a TOML parser's message `said` is about, and what is wrong."""
    found = _PLACE.search(said)
    line = int(found[1]) if found and found[1] else max(len(text.splitlines()), 1)
    words = said[: found.start()] if found else said
    if declared := _TWICE.fullmatch(words):
        table = ".".join(re.findall(r"'([^']*)'", declared[1]))
        words = f"the table [{table}] stands twice; put its keys below one of them"
    elif words == "Cannot overwrite a value":
        words = "the key stands twice in its table; keep one of them"
    return line, words
