"""What each outlet's pages have taught, at hand for the next page, and its learning; it must not read a page.

Everything here runs in the writer's thread; what is learned from a page is written in the page's own transaction. The
database knows all of it: what is kept in memory only spares reading it for every page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from monitor.extraction.fields.headline import KnownHeadline
from monitor.extraction.templates.learn_template import holds_article, learn_templates
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.extraction.templates.page_sample import unpack_sample
from monitor.identity.ownership import PageOrigin
from monitor.model.template import Lesson, parse_template_rung
from monitor.pipeline.ingest.served_page import keys_of
from monitor.storage import Store
from monitor.storage.sources.links import Link
from monitor.text.repeated_lines import hash_repeated_line
from monitor.text.times.numeric_dates import infer_day_order
from monitor.text.title_likeness import split_title_words

_EVERY = 8  # articles of an outlet after which its lines are read again: what repeats shows over dozens of pages
# Samples after which templates are learned anew; from the last on, every eighth.
_LEARN_AT = frozenset({3, 5, 8, 12, 16, 20})
# Of pages whose template is trusted one in 32 is a sample, so this is once in 256 pages.
_LEARN_EVERY = 8
TRUST = 8  # pages on which a template must have agreed with the rung below before it is used without asking
_WANTING = 60  # samples after which an outlet without a template is taken to have none
# A template has failed where it was doubted on as many pages running, or on so many of the last twenty.
_RUNNING = 5
_OF_RECENT = 12
KIND = "template"  # of the problem that says so


class Lessons:
    """The knowledge of one running process about its outlets."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Knowledge] = {}
        self._since: Counter[str] = Counter()

    def load_knowledge_for(self, link: Link, served: str, found: PageOrigin) -> Knowledge:
        """What to read a link's page with, which `served` answered, as `found` tells.

        A page that was read before is read as it was then, by the same template or none, and a line that stands in
        the stored text stays: else what we learned meanwhile would look like an edit of the outlet's.
        """
        return self.load_knowledge_of(
            found.source, keys_of(link, served, found), found.site, link.headline, announced=not link.revisit
        )

    def load_knowledge_of(
        self, source: str, keys: Iterable[str], site: str, headline: str | None = None, *, announced: bool = False
    ) -> Knowledge:
        """What to read a page of `source` with, which is known on `site` by one of `keys` or not at all.

        `headline`: what the page itself was called when it was read last, where it was. `announced`: it is read since
        an endpoint says something new of it. What the endpoint calls it counts then, unless the page vouches for what
        the piece is called: a list that prints broken headlines for a while edits nothing.
        """
        known = self._known.get(source)
        if known is None:
            known = self._known[source] = self._learned(source)
        reads = (self._store.articles.load_last_reading(key, site=site) for key in keys)
        before = next((read for read in reads if read is not None), None)
        if before is None:
            return known
        number = parse_template_rung(before.rungs.get("text", ""))
        called = None
        vouched = headline is not None and split_title_words(headline) == split_title_words(before.title)
        if headline is not None and (vouched or not announced):
            called = KnownHeadline(page=headline, title=before.title, carrier=before.rungs.get("title", ""))
        template = self._store.templates.get(number) if number is not None else None
        stays = frozenset(hash_repeated_line(line) for line in before.text.split("\n\n"))
        return Knowledge(
            repeated=known.repeated - stays,
            templates=(replace(template, repeated=template.repeated - stays),) if template is not None else (),
            absence=known.absence,
            fresh=False,
            day_first=known.day_first,
            called=called,
        )

    def _learned(self, source: str) -> Knowledge:
        templates = self._store.templates.list_active(source)
        orders = self._store.articles.date_orders(source)
        return Knowledge(
            repeated=self._store.fingerprints.list_repeated(source),
            templates=templates,
            absence=self._store.absences.get_absence(source),
            wanting=not templates and self._store.templates.record(source).samples < _WANTING,
            day_first=infer_day_order(orders.get(True, 0), orders.get(False, 0)),
        )

    def learn_from(self, source: str, lesson: Lesson | None, now: datetime) -> None:
        """An article of `source` was stored, its lines counted: learn what else its page teaches."""
        self._since[source] += 1
        changed = self._since[source] >= _EVERY
        if lesson is not None:
            changed = self._taught(source, lesson, now) or changed
        if changed:
            self.invalidate(source)

    def invalidate(self, source: str) -> None:
        """Something was learned of `source`: read it anew before the next page."""
        self._since[source] = 0
        self._known.pop(source, None)

    def _taught(self, source: str, lesson: Lesson, now: datetime) -> bool:
        """Write down a lesson; whether what is known of the outlet changed."""
        templates = self._store.templates
        changed = False
        if lesson.template is not None and lesson.doubt is None:
            changed = templates.confirm(source, lesson.template, compared=lesson.compared, trust=TRUST)
        elif lesson.template is not None:
            templates.contradict(lesson.template)
            changed = True
        count = templates.add_sample(source, lesson.sample) if lesson.sample is not None else 0
        if lesson.doubt is not None:
            templates.reject(source, lesson.doubt, now)
            recent = templates.record(source).recent
            if recent.endswith("-" * _RUNNING) or recent.count("-") >= _OF_RECENT:
                self._failed(source, lesson.doubt, now)
                return True
        if count in _LEARN_AT or (count > max(_LEARN_AT) and count % _LEARN_EVERY == 0):
            return self._learn(source, now) or changed
        return changed

    def _failed(self, source: str, doubt: str, now: datetime) -> None:
        """The outlet's pages look different from what was learned: forget it, and begin with the newest pages."""
        self._store.templates.retire(source, doubt, now, spare=_RUNNING)
        self._store.problems.open(
            KIND,
            source,
            f"its pages no longer look as they did: {doubt}",
            f"nothing is lost, its pages are read without a template; `seedwatch explain {source}` shows what changed",
            now,
        )
        self._learn(source, now)

    def _learn(self, source: str, now: datetime) -> bool:
        """Learn the outlet's templates from its samples; whether there are any."""
        samples = [unpack_sample(blob) for blob in self._store.templates.samples(source)]
        found = learn_templates(samples)
        if not found:
            return False
        self._store.templates.replace_learned(
            source,
            [(template, [page.url for page in samples if holds_article(page, template.anchor)]) for template in found],
            now,
        )
        self._store.problems.close(KIND, source, now)
        return True
