"""An article's place in its story as an alert says it; it must not decide what belongs to a story."""

from __future__ import annotations

from collections.abc import Callable

from monitor.alerting.message.document import StoryView
from monitor.storage import Store


def view_story_position(store: Store, article_id: int, outlet: Callable[[str], str]) -> StoryView:
    """Which report of its story it is, from how many outlets and independent sources, and who was first – as of now.

    `outlet` gives what people call a source.
    """
    found = store.lineage.standing(article_id)
    return StoryView(
        id=found.story_id,
        report=found.report,
        outlets=found.outlets,
        independent=found.independent,
        first_outlet=outlet(found.first_source),
        first_at=found.first_at,
    )
