"""The recipes of spiders/README.md, followed to the letter by somebody who copies them out."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.config.load import parse_config, resolve_sources
from monitor.model.source import Endpoint
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

ROOT = Path(__file__).parents[2]
README = (ROOT / "spiders" / "README.md").read_text("utf-8")
TEXT = " ".join(f"The shepherds counted their goats for the {n}th time and wrote the number down." for n in range(8))
HTML = {"Content-Type": "text/html; charset=utf-8"}


def blocks(heading: str) -> dict[str, str]:
    """The code blocks of one section by language."""
    section = re.split(r"^## ", README, flags=re.M)
    (text,) = [part for part in section if part.startswith(heading)]
    return dict(re.findall(r"^```(\w+)\n(.*?)^```", text, flags=re.M | re.S))


def answer(asked: LoopbackRequest) -> LoopbackAnswer:
    """The Hills Gazette, with a feed, an archive and two articles."""
    titles = {"/news/1": "Goats counted", "/news/2": "Goats counted again"}
    if asked.path == "/rss":
        items = "".join(f"<item><title>{title}</title><link>{path}</link></item>" for path, title in titles.items())
        body = f"<rss version='2.0'><channel>{items}</channel></rss>"
        return LoopbackAnswer(headers={"Content-Type": "application/xml"}, body=body.encode())
    if asked.path == "/archive.txt":
        lines = "".join(f"{path.rpartition('/')[2]};{title}\n" for path, title in titles.items())
        return LoopbackAnswer(headers={"Content-Type": "text/plain"}, body=f"a heading\n{lines}".encode())
    if title := titles.get(asked.path):
        page = (
            f"<html><head><title>{title}</title></head><article><h1>{title}</h1><p>{title}. {TEXT}</p></article></html>"
        )
        return LoopbackAnswer(headers=HTML, body=page.encode())
    return LoopbackAnswer(status=404, headers=HTML, body=b"<html>Nothing</html>")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = Loopback(answer, lambda: datetime.now(UTC))
    server.start()
    yield server.address
    server.stop()


def test_an_ordinary_outlet() -> None:
    config = parse_config(blocks("An ordinary outlet")["toml"], "config.toml")
    (source,) = resolve_sources(config)
    assert (source.name, source.endpoints, source.every) == (
        "hills",
        (Endpoint(kind="feed", url="https://hills.example/rss"),),
        900,
    )


@pytest.mark.parametrize(
    ("heading", "identities"),
    [("An outlet to ship", [None, None]), ("An odd outlet", ["hills:1", "hills:2"])],
)
def test_an_outlet_of_its_own(heading: str, identities: list[str | None], address: str, tmp_path: Path) -> None:
    recipe = blocks(heading)
    shutil.copytree(ROOT / "spiders", tmp_path / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    with (tmp_path / "spiders" / "outlets.toml").open("a", encoding="utf-8") as shipped:
        shipped.write(f"\n{recipe['toml']}")
    (tmp_path / "spiders" / "hills.py").write_text(recipe["python"], encoding="utf-8")
    command = [sys.executable, "-m", "scrapy", "crawl", "hills", "-a", f"address={address}", "-O", "out.jsonl"]
    done = subprocess.run(
        [*command, "-s", "DOWNLOAD_DELAY=0"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    items: list[dict[str, Any]] = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert sorted((item["url"], item["title"], item["identity"]) for item in items) == [
        (f"{address}/news/1", "Goats counted", identities[0]),
        (f"{address}/news/2", "Goats counted again", identities[1]),
    ]
    assert tomllib.loads(recipe["toml"])["hills"]["title"] == "The Hills Gazette"
