"""Signatures under the key of our own pages: of a button that marks a piece, and of a feed's private address.

A button's token is `page.VERDICT.EXPIRES.ARTICLE.TOPIC.SIGNATURE`: "r" or "i", unix seconds, the article's number, the
topic's name, base64url of HMAC-SHA256 (RFC 2104, RFC 4648 § 5) over what stands before it. It must not know of pages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.alerting.mark_token import Refusal, Verdict

_MARK, _FEED = b"seedwatch page mark 1\0", b"seedwatch feed 1\0"  # each signature serves one purpose
_FORM = re.compile(
    r"page\.([ri])\.([1-9][0-9]{0,11})\.([1-9][0-9]{0,14})\.([-_A-Za-z0-9]{1,64})\.([0-9A-Za-z_-]{43})", re.ASCII
)
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}", re.ASCII)
_LETTERS: dict[Verdict, str] = {"relevant": "r", "irrelevant": "i"}
_VERDICTS: dict[str, Verdict] = {letter: verdict for verdict, letter in _LETTERS.items()}
_FEED_KEY = 22  # characters of a feed's key: 132 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMark:
    """What a button of a page says: how a stored piece stands to a topic."""

    article: int
    topic: str
    verdict: Verdict


def is_markable_topic(topic: str) -> bool:
    """Whether a topic's name can stand in a token; those of a configuration can."""
    return _TOPIC.fullmatch(topic) is not None


def sign_page_mark(mark: PageMark, expires: datetime, key: bytes) -> str:
    """The token of a button, good until `expires`."""
    head = f"page.{_LETTERS[mark.verdict]}.{int(expires.timestamp())}.{mark.article}.{mark.topic}"
    return f"{head}.{_sign(_MARK, head, key)}"


def verify_page_mark(token: str, key: bytes, now: datetime) -> PageMark | Refusal:
    """What a token says, or why it counts for nothing; signatures are compared in constant time."""
    found = _FORM.fullmatch(token)
    if found is None:
        return "malformed"
    letter, expires, article, topic, signature = found.groups()
    if not hmac.compare_digest(_sign(_MARK, token[: found.end(4)], key), signature):
        return "forged"
    if now.timestamp() >= int(expires):
        return "expired"
    return PageMark(article=int(article), topic=topic, verdict=_VERDICTS[letter])


def read_page_mark(token: str) -> PageMark | None:
    """What a token claims, its signature not looked at; None for what is none."""
    found = _FORM.fullmatch(token)
    if found is None:
        return None
    return PageMark(article=int(found[3]), topic=found[4], verdict=_VERDICTS[found[1]])


def sign_feed_address(path: str, query: Iterable[tuple[str, str]], key: bytes) -> str:
    """The `key` parameter of one feed: of its path below the root and what narrows it, in whatever order.

    Values that are empty count as not given. One feed's key opens no other.
    """
    asked = sorted((name, value) for name, value in query if value and name != "key")
    words = "\0".join([path.strip("/"), *(f"{name}={value}" for name, value in asked)])
    return _sign(_FEED, words, key)[:_FEED_KEY]


def is_feed_signed(path: str, query: Iterable[tuple[str, str]], given: str, key: bytes) -> bool:
    """Whether `given` is the key of that feed, compared in constant time."""
    return hmac.compare_digest(sign_feed_address(path, query, key).encode(), given.encode("utf-8", "replace"))


def _sign(purpose: bytes, words: str, key: bytes) -> str:
    code = hmac.new(key, purpose + words.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(code).decode("ascii").rstrip("=")
