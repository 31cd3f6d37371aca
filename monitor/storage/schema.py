"""The tables, as sqlite-utils migrations; a released migration is never edited or renamed, a new one is appended.

A database remembers them by `name`, which therefore never changes.

The SQL of each stands in migrations/NAME.sql. Column meanings are written for readers of the database in
db/metadata.yaml, and from there in docs/data.md. Times are ISO 8601 UTC text of one width
("2026-01-02T03:04:05.678Z"), so that they sort and compare as text.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import Any

from sqlite_utils import Database, Migrations

from monitor.config.public_suffixes import site_of
from monitor.storage.texts.word_weights import pack_counts, pack_weights

migrations = Migrations("seedwatch")


def _run(db: Database, name: str) -> None:
    """Every statement of migrations/NAME.sql."""
    for statement in _statements((files("monitor.storage") / "migrations" / f"{name}.sql").read_text("utf-8")):
        db.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """A script's statements; `executescript` would commit the migration's own transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def widen_check(db: Database, table: str, old: str, new: str) -> None:
    """Put `new` for `old` in a table's definition: how SQLite has a CHECK changed without copying the table.

    The steps are those of https://www.sqlite.org/lang_altertable.html, for changes that touch no stored row.
    """
    (version,) = db.execute("PRAGMA schema_version").fetchone()
    db.execute("PRAGMA writable_schema = ON")
    changed = db.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?)",
        (old, new, table, old),
    ).rowcount
    if changed != 1:
        raise AssertionError(f"{table} has no {old!r} in its definition")
    db.execute(f"PRAGMA schema_version = {version + 1}")
    db.execute("PRAGMA writable_schema = OFF")


@migrations(name="foundation")
def create_foundation(db: Database) -> None:
    """Everything the line needs from seeds to alert."""
    _run(db, "foundation")
    # unicode61 with diacritics removed and no stemming: names are what is searched (UI.md).
    db["articles"].enable_fts(  # type: ignore[union-attr]
        ["title", "lead", "text"], tokenize="unicode61 remove_diacritics 2", create_triggers=True
    )


@migrations(name="identity")
def add_identity(db: Database) -> None:
    """Signatures of texts, by which a near-copy finds its original, and the lines that outlets repeat."""
    _run(db, "identity")


@migrations(name="story_lines")
def add_story_lines(db: Database) -> None:
    """What tells stories apart, the words by which they are found, and which of them became one."""
    _run(db, "story_lines")


@migrations(name="lineage")
def add_lineage(db: Database) -> None:
    """What a near-copy adds to its original and cuts from it."""
    _run(db, "lineage")


@migrations(name="marks")
def add_marks(db: Database) -> None:
    """What people said of articles."""
    _run(db, "marks")


@migrations(name="states")
def add_source_states(db: Database) -> None:
    """A source may be silent, drifting or stopped (410) too."""
    widen_check(
        db,
        "sources",
        "'unsteady', 'failing', 'blocked')",
        "'unsteady', 'failing', 'silent', 'blocked', 'drifting', 'stopped')",
    )


@migrations(name="background")
def add_background(db: Database) -> None:
    """Where the paragraphs stand that an outlet puts into article after article."""
    _run(db, "background")


@migrations(name="manners")
def add_manners(db: Database) -> None:
    """Endpoints that moved or are gone, sources that are paused or have had nothing new for long."""
    _run(db, "manners")


@migrations(name="edits")
def add_edits(db: Database) -> None:
    """What kind of edit made each revision, and what changed."""
    _run(db, "edits")


@migrations(name="revisits")
def add_revisits(db: Database) -> None:
    """When a piece is looked at again, and the times at which it was gone."""
    _run(db, "revisits")


@migrations(name="history")
def add_source_history(db: Database) -> None:
    """A source's own past, by which its silence and its drift are judged."""
    _run(db, "history")


@migrations(name="gaps")
def add_gaps(db: Database) -> None:
    """Intervals in which an endpoint may have lost entries, and what each endpoint listed last."""
    _run(db, "gaps")


@migrations(name="policy")
def add_held_alerts(db: Database) -> None:
    """Alerts that are held back until a time, and told of by another alert."""
    _run(db, "policy")
    widen_check(
        db, "alerts", "'pending', 'delivered', 'dead', 'held')", "'pending', 'delivered', 'dead', 'held', 'digested')"
    )


