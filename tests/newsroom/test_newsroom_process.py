"""`python -m monitor.newsroom` serves as a process of its own until it is told to stop."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import feedparser
import httpx


def test_serves_until_terminated(tmp_path: Path, web: httpx.Client) -> None:
    ports, ledger, deliveries = (tmp_path / name for name in ("ports.json", "ledger.jsonl", "deliveries.jsonl"))
    command = [sys.executable, "-m", "monitor.newsroom", "--port-file", ports, "--ledger", ledger]
    command += ["--deliveries", deliveries, "--seed", "5", "--tass", "6", "--milligazete", "0", "--on-topic", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            document = json.loads(ports.read_text())
            records = [json.loads(line) for line in ledger.read_text().splitlines()]
            feed = feedparser.parse(web.get(document["outlets"]["tass"] + "/rss/v2.xml").content)
            assert web.post(document["receiver"], json={"type": "test"}).status_code == 200
        finally:
            process.terminate()
        assert process.wait(timeout=20) == 0
    assert document["pid"] == process.pid
    assert document["sources"]["tass"] == {"spider": "tass", "address": document["outlets"]["tass"], "every": "5m"}
    assert [record["outlet"] for record in records] == ["tass"] * 6 + ["commonspace"] * 4 + ["wordpress"] * 4
    assert [record["on_topic"] for record in records[:6]] == [False, True, False, True, False, True]
    assert {entry.title for entry in feed.entries} == {r["title"] for r in records if r["outlet"] == "tass"}
    assert json.loads(deliveries.read_text())["body"] == {"type": "test"}
