"""`seedwatch seeds add` as a person types it: real servers on loopback, the commands in processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.config.seed_files import find_seed, write_seed
from monitor.config.seed_folder import read_seeds
from monitor.errors import SeedError
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article
from monitor.newsroom.loopback import Loopback, LoopbackAnswer, LoopbackRequest

AT = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
TEXT = "\n\n".join(
    f"The council of the harbour met for the {n}th time and agreed on the price of rope." for n in range(9)
)


def article(title: str, url: str, text: str = TEXT, at: datetime | None = AT) -> Article:
    when = at and Moment(at=at, raw="", zone="stated", precision=Precision.SECOND, carrier="json-ld")
    return Article(url=url, identity=None, title=title, lead=None, text=text, published=when)


def test_a_saved_article_reads_back_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "harbour"
    file = write_seed(folder, article("Rope gets dearer, says council", "https://www.hills.example/a?id=7"))
    assert file.name == "2026-11-20-rope-gets-dearer-says-council.txt"
    assert file.read_text().split("\n")[:6] == [
        *("Rope gets dearer, says council", "", "Date: 2026-11-20 08:15 UTC", "source: hills.example"),
        *("source: https://www.hills.example/a?id=7", ""),
    ]
    (seed,) = read_seeds(folder)
    assert (seed.headline, seed.text, seed.outlet) == ("Rope gets dearer, says council", TEXT, "hills.example")
    assert seed.published is not None
    assert seed.published.at == AT
    assert find_seed(folder, "https://www.hills.example/a?id=7") == file
    assert find_seed(folder, "https://www.hills.example/a?id=8") is None


def test_names_never_meet_and_keep_their_letters(tmp_path: Path) -> None:
    names = [
        write_seed(tmp_path, article(title, f"https://hills.example/{n}", at=None)).name
        for n, title in enumerate(
            ["Порт/../закрыт", "Порт закрыт!", "港口罢工", "¡!", f"{'long words ' * 9}", "x" * 99]
        )
    ]
    assert names == [
        *("порт-закрыт.txt", "порт-закрыт-2.txt", "港口罢工.txt", "seed.txt"),
        *("long-words-long-words-long-words-long-words-long-words-long.txt", f"{'x' * 60}.txt"),
    ]


def test_what_is_no_seed_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="has no headline with a text under it"):
        write_seed(tmp_path, article("Rope", "https://hills.example/1", text="Related articles"))
    assert list(tmp_path.iterdir()) == []


def _answer(asked: LoopbackRequest) -> LoopbackAnswer:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if not asked.path.startswith("/news/"):
        return LoopbackAnswer(status=404, headers=headers, body=b"<html><body>Nothing.</body></html>")
    title = f"Rope gets dearer, part {asked.path[6:]}"
    text = "".join(f"<p>{line}</p>" for line in TEXT.split("\n\n"))
    head = f"<title>{title}</title><meta property='article:published_time' content='2026-11-20T08:15:00Z'>"
    page = f"<html lang='en'><head>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>"
    return LoopbackAnswer(headers=headers, body=page.encode())


@pytest.fixture
def outlet() -> Iterator[str]:
    server = Loopback(_answer, lambda: datetime.now(UTC))
    server.start()
    yield server.address
    server.stop()


def seedwatch(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from monitor.commands.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


def test_a_subject_is_made_of_addresses(tmp_path: Path, outlet: str) -> None:
    made = seedwatch(tmp_path, "init", "--topic", "rope")
    assert (made.returncode, "seedwatch seeds add URL…" in made.stderr) == (0, True), made.stderr
    config = tmp_path / "config.toml"
    config.write_text(config.read_text().replace("delay = 1.5", 'delay = 0\nallow = ["127.0.0.1"]'))
    urls = [f"{outlet}/news/{n}" for n in (1, 2)]
    added = seedwatch(tmp_path, "seeds", "add", *urls, f"{outlet}/gone", urls[0], "--json")
    assert added.returncode == 1, added.stderr
    files = [f"seeds/rope/2026-11-20-rope-gets-dearer-part-{n}.txt" for n in (1, 2)]
    said = json.loads(added.stdout)
    assert said["topic"] == "rope"
    assert [(row["url"], row["outcome"], row["reason"]) for row in said["seeds"]] == [
        (urls[0], "saved", None),
        (urls[1], "saved", None),
        (f"{outlet}/gone", "failed", "status 404"),
    ]
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("seeds/rope/*")) == files
    again = seedwatch(tmp_path, "seeds", "add", *urls)
    assert (again.returncode, [line.split()[0] for line in again.stdout.splitlines()]) == (0, ["kept", "kept"])
    learned = seedwatch(tmp_path, "learn")
    assert (learned.returncode, (tmp_path / "seeds/rope/profile.toml").is_file()) == (0, True), learned.stderr


@pytest.mark.long
def test_the_topic_must_be_known(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[topics.rope]\nseeds = "a"\n[topics.tar]\nseeds = "b"\n')
    several = seedwatch(tmp_path, "seeds", "add", "https://hills.example/1")
    unknown = seedwatch(tmp_path, "seeds", "add", "https://hills.example/1", "--topic", "rop")
    address = seedwatch(tmp_path, "seeds", "add", "hills.example/1", "--topic", "rope")
    assert [done.returncode for done in (several, unknown, address)] == [2, 2, 2]
    assert "2 topics have seeds; name one with --topic" in several.stderr
    assert "did you mean rope?" in unknown.stderr
    assert "hills.example/1: no web address" in address.stderr