@migrations(name="templates")
def add_templates(db: Database) -> None:
    """What outlets' pages look like, learned from them, and how well that holds."""
    _run(db, "templates")


@migrations(name="absences")
def add_absences(db: Database) -> None:
    """What outlets answer for addresses that do not exist."""
    _run(db, "absences")


@migrations(name="times")
def add_date_columns(db: Database) -> None:
    """How a date was known in full, what contradicts it, what bounds it, and how each outlet orders day and month."""
    _run(db, "times")


@migrations(name="captures")
def add_captures(db: Database) -> None:
    """Pages kept for a better extractor, and whether the outlet or the extractor made a revision."""
    _run(db, "captures")


@migrations(name="trust")
def add_trust(db: Database) -> None:
    """How often an endpoint said "not modified" in a row, and until when it is not believed."""
    _run(db, "trust")


@migrations(name="headlines")
def add_headlines(db: Database) -> None:
    """What each page itself called its piece when it was read last, whatever an endpoint calls it."""
    _run(db, "headlines")


@migrations(name="look_ups")
def add_indexes(db: Database) -> None:
    """What was read from end to end is looked up.

    Bands and words of stories stand by themselves: while they were foreign keys, each change of a signature or of a
    story had SQLite look for its children in all of them, for their own keys begin with the band and the word.
    """
    _run(db, "look_ups")
    widen_check(db, "bands", " REFERENCES fingerprints (article_id)", "")
    widen_check(db, "story_words", " REFERENCES story_profiles (story_id)", "")


@migrations(name="editions")
def add_extractor_versions(db: Database) -> None:
    """Which extractor read an article's text, so that another one's reading is not taken for an edit."""
    _run(db, "editions")


@migrations(name="pages")
def pages(db: Database) -> None:
    """What the pages look up: the clock they go by, what topics look for, how large stories are, and indexes."""
    _run(db, "pages")


@migrations(name="outages")
def add_outages(db: Database) -> None:
    """A channel that takes nothing is tried on a schedule of its own; its alerts stay due meanwhile."""
    _run(db, "outages")


@migrations(name="mutes")
def add_mutes(db: Database) -> None:
    """Stories that a person has had enough of, and alerts that wait until their piece has been told of."""
    _run(db, "mutes")
    widen_check(db, "alerts", "'cooldown', 'quiet', 'budget', 'rush'", "'cooldown', 'quiet', 'budget', 'rush', 'order'")


@migrations(name="fallbacks")
def add_fallbacks(db: Database) -> None:
    """The copy of an alert that went to another channel, because its own took nothing."""
    _run(db, "fallbacks")


@migrations(name="ownership")
def add_ownership(db: Database) -> None:
    """Names of articles carry the site that stated them, those that several texts claim are kept, links count voices.

    A name that was kept without a site is read as belonging to the site of its article's address.
    """
    db.conn.create_function("site_of", 1, site_of, deterministic=True)
    _run(db, "ownership")
    widen_check(
        db,
        "alerts",
        "'cooldown', 'quiet', 'budget', 'rush', 'order'",
        "'cooldown', 'quiet', 'budget', 'rush', 'order', 'flood', 'retired'",
    )


@migrations(name="completeness")
def add_completeness(db: Database) -> None:
    """Whether an article's text is the whole piece, and the language its page declares beside that of the text."""
    _run(db, "completeness")


@migrations(name="asked_names")
def add_asked_names(db: Database) -> None:
    """Whether an article was asked for under a name, or only its page states it."""
    _run(db, "asked_names")


@migrations(name="calibrations")
def add_calibrations(db: Database) -> None:
    """Profiles that were weighed anew against their outlets' archive, and alerts that wait for that."""
    _run(db, "calibrations")
    widen_check(
        db,
        "alerts",
        "'cooldown', 'quiet', 'budget', 'rush', 'order', 'flood', 'retired'",
        "'cooldown', 'quiet', 'budget', 'rush', 'order', 'flood', 'retired', 'warm-up'",
    )


