"""Each check finds what is wrong and names a cure; a sound installation passes them all."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest

from monitor.address_policy import Allow
from monitor.commands.doctor import (
    examine_setup,
    is_healthy,
)
from monitor.commands.live.reach_hosts import HostReach
from monitor.commands.live.version_floors import Check, CheckVerdict
from monitor.config.starter import write_files
from monitor.pipeline.learn_topic import learn_topic
from monitor.storage import Store
from monitor.storage.connection import connect_database
from monitor.storage.daemon_lock import Lock
from monitor.storage.timestamps import format_stamp

NOW = datetime.now(UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the published test vector's


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder as `init` and `learn` leave it; its outlets are switched off, so that no test asks for them."""
    write_files(tmp_path)
    config = tmp_path / "config.toml"
    config.write_text(re.sub(r"^\[sources\.\w+\]$", r"\g<0>\nenabled = false", config.read_text(), flags=re.MULTILINE))
    learn_topic(tmp_path / "seeds", topic="karabakh")
    return tmp_path


def examine(folder: Path, environment: dict[str, str] | None = None, now: datetime = NOW) -> list[Check]:
    return examine_setup(folder / "config.toml", environment=environment or {}, now=now)


def one(checks: list[Check], name: str) -> tuple[CheckVerdict, str, str | None]:
    (found,) = [check for check in checks if check.name == name]
    return found.verdict, found.detail, found.cure


def test_a_sound_installation_passes(folder: Path) -> None:
    checks = examine(folder)
    assert is_healthy(checks)
    assert [check.name for check in checks] == [
        *("python", "scrapy", "lxml", "urllib3", "brotli", "h11", "datasette", "trafilatura", "sqlite", "fts5"),
        *("configuration", "environment", "topic karabakh", "alerts", "contact", "clock", "disk"),
        *("database", "daemon"),
    ]
    assert one(checks, "configuration") == (CheckVerdict.OK, f"{folder / 'config.toml'}: 4 sources, 1 topics", None)
    assert one(checks, "database")[1] == f"{folder / 'db/seedwatch.db'}: not made yet, the first run makes it"
    assert one(checks, "daemon") == (CheckVerdict.OK, "not running", None)


def test_every_finding_that_is_not_ok_has_a_cure(folder: Path) -> None:
    broken = folder / "seeds/broken.txt"
    broken.write_bytes(b"\xff\xfe\x00")
    checks = examine(folder, {"SEEDWATCH_BD": "x"}, NOW - timedelta(days=3650))
    assert [check.name for check in checks if (check.cure is None) != (check.verdict is CheckVerdict.OK)] == []
    assert not is_healthy(checks)


def test_no_configuration_names_init(tmp_path: Path) -> None:
    verdict, detail, cure = one(examine(tmp_path), "configuration")
    assert (verdict, cure) == (CheckVerdict.FAIL, "run `seedwatch init`")
    assert str(tmp_path / "config.toml") in detail


def test_a_broken_configuration_is_told_by_line(folder: Path) -> None:
    path = folder / "config.toml"
    path.write_text(path.read_text().replace('every = "5m"', 'evry = "5m"'))
    verdict, detail, _ = one(examine(folder), "configuration")
    line = path.read_text().splitlines().index('evry = "5m"') + 1
    assert (verdict, detail) == (
        CheckVerdict.FAIL,
        f"{path}:{line}: sources.tass.evry: unknown key, did you mean every?",
    )


def test_a_misspelt_variable_is_told_with_a_suggestion(folder: Path) -> None:
    given = {"SEEDWATCH_CONFG": "x", "SEEDWATCH_DB": str(folder / "a.db"), "OTHER": "x"}
    assert one(examine(folder, given), "environment") == (
        CheckVerdict.WARN,
        "SEEDWATCH_CONFG means nothing to seedwatch",
        "did you mean SEEDWATCH_CONFIG?",
    )


def test_a_topic_without_a_profile_names_learn(folder: Path) -> None:
    (folder / "seeds/profile.toml").unlink()
    verdict, _, cure = one(examine(folder), "topic karabakh")
    assert (verdict, cure) == (CheckVerdict.FAIL, "run `seedwatch learn karabakh`")


def test_a_seed_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "seeds/broken.txt").write_bytes(b"\xff\xfe")
    verdict, detail, _ = one(examine(folder), "topic karabakh")
    assert verdict is CheckVerdict.FAIL
    assert str(folder / "seeds/broken.txt") in detail


def test_seeds_that_changed_since_they_were_learned_are_told(folder: Path) -> None:
    first = min((folder / "seeds").glob("*.txt"))
    first.write_text(first.read_text() + "\n\nOne paragraph more.\n")
    assert one(examine(folder), "topic karabakh") == (
        CheckVerdict.WARN,
        "the seeds are no longer those it was learned from",
        "run `seedwatch learn karabakh`",
    )


