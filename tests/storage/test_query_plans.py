"""No statement that the line gives again and again reads a growing table from end to end, nor all of one outlet's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "newsroom" / "statements.py"
# Tables that grow with every piece; the others are as long as the configuration, or bounded for each source.
GROWING = {
    *("aliases", "alerts", "articles", "attempts", "bands", "captures", "departures", "differences", "fetches"),
    *("fingerprints", "links", "matches", "pages", "polls", "revisions", "sightings"),
    *("stories", "story_changes", "story_profiles", "story_words", "word_counts"),
}
# What waits is few, and stands in partial indexes of its own.
WAITING = frozenset({"links_pending", "alerts_due", "alerts_held", "gaps_open", "polls_open"})
COARSE = re.compile(r"\((source|state|channel|topic|rule|kind)=\?\)$")
STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?:.* INDEX (\w+))?")


def reads_all(statement: str, steps: list[str]) -> list[str]:
    """The steps of a plan that visit more rows the longer the monitor runs."""
    # Looks for children of a row that is new: planned, and skipped while no key is broken (foreignkeys.html). A
    # statement that inserts names the tables that it reads itself.
    insert = re.match(r"INSERT INTO \w+ \(", statement) is not None
    found = []
    for step in steps:
        said = STEP.match(step)
        if said is None or said[2] not in GROWING or said[3] in WAITING:
            continue
        if insert and re.search(rf"(FROM|JOIN) {said[2]}\b", statement) is None:
            continue
        first = "LIMIT" in statement and not any("ORDER BY" in other for other in steps)
        if said[1] == "SCAN" or (COARSE.search(step) and not first):
            found.append(step)
    return found


@pytest.mark.slow
@pytest.mark.long
def test_no_statement_of_the_line_reads_a_table_that_grows() -> None:
    done = subprocess.run([sys.executable, str(PROGRAM)], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    plans = json.loads(done.stdout.splitlines()[-1])
    told = " ".join(plans)
    for part in (
        "INTO articles",
        "INTO bands",
        "REPLACE INTO differences",
        "UPDATE stories SET merged_into",
        "INTO departures",
    ):
        assert part in told, f"the run never came to {part!r}"
    assert {statement: bad for statement, steps in plans.items() if (bad := reads_all(statement, steps))} == {}


@pytest.mark.parametrize(
    ("statement", "steps", "bad"),
    [
        ("SELECT ? FROM articles WHERE url = ?", ["SCAN articles"], ["SCAN articles"]),
        ("SELECT ? FROM links", ["SEARCH links USING INDEX links_history (source=?)"], [...]),
        ("SELECT ? FROM links ORDER BY at LIMIT ?", ["SEARCH links USING INDEX links_history (source=?)"], []),
        ("SELECT ? FROM links", ["SEARCH links USING INDEX links_url (url=?)"], []),
        ("SELECT ? FROM links", ["SCAN links USING COVERING INDEX links_pending"], []),
        ("SELECT ? FROM hosts", ["SCAN hosts"], []),
        ("INSERT INTO articles (url) VALUES (?)", ["SCAN captures"], []),
        ("INSERT INTO articles (url) SELECT max(url) FROM links", ["SCAN captures"], []),
        ("INSERT INTO articles (url) SELECT max(url) FROM links", ["SCAN links"], ["SCAN links"]),
        ("INSERT OR REPLACE INTO fingerprints (article_id) VALUES (?)", ["SCAN bands"], ["SCAN bands"]),
    ],
)
def test_what_counts_as_reading_all(statement: str, steps: list[str], bad: list[object]) -> None:
    assert reads_all(statement, steps) == (steps if bad == [...] else bad)