@migrations(name="removals")
def add_removals(db: Database) -> None:
    """Articles whose texts were taken out for good: what keeps them out, and the record that they were."""
    _run(db, "removals")
    widen_check(db, "links", "'given-up', 'archived')", "'given-up', 'archived', 'removed')")


@migrations(name="reports")
def add_reports(db: Database) -> None:
    """Up to when each scheduled report was told, what waits for one, and which tells of an alert."""
    _run(db, "reports")
    widen_check(
        db,
        "alerts",
        "'cooldown', 'quiet', 'budget', 'rush', 'order', 'flood', 'retired', 'warm-up'",
        "'cooldown', 'quiet', 'budget', 'rush', 'order', 'flood', 'retired', 'warm-up', 'report'",
    )


@migrations(name="announcements")
def add_announcements(db: Database) -> None:
    """What endpoints list that became no entry, whether they were ever read whole, and changes that said nothing."""
    _run(db, "announcements")


@migrations(name="hint_paces")
def add_hint_paces(db: Database) -> None:
    """How fast each source may have another site's addresses looked at on its word."""
    _run(db, "hint_paces")


@migrations(name="single_texts")
def store_texts_once(db: Database) -> None:
    """The text that an article has now stands with the article only, no more in its latest revision, too."""
    _run(db, "single_texts")


@migrations(name="whole_indexes")
def forget_validators_of_indexes(db: Database) -> None:
    """A sitemap index that is "not modified" hid what its parts had; what listed no entries may be one."""
    _run(db, "whole_indexes")


@migrations(name="many_sources")
def add_source_indexes(db: Database) -> None:
    """When each outlet's newest piece came out, and what was told this week, without reading the rest."""
    _run(db, "many_sources")


@migrations(name="suggestions")
def add_suggestions(db: Database) -> None:
    """The terms that have come up beside each topic, as its page shows them."""
    _run(db, "suggestions")


@migrations(name="page_figures")
def add_page_figures(db: Database) -> None:
    """Why a look for terms said nothing, for which rows of before are looked for anew; what was delivered of late and
    which languages there are, without reading the rest."""
    _run(db, "page_figures")


@migrations(name="fences")
def add_fences(db: Database) -> None:
    """How often each link was answered, which tells a late answer from the one that is due; hosts by their poll."""
    _run(db, "fences")


@migrations(name="agents")
def add_agents(db: Database) -> None:
    """Which agent a poll is run by, if none of this machine's, and when each was heard of last."""
    _run(db, "agents")


@migrations(name="agent_reads")
def add_agent_reads(db: Database) -> None:
    """Which agent fetched a page, if any; the books of a poll that an agent runs, so that they outlast a restart."""
    _run(db, "agent_reads")


@migrations(name="unindexed")
def index_texts_together(db: Database) -> None:
    """Articles enter the full-text index at the end of the transaction that wrote them, all of them together."""
    _run(db, "unindexed")


@migrations(name="packed_stories")
def pack_story_profiles(db: Database) -> None:
    """What tells a story from others, as bytes in the place of JSON; of a story of one text, once."""

    def repack(pack: Callable[[dict[str, Any]], bytes], text: str) -> bytes:
        try:
            return pack(json.loads(text))
        except (ValueError, TypeError, AttributeError, StopIteration, struct.error):
            return pack({})  # what no version of ours wrote tells no story

    db.conn.create_function("pack_weights", 1, partial(repack, pack_weights), deterministic=True)
    db.conn.create_function("pack_counts", 1, partial(repack, pack_counts), deterministic=True)
    _run(db, "packed_stories")


@migrations(name="cut_offs")
def add_cut_offs(db: Database) -> None:
    """How often in a row each endpoint's answer broke off, and when its source's others are due."""
    _run(db, "cut_offs")


@migrations(name="news_due")
def index_news_due(db: Database) -> None:
    """Which sources owe news by now, without reading the backlog that waits there, too."""
    _run(db, "news_due")


@migrations(name="waiting_links")
def add_waiting_links(db: Database) -> None:
    """When the first waiting link of each source is due, and its first news, kept as links are written."""
    _run(db, "waiting_links")


@migrations(name="plain_inserts")
def drop_insert_triggers(db: Database) -> None:
    """Whoever adds an article counts it in its story and notes it for the full-text index: no triggers do."""
    _run(db, "plain_inserts")
