"""How many statements a poll that finds nothing costs the desk: most polls are of that kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from quiet_polls import QuietPolls

from monitor.storage import Store

CLAIM = ["BEGIN", "SELECT", "SELECT", "INSERT", "INSERT", "SELECT", "COMMIT"]
# Each begins with one read of all that may be to do, and ends with a look for texts that are not indexed yet.
ORDER = ["BEGIN", "SELECT", "COMMIT"]
ANSWER_AND_END = ["BEGIN", "SELECT", "UPDATE", "SELECT", "UPDATE", "UPDATE", "UPDATE", "SELECT", "COMMIT"]


@pytest.mark.parametrize("sources", [1, 40])
def test_a_poll_that_finds_nothing_costs_twelve_statements_beside_its_claim(tmp_path: Path, sources: int) -> None:
    with Store(tmp_path / "test.db") as store:
        polls = QuietPolls(store, sources)
        found = [[statement.split()[0] for statement in polls.list_statements()] for _ in range(3)]
    assert found == [CLAIM + ORDER + ANSWER_AND_END] * 3
    assert len(ORDER + ANSWER_AND_END) == 12


def test_the_history_of_a_quiet_source_is_read_once_an_hour(tmp_path: Path) -> None:
    """It is polled each half hour after its one piece; a silence of two hours is the shortest that is looked for."""
    with Store(tmp_path / "test.db") as store:
        polls = QuietPolls(store, 1)
        read = [sum("ELSE first_seen_at END" in said for said in polls.list_statements()) for _ in range(10)]
    assert read == [0, 0, 0, 1, 0, 1, 0, 1, 0, 1]
