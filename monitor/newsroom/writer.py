"""Believable articles of our own from a seed; it must not put them out or read a clock."""

from __future__ import annotations

import random
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.newsroom.grammar import Angle, Beat, Pen, load_beats
from monitor.newsroom.piece import Piece

# Where TASS reports from, by beat; the rest files from Moscow or a town of the word lists.
_CITIES = {
    "karabakh": ("MOSCOW", "BAKU", "YEREVAN", "STEPANAKERT", "TBILISI", "BRUSSELS"),
    "oil": ("BAKU", "MOSCOW", "LONDON"),
}
# The odd forms are real (SOURCES.md, "Text conventions"): about one start in a hundred, here one in twelve so
# that a short run meets them.
_PLAIN_DATELINE = "{city}, {date}. /TASS/. "
_ODD_DATELINES = (
    "{city}, {date}. /TASS Correspondent {first} {last}/. ",
    "{city}, {date}. /TASS/ - ",
    "{city}, {date}{th}. /TASS/. ",
    "{city}, {date}, /TASS/. ",
    "{city}, {date}. /TASS./ ",
    "{city}, {date}./ TASS/. ",
    "/{city}, {date}. /TASS/. ",
    "TASS-FACTBOX. ",
    "TASS. ",
    "IGORA /Leningrad Region/, {date}. /TASS/. ",
    "{city}, {date} /ITAR-TASS/. ",
)
ODD_SHARE = 1 / 12
ZONES = {
    "tass": ZoneInfo("Europe/Moscow"),
    "commonspace": ZoneInfo("Europe/Brussels"),
    "milligazete": ZoneInfo("Europe/Istanbul"),
    "wordpress": ZoneInfo("UTC"),
}
# How often a drawn sentence may be drawn again because it stood in an earlier piece.
_TRIES = 40
# Two pieces of one beat share at most this part of the shorter one's three-word shingles, so that no near-copy
# rule may take them for one: reprints share 0.45 and more (containment, measured on ECB+).
APART = 0.35
_REMEMBERED = 250

Shingles = frozenset[tuple[str, ...]]


