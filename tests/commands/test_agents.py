"""`agents init` lays what a server takes and what an agent needs; `agents list` says who is there."""

from __future__ import annotations

import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.commands.cli import main
from monitor.errors import ConfigError
from monitor.fetching.agents.key_file import load_key
from monitor.model.source import Endpoint, Source
from monitor.storage import Store

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[store]\npath = "test.db"\n')
    return lambda *words: CliRunner().invoke(main, list(words))


def test_keys_and_the_servers_configuration_are_laid(run: Run, tmp_path: Path) -> None:
    first = run("agents", "init", "--host", "desk.example.org", "one")
    assert first.exit_code == 0, first.output
    key = tmp_path / "agents/one.key"
    assert first.stdout == f"seedwatch agent --desk tls://desk.example.org:4222 --key {key}\n"
    assert tomllib.loads((tmp_path / "config.toml").read_text())["agents"] == {"server": "tls://desk.example.org:4222"}
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "agents").iterdir()}
    assert modes == {
        "desk.key": "0o600",
        "one.key": "0o600",
        "server-key.pem": "0o600",
        "server.conf": "0o644",
        "server.pem": "0o644",
    }
    before = {path.name: path.read_bytes() for path in (tmp_path / "agents").iterdir()}
    again = run("agents", "init", "--host", "desk.example.org", "two")
    assert again.stdout.count("seedwatch agent") == 2
    after = {path.name: path.read_bytes() for path in (tmp_path / "agents").iterdir()}
    assert {name for name in before if after[name] != before[name]} == {"server.conf"}
    configuration = after["server.conf"].decode()
    for name in ("one", "two"):
        public = load_key(tmp_path / f"agents/{name}.key").public
        may = f'publish: "seedwatch.desk.{name}.*", subscribe: "seedwatch.answers.{name}.>"'
        assert f"{{ nkey: {public}, permissions: {{ {may} }} }}" in configuration
    assert "0.0.0.0:4222" in configuration
    key.unlink()
    assert run("agents", "init").stdout.count("seedwatch agent") == 1
    assert "seedwatch.desk.one" not in (tmp_path / "agents/server.conf").read_text()


@pytest.mark.skipif(shutil.which("nats-server") is None, reason="needs nats-server (Debian: nats-server)")
def test_a_server_takes_the_configuration(run: Run, tmp_path: Path) -> None:
    assert run("agents", "init", "--wss", "8443").exit_code == 0
    command = ["nats-server", "-t", "-c", str(tmp_path / "agents/server.conf")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert "127.0.0.1:8443" in (tmp_path / "agents/server.conf").read_text()


@pytest.mark.parametrize("name", ["desk", "One", "../one", "a.b", "-x", "*"])
def test_what_names_no_agent_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    refused = run("agents", "init", "--", name)
    assert refused.exit_code == 78
    assert "names no agent" in refused.stderr
    assert not (tmp_path / "agents").exists()


def test_a_key_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    run("agents", "init", "one")
    key = tmp_path / "agents/one.key"
    key.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read it"):
        load_key(key)
    key.chmod(0o600)
    key.write_text(key.read_text().replace("agent: one", "agent: on.*"))
    with pytest.raises(ConfigError, match="holds no agent's key"):
        load_key(key)
    key.write_text("agent: one\nS" + "A" * 57 + "\n")
    with pytest.raises(ConfigError, match="damaged"):
        load_key(key)
    assert run("agent", "--desk", "nats://desk.example.org:4222", "--key", str(key)).exit_code == 2


def test_the_agents_that_are_there(run: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    gull = Source(
        name="gull",
        spider="feed",
        title="The Gull",
        address=None,
        every=300,
        endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
    )
    with Store(tmp_path / "test.db") as store, store.write():
        store.sources.sync([gull], lambda _: "gull.example", lambda _: now - timedelta(minutes=3), now)
        store.agents.note_seen("one", "0.2.0", ["ge"], 64, now)
    found = json.loads(run("agents", "list", "--json").stdout)
    assert found["behind"]["sources"] == 1
    assert 179 < found["behind"]["seconds"] < 300
    (one,) = found["agents"]
    assert {key: one[key] for key in ("name", "labels", "slots", "running", "polls")} == {
        "name": "one",
        "labels": ["ge"],
        "slots": 64,
        "running": [],
        "polls": 0,
    }
    shown = run("agents", "list").stdout
    assert "one" in shown
    assert "1 source due, the longest for 3 min" in shown
