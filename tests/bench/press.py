"""Articles and the furniture that outlets print around them, for page generators; it must not know any layout.

The words are the newsroom's. What a generator prints is remembered as headlines and teasers of its later pages, as an
outlet's own pages do it: most of what surrounds an article is other articles.
"""

from __future__ import annotations

import html
import json
import random
from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.newsroom.writer import Draft, Writer

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_BEATS = ("wordpress", "commonspace", "milligazete")
_READERS = ("Tern", "old_salt", "Marta K.", "J. Doe", "ferryman", "N.", "Anna from Brackwater", "quayside")
_REMARKS = (
    "I have lived here for {n} years and never saw them keep a promise like this one.",
    "Thank you for writing about it, nobody else does. My neighbour said the same on day {n}.",
    "So who pays? We heard all of that {n} times before the last election and look where we are now.",
    "Not convinced. The figures in paragraph {n} do not add up, somebody should check them before printing.",
    "{n} likes for whoever wrote the headline, the rest I could have told you myself, honestly.",
)
_HEADS = ("What is known", "Reactions", "The figures", "What comes next", "A long dispute", "Voices from the town")
_SCENES = (
    "the harbour",
    "the ministry",
    "a polling station",
    "the stadium",
    "the old bridge",
    "a hearing",
    "the plant",
)
_AGENCIES = ("Gull Pictures", "Harbour Archive", "Tern/Pool", "Ministry handout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One piece of an article's body: "p", "h2", "quote" or "item"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article without a dress. `gold` is what a reader would call its text, lines."""

    number: int
    title: str
    standfirst: str | None
    parts: tuple[Part, ...]
    author: str
    section: str
    tags: tuple[str, ...]
    at: datetime

    @property
    def gold(self) -> str:
        lead = () if self.standfirst is None else (self.standfirst,)
        return "\n".join((*lead, *(part.text for part in self.parts)))


class Press(ABC):
    """One outlet's page generator: the same seed prints the same pages."""

    name: str
    site: str
    standfirst = 0.5  # how often an article has one

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"{self.name} {seed}")
        self._writer = Writer(self.chance)
        self._number = 4000
        self._authors = [self._writer.write("wordpress", on_topic=False, at=START).author for _ in range(7)]
        self.earlier: deque[Story] = deque(maxlen=30)

    def next(self) -> tuple[str, str, str]:
        """The next page: its URL, its HTML, and the article's text."""
        story = self._story()
        page = self.dress(story)
        self.earlier.append(story)
        return self.url(story), page, story.gold

    @abstractmethod
    def dress(self, story: Story) -> str:
        """The page of `story`."""

    def url(self, story: Story) -> str:
        return f"https://{self.name}.example/{story.section}/{story.number}"

    def _story(self) -> Story:
        chance = self.chance
        self._number += chance.randint(1, 9)
        at = START + timedelta(minutes=self._number)
        drafts = [
            self._writer.write(chance.choice(_BEATS), on_topic=False, at=at)
            for _ in range(chance.choice((1, 1, 2, 2, 3)))
        ]
        parts: list[Part] = []
        for draft in drafts:
            if parts and chance.random() < 0.5:
                parts.append(Part(kind="h2", text=self._head(at)))
            for text in draft.paragraphs:
                parts.append(Part(kind="quote" if parts and chance.random() < 0.06 else "p", text=text))
        if chance.random() < 0.15:
            parts += [Part(kind="item", text=draft.title) for draft in (self._draft(at) for _ in range(3))]
            parts.append(Part(kind="p", text=self._draft(at).paragraphs[0]))
        return Story(
            number=self._number,
            title=drafts[0].title,
            standfirst=drafts[0].lead if chance.random() < self.standfirst else None,
            parts=tuple(parts),
            author=chance.choice(self._authors),
            section=drafts[0].section,
            tags=drafts[0].tags,
            at=at,
        )

    def _head(self, at: datetime) -> str:
        """A subheading: mostly of this story, at times one that many stories have."""
        if self.often(0.2):
            return self.chance.choice(_HEADS)
        return " ".join(self._draft(at).title.split()[:5])

    def _draft(self, at: datetime) -> Draft:
        return self._writer.write("wordpress", on_topic=False, at=at)

    # — furniture —————————————————————————————————————————————————————————————————————————————————————————————————

    def others(self, count: int) -> list[Story]:
        """Earlier stories of the outlet, newest more often."""
        count = min(count, len(self.earlier))
        return self.chance.sample(list(self.earlier), count)

    def head(self) -> str:
        """Styles and scripts: of 186 real pages half carry more than 94 kB of them, in 245 kB with 970 elements."""
        chance = self.chance
        rules = "".join(f".c{chance.randint(1, 99999)}{{margin:0 auto;padding:{n}px}}" for n in range(300))
        state = {"id": chance.randbytes(200).hex(), "slots": [chance.randbytes(24).hex() for _ in range(1800)]}
        tracker = "!function(w,d){var q=w.q||[];q.push(arguments)}(window,document);" * 60
        return f"<style>{rules}</style><script>{tracker}</script><script>window.state={json.dumps(state)}</script>"

    def menu(self) -> str:
        """A menu of sections and towns, some hundred links deep as outlets have it."""
        towns = "".join(f'<li class="mi mi-{n}"><a href="/town/{n}"><span>Town {n}</span></a></li>' for n in range(150))
        parts = ("World", "Politics", "Economy", "Sport", "Culture", "Science", "Weather", "Opinion")
        sections = "".join(
            f'<li class="mi"><a href="/{part.lower()}">{part}</a><ul>'
            + "".join(f'<li><a href="/{part.lower()}/{n}">{part} {n}</a></li>' for n in range(6))
            + "</ul></li>"
            for part in parts
        )
        icon = '<svg viewBox="0 0 24 24"><path d="M3 6h18v2H3V6m0 5h18v2H3v-2m0 5h18v2H3v-2Z"/></svg>' * 12
        return f'<ul class="mm">{sections}</ul><ul class="towns">{towns}</ul>{icon}'

    def often(self, share: float) -> bool:
        return self.chance.random() < share

    def caption(self) -> str:
        chance = self.chance
        year, season = chance.randint(2019, 2026), chance.choice(("March", "June", "autumn"))
        where = f"People in front of {chance.choice(_SCENES)} of {self.site} in {season} {year}."
        return f"{where} {chance.choice(_AGENCIES)}"

    def remarks(self) -> list[tuple[str, str]]:
        """Readers' comments: name and text."""
        chance = self.chance
        return [
            (chance.choice(_READERS), chance.choice(_REMARKS).format(n=chance.randint(2, 90)))
            for _ in range(chance.choice((0, 0, 1, 2, 4, 7)))
        ]


def esc(text: str) -> str:
    return html.escape(text, quote=True)