def channel(folder: Path, line: str) -> None:
    with (folder / "config.toml").open("a") as file:
        file.write(f'\n[channels.desk]\nkind = "webhook"\nurl = "https://desk.example/hook"\n{line}\n')


def test_a_signed_channel_passes_and_its_secret_is_not_shown(folder: Path) -> None:
    channel(folder, 'secret_file = "desk.secret"')
    file = folder / "desk.secret"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    private = examine(folder)
    file.chmod(0o644)
    readable = examine(folder)
    assert one(private, "channel desk") == (CheckVerdict.OK, "webhook, signed with 1 secret(s)", None)
    assert one(readable, "channel desk")[0] is CheckVerdict.WARN
    assert f"chmod 600 {file}" in one(readable, "channel desk")[1]
    assert SECRET.removeprefix("whsec_") not in repr((private, readable))


@pytest.mark.parametrize(
    ("line", "verdict", "detail"),
    [
        ("", CheckVerdict.WARN, "unsigned: a receiver cannot tell our alerts from forged ones"),
        ('secret_env = "DESK_SECRET"', CheckVerdict.FAIL, "the variable DESK_SECRET is not set"),
    ],
)
def test_a_channel_that_is_not_signed(folder: Path, line: str, verdict: CheckVerdict, detail: str) -> None:
    channel(folder, line)
    assert one(examine(folder), "channel desk")[:2] == (verdict, detail)


@pytest.mark.parametrize(
    ("reason", "cure"),
    [
        ("certificate refused: self-signed certificate", "ca_file in its [channels.NAME]"),
        ("certificate refused: certificate has expired", "renew its certificate"),
        ("address refused: the URL leads to 10.0.0.1, which is private", "[fetch] allow"),
    ],
)
def test_a_failing_channel_says_what_helps(folder: Path, reason: str, cure: str) -> None:
    channel(folder, "")
    database = folder / "db" / "seedwatch.db"
    database.parent.mkdir(exist_ok=True)
    with closing(connect_database(database)) as db:
        db.execute(
            "INSERT INTO channels (name, kind, state, reason) VALUES ('desk', 'webhook', 'failing', ?)", (reason,)
        )
    verdict, detail, found = one(examine(folder), "channel desk")
    assert (verdict, detail) == (CheckVerdict.WARN, f"takes nothing at present: {reason}")
    assert cure in (found or "")


def test_pages_for_everybody_are_warned_of(folder: Path) -> None:
    path = folder / "config.toml"
    path.write_text(path.read_text().replace('host = "127.0.0.1"', 'host = "0.0.0.0"'))
    verdict, detail, _ = one(examine(folder), "pages")
    assert (verdict, "0.0.0.0" in detail) == (CheckVerdict.WARN, True)


def test_a_clock_behind_the_database_or_the_age_fails(folder: Path) -> None:
    connect_database(folder / "db/seedwatch.db").close()
    os.utime(folder / "db/seedwatch.db", (NOW.timestamp(), NOW.timestamp()))
    verdicts = [
        one(examine(folder, now=now), "clock")[0]
        for now in (NOW, NOW - timedelta(hours=23), NOW - timedelta(hours=25), datetime(2024, 12, 31, tzinfo=UTC))
    ]
    assert verdicts == [CheckVerdict.OK, CheckVerdict.OK, CheckVerdict.FAIL, CheckVerdict.FAIL]


def test_a_sound_database_and_a_running_daemon(folder: Path) -> None:
    path = folder / "db/seedwatch.db"
    connect_database(path).close()
    lock = Lock(path)
    lock.take()
    checks = examine(folder)
    lock.release()
    assert one(checks, "database")[0] is CheckVerdict.OK
    assert "sound" in one(checks, "database")[1]
    assert one(checks, "daemon") == (CheckVerdict.OK, f"runs as process {os.getpid()}", None)


def test_what_is_no_database_fails(folder: Path) -> None:
    (folder / "db/seedwatch.db").write_bytes(b"not a database, whatever it is called" * 100)
    verdict, detail, _ = one(examine(folder), "database")
    assert (verdict, "file is not a database" in detail) == (CheckVerdict.FAIL, True)


