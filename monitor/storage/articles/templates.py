"""Templates of outlets, the samples they are learned from, and how well they hold; it must not learn or judge."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.identity import recheck_schedule
from monitor.model.template import Template, load_template
from monitor.storage.connection import Connection, Row
from monitor.storage.timestamps import format_stamp

SAMPLES = 24  # pages of an outlet to learn from, two to three kilobytes each; the oldest gives way
RECENT = 20  # pages of which it is remembered whether a template held
# Pages read by a template are read by it again at every look, so it is kept after its end until the last look is over;
# of an outlet whose templates change every few pages at most so many, some five kilobytes each.
_LOOKED_AT, _ENDED = timedelta(seconds=recheck_schedule.LADDER[-1], days=1), 200
_EXAMPLES = 5  # addresses of pages a template was learned from, for people

_COLUMNS = "id, container, version, state, model, pages, examples, agreed, used, learned_at, ended_at, reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRecord:
    """How well the templates of an outlet hold.

    `samples` counts the pages taken to learn from since the last new beginning; `recent` has a `+` for each of the
    last pages that a template read, a `-` for each on which one was not believed, the newest last.
    """

    samples: int = 0
    recent: str = ""


class Templates:
    def __init__(self, db: Connection) -> None:
        self.db = db

    def list_active(self, source: str) -> tuple[Template, ...]:
        """The templates in use, the one learned from most pages first."""
        rows = self.db.execute(
            "SELECT id, model, state FROM templates WHERE source = ? AND state IN ('trial', 'trusted') "
            "ORDER BY pages DESC, id",
            (source,),
        )
        return tuple(load_template(row["model"], number=row["id"], trusted=row["state"] == "trusted") for row in rows)

    def get(self, number: int) -> Template | None:
        """A template by its number, also where it has ended."""
        row = self.db.execute("SELECT id, model, state FROM templates WHERE id = ?", (number,)).fetchone()
        return None if row is None else load_template(row["model"], number=row["id"], trusted=row["state"] == "trusted")

    def rows(self, source: str) -> list[Row]:
        """Every template of an outlet, those in use first, for people."""
        return list(
            self.db.execute(
                f"SELECT {_COLUMNS} FROM templates WHERE source = ? "  # noqa: S608
                "ORDER BY ended_at IS NOT NULL, pages DESC, id DESC",
                (source,),
            )
        )

    def row(self, number: int) -> Row | None:
        """One template as `rows` has it."""
        row: Row | None = self.db.execute(f"SELECT {_COLUMNS} FROM templates WHERE id = ?", (number,)).fetchone()  # noqa: S608
        return row

    def record(self, source: str) -> TemplateRecord:
        """How the outlet's templates hold; an empty record where nothing was learned yet."""
        row = self.db.execute("SELECT samples, recent FROM lessons WHERE source = ?", (source,)).fetchone()
        return TemplateRecord() if row is None else TemplateRecord(samples=row["samples"], recent=row["recent"])

    def confirm(self, source: str, number: int, *, compared: bool, trust: int) -> bool:
        """A template read a page; `compared` where the rung below agreed. True where that made it trusted.

        It is, once it has agreed `trust` times since it was learned or last differed from the rung below.
        """
        self._count(source, held=True)
        self.db.execute(
            "UPDATE templates SET used = used + 1, agreed = agreed + ? WHERE id = ?", (int(compared), number)
        )
        changed = self.db.execute(
            "UPDATE templates SET state = 'trusted' WHERE id = ? AND state = 'trial' AND agreed >= ?", (number, trust)
        )
        return bool(changed.rowcount)

    def contradict(self, number: int) -> None:
        """A template and the rung below read a page differently: it must earn its trust again."""
        self.db.execute(
            "UPDATE templates SET agreed = 0, state = 'trial' WHERE id = ? AND state IN ('trial', 'trusted')", (number,)
        )

    def reject(self, source: str, reason: str, now: datetime) -> None:
        """No template was believed on a page."""
        self._count(source, held=False)
        self.db.execute(
            "UPDATE lessons SET doubt = ?, doubted_at = ? WHERE source = ?", (reason, format_stamp(now), source)
        )

    def _count(self, source: str, *, held: bool) -> None:
        self.db.execute(
            "INSERT INTO lessons (source, held, doubted, recent) VALUES (:source, :held, :doubted, :sign) "
            "ON CONFLICT (source) DO UPDATE SET held = held + :held, doubted = doubted + :doubted, "
            "recent = substr(recent || :sign, -:length)",
            {
                "source": source,
                "held": int(held),
                "doubted": int(not held),
                "sign": "+" if held else "-",
                "length": RECENT,
            },
        )

    def add_sample(self, source: str, sample: bytes) -> int:
        """Keep one more sample in the place of the oldest; how many there were since the last new beginning."""
        row = self.db.execute(
            "INSERT INTO lessons (source, samples) VALUES (?, 1) "
            "ON CONFLICT (source) DO UPDATE SET samples = samples + 1 RETURNING samples",
            (source,),
        ).fetchone()
        number = int(row["samples"])
        self.db.execute(
            "INSERT OR REPLACE INTO samples (source, number, page) VALUES (?, ?, ?)", (source, number, sample)
        )
        self.db.execute("DELETE FROM samples WHERE source = ? AND number <= ?", (source, number - SAMPLES))
        return number

    def samples(self, source: str) -> tuple[bytes, ...]:
        """The samples of an outlet, oldest first."""
        rows = self.db.execute("SELECT page FROM samples WHERE source = ? ORDER BY number", (source,))
        return tuple(row["page"] for row in rows)

    def replace_learned(self, source: str, found: Iterable[tuple[Template, Iterable[str]]], now: datetime) -> None:
        """Put newly learned templates, each with addresses of its pages, in the place of those in use.

        One that says the same as before stays as it is; one for the same container is its next version and inherits
        its standing; a container that is no longer learned is superseded too.
        """
        old = {
            row["container"]: row
            for row in self.db.execute(
                "SELECT id, container, version, model, state, agreed FROM templates "
                "WHERE source = ? AND state IN ('trial', 'trusted')",
                (source,),
            )
        }
        stays: set[int] = set()
        for template, pages in found:
            model, before = template.dump(), old.get(template.name)
            if before is not None and before["model"] == model:
                stays.add(before["id"])
                continue
            last = self.db.execute(
                "SELECT coalesce(max(version), 0) AS version FROM templates WHERE source = ? AND container = ?",
                (source, template.name),
            ).fetchone()
            self.db.execute(
                "INSERT INTO templates (source, container, version, state, model, pages, examples, agreed, learned_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    source,
                    template.name,
                    last["version"] + 1,
                    before["state"] if before is not None else "trial",
                    model,
                    template.pages,
                    json.dumps(list(pages)[:_EXAMPLES]),
                    before["agreed"] if before is not None else 0,
                    format_stamp(now),
                ),
            )
        self._end([row["id"] for row in old.values() if row["id"] not in stays], "superseded", None, now)
        self._forget(source, now)

    def retire(self, source: str, reason: str, now: datetime, *, spare: int) -> None:
        """End all templates of an outlet, and forget all samples but the newest `spare`."""
        rows = self.db.execute("SELECT id FROM templates WHERE source = ? AND state IN ('trial', 'trusted')", (source,))
        self._end([row["id"] for row in rows], "retired", reason, now)
        last = self.record(source).samples
        self.db.execute("DELETE FROM samples WHERE source = ? AND number <= ?", (source, last - spare))
        gone = max(0, last - spare)
        self.db.execute("UPDATE samples SET number = number - ? WHERE source = ?", (gone, source))
        self.db.execute("UPDATE lessons SET recent = '', samples = samples - ? WHERE source = ?", (gone, source))
        self._forget(source, now)

    def _end(self, numbers: list[int], state: str, reason: str | None, now: datetime) -> None:
        self.db.executemany(
            "UPDATE templates SET state = ?, reason = ?, ended_at = ? WHERE id = ?",
            [(state, reason, format_stamp(now), number) for number in numbers],
        )

    def _forget(self, source: str, now: datetime) -> None:
        self.db.execute(
            "DELETE FROM templates WHERE source = ? AND ended_at IS NOT NULL AND (ended_at < ? OR id NOT IN (SELECT id "
            "FROM templates WHERE source = ? AND ended_at IS NOT NULL ORDER BY ended_at DESC, id DESC LIMIT ?))",
            (source, format_stamp(now - _LOOKED_AT), source, _ENDED),
        )
