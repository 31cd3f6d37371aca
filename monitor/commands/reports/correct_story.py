"""A person's word on which pieces are one story: parts a story, or makes two one; it must not judge likeness.

What was parted is never made one again by itself; a person may. Both are rows in `story_changes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.errors import SeedwatchError
from monitor.identity.story_clustering import add_text, compare_to_story, merge_profiles, new_profile, weigh_words
from monitor.identity.story_terms import choose_story_words
from monitor.model.story import StoryProfile, StoryVector
from monitor.storage import Store
from monitor.storage.articles.archive import StoredPiece
from monitor.storage.articles.provenance import StoryReport


def split_story(store: Store, pieces: Sequence[str], now: datetime) -> dict[str, Any]:
    """Give the pieces of these URLs, keys or numbers, with every copy of their texts, a story of their own.

    Raises SeedwatchError where one of them is not stored, where they are of several stories, or all of one.
    """
    with store.write():
        found = [_piece(store, piece) for piece in pieces]
        told = {piece.story_id for piece in found}
        if len(told) > 1:
            raise SeedwatchError(f"these are of several stories already: {', '.join(map(str, sorted(told)))}")
        left = told.pop()
        moved = store.lineage.list_copies(piece.id for piece in found)
        rest = store.lineage.list_original_reports(left, without=moved)
        if not rest:
            raise SeedwatchError(f"story {left} has no other pieces: there is nothing to part them from")
        first = min(piece.id for piece in found)
        fresh = store.stories.split(left, moved, now)
        one, its_title = rebuild_profile(store, left, rest, apart=[fresh])
        other, title = rebuild_profile(store, fresh, store.lineage.list_original_reports(fresh), apart=[left])
        store.stories.set_title(left, its_title)
        store.stories.set_title(fresh, title)
        similarity = compare_to_story(_vector(other), one)
        store.stories.record_split(one, other, first, similarity=similarity, articles=len(moved), now=now)
    return {"story": left, "new_story": fresh, "articles": list(moved), "similarity": round(similarity, 3)}


def merge_stories(store: Store, kept: int, other: int, now: datetime) -> dict[str, Any]:
    """Make one story of two, under the first one's number and title.

    Raises SeedwatchError where there is no such story, or both are one.
    """
    with store.write():
        numbers = [store.stories.resolve(number) for number in (kept, other)]
        pieces = [store.lineage.list_original_reports(number) for number in numbers]
        for number, reports in zip((kept, other), pieces, strict=True):
            if not reports:
                raise SeedwatchError(f"there is no story {number}: `seedwatch explain URL` names the story of a piece")
        if numbers[0] == numbers[1]:
            raise SeedwatchError(f"{kept} and {other} are one story already")
        (one, _), (two, _) = (
            rebuild_profile(store, number, reports) for number, reports in zip(numbers, pieces, strict=True)
        )
        similarity = compare_to_story(_vector(two), one)
        last = pieces[1][-1].id
        store.stories.merge(merge_profiles(one, two), numbers[1], article_id=last, similarity=similarity, now=now)
    return {"story": numbers[0], "merged": numbers[1], "similarity": round(similarity, 3)}


def _piece(store: Store, what: str) -> StoredPiece:
    piece = store.articles.load(what)
    if piece is None:
        raise SeedwatchError(f"no article is stored of {what}: give the URL or number of a stored piece")
    return piece


def rebuild_profile(
    store: Store, number: int, reports: Sequence[StoryReport], apart: Sequence[int] = ()
) -> tuple[StoryProfile, str]:
    """The profile of a story told anew from its texts, as they are now, and the title of the most central piece.

    What the story was parted from before stays.
    """
    known = store.stories.profile(number)
    before = known.apart if known else frozenset()
    profile, title = None, ""
    for report in reports:
        found = choose_story_words(report.article)
        vector = weigh_words(found, *store.stories.word_counts.load(found.keys))
        if profile is None:
            profile, central = new_profile(number, vector, report.at, {*before, *apart} - {number}), True
        else:
            profile, central = add_text(profile, vector, report.at)
        title = report.article.title if central else title
    assert profile is not None  # noqa: S101  callers have seen that there are reports
    return profile, title


def _vector(profile: StoryProfile) -> StoryVector:
    """A story as one text."""
    total = sum(weight * weight for weight in profile.weights.values()) ** 0.5 or 1.0
    weights = {key: weight / total for key, weight in profile.weights.items()}
    return StoryVector(weights=weights, names=frozenset(profile.names))
