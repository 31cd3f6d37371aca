"""Four simulated outlets under one roof, and the ledger of what they put out; it must not look into any database.

Publishing, editing, deleting and re-issuing take effect at once on the outlet's own endpoints.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, Self

from monitor.newsroom.editor import Editor
from monitor.newsroom.fault import Fault
from monitor.newsroom.outlets.commonspace import Commonspace
from monitor.newsroom.outlets.milligazete import MilliGazete
from monitor.newsroom.outlets.outlet import Outlet
from monitor.newsroom.outlets.tass import Tass
from monitor.newsroom.outlets.wordpress import WordPress
from monitor.newsroom.piece import Piece
from monitor.newsroom.writer import Draft, Writer

OUTLETS: dict[str, type[Outlet]] = {
    "tass": Tass,
    "commonspace": Commonspace,
    "milligazete": MilliGazete,
    "wordpress": WordPress,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRecord:
    """One line of the newsroom's ledger: what was done to which piece, when (by the newsroom's clock)."""

    kind: Literal["published", "edited", "deleted", "reissued"]
    at: datetime
    piece: Piece
    url: str
    change: str | None = None  # the kind of an edit, where it was made to be of one (editor.py)

    def line(self) -> str:
        """The record as one line of JSON, without the text."""
        piece = self.piece
        return json.dumps(
            {
                "kind": self.kind,
                "at": self.at.isoformat(),
                "key": piece.key,
                "outlet": piece.outlet,
                "url": self.url,
                "title": piece.title,
                "published_at": piece.published_at.isoformat(),
                "on_topic": piece.on_topic,
                "beat": piece.beat,
                "copy_of": piece.copy_of,
                "change": self.change,
            },
            ensure_ascii=False,
        )


class Newsroom:
    """The outlets by name in `outlets`, driven by the methods below; a context manager starts and stops them.

    `now` (aware UTC) dates everything and hides what is not yet published; `seed` fixes every text, number and
    address but the ports. Methods may be called from any thread.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._writer = Writer(random.Random(f"{seed} writer"))  # noqa: S311 - texts, not secrets
        self._editor = Editor(random.Random(f"{seed} editor"), self._writer)  # noqa: S311
        self._ledger: list[LedgerRecord] = []
        self.outlets: dict[str, Outlet] = {
            name: kind(now=now, lock=self._lock, chance=random.Random(f"{seed} {name}"))  # noqa: S311
            for name, kind in OUTLETS.items()
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Open every outlet; addresses are known before."""
        for outlet in self.outlets.values():
            outlet.start()

    def stop(self) -> None:
        """Close every outlet and cut what is still connected."""
        for outlet in self.outlets.values():
            outlet.stop()

    @property
    def ledger(self) -> list[LedgerRecord]:
        """Everything done so far, in order; also pieces whose time has not come yet."""
        with self._lock:
            return list(self._ledger)

    def published(self) -> list[Piece]:
        """Every distinct piece put out by now, as first published, edits and deletions disregarded."""
        return [
            record.piece
            for record in self.ledger
            if record.kind in ("published", "reissued") and record.piece.published_at <= self._now()
        ]

    def url(self, piece: Piece) -> str:
        """The piece's own address."""
        return self.outlets[piece.outlet].url(piece)

    def publish(
        self,
        outlet: str,
        *,
        on_topic: bool = False,
        copy_of: Piece | None = None,
        at: datetime | None = None,
        endpoints: Collection[str] | None = None,
        **overrides: Any,
    ) -> Piece:
        """Put out a new piece, dated `at` (aware; now where None; a later moment hides it until then).

        `copy_of` makes it agency copy: the same lead and paragraphs under another headline. `endpoints` limits
        where it is announced, to names out of `outlet.endpoints`. `overrides` are fields of `Piece`. Raises
        KeyError for an unknown outlet, ValueError for an unknown endpoint, TypeError for an unknown field.
        """
        with self._lock:
            moment = at if at is not None else self._now()
            if copy_of is None:
                draft = self._writer.write(outlet, on_topic=on_topic, at=moment)
            else:
                title = self._writer.headline(copy_of, outlet)
                draft = _draft(self.outlets[copy_of.outlet].standing(copy_of), title)
            return self._place("published", outlet, draft, moment, endpoints, copy_of, overrides)

    def edit(self, piece: Piece, **changes: Any) -> Piece:
        """Put a later version in the piece's place: with these fields changed, or one paragraph longer."""
        with self._lock:
            outlet = self.outlets[piece.outlet]
            standing = outlet.standing(piece)
            if not changes:
                changes = {"paragraphs": (*standing.paragraphs, self._writer.paragraph(standing))}
            later = replace(standing, modified_at=self._now().astimezone(UTC).replace(microsecond=0), **changes)
            outlet.change(later)
            self._record("edited", later)
            return later

    def amend(self, piece: Piece, kind: str) -> Piece | None:
        """Edit a piece in one way (`editor.KINDS`), and say so in the ledger; None where the piece allows none."""
        with self._lock:
            outlet = self.outlets[piece.outlet]
            changes = self._editor.changes(outlet.standing(piece), kind)
            if changes is None:
                return None
            later = replace(
                outlet.standing(piece), modified_at=self._now().astimezone(UTC).replace(microsecond=0), **changes
            )
            outlet.change(later)
            self._record("edited", later, kind)
            return later

    def rename(self, outlet: str) -> None:
        """Give everything an outlet's feed lists another guid, as a move to other software does."""
        with self._lock:
            self.outlets[outlet].renamed += 1

    def delete(self, piece: Piece, *, status: int = 404) -> None:
        """Withdraw a piece; its address answers `status` (at Commonspace 404 means its front page with 200)."""
        with self._lock:
            outlet = self.outlets[piece.outlet]
            outlet.withdraw(piece, status)
            self._record("deleted", outlet.standing(piece))

    def reissue(self, piece: Piece, *, at: datetime | None = None) -> Piece:
        """Put out the same headline and text once more under a new number (SOURCES.md, "identity", 2)."""
        with self._lock:
            moment = at if at is not None else self._now()
            standing = self.outlets[piece.outlet].standing(piece)
            draft = _draft(standing, standing.title)
            return self._place("reissued", piece.outlet, draft, moment, None, piece, {})

    def fault(self, outlet: str, fault: Fault) -> None:
        """Make an outlet go wrong; see `Fault`."""
        self.outlets[outlet].fault(fault)

    def clear(self, outlet: str, fault: Fault | None = None) -> None:
        """End one fault of an outlet, or all of them."""
        self.outlets[outlet].clear(fault)

    def sources(self) -> dict[str, dict[str, Any]]:
        """The `[sources.*]` tables that make the monitor poll these outlets, as config.toml has them."""
        return {name: outlet.source() for name, outlet in self.outlets.items()}

    def sources_toml(self) -> str:
        """`sources()` as TOML text."""
        tables = []
        for name, table in self.sources().items():
            # JSON's strings, booleans and arrays of strings are TOML's.
            lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
            tables.append("\n".join((f"[sources.{name}]", *lines)))
        return "\n\n".join(tables) + "\n"

    def _place(
        self,
        kind: Literal["published", "reissued"],
        outlet: str,
        draft: Draft,
        at: datetime,
        endpoints: Collection[str] | None,
        original: Piece | None,
        overrides: dict[str, Any],
    ) -> Piece:
        piece = self.outlets[outlet].place(
            draft,
            at=at,
            endpoints=None if endpoints is None else frozenset(endpoints),
            copy_of=None if original is None else original.copy_of or original.key,
            overrides=overrides,
        )
        self._record(kind, piece)
        return piece

    def _record(
        self, kind: Literal["published", "edited", "deleted", "reissued"], piece: Piece, change: str | None = None
    ) -> None:
        self._ledger.append(LedgerRecord(kind=kind, at=self._now(), piece=piece, url=self.url(piece), change=change))


def _draft(piece: Piece, title: str) -> Draft:
    return Draft(
        section=piece.section,
        title=title,
        lead=piece.lead,
        paragraphs=piece.paragraphs,
        tags=piece.tags,
        author=piece.author,
        on_topic=piece.on_topic,
        beat=piece.beat,
    )
