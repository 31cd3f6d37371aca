"""The pages as they are served: a real Datasette process on a real database."""

from __future__ import annotations

import base64
import csv
import hashlib
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from small_archive import filled

from monitor.config.load import parse_config
from monitor.config.schema import Config
from monitor.daemon.pages_process import Pages, build_pages_command, filter_environment, find_pages_folder, start_pages
from monitor.errors import SeedwatchError, StoreError

ROOT = Path(__file__).resolve().parents[2]
QUERIES: dict[str, Any] = yaml.safe_load((ROOT / "db/metadata.yaml").read_text("utf-8"))["databases"]["seedwatch"][
    "queries"
]


def configured(database: Path, port: int = 0) -> Config:
    return parse_config(f"[store]\npath = {json.dumps(str(database))}\n[pages]\nport = {port}\n", "config.toml")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    # Not called seedwatch.db: our metadata must describe it all the same.
    with start_pages(configured(filled(tmp_path_factory.mktemp("ui") / "other.db"))) as served:
        yield served


def get(pages: Pages, path: str, host: str | None = None) -> tuple[int, dict[str, str], str]:
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Host": host} if host else {})
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode("utf-8")


def ask(pages: Pages, sql: str, **headers: str) -> tuple[int, str]:
    """Status and body of a stranger's SQL."""
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=60)) as connection:
        path = f"/seedwatch.json?_shape=array&sql={quote(sql)}"
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return reply.status, reply.read().decode("utf-8", "replace")


def measure_memory(pages: Pages) -> int:
    """The most bytes that the pages' process has had in memory."""
    status = Path(f"/proc/{pages.process.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


@pytest.mark.row("S10")
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT length(printf('%.*c', 900000000, 'x')) AS n",
        "SELECT length(randomblob(1000000000)) AS n",
        "WITH RECURSIVE n (x) AS (SELECT zeroblob(90000000) UNION ALL SELECT x || 'y' FROM n) SELECT * FROM n",
    ],
)
def test_sql_of_strangers_gets_no_gigabytes(pages: Pages, sql: str) -> None:
    status, body = ask(pages, sql)
    assert status == 400, body[:300]
    assert measure_memory(pages) < 1_000_000_000
    assert ask(pages, "SELECT 1 AS one") == (200, '[{"one": 1}]')


@pytest.mark.row("S10")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec_Fetch_Site": "none"}, 200),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_sql_that_another_site_has_a_browser_send_is_refused(
    pages: Pages, headers: dict[str, str], status: int
) -> None:
    assert ask(pages, "SELECT 1 AS one", **headers)[0] == status


def rows(pages: Pages, query: str, **parameters: str) -> list[dict[str, Any]]:
    words = "".join(f"&{name}={quote(value)}" for name, value in parameters.items())
    status, _, body = get(pages, f"/seedwatch/{query}.json?_shape=array{words}")
    assert status == 200, body
    found: list[dict[str, Any]] = json.loads(body)
    return found


