"""The token of a link that marks one alert's piece: signed, expiring, safe in an address; it must not know of pages.

`VERDICT.EXPIRES.ALERT.SIGNATURE`: "r" or "i", unix seconds, `msg_…`, base64url of HMAC-SHA256 (RFC 2104, RFC 4648 § 5)
over what stands before it. It is no secret beyond what it allows, a verdict on that one piece; db/plugins/mark_link.py
reads its form, without the key, and says what it would do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Verdict = Literal["relevant", "irrelevant"]
Refusal = Literal["malformed", "forged", "expired"]

KEY_BYTES = 32  # as long as the hash's output: longer adds nothing (RFC 2104 § 3)
LENGTH = 100  # characters no token exceeds: 1 + 12 + 31 + 43 and three dots are 90
_PURPOSE = b"seedwatch mark 1\0"  # the key signs nothing else by chance
_FORM = re.compile(r"([ri])\.([1-9][0-9]{0,11})\.(msg_[0-9A-Za-z]{27})\.([0-9A-Za-z_-]{43})")
_LETTERS: dict[Verdict, str] = {"relevant": "r", "irrelevant": "i"}
_VERDICTS: dict[str, Verdict] = {letter: verdict for verdict, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkClaim:
    """What the holder of a good token says of an alert's piece."""

    alert: str
    verdict: Verdict


def sign_token(alert: str, verdict: Verdict, expires: datetime, key: bytes) -> str:
    """The token with which anybody may mark the piece of `alert` (`msg_…`) so until `expires`."""
    head = f"{_LETTERS[verdict]}.{int(expires.timestamp())}.{alert}"
    return f"{head}.{_signature(head, key)}"


def verify_token(token: str, key: bytes, now: datetime) -> MarkClaim | Refusal:
    """What a token says, or why it counts for nothing; "expired" only where the signature is ours.

    Signatures are compared in constant time, so that none can be guessed letter by letter.
    """
    found = _FORM.fullmatch(token)
    if found is None:
        return "malformed"
    letter, expires, alert, signature = found.groups()
    if not hmac.compare_digest(_signature(token[: found.end(3)], key), signature):
        return "forged"
    if now.timestamp() >= int(expires):
        return "expired"
    return MarkClaim(alert=alert, verdict=_VERDICTS[letter])


def _signature(head: str, key: bytes) -> str:
    code = hmac.new(key, _PURPOSE + head.encode("ascii"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(code).decode("ascii").rstrip("=")
