"""The log on stderr: `key=value` lines, or one JSON object a line whose values keep their types.

The fields of an object are read from the format that the code wrote, not from the finished text: what an outlet sends
can forge neither a field nor a line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any, Literal

_NOISY = ("scrapy", "twisted", "httpx", "httpcore", "trafilatura", "asyncio", "filelock", "htmldate", "courlan")
_TEXT = "%(asctime)s.%(msecs)03dZ level=%(levelname)s logger=%(name)s %(message)s"
# key=literal, key=%s with its width and conversion, or a conversion by itself.
_PART = re.compile(r"(?:(?P<key>[a-z_][a-z0-9_-]*)=)?(?:%[-+#0 ]*\d*(?:\.\d+)?(?P<kind>[sdrfiga])|(?P<word>[^\s%]+))")
_OWN = frozenset({"at", "level", "logger", "message", "trace"})


def set_up_logging(level: str, form: Literal["text", "json"] | str) -> None:
    """Log to stderr from `level` on; of libraries only what is an error."""
    handler = logging.StreamHandler(sys.stderr)
    if form == "json":
        handler.setFormatter(JsonLines())
    else:
        text = logging.Formatter(_TEXT, "%Y-%m-%dT%H:%M:%S")
        text.converter = time.gmtime
        handler.setFormatter(text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)


class JsonLines(logging.Formatter):
    """`{"at", "level", "logger", "event", …fields, "message"}`; `trace` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        found: dict[str, Any] = {"at": at, "level": record.levelname, "logger": record.name}
        found |= {key: value for key, value in list_fields(record).items() if key not in _OWN}
        found["message"] = record.getMessage()
        if record.exc_info:
            found["trace"] = self.formatException(record.exc_info)
        return json.dumps(found, default=str)  # ASCII: no separator of lines that a reader of logs might split at


def list_fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says in fields; the event is `event=`, or the word that begins the line."""
    form, arguments = str(record.msg), record.args
    values = list(arguments) if isinstance(arguments, tuple) else []
    found: dict[str, Any] = {}
    for part in _PART.finditer(form.replace("%%", "")):
        if part["kind"] is None:
            if part["key"] is not None:
                found[part["key"]] = part["word"]
            elif not found and part.start() == 0:
                found["event"] = part["word"]
            continue
        if not values:
            break
        value = values.pop(0)
        if part["key"] is not None:
            found[part["key"]] = value if isinstance(value, str | int | float | bool | None) else str(value)
    return found
