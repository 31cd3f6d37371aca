"""Changes one line of the code at a time, in a copy, and sees whether the tests that guard the line notice.

usage: mutants.py [--only WORD] [--slice N] [--jobs N]

Each mutation names a file, what stands in it now, what is put there and the tests that must fail. They are lines that
rules rest on: who holds a lease, what is signed, where a connection may lead, where a threshold lies, which zone a
time is in, what a savepoint takes back, which validators are kept, whose piece a page is. A mutation whose old text
is not found once and only once is an error: the line moved, so the table must follow. So is a test that fails without
any mutation.

The last line is one JSON object, {"killed", "survived", "survivors": [{"rule", "file", "new"}]}; the exit code is 1
where one survived. A process for each mutation is forked from one that has imported the libraries, so that a mutation
costs about two seconds.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("monitor", "spiders", "tests", "db/plugins", "docs", "seeds", "config.toml", "pyproject.toml", "scrapy.cfg")
LIBRARIES = (
    *("pytest", "_pytest.assertion.rewrite", "hypothesis", "sqlite_utils", "pysqlite3", "lxml.html", "pydantic", "re2"),
    *("standardwebhooks", "svix.webhooks", "datasette", "trafilatura", "feedparser", "scrapy", "pebble", "wordfreq"),
)
SECONDS = 240  # a mutation that makes its tests hang is noticed, too
FAILED = 1  # pytest's exit code where tests failed; every other but 0 says that they could not be run


class Mutation(NamedTuple):
    """`old`, which stands once in `file`, becomes `new`; one of `tests` must fail."""

    rule: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


SOURCES, ALERTS = "monitor/storage/sources/sources.py", "monitor/storage/alerts/alerts.py"
WEBHOOK, TOKEN = "monitor/alerting/channels/webhook.py", "monitor/alerting/mark_token.py"
ADDRESS, STORE = "monitor/address_policy.py", "monitor/storage/store.py"
HOSTS, ZONES = "monitor/storage/leases/host_leases.py", "monitor/text/times/time_zones.py"
STAMPS, DATES = "monitor/storage/timestamps.py", "monitor/text/times/dates.py"
INGEST = "monitor/pipeline/ingest/ingest.py"
OF_LATE = ("tests/pipeline/test_late_answers.py",)
OWNERSHIP, RECALL = "monitor/identity/ownership.py", "monitor/pipeline/ingest/recall_piece.py"

OF_SOURCES, OF_HOSTS = ("tests/storage/test_sources.py",), ("tests/storage/test_host_leases.py",)
OF_ALERTS, OF_WEBHOOK = ("tests/storage/test_alerts.py",), ("tests/alerting/channels/test_webhook.py",)
OF_TOKEN, OF_ADDRESS = ("tests/alerting/test_mark_token.py",), ("tests/test_address_policy.py",)
OF_STAMPS, OF_DATES = ("tests/storage/test_timestamps.py",), ("tests/text/test_dates.py",)
OF_ZONES = ("tests/text/test_time_zones.py", "tests/text/test_dates.py")
OF_STORE, OF_RETRY = ("tests/storage/test_store.py",), ("tests/alerting/test_retry.py",)
OF_ORDER, OF_PROBLEMS = ("tests/text/test_numeric_dates.py",), ("tests/pipeline/test_queue_problem_alerts.py",)
OF_INGEST = ("tests/pipeline/test_ingest.py::test_a_row_that_the_database_refuses_costs_its_page_only",)
OF_ORIGIN, OF_DECISION = ("tests/identity/test_ownership.py",), ("tests/identity/test_decide.py",)
OF_RECALL = ("tests/pipeline/test_recall_piece.py",)

# The dear ones of a rule stand last: CI runs the first five of each.
TABLE = (
    # Ownership: an outlet speaks for its own site only, and what it says of another's pieces changes none of them.
    Mutation("ownership", OWNERSHIP, "self.site_of(url) in self.sites", "True or self.sites", OF_ORIGIN),
    Mutation("ownership", OWNERSHIP, "if site_of(article.url) == site_of(served):", "if True:", OF_ORIGIN),
    Mutation("ownership", OWNERSHIP, "if number and estate.site_of(", "if False and estate.site_of(", OF_ORIGIN),
    Mutation("ownership", RECALL, " and not is_same_piece(reading, recall)", " and False", OF_RECALL),
    Mutation(
        *("ownership", "monitor/storage/articles/names.py"),
        *("if was_asked or not asked)", "if True or not asked)", OF_RECALL),
    ),
    Mutation(
        *("ownership", "monitor/pipeline/alerts/told_before.py"),
        *("if saying and (not first or any(", "if saying and (True or any(", ("tests/pipeline/test_told_before.py",)),
    ),
    Mutation(
        *("ownership", "monitor/pipeline/alerts/follow_owner.py"),
        *(
            "moves = word.own and word.source",
            "moves = False and word.source",
            ("tests/pipeline/test_follow_owner.py",),
        ),
    ),
    Mutation(
        *("ownership", "monitor/identity/decide.py"),
        *("(stored.baseline or _is_same_outlet(stored, source))", "True", OF_DECISION),
    ),
    Mutation(
        *("ownership", "monitor/storage/sources/links.py"),
        *(
            "if taken:\n            owners.take(",
            "if False:\n            owners.take(",
            ("tests/storage/test_links.py",),
        ),
    ),
    # Leases: one poll a host, one sender an alert, nothing held for ever.
    Mutation("lease", HOSTS, " AND coalesce(next_turn_at, '') <= :now", "", OF_SOURCES),
    Mutation("lease", HOSTS, "(held, rests) if at", "(rests,) if at", OF_HOSTS),
    Mutation("lease", HOSTS, "until if until > now", "until if until >= now", OF_SOURCES),
    Mutation("lease", HOSTS, 'row["host"] in taken or ', "", OF_SOURCES),
    Mutation("lease", HOSTS, 'if row["lease"] is not None:', "if taken:", OF_HOSTS),
    Mutation("lease", HOSTS, "WHERE lease IN (?, ?)", "WHERE lease IN (? || 0, ?)", OF_SOURCES),
    Mutation("lease", SOURCES, "if not closed.rowcount:", "if False:", OF_SOURCES),
    Mutation(
        "lease", HOSTS, 'AND agent IS NOT NULL "\n            "AND outcome', '"\n            "AND outcome', OF_HOSTS
    ),
    Mutation("lease", HOSTS, "held += timedelta(", "held += 0 * timedelta(", OF_HOSTS),
    Mutation("lease", HOSTS, "id = :poll AND agent = :agent", "id = :poll OR agent = :agent", OF_HOSTS),
    Mutation("lease", "monitor/pipeline/ingest/settle.py", "if answers != link.answers:", "if False:", OF_LATE),
    Mutation("lease", ALERTS, "(leased_until IS NULL OR leased_until <= ?)", "(? IS NOT NULL)", OF_ALERTS),
    Mutation("lease", ALERTS, "lease IS NOT NULL AND state = 'pending'", "lease IS NULL", OF_ALERTS),
    Mutation("lease", ALERTS, "AND state = 'pending' AND attempts = ?", "AND attempts >= 0 * ?", OF_ALERTS),
    # Signatures: what is signed, with which secrets, for how long.
    Mutation("signature", WEBHOOK, "str(int(moment.timestamp()))", "str(int(moment.timestamp()) + 1)", OF_WEBHOOK),
    Mutation("signature", WEBHOOK, "for secret in secrets)", "for secret in secrets[:1])", OF_WEBHOOK),
    Mutation("signature", WEBHOOK, "sign(alert_id, moment, text)", "sign(target.name, moment, text)", OF_WEBHOOK),
    Mutation("signature", TOKEN, "if not hmac.compare_digest(", "if not bool(", OF_TOKEN),
    Mutation("signature", TOKEN, "now.timestamp() >= int(expires)", "now.timestamp() > int(expires)", OF_TOKEN),
    Mutation("signature", TOKEN, "_PURPOSE + head.encode", "head.encode", OF_TOKEN),
    Mutation("signature", TOKEN, "token[: found.end(3)]", "token[: found.end(2)]", OF_TOKEN),
    # Address policy: no way to the inside.
    Mutation("address", ADDRESS, '("2002::/16", "6to4")', '("2002::/128", "6to4")', OF_ADDRESS),
    Mutation("address", ADDRESS, "number = number.ipv4_mapped\n", "number = number\n", OF_ADDRESS),
    Mutation("address", ADDRESS, "if port == 0:", "if port == -1:", OF_ADDRESS),
    Mutation("address", ADDRESS, 'if "@" in parts.netloc:', 'if "@" in parts.path:', OF_ADDRESS),
    Mutation("address", ADDRESS, ' or name.endswith(".localhost")', "", OF_ADDRESS),
    Mutation("address", ADDRESS, '(None if number in _GLOBAL_6 else "not global unicast")', "None", OF_ADDRESS),
    Mutation("address", ADDRESS, '.lower().removesuffix(".")', ".lower()", OF_ADDRESS),
    # Thresholds: on which side the very value lies.
    Mutation(
        "threshold",
        "monitor/topics/score.py",
        "matched = score >= profile.threshold",
        "matched = score > profile.threshold",
        ("tests/topics/test_score.py",),
    ),
    Mutation(
        "threshold",
        "monitor/alerting/retry.py",
        "failures >= WORN_OUT_FAILURES",
        "failures > WORN_OUT_FAILURES",
        OF_RETRY,
    ),
    Mutation("threshold", "monitor/alerting/retry.py", ">= WORN_OUT_AFTER", "> WORN_OUT_AFTER", OF_RETRY),
    Mutation("threshold", "monitor/alerting/retry.py", "number >= len(ALERT_LADDER)", "number > 8", OF_RETRY),
    Mutation("threshold", "monitor/alerting/retry.py", "200 <= status < 300", "200 <= status <= 300", OF_RETRY),
    Mutation("threshold", "monitor/backoff.py", "BUSY_FLOOR = 60.0", "BUSY_FLOOR = 6.0", OF_RETRY),
    Mutation("threshold", "monitor/text/times/numeric_dates.py", "most >= _LEAST", "most > _LEAST", OF_ORDER),
    Mutation("threshold", "monitor/text/times/numeric_dates.py", "_SHARE = 0.9 ", "_SHARE = 0.95 ", OF_ORDER),
    # UTC: one zone inside, offsets the right way round.
    Mutation("utc", STAMPS, "else moment.astimezone(UTC)", "else moment.replace(tzinfo=UTC)", OF_STAMPS),
    Mutation("utc", STAMPS, "if moment.tzinfo is None:", "if moment is None:", OF_STAMPS),
    Mutation(
        "utc", STAMPS, "found if found.tzinfo is UTC", "found.replace(tzinfo=None) if found.tzinfo is UTC", OF_STAMPS
    ),
    Mutation("utc", ZONES, "local - timedelta(minutes=east)", "local + timedelta(minutes=east)", OF_ZONES),
    Mutation(
        "utc", DATES, "local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)", "local.replace(tzinfo=UTC)", OF_DATES
    ),
    Mutation("utc", WEBHOOK, "moment = now.astimezone(UTC)", "moment = now.replace(tzinfo=UTC)", OF_WEBHOOK),
    Mutation("utc", WEBHOOK, "if now.tzinfo is None:", "if now is None:", OF_WEBHOOK),
    Mutation("utc", "monitor/backoff.py", "if date.tzinfo is None:", "if date is None:", OF_RETRY),
    # Savepoints and transactions: what fails takes its own along, and nothing else.
    Mutation(
        "savepoint",
        INGEST,
        "with self.store.savepoint():\n                settled",
        "if now:\n                settled",
        OF_INGEST,
    ),
    Mutation("savepoint", INGEST, " and not isinstance(error, RowError)", "", OF_INGEST),
    Mutation("savepoint", STORE, '"ROLLBACK TO part"', '"SELECT 1"', OF_STORE),
    Mutation("savepoint", STORE, '"ROLLBACK")', '"SELECT 1")', OF_STORE),
    Mutation("savepoint", STORE, "if self.db.in_transaction:  # a full disk", "if True:  # a full disk", OF_STORE),
    Mutation("savepoint", STORE, '"PRAGMA query_only = ON"', '"SELECT 1"', OF_STORE),
    Mutation(
        "savepoint",
        "monitor/pipeline/archive/backfill.py",
        "with store.savepoint():",
        "if now:",
        ("tests/pipeline/test_backfill.py::test_a_document_whose_rows_are_refused_leaves_none_and_costs_nothing_else",),
    ),
    Mutation(
        "savepoint",
        "monitor/pipeline/archive/reextract.py",
        "with store.savepoint():",
        "if now:",
        ("tests/pipeline/test_reextract.py::test_a_page_whose_rows_are_refused_leaves_none_and_is_read_again",),
    ),
    # Validators: those of exactly the answer whose links were written.
    Mutation("validators", SOURCES, '"first": validators is not None,', '"first": True,', OF_SOURCES),
    Mutation(
        "validators",
        SOURCES,
        '"modified": validators.last_modified if validators',
        '"modified": None if validators',
        OF_SOURCES,
    ),
    Mutation(
        "validators",
        "monitor/storage/sources/endpoints.py",
        'row["etag"] is not None or row["last_modified"]',
        'row["etag"] is not None and row["last_modified"]',
        OF_SOURCES,
    ),
    Mutation(
        "validators",
        "spiders/base.py",
        "self._validators.get(endpoint.key, Validators())\n        wanted",
        "Validators()\n        wanted",
        ("tests/spiders/test_base.py",),
    ),
    Mutation(
        "validators",
        "monitor/storage/sources/rechecks.py",
        "(validators.etag, validators.last_modified, seen.id)",
        "(None, validators.last_modified, seen.id)",
        ("tests/storage/test_rechecks.py",),
    ),
    Mutation(
        "validators",
        "monitor/fetching/desk/take_answer.py",
        "validators = answer.validators if first_page and not answer.cut_off else None",
        "validators = answer.validators if not answer.cut_off else None",
        ("tests/fetching/test_gap_filling.py::test_a_further_page_leaves_the_validators_of_the_first",),
    ),
    # Who is told, and what a spreadsheet is given.
    Mutation(
        "told",
        "monitor/pipeline/alerts/queue_problem_alerts.py",
        "problem.subject if problem.kind in _OF_A_CHANNEL else None",
        "None",
        OF_PROBLEMS,
    ),
    Mutation(
        "told",
        "monitor/pipeline/alerts/queue_problem_alerts.py",
        "_OF_A_CHANNEL = (DISABLED, DEAD_LETTER)",
        "_OF_A_CHANNEL = (DISABLED,)",
        OF_PROBLEMS,
    ),
    Mutation("csv", "db/plugins/seedwatch.py", r"[=+\-@\t\r]", r"[=+\-@\t]", ("tests/daemon/test_csv_cells.py",)),
)


def slice_table(table: Iterable[Mutation], number: int | None) -> list[Mutation]:
    """The first `number` mutations of each rule, in their order; all of them for None."""
    counts: Counter[str] = Counter()
    kept = []
    for one in table:
        counts[one.rule] += 1
        if number is None or counts[one.rule] <= number:
            kept.append(one)
    return kept


def mutate_text(text: str, mutation: Mutation) -> str:
    """The file's text with the mutation in it; raises LookupError where `old` does not stand there exactly once."""
    if (count := text.count(mutation.old)) != 1:
        raise LookupError(
            f"{mutation.file}: {mutation.old!r} stands there {count} times: the table must follow the code"
        )
    return text.replace(mutation.old, mutation.new)


