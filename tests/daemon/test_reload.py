"""SIGHUP with files that no person would write, and those that a full disk leaves: the daemon goes on, and says so."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

import pytest
from house import House, wait_until
from sqlite_utils.utils import sqlite3

from monitor.config.load import load_config, parse_config
from monitor.config.schema import Config
from monitor.daemon.reload import check_not_emptied
from monitor.errors import ConfigError

BROKEN = {
    "allow": '[fetch]\nallow = ["http://x/"]',
    "address": '[sources.a]\nspider = "feed"\nfeeds = ["http://["]',
    "digits": f"[fetch]\nconcurrency = {'9' * 5000}",
    "number": f"[fetch]\nconcurrency = {'9' * 4000}",
    "nesting": f"x = {'[' * 3000}{']' * 3000}",
}
PROBLEM = "SELECT kind, closed_at IS NULL FROM problems WHERE kind = 'config'"


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_a_fault_of_the_configuration(name: str) -> None:
    with pytest.raises(ConfigError, match=r"^config\.toml"):
        parse_config(BROKEN[name], "config.toml")


def test_a_file_that_names_no_source_any_more_is_refused_unless_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"

    def load(text: str) -> Config:
        path.write_text(text)
        return load_config(path, environment={})

    old = load('[sources.a]\nspider = "feed"\nfeeds = ["http://news.example/rss"]')
    with pytest.raises(ConfigError, match="names no source any more, 1 are watched"):
        check_not_emptied(old, load(""), path)
    check_not_emptied(old, load("[sources]"), path)
    check_not_emptied(load(""), load(""), path)


@pytest.mark.slow
def test_no_file_and_no_fault_ends_reloading(house: House) -> None:
    house.configure("commonspace")
    good = house.config.read_text()
    daemon = house.run()
    refused = 0

    def hang_up() -> None:
        nonlocal refused
        daemon.signal(signal.SIGHUP)
        refused += 1
        wait_until(lambda: sum("event=reload-refused" in line for line in tuple(daemon.lines)) == refused)

    for text in [*BROKEN.values(), ""]:
        house.config.write_text(text)
        hang_up()
    house.config.write_bytes(b"\xff\xfe\x00")
    hang_up()
    house.config.unlink()
    hang_up()
    house.config.write_text(good)
    with closing(sqlite3.connect(house.database)) as db, db:
        db.execute("CREATE TRIGGER fault BEFORE UPDATE ON sources BEGIN SELECT json('no room'); END")
    hang_up()
    assert wait_until(lambda: house.rows(PROBLEM)) == [("config", 1)]
    with closing(sqlite3.connect(house.database)) as db, db:
        db.execute("DROP TRIGGER fault")
    daemon.signal(signal.SIGHUP)
    daemon.said("event=reloaded sources=1")
    wait_until(lambda: house.rows(PROBLEM) == [("config", 0)])
    assert house.rows("SELECT name, enabled FROM sources") == [("commonspace", 1)]
    assert daemon.stop() == 0
