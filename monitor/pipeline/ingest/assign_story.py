"""Follows stories: which one a new piece belongs to, and what it changes in them; it must not judge likeness itself.

Everything here runs inside the line's transaction, so a story is never half told: an article, its story, what tells
that story from others and the words by which it is found are committed together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.identity.decide import find_story_constraints
from monitor.identity.story_clustering import (
    add_text,
    compare_to_story,
    extend_span,
    match_story,
    merge_profiles,
    new_profile,
    rate_merge,
    weigh_words,
)
from monitor.identity.text_difference import diff_texts
from monitor.model.identity import Decision, Recall
from monitor.model.page import Article, Outcome, Reading
from monitor.model.story import StoryChoice, StoryVector
from monitor.storage import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAssignment:
    """The story a new piece belongs to, None where it opens one; no `vector` for a copy, which tells nothing new."""

    story_id: int | None
    at: datetime | None  # when the piece was published, as far as its outlet says
    words: tuple[str, ...] = ()
    counted: int = 0  # texts whose words were counted when it was weighed
    vector: StoryVector | None = None
    choice: StoryChoice | None = None
    apart: frozenset[int] = frozenset()  # stories that a story it opens is never one with
    near_copy: bool = False


def choose_story(store: Store, reading: Reading, source: str, decision: Decision, recall: Recall) -> StoryAssignment:
    """Where a piece that is not known yet belongs: where the text is that it copies or corrects, else by its words."""
    at = reading.article.published.at if reading.article.published else None
    if decision.outcome is Outcome.COPY and decision.of is not None:
        return StoryAssignment(story_id=decision.of.story_id, at=at)
    words = reading.words.keys
    counts, counted = store.stories.word_counts.load(words)
    vector = weigh_words(reading.words, counts, counted)
    likes = find_story_constraints(reading, source, recall)
    kindred = decision.of or likes.corrects
    if kindred is not None:
        profile = store.stories.profile(kindred.story_id)
        choice = StoryChoice(profile=profile, similarity=compare_to_story(vector, profile) if profile else 0.0)
        return StoryAssignment(
            story_id=kindred.story_id,
            at=at,
            words=words,
            counted=counted,
            vector=vector,
            choice=choice,
            near_copy=decision.of is not None,
        )
    choice = match_story(vector, store.stories.candidates(vector), at, likes.apart)
    story_id = choice.profile.story_id if choice.profile else None
    return StoryAssignment(
        story_id=story_id, at=at, words=words, counted=counted, vector=vector, choice=choice, apart=likes.apart
    )


def store_difference(store: Store, article_id: int, article: Article) -> None:
    """Remember what an article's present text adds to the one it copies and cuts from it, if it copies any."""
    earlier = store.lineage.original_text(article_id)
    if earlier is not None:
        store.lineage.save_difference(article_id, diff_texts(article.text, earlier))


def add_to_story(
    store: Store, placing: StoryAssignment, story_id: int, article_id: int, article: Article, now: datetime
) -> int:
    """Tell a story of the article that was just stored in it, and merge those that it shows to be one.

    The story that the article is in then: of two the larger stays, of equals the older.
    """
    stories = store.stories
    if placing.vector is None or placing.choice is None:
        profile = stories.profile(story_id)
        if profile is not None:
            stories.save_profile(extend_span(profile, placing.at), article_id)
        return story_id
    if placing.near_copy:
        store_difference(store, article_id, article)
    stories.word_counts.count(article_id, placing.words, placing.counted)
    profile = placing.choice.profile
    if profile is None:
        fresh = placing.story_id is None
        first = new_profile(story_id, placing.vector, placing.at, placing.apart)
        stories.save_profile(first, article_id, fresh=fresh)
        return story_id
    grown, central = add_text(profile, placing.vector, placing.at)
    stories.save_profile(grown, article_id)
    if central:
        stories.set_title(story_id, article.title)
    for other in placing.choice.also:
        kept, gone = sorted((grown, other), key=lambda one: (-one.texts, one.story_id))
        like = rate_merge(kept, gone)
        if like is not None:
            grown = merge_profiles(kept, gone)
            stories.merge(grown, gone.story_id, article_id=article_id, similarity=like, now=now)
    return grown.story_id
