"""Whether a page found by what it says of its address is the piece of that name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from newswire import words

from monitor.identity.same_piece import is_same_piece
from monitor.model.identity import Recall, RevisionText, StoredArticle, Version
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Reading

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENTENCES, OTHERS = ([words(seed)[:63].capitalize() + "." for seed in range(start, start + 8)] for start in (1, 11))
TEXT = " ".join(SENTENCES)
EARLIER = (RevisionText(number=1, title="Ice", content_hash="first"),)


def reading(text: str, content_hash: str = "other", at: datetime | None = None) -> Reading:
    published = at and Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="meta")
    article = Article(
        url="https://gull.example/2", identity=None, title="Ice", lead=None, text=text, published=published
    )
    return Reading(article=article, content_hash=content_hash)


def recall(at: datetime | None) -> Recall:
    known = StoredArticle(
        id=1,
        url="https://gull.example/1",
        source="gull",
        revision=2,
        title="Ice",
        content_hash="second",
        published_at=at,
        story_id=1,
        quiet=False,
    )
    return Recall(known=known, addressed=False, before=Version(title="Ice", lead=None, text=TEXT), texts=EARLIER)


def kept(sentences: int) -> str:
    """The first sentences of TEXT, and others to the same length."""
    return " ".join([*SENTENCES[:sentences], *OTHERS[sentences:]])


@pytest.mark.parametrize(
    ("found", "known_at", "same"),
    [
        (reading(words(2), "first"), NOON, True),  # a text that it has had, whatever the present one is
        (reading(words(2), "first", NOON + timedelta(days=9)), NOON, True),
        (reading(TEXT + " It thawed."), None, True),  # an edit, without a date to part them
        (reading(TEXT + " It thawed.", at=NOON), None, True),
        (reading(TEXT + " It thawed."), NOON, True),
        (reading(TEXT + " It thawed.", at=NOON + timedelta(hours=20)), NOON, False),  # the next day's bulletin
        (reading(TEXT + " It thawed.", at=NOON + timedelta(hours=11)), NOON, True),  # the same day
        # Past midnight, and less than half a day apart: one piece that is dated anew.
        (reading(TEXT + " It thawed.", at=NOON + timedelta(hours=12, minutes=5)), NOON + timedelta(hours=9), True),
        (reading(words(2)), NOON, False),
        (reading(words(2), at=NOON), NOON, False),
        (reading(kept(4)), NOON, True),
        (reading(kept(3)), NOON, False),
    ],
)
def test_a_name_counts_while_the_texts_agree(found: Reading, known_at: datetime | None, same: bool) -> None:
    assert is_same_piece(found, recall(known_at)) is same


@pytest.mark.parametrize("nothing", [Recall(), Recall(known=recall(NOON).known)])
def test_there_must_be_a_piece_to_compare_with(nothing: Recall) -> None:
    with pytest.raises(ValueError, match="nothing is known to compare with"):
        is_same_piece(reading(TEXT), nothing)