@pytest.mark.row("S10")
@pytest.mark.parametrize(
    "path", ["/", "/seedwatch", "/seedwatch/articles", "/seedwatch/articles/1", "/seedwatch/new_matches", "/nothing"]
)
def test_every_page_carries_the_headers_and_no_script_they_forbid(pages: Pages, path: str) -> None:
    status, headers, body = get(pages, path)
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    inline = re.findall(r"<script>(.*?)</script>", body, re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in inline]
    assert status == (404 if path == "/nothing" else 200)
    allowed = policy.get("script-src", "'none'")
    assert [value for value in hashes if value not in allowed] == []
    assert "unsafe" not in allowed
    assert not re.search(r"\son[a-z]+=", body)
    assert {name: policy[name] for name in ("default-src", "frame-ancestors", "form-action", "base-uri")} == {
        "default-src": "'none'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }
    assert {name: headers.get(name) for name in ("x-content-type-options", "referrer-policy", "x-frame-options")} == {
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
    }
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("query", QUERIES)
def test_every_question_is_answered_without_parameters(pages: Pages, query: str) -> None:
    status, _, body = get(pages, f"/seedwatch/{query}")
    assert status == 200
    assert "message-error" not in body


def test_the_questions_find_what_is_there(pages: Pages) -> None:
    names = {
        "new_matches": {},
        "edits": {"kind": "numbers"},
        "latest": {},
        "search": {"words": "corridor opens"},
        "undelivered_alerts": {},
        "silent_sources": {},
        "open_problems": {},
        "why": {"article": "1"},
        "near_misses": {},
        "copies": {},
        "story": {"story": "2"},
        "outcomes_per_day": {"source": "example"},
        "link_ledger": {"source": "example", "state": "done"},
        "open_gaps": {},
    }
    found = {name: rows(pages, name, **parameters) for name, parameters in names.items()}
    assert list(found) == list(QUERIES)
    assert {name: len(result) for name, result in found.items()} == {
        **dict.fromkeys(names, 1),
        "latest": 2,
        "search": 2,
        "link_ledger": 2,
    }
    assert [found["new_matches"][0][key] for key in ("title", "outlet", "because", "article")] == [
        "Corridor talks resume",
        "Example",
        "Corridor",
        1,
    ]
    assert [found["undelivered_alerts"][0][key] for key in ("alert", "state", "reason")] == [
        "msg_2",
        "dead",
        "status 503",
    ]
    assert {key: found["edits"][0][key] for key in ("outlet", "kinds", "substance", "before", "after", "revision")} == {
        "outlet": "Example",
        "kinds": "numbers",
        "substance": "yes",
        "before": "At 5.",
        "after": "At 6.",
        "revision": 2,
    }
    assert found["silent_sources"][0]["silence"] == "never polled"
    assert found["near_misses"][0]["missing"] == "sea"
    assert [found["open_gaps"][0][key] for key in ("outlet", "hours", "endpoint")] == [
        "Example",
        3,
        "feed https://news.example/rss",
    ]
    assert [row["article"] for row in found["story"]] == [2]
    assert found["outcomes_per_day"] == [
        {
            "day": "2026-03-02",
            "source": "example",
            "pages": 2,
            "stored": 2,
            "revisions": 0,
            "unchanged": 0,
            "copies": 0,
            "shut_out": 0,
            "no_article": 0,
            "failed": 0,
        }
    ]


def test_the_span_of_new_matches_is_the_readers(pages: Pages) -> None:
    assert (len(rows(pages, "new_matches", hours="2")), len(rows(pages, "new_matches", hours="0"))) == (1, 0)


@pytest.mark.parametrize("words", ['" OR *', "title:x", "a AND (", "", "Ünïcode"])
def test_no_search_words_break_the_search(pages: Pages, words: str) -> None:
    assert rows(pages, "search", words=words) == []


@pytest.mark.parametrize("path", ["/seedwatch/articles", "/seedwatch/latest", "/seedwatch/articles/2"])
def test_a_hostile_headline_is_harmless_text(pages: Pages, path: str) -> None:
    _, _, body = get(pages, path)
    assert "=HYPERLINK(&#34;x&#34;) &lt;b&gt;bold&lt;/b&gt;" in body
    assert [mark for mark in ("\u202e", "\x07", "<b>bold", 'href="javascript:') if mark in body] == []


@pytest.mark.row("S10")
def test_csv_cells_are_no_formulas_and_numbers_stay_numbers(pages: Pages) -> None:
    _, _, body = get(
        pages, "/seedwatch.csv?" + "sql=" + quote("select '=1+1' a, '@x' b, '-5' c, '-x' d, 'two\nlines, \"q\"' e")
    )
    assert list(csv.reader(io.StringIO(body, newline=""))) == [
        ["a", "b", "c", "d", "e"],
        ["'=1+1", "'@x", "-5", "'-x", 'two\nlines, "q"'],
    ]


def test_streamed_csv_of_a_table_is_whole(pages: Pages) -> None:
    _, headers, body = get(pages, "/seedwatch/articles.csv?_stream=on&_col=text&_dl=on&_sort=id")
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(body, newline=""))) == [
        ["id", "text"],
        ["1", "The corridor\n\nopens."],
        ["2", "The corridor\n\nopens."],
    ]


@pytest.mark.row("S10")
def test_nothing_can_be_written_or_taken_away(pages: Pages) -> None:
    refused = [
        get(pages, "/seedwatch?sql=" + quote(sql))[0]
        for sql in ("delete from articles", "pragma journal_mode=delete", "attach 'x' as y")
    ]
    assert refused == [400, 400, 400]
    assert get(pages, "/seedwatch.db")[0] == 403
    assert len(rows(pages, "latest")) == 2


