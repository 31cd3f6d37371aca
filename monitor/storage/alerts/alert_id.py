"""Makes the id of an alert of what the alert says, so that a crash cannot number it twice."""

from __future__ import annotations

import hashlib

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


_ID_LENGTH = 27  # as in the specification's examples; 62**27 is a little more than 2**160


def make_alert_id(channel: str, rule: str, event: str, article_key: str, revision: int) -> str:
    """The `webhook-id` of one alert: "msg_" and 27 letters and digits, the same for the same arguments."""
    parts = (channel, rule, event, article_key, str(revision))
    digest = hashlib.sha256("".join(f"{len(part)}:{part}" for part in parts).encode("utf-8")).digest()
    number = int.from_bytes(digest[:20], "big")
    letters = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "msg_" + "".join(reversed(letters))