def list_shingles(text: str) -> Shingles:
    """The three-word shingles of a text, lower case, words only."""
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a writer hands in, before an outlet gives it a number and an address."""

    section: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    tags: tuple[str, ...]
    author: str
    on_topic: bool
    beat: str


class Writer:
    """Writes pieces that differ: no sentence stands in two of them, and no two share a headline.

    Theory of operation: every list of templates is a shuffled bag that is emptied before a template comes up
    again, and a sentence that an earlier piece had is drawn anew. Two pieces of a beat may still share a
    template; its names, numbers and turns of phrase then differ.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._bags: dict[str, list[str]] = {}
        self._used: set[str] = set()
        self._earlier: dict[str, deque[Shingles]] = {}

    def write(self, outlet: str, *, on_topic: bool, at: datetime) -> Draft:
        """A new piece for `outlet`, dated `at` (aware). Raises ValueError for an outlet no beat writes for."""
        fitting = {b.name: b for b in load_beats() if b.on_topic == on_topic and outlet in b.outlets}
        if not fitting:
            raise ValueError(f"no beat writes for {outlet!r}")
        beat = fitting[self._draw(f"beats {outlet} {on_topic}", tuple(fitting))]
        angle = beat.angles[int(self._draw(f"angles {beat.name}", [str(n) for n in range(len(beat.angles))]))]
        pen = self._pen(beat, outlet, at)
        title = self._fresh(pen, f"title {beat.name} {angle.title[0]}", angle.title)
        lead, paragraphs = self._lead_and_body(pen, angle, beat)
        if outlet == "tass":
            # Half of TASS leads stand in the body as well (SOURCES.md, "Article page": 54 of 100).
            if self._chance.random() < 0.5:
                paragraphs.insert(self._chance.randint(1, len(paragraphs)), f"{lead}.")
            paragraphs[0] = self._dateline(pen, beat) + paragraphs[0]
        else:
            lead += "."
        return Draft(
            section=angle.section,
            title=title,
            lead=lead,
            paragraphs=tuple(paragraphs),
            tags=tuple(pen.fill(tag) for tag in angle.tags),
            author=pen.fill("{first} {last}"),
            on_topic=on_topic,
            beat=beat.name,
        )

    def headline(self, piece: Piece, outlet: str) -> str:
        """Another headline for the same text, as agency copy gets one at every customer."""
        beat = next(b for b in load_beats() if b.name == piece.beat)
        angles = [angle for angle in beat.angles if _tagged(angle, piece)] or list(beat.angles)
        angle = self._chance.choice(angles)
        pen = self._pen(beat, outlet, piece.published_at)
        return self._fresh(pen, f"title {beat.name} {angle.title[0]}", angle.title)

    def paragraph(self, piece: Piece) -> str:
        """One more paragraph on the same subject, for an edit."""
        beat = next(b for b in load_beats() if b.name == piece.beat)
        pen = self._pen(beat, piece.outlet, piece.published_at)
        return self._fresh(pen, f"detail {beat.name}", beat.detail)

    def _lead_and_body(self, pen: Pen, angle: Angle, beat: Beat) -> tuple[str, list[str]]:
        """Drawn until it stands `APART` from what this beat wrote lately, at worst the best of ten."""
        earlier = self._earlier.setdefault(beat.name, deque(maxlen=_REMEMBERED))
        best: tuple[float, str, list[str], Shingles] | None = None
        for _ in range(10):
            lead = self._fresh(pen, f"lead {beat.name} {angle.title[0]}", angle.lead)
            body = self._body(pen, angle, beat)
            mine = list_shingles(" ".join((lead, *body)))
            nearest = max((len(mine & other) / min(len(mine), len(other)) for other in earlier), default=0.0)
            if best is None or nearest < best[0]:
                best = (nearest, lead, body, mine)
            if nearest <= APART:
                break
        assert best is not None  # noqa: S101 - the loop ran
        earlier.append(best[3])
        return best[1], best[2]

    def _body(self, pen: Pen, angle: Angle, beat: Beat) -> list[str]:
        """Five to eight paragraphs of one to three sentences: the news first, background last."""

        def take(kind: str, templates: Sequence[str]) -> str:
            return self._fresh(pen, f"{kind} {beat.name}", templates)

        body = [take(f"news {angle.title[0]}", angle.news)]
        for _ in range(self._chance.randint(3, 4)):
            parts = [take("detail", beat.detail) for _ in range(self._chance.randint(1, 2))]
            body.append(" ".join(parts))
        for _ in range(self._chance.randint(1, 2)):
            body.insert(self._chance.randint(1, len(body)), take("quote", beat.quote))
        if self._chance.random() < 0.6:
            body.append(take("background", beat.background))
        return body

    def _fresh(self, pen: Pen, bag: str, templates: Sequence[str]) -> str:
        for _ in range(_TRIES):
            text = pen.sentence(self._draw(bag, templates))
            if text not in self._used:
                break
        self._used.add(text)
        return text

    def _draw(self, bag: str, choices: Sequence[str]) -> str:
        if not self._bags.get(bag):
            self._bags[bag] = list(choices)
            self._chance.shuffle(self._bags[bag])
        return self._bags[bag].pop()

    def _pen(self, beat: Beat, outlet: str, at: datetime) -> Pen:
        local = at.astimezone(ZONES[outlet])
        day = local.day
        ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
        fixed = {
            "today": f"{local:%A}",
            "month": f"{local + timedelta(days=31):%B}",
            "date": f"{local:%B} {day}",
            "th": ending,
        }
        return Pen(beat=beat, chance=self._chance, fixed=fixed)

    def _dateline(self, pen: Pen, beat: Beat) -> str:
        city = self._chance.choice(_CITIES.get(beat.name, ("MOSCOW", "MOSCOW", pen.fill("{city}").upper())))
        plain = self._chance.random() >= ODD_SHARE
        form = _PLAIN_DATELINE if plain else self._draw("datelines", _ODD_DATELINES)
        return pen.fill(form.replace("{city}", city))


def _tagged(angle: Angle, piece: Piece) -> bool:
    """Whether the piece may have been written from this angle."""
    fixed = {tag for tag in angle.tags if "{" not in tag}
    return angle.section == piece.section and fixed <= set(piece.tags)