@pytest.mark.parametrize(
    ("host", "status"),
    [("rebound.example", 421), ("127.0.0.1.rebound.example", 421), ("[", 421), ("localhost:8001", 200), ("[::1]", 200)],
)
def test_a_name_that_was_rebound_to_loopback_reads_nothing(pages: Pages, host: str, status: int) -> None:
    answer = get(pages, "/seedwatch/latest.json", host)
    assert answer[0] == status
    assert ("Corridor" in answer[2]) is (status == 200)


def test_without_a_public_address_there_is_no_page_that_marks(pages: Pages) -> None:
    status, _, body = get(pages, f"/seedwatch/mark/r.9999999999.msg_{'0' * 27}.{'A' * 43}")
    assert (status, "Mark as" in body) == (400, False)  # to Datasette it is a row of a table that is not there


def test_the_folder_works_by_hand_as_a_configuration_directory(tmp_path: Path) -> None:
    folder = tmp_path / "db"
    for path in ("metadata.yaml", "settings.json", "plugins/seedwatch.py", "static/seedwatch.css"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((ROOT / "db" / path).read_bytes())
    filled(folder / "seedwatch.db")
    done = subprocess.run(
        [sys.executable, "-m", "datasette", str(folder), "--get", "/seedwatch/new_matches.json?_shape=array"],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert [row["title"] for row in json.loads(done.stdout)] == ["Corridor talks resume"]


def test_the_command_a_person_could_type(tmp_path: Path) -> None:
    path = filled(tmp_path / "seedwatch.db")
    words = build_pages_command(configured(path, 8123))
    home = str(ROOT / "db")
    settings = json.loads((ROOT / "db/settings.json").read_text())
    assert words[:6] == [sys.executable, "-P", "-m", "datasette", "serve", str(path)]
    assert words[6:18] == [
        *("--host", "127.0.0.1", "--port", "8123", "--metadata", f"{home}/metadata.yaml"),
        *("--plugins-dir", f"{home}/plugins", "--template-dir", f"{home}/templates"),
        *("--static", f"static:{home}/static"),
    ]
    assert words[18:] == [word for name, value in settings.items() for word in ("--setting", name, str(int(value)))]


def test_the_configuration_beside_the_database_wins_unless_anybody_may_write_there(tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text("title: mine\n")
    config = configured(tmp_path / "seedwatch.db")
    tmp_path.chmod(0o755)
    own = find_pages_folder(config)
    tmp_path.chmod(0o777)
    assert (own, find_pages_folder(config)) == (tmp_path, ROOT / "db")


def test_no_secret_is_handed_on() -> None:
    given = {"PATH": "/bin", "LC_ALL": "C", "DESK_SECRET": "whsec_x", "SEEDWATCH_DB": "x", "PYTHONPATH": "y"}
    assert filter_environment(given) == {"PATH": "/bin", "LC_ALL": "C", "PYTHONPATH": "y"}


def test_without_a_database_the_cure_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="`seedwatch run` or `seedwatch once` makes it"):
        start_pages(configured(tmp_path / "none.db"))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SeedwatchError, match=rf"cannot listen on 127\.0\.0\.1:{port}"):
            start_pages(configured(filled(tmp_path / "seedwatch.db"), port))


def test_what_is_no_database_ends_at_once_with_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "seedwatch.db").write_bytes(b"no database at all, but long enough to look like one" * 40)
    with pytest.raises(SeedwatchError, match="ended at once"):
        start_pages(configured(tmp_path / "seedwatch.db"))
    assert "not a database" in capfd.readouterr().err


def test_the_pages_stop_when_told_and_may_be_told_twice(tmp_path: Path) -> None:
    served = start_pages(configured(filled(tmp_path / "seedwatch.db")))
    served.stop()
    served.stop()
    assert served.process.returncode == -signal.SIGTERM


def test_the_pages_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    path = filled(tmp_path / "seedwatch.db")
    text = f"[store]\npath = {json.dumps(str(path))}\n[pages]\nport = 0\n"
    code = (
        "import sys\nfrom monitor.config.load import parse_config\n"
        "from monitor.daemon.pages_process import start_pages\n"
        f"served = start_pages(parse_config({text!r}, 'config.toml'))\n"
        "print(served.process.pid, flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 30
    while alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(child)


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
