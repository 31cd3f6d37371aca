"""What libraries say of a failure, without the marks of Python's object notation; it must not judge it."""

from __future__ import annotations

import re

# Twisted: "[<twisted.python.failure.Failure twisted.internet.error.ConnectionLost: Connection … lost.>]".
_FAILURE = re.compile(r"\[?<twisted\.python\.failure\.Failure [\w.]+: ([^>]*)>\]?")
_NAMELESS = re.compile(r"\[?<twisted\.python\.failure\.Failure ([\w.]+)>?\]?")
_OBJECT = re.compile(r"<(?:[\w.]+\.)?(\w+) object at 0x[0-9a-f]+>")


def strip_object_notation(text: str) -> str:
    """`text` on one line, each failure or object in it as its words or its plain name."""
    text = _FAILURE.sub(r"\1", text)
    text = _NAMELESS.sub(lambda found: found[1].rpartition(".")[2], text)
    return " ".join(_OBJECT.sub(r"\1", text).split())