def copy_tree(to: Path) -> None:
    """What the tests need, without compiled files: a mutated one must not be taken for the one before."""
    for name in COPIED:
        source, target = ROOT / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "*.db*"))
        else:
            shutil.copy2(source, target)


def run_tests(tree: Path, tests: Iterable[str]) -> int | None:
    """pytest's exit code of these tests on the code in `tree`; None where they took too long. A process of its own."""
    child = os.fork()
    if child == 0:
        _become_pytest(tree, list(tests))
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return None


def _become_pytest(tree: Path, tests: list[str]) -> None:
    """In the forked child: run and end it, without the parent's clean-up."""
    code = 70
    try:
        os.setsid()
        os.chdir(tree)
        silence = os.open(tree / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.path.insert(0, str(tree))
        os.environ["PYTHONPATH"] = str(tree)  # for the processes that tests start
        import pytest

        code = int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *tests]))
    finally:
        os._exit(code)


def judge(tree: Path, mutation: Mutation) -> bool:
    """Whether the tests notice; raises RuntimeError where they could not be run at all."""
    file = tree / mutation.file
    before = file.read_text("utf-8")
    try:
        file.write_text(mutate_text(before, mutation), "utf-8")
        code = run_tests(tree, mutation.tests)
    finally:
        file.write_text(before, "utf-8")
    if code not in (0, FAILED, None):
        raise RuntimeError(f"{mutation.file}: {mutation.new!r}: pytest ended with {code}:\n{_output(tree)}")
    return code != 0


