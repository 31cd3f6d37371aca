"""`sources list | pause | resume | poll`, on a database as a daemon leaves it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.model.source import Endpoint, Source
from monitor.storage import Store

THEN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
GULL = Source(
    name="gull",
    spider="feed",
    title="The Gull",
    address=None,
    every=300,
    endpoints=tuple(Endpoint(kind="feed", url=f"https://gull.example/{path}") for path in ("rss", "old")),
)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A source that is due in an hour, one of whose endpoints has gone for good."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[store]\npath = "test.db"\n')
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([GULL], lambda _: "gull.example", lambda _: THEN + timedelta(days=9999), THEN)
        for endpoint in GULL.endpoints:
            number = store.sources.add_endpoint("gull", endpoint)
        store.endpoints.mark_gone(number, THEN)
    return lambda *words: CliRunner().invoke(main, list(words))


def due(folder: Path) -> tuple[bool, list[str]]:
    """Whether the source would be claimed now, and which of its endpoints would be asked."""
    now = datetime.now(UTC)
    with Store(folder / "test.db") as store, store.write():
        turns = store.sources.claim(now, now + timedelta(hours=1), 5)
        endpoints = store.recall.load_order("gull", now, before=now, settled=now).endpoints
        asked = [endpoint.url.rpartition("/")[2] for endpoint in endpoints.list_due(GULL, now)]
    return bool(turns), asked


def test_a_source_is_paused_over_restarts_and_resumed(run: Run, tmp_path: Path) -> None:
    assert run("sources", "pause", "gull").stderr == "gull is paused\n"
    assert run("sources", "pause", "gull").stderr == "gull was paused already\n"
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([GULL], lambda _: "gull.example", lambda _: THEN, THEN)
    (row,) = json.loads(run("sources", "list", "--json").stdout)
    assert (row["name"], row["paused"] is not None, due(tmp_path)[0]) == ("gull", True, False)
    assert "paused" in run("sources", "list").stdout
    refused = run("sources", "poll", "gull")
    assert refused.exit_code == 2
    assert "gull is paused; `seedwatch sources resume gull` asks it again" in refused.stderr
    assert run("sources", "resume", "gull").stderr == (
        "gull is due; no daemon runs: `seedwatch run` or `seedwatch once gull` asks it\n"
    )
    assert due(tmp_path) == (True, ["rss", "old"])


def test_a_poll_is_due_at_once_but_what_is_gone_is_not_asked(run: Run, tmp_path: Path) -> None:
    assert due(tmp_path) == (False, ["rss"])
    assert run("sources", "poll", "gull").exit_code == 0
    assert due(tmp_path) == (True, ["rss"])


def test_a_running_daemon_is_said_to_do_it(run: Run, tmp_path: Path) -> None:
    with Store(tmp_path / "test.db", sole=True):
        said = run("sources", "poll", "gull").stderr
    assert said == "gull is due; the daemon asks it within seconds, unless its host wants to be left alone\n"


@pytest.mark.parametrize("verb", ["pause", "resume", "poll"])
def test_a_source_nobody_knows_is_refused_with_the_nearest(run: Run, verb: str) -> None:
    result = run("sources", verb, "gul")
    assert result.exit_code == 2
    assert "no source is called 'gul'; did you mean gull?" in result.stderr
