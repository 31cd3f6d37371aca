"""What each outlet's pages have taught, at hand for the next page; it must not read a page or decide about one.

Everything here runs in the writer's thread. The database knows all of it; what is kept in memory only spares reading
it for every page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from monitor.core.knowledge import Knowledge
from monitor.core.repetition import key
from monitor.store import Store
from monitor.store.links import Link

_EVERY = 8  # articles of an outlet after which its lines are read again: what repeats shows over dozens of pages


class Lessons:
    """The knowledge of one running process about its outlets."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Knowledge] = {}
        self._since: Counter[str] = Counter()

    def of(self, link: Link) -> Knowledge:
        """What to read a link's page with.

        A page that was read before is read as it was then: a line that stands in the stored text stays, or what we
        learned meanwhile would look like an edit of the outlet's.
        """
        known = self._known.get(link.source)
        if known is None:
            known = Knowledge(repeated=self._store.fingerprints.furniture(link.source))
            self._known[link.source] = known
        if known.repeated and (text := self._store.articles.text_of(link.key)) is not None:
            stays = frozenset(key(line) for line in text.split("\n\n"))
            return replace(known, repeated=known.repeated - stays)
        return known

    def heard(self, source: str) -> None:
        """An article of `source` was stored, and its lines counted."""
        self._since[source] += 1
        if self._since[source] >= _EVERY:
            self._since[source] = 0
            self._known.pop(source, None)