def _output(tree: Path) -> str:
    return (tree / "output").read_text("utf-8", "replace")[-3000:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", metavar="WORD", help="rules or files with this word in them")
    parser.add_argument("--slice", type=int, metavar="N", help="the first N of each rule")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    options = parser.parse_args()
    wanted = slice_table([one for one in TABLE if options.only in f"{one.rule} {one.file}"], options.slice)
    for mutation in wanted:
        mutate_text((ROOT / mutation.file).read_text("utf-8"), mutation)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for name in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:  # not on every platform; who needs it says so
            continue
    with tempfile.TemporaryDirectory(prefix="seedwatch-mutants-") as folder:
        trees: Queue[Path] = Queue()
        for number in range(options.jobs):
            copy_tree(Path(folder) / str(number))
            trees.put(Path(folder) / str(number))
        tests = sorted({test for mutation in wanted for test in mutation.tests})

        def check(part: list[str]) -> None:
            mine = trees.get()
            try:
                if part and run_tests(mine, part) != 0:
                    raise RuntimeError(f"the tests fail without any mutation:\n{_output(mine)}")
            finally:
                trees.put(mine)

        def work(mutation: Mutation) -> bool:
            mine, began = trees.get(), time.monotonic()
            try:
                noticed = judge(mine, mutation)
            finally:
                trees.put(mine)
            print(
                f"{'killed  ' if noticed else 'SURVIVED'} {time.monotonic() - began:5.1f} s  "
                f"{mutation.rule}: {mutation.file}: {mutation.new!r}",
                flush=True,
            )
            return noticed

        with ThreadPoolExecutor(options.jobs) as pool:
            began = time.monotonic()
            list(pool.map(check, (tests[part :: options.jobs] for part in range(options.jobs))))
            print(f"without any mutation {time.monotonic() - began:.1f} s", flush=True)
            noticed = list(pool.map(work, wanted))
    survivors = [
        {"rule": mutation.rule, "file": mutation.file, "new": mutation.new}
        for mutation, found in zip(wanted, noticed, strict=True)
        if not found
    ]
    print(json.dumps({"killed": sum(noticed), "survived": len(survivors), "survivors": survivors}))
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
