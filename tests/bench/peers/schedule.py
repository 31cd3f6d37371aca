"""What the scripted outlets put out, when, and what goes wrong: one seed gives one schedule.

Times are seconds from the start of a run; what was there before has a negative one.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field, replace

from tongues import PLACES, TONGUES

LANGUAGES = {
    "wordpress": "en", "django": "ru", "hugo": "de", "ghost": "es", "drupal": "fr", "handmade": "tr", "jsonfeed": "en",
    "sitemaponly": "fr", "jekyll": "de", "frontpage": "ru",
}  # fmt: skip
FAULTS = ("503", "lying-304", "broken-entity", "new-guids", "slow", "cut-off")  # of lists, in windows
PAGE_FAULTS = ("404-at-first", "slow-page", "cut-off-page")  # of single pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article; `figure` is the number in its text, `later` the number an edit puts there at `edited`."""

    outlet: str
    number: int
    title: str
    paragraphs: tuple[str, ...]
    at: float
    subject: bool
    figure: int
    later: int = 0
    edited: float | None = None
    correction: str = ""
    copy_of: int | None = None
    fault: str = ""
    fault_until: float = 0.0

    @property
    def slug(self) -> str:
        """ASCII words of the headline; the number alone where it has none."""
        plain = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore").decode().lower()
        words = "".join(mark if mark.isalnum() else " " for mark in plain).split()
        return "-".join([*words[:7], str(self.number)])

    def is_backlog(self) -> bool:
        """Whether it was there before the run."""
        return self.at < 0

    def text(self, now: float) -> tuple[str, ...]:
        """Its paragraphs at a time, the edit applied once it was made."""
        changed = self.edited is not None and now >= self.edited
        number = self.later if changed else self.figure
        body = tuple(part.replace("{n}", str(number)) for part in self.paragraphs)
        return (*body, self.correction) if changed and self.correction else body

    def reachable(self) -> float:
        """When a reader can first open it."""
        return max(self.at, self.fault_until if self.fault == "404-at-first" else self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time in which all lists of one outlet, or the receiver, do wrong."""

    kind: str
    outlet: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All pieces, the windows of faults, when the monitor is killed, when the receiver fails."""

    seed: int
    length: float
    interval: float
    pieces: tuple[Piece, ...]
    windows: tuple[Window, ...]
    receiver_down: tuple[tuple[float, float], ...]
    kills: tuple[float, ...] = field(default=())

    def wanted(self) -> list[Piece]:
        """What has to be alerted: on the subject, new in this run, no copy."""
        return [piece for piece in self.pieces if piece.subject and not piece.is_backlog() and piece.copy_of is None]


class _Writer:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._titles: set[str] = set()
        self._number = 4000

    def write(self, outlet: str, at: float, *, subject: bool) -> Piece:
        chance, language = self._chance, LANGUAGES[outlet]
        tongue, place = TONGUES[language], PLACES[language]
        title = ""
        while not title or title in self._titles:
            title = tongue.headline(chance, place if subject and chance.random() < 0.7 else None)
        self._titles.add(title)
        paragraphs = [
            " ".join(tongue.say(chance) for _ in range(chance.randint(2, 4))) for _ in range(chance.randint(3, 6))
        ]
        if subject:
            paragraphs[0] = f"{chance.choice(tongue.about).format(place)} {paragraphs[0]}"
        paragraphs[-1] = f"{paragraphs[-1]} {tongue.figure}"
        self._number += chance.randint(1, 9)
        return Piece(
            outlet=outlet, number=self._number, title=title, paragraphs=tuple(paragraphs), at=at, subject=subject,
            figure=chance.randint(11, 89),
        )  # fmt: skip


def plan_run(
    seed: int, *, length: float = 720.0, interval: float = 60.0, kills: bool = True, scale: int = 12
) -> Schedule:
    """A schedule: `scale` pieces on the subject and as many others at each outlet, beside a backlog, bursts and copies.

    What is put out ends four intervals before the run does, so that what is late can still come.
    """
    chance = random.Random(seed)
    writer = _Writer(chance)
    names = list(LANGUAGES)
    last = length - 4 * interval
    pieces: list[Piece] = []
    for name in names:
        for back in range(12):
            pieces.append(writer.write(name, -3600.0 * (back * 5 + 2) - chance.random() * 900, subject=back % 4 == 0))
        for nth in range(2 * scale):
            pieces.append(writer.write(name, chance.uniform(0.03, 1.0) * last, subject=nth % 2 == 0))
    for name in chance.sample(names, 4):  # lists turn over: more at once than the short ones hold
        begin = chance.uniform(0.2, 0.8) * last
        pieces += [writer.write(name, begin + nth * 1.2, subject=nth % 5 == 0) for nth in range(16)]
    pieces = _spoil(chance, pieces, last, interval)
    pieces += _copy(chance, pieces, last, interval)
    return Schedule(
        seed=seed, length=length, interval=interval, pieces=tuple(sorted(pieces, key=lambda piece: piece.at)),
        windows=_windows(chance, names, last, interval),
        receiver_down=tuple((last * part, last * part + interval * 0.6) for part in (0.15, 0.4, 0.65, 0.9)),
        kills=tuple(last * part + chance.uniform(-0.05, 0.05) * last for part in (0.3, 0.5, 0.7, 0.9)) if kills else (),
    )  # fmt: skip


def _spoil(chance: random.Random, pieces: list[Piece], last: float, interval: float) -> list[Piece]:
    """Faults of single pieces, edits and corrections, each of at least four pieces on the subject."""
    fresh = [nth for nth, piece in enumerate(pieces) if piece.subject and 0 < piece.at < last * 0.95]
    early = [nth for nth in fresh if pieces[nth].at < last * 0.45]
    for place, nth in enumerate(chance.sample(early, min(10, len(early)))):
        piece = pieces[nth]
        later = piece.figure + chance.randint(100, 400)
        words = TONGUES[LANGUAGES[piece.outlet]].corrected.format(n=later) if place % 2 else ""
        edited = piece.at + interval * chance.uniform(1.5, 2.5)
        pieces[nth] = replace(piece, later=later, edited=edited, correction=words)
    free = [nth for nth in fresh if pieces[nth].edited is None]
    hit = chance.sample(free, min(7 * len(PAGE_FAULTS), len(free)))
    for place, nth in enumerate(hit):
        piece = pieces[nth]
        pieces[nth] = replace(piece, fault=PAGE_FAULTS[place % len(PAGE_FAULTS)], fault_until=piece.at + interval * 1.2)
    return pieces


def _copy(chance: random.Random, pieces: list[Piece], last: float, interval: float) -> list[Piece]:
    """Exact copies of five pieces at another outlet, three intervals or more later.

    By then a tool has had the time of the slowest twentieth to find the original: what it finds first it tells.
    """
    plain = [
        piece
        for piece in pieces
        if piece.subject and 0 < piece.at < last * 0.6 and not piece.fault and piece.edited is None
    ]
    made = []
    for nth, piece in enumerate(chance.sample(plain, min(5, len(plain)))):
        other = chance.choice([name for name in LANGUAGES if name != piece.outlet])
        at = piece.at + interval * chance.uniform(3.1, 4.1)
        made.append(replace(piece, outlet=other, number=90000 + 7 * nth, at=at, copy_of=piece.number))
    return made


def _windows(chance: random.Random, names: list[str], last: float, interval: float) -> tuple[Window, ...]:
    """Four windows of each fault of lists, a little longer than an interval, none over another at the same outlet."""
    free = dict.fromkeys(names, 0.1 * last)
    windows = []
    for kind in FAULTS * 4:
        name = min(names, key=lambda one: (free[one], chance.random()))
        start = free[name] + chance.uniform(0, 0.3) * interval
        windows.append(Window(kind=kind, outlet=name, start=start, end=start + interval * 1.3))
        free[name] = start + interval * 2.2
    return tuple(windows)