def test_a_damaged_database_fails(folder: Path) -> None:
    path = folder / "db/seedwatch.db"
    with closing(connect_database(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    with path.open("r+b") as file:  # all pages but the first are overwritten
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    verdict, detail, cure = one(examine(folder), "database")
    assert verdict is CheckVerdict.FAIL, detail
    assert cure is not None
    assert "put seedwatch.db aside" in cure


def test_a_database_of_a_newer_seedwatch_fails(folder: Path) -> None:
    path = folder / "db/seedwatch.db"
    connect_database(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('seedwatch', 'later', '2030-01-01')"
        )
    verdict, detail, cure = one(examine(folder), "database")
    assert (verdict, detail) == (CheckVerdict.FAIL, f"{path}: made by a newer seedwatch (later)")
    assert cure == "upgrade seedwatch, or name another"


def test_what_is_wrong_with_the_watch_is_what_status_says(folder: Path) -> None:
    with Store(folder / "db/seedwatch.db") as store:
        at = format_stamp(NOW)
        store.db.execute(
            "INSERT INTO channels (name, kind, state, reason) VALUES ('desk', 'webhook', 'failing', 'it answered 502')"
        )
        store.db.execute(
            "INSERT INTO sources (name, spider, title, host, every, state, reason, added_at, next_poll_at) "
            "VALUES ('gull', 'feed', 'Gull', 'gull.example', 600, 'blocked', 'a challenge page', ?, ?)",
            (at, at),
        )
    watch = {check.name: (check.detail, check.cure) for check in examine(folder) if check.name.startswith("watch")}
    assert watch == {
        "watch gull": ("a challenge page", "seedwatch explain gull"),
        "watch desk": ("failing: it answered 502", "seedwatch test-alert desk"),
    }


def test_a_watch_without_a_fault_is_one_line(folder: Path) -> None:
    with Store(folder / "db/seedwatch.db"):
        pass
    found = one(examine(folder), "watch")
    assert found == (CheckVerdict.OK, "no source and no channel fails, no alert is overdue", None)


def add_outlets(folder: Path, *urls: str, allow: str = "") -> None:
    """Feeds at these addresses, as sources of the configuration."""
    config = folder / "config.toml"
    tables = "".join(
        f'\n[sources.gull{number}]\nspider = "feed"\ntitle = "Gull"\naddress = "{url}"\nfeeds = ["{url}/feed"]\n'
        for number, url in enumerate(urls)
    )
    config.write_text(config.read_text().replace("[fetch]", f"[fetch]\nallow = [{allow}]", 1) + tables)


def test_a_watch_of_nothing_is_told(folder: Path) -> None:
    config = folder / "config.toml"
    config.write_text("[topics.karabakh]\n")
    assert one(examine(folder), "sources") == (
        CheckVerdict.WARN,
        "none: nothing can come in",
        "name your outlets: seedwatch init https://outlet.example/",
    )


def test_hosts_of_outlets_are_tried(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as open_, socket.create_server(("127.0.0.1", 0)) as shut:
        there, gone = (f"http://127.0.0.1:{server.getsockname()[1]}" for server in (open_, shut))
        shut.close()
        add_outlets(folder, there, gone, f"{there}/second", allow='"127.0.0.1"')
        verdict, detail, cure = one(examine(folder), "outlets")
    assert (verdict, detail) == (
        CheckVerdict.WARN,
        f"1 of 2 hosts take no connection\n{gone.removeprefix('http://')}: takes no connection (Connection refused)",
    )
    assert cure == "check the network here; `seedwatch doctor --live` asks every address and shows what it answers"


def test_hosts_that_take_connections_are_counted(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        add_outlets(folder, f"http://127.0.0.1:{server.getsockname()[1]}", allow='"127.0.0.1"')
        assert one(examine(folder), "outlets") == (CheckVerdict.OK, "1 of 1 hosts take a connection", None)
        server.settimeout(5)
        server.accept()[0].close()


def test_no_private_address_is_connected_to(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        add_outlets(folder, f"http://127.0.0.1:{server.getsockname()[1]}")
        detail = one(examine(folder), "outlets")[1]
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert detail.endswith("leads to 127.0.0.1, which is loopback; add it to [fetch] allow if you trust it")


def test_a_host_that_does_not_answer_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # fills the queue: the next one is left waiting
            reach = HostReach([f"http://127.0.0.1:{port}"], Allow.parse(["127.0.0.1"]), 0.2)
            begin = monotonic()
            (fault,) = reach.collect().values()
    assert monotonic() - begin < 2
    assert fault in ("does not answer within 0.2 s", "takes no connection (timed out)")


def test_what_no_check_needs_is_not_imported(folder: Path) -> None:
    """An answer within a second: what is imported takes most of the time."""
    with Store(folder / "db/seedwatch.db"):
        pass
    program = (
        "import sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from monitor.commands.doctor import examine_setup\n"
        "checks = examine_setup(Path(sys.argv[1]), environment={}, now=datetime.now(UTC))\n"
        "assert [check.detail for check in checks if check.name == 'database'][0].count('sound')\n"
        "heavy = ('numpy', 'requests', 'jinja2', 'luqum', 'courlan', 'tldextract', 'scrapy', 'twisted', 'lxml',"
        " 'wordfreq', 'trafilatura', 'datasette', 'httpx', 'monitor.storage.store')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder / "config.toml")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
