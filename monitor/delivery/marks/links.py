"""The two links of an alert that mark its piece, put into its document on the way out; it must not store them.

Stored documents stand in the database, which the pages show: whoever reads there should not find what marks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args

from monitor.alerting.mark_token import Verdict, sign_token
from monitor.alerting.message.document import LIMIT, encode_json

LIFE = timedelta(days=90)  # a mark bears on the next `learn`; an archive of messages should not mark for ever
PATH = "/seedwatch/mark/"  # where db/plugins/mark_link.py answers


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLinks:
    """Where the pages are reached from outside, without a slash at the end, and the key that signs."""

    public: str
    key: bytes = field(repr=False)

    def add_links(self, body: bytes) -> tuple[bytes, tuple[str, ...]]:
        """A stored document with `data.mark`, and the tokens in it, which no log may hold.

        The same body gives the same bytes: the links end `LIFE` after the document's own time. An alert on no
        article, a test and one that would pass 20,000 bytes stay as they are. Raises ValueError, LookupError or
        TypeError for bytes that are no alert.
        """
        found = json.loads(body)
        data = found["data"]
        if "article" not in data or found["type"] == "test":
            return body, ()
        expires = datetime.fromisoformat(found["timestamp"]) + LIFE
        tokens = {verdict: sign_token(data["alert"], verdict, expires, self.key) for verdict in get_args(Verdict)}
        data["mark"] = {verdict: f"{self.public}{PATH}{token}" for verdict, token in tokens.items()}
        longer = encode_json(found)
        return (longer, tuple(tokens.values())) if len(longer) <= LIMIT else (body, ())
