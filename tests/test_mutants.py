"""The table of tests/bench/mutants.py fits the code: each line stands where it says, each test is there."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests" / "bench"))
from mutants import TABLE, Mutation, mutate_text, slice_table  # noqa: E402

RULES = ("lease", "signature", "address", "threshold", "utc", "savepoint", "validators", "ownership")


@pytest.mark.parametrize("mutation", TABLE, ids=lambda one: f"{one.rule}: {one.new!r}")
def test_a_mutation_changes_one_line_that_is_there_and_is_code(mutation: Mutation) -> None:
    before = (ROOT / mutation.file).read_text("utf-8")
    after = mutate_text(before, mutation)
    assert len(set(enumerate(before.splitlines())) - set(enumerate(after.splitlines()))) == 1
    compile(after, mutation.file, "exec")
    for test in mutation.tests:
        file, _, name = test.partition("::")
        assert not name or re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
        assert (ROOT / file).is_file()


def test_each_rule_that_matters_has_five_mutations_at_least() -> None:
    counts = Counter(mutation.rule for mutation in TABLE)
    assert {rule for rule in RULES if counts[rule] < 5} == set()


def test_a_line_that_moved_is_an_error() -> None:
    mutation = Mutation("lease", "a.py", "old", "new", ())
    for text in ("nothing of it", "old and old"):
        with pytest.raises(LookupError, match=r"a\.py: 'old' stands there [02] times"):
            mutate_text(text, mutation)


def test_the_slice_that_ci_runs_has_five_of_each_rule() -> None:
    counts = Counter(mutation.rule for mutation in slice_table(TABLE, 5))
    assert {rule: counts[rule] for rule in RULES} == dict.fromkeys(RULES, 5)
    assert slice_table(TABLE, None) == list(TABLE)
