"""From a link in an alert to a mark: the key, the page that asks, the spool, and what the daemon makes of it."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import os
import re
import shutil
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import urlopen

import pytest

from monitor.alerting.mark_token import KEY_BYTES, sign_token
from monitor.config.load import load_config
from monitor.daemon.pages_process import Pages, start_pages
from monitor.delivery.marks.intake import apply_marks
from monitor.delivery.marks.links import MarkLinks
from monitor.delivery.marks.spool import MOST, leave_token, list_waiting_tokens, load_mark_key, open_spool
from monitor.errors import DatabaseError, StoreError
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert

NOW = datetime.now(UTC)  # the pages have a clock of their own
AT = "2026-03-02T06:00:00.000Z"
ALERT, OTHER = "msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR", "msg_000000000000000000000000000"
PUBLIC = "https://watch.example.org"
CONFIG = f"""\
[topics.lima]
seeds = ""
[topics.lima.rules.any]
query = "lima"

[pages]
port = 0
public = "{PUBLIC}/"
"""
TITLE = "Envoys \u202emeet <b>in</b> Lima"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one stored piece and the alert that told of it."""
    folder = tmp_path_factory.mktemp("links")
    (folder / "config.toml").write_text(CONFIG)
    (folder / "db").mkdir()
    with Store(folder / "db/seedwatch.db") as store, store.write():
        store.topics.record_profile("lima", "hash", 0.5, 0, NOW)
        store.db.execute("INSERT INTO stories (id, title, first_at, last_at) VALUES (1, 'x', ?, ?)", (AT, AT))
        store.db.execute(
            "INSERT INTO articles (id, url, identity, source, title, text, content_hash, story_id, words, "
            "first_seen_at, stored_at) VALUES (1, ?, ?, 'a', ?, 'They met.', 'h', 1, 2, ?, ?)",
            ("https://a.example/1", "https://a.example/1", TITLE, AT, AT),
        )
        alert = NewAlert(
            id=ALERT,
            rule="desk",
            channel="hook",
            event="article.matched",
            article_id=1,
            revision=1,
            story_id=None,
            topic="lima",
            body=b"{}",
        )
        store.alerts.add([alert], NOW)
    return folder


@pytest.fixture
def store(archive: Path, tmp_path: Path) -> Iterator[Store]:
    shutil.copytree(archive, tmp_path, dirs_exist_ok=True)
    with Store(tmp_path / "db/seedwatch.db") as store:
        yield store


@pytest.fixture(scope="module")
def served(archive: Path) -> Iterator[Pages]:
    """The pages of the archive itself, which no test here changes: they only leave tokens beside it."""
    config = load_config(archive / "config.toml")
    assert config.pages.public == PUBLIC
    config = config.model_copy(
        update={"store": config.store.model_copy(update={"path": str(archive / "db/seedwatch.db")})}
    )
    with start_pages(config) as pages:
        yield pages


def asked(
    pages: Pages, token: str, method: str = "GET", cookie: str = "", **form: str
) -> tuple[int, dict[str, str], str]:
    """What the pages answer to a browser that comes through the proxy."""
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=30)) as connection:
        headers = {"Host": "watch.example.org", "Content-Type": "application/x-www-form-urlencoded"}
        if cookie:
            headers["Cookie"] = cookie
        connection.request(method, f"/seedwatch/mark/{token}", urlencode(form) if form else None, headers)
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read().decode("utf-8")


def token(secret: bytes, verdict: str = "irrelevant", alert: str = ALERT, end: timedelta = timedelta(days=90)) -> str:
    return sign_token(alert, "relevant" if verdict == "relevant" else "irrelevant", NOW + end, secret)


def marks(store: Store) -> list[tuple[int, str, str]]:
    return [tuple(row) for row in store.db.execute("SELECT article_id, topic, verdict FROM marks")]


def taken(store: Store, secret: bytes) -> Counter[str]:
    return asyncio.run(apply_marks(store, secret, None, ("lima",), NOW))


# — the key ———————————————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    made = load_mark_key(tmp_path / "a.db")
    file = tmp_path / "a.db-mark-key"
    assert (len(made), stat.S_IMODE(file.stat().st_mode)) == (KEY_BYTES, 0o600)
    assert (load_mark_key(tmp_path / "a.db"), file.read_bytes()) == (made, made)
    assert [path.name for path in tmp_path.iterdir()] == ["a.db-mark-key"]
    assert load_mark_key(tmp_path / "b.db") != made


def test_a_key_that_others_may_read_or_that_is_cut_is_refused(tmp_path: Path) -> None:
    load_mark_key(tmp_path / "a.db")
    file = tmp_path / "a.db-mark-key"
    file.chmod(0o640)
    with pytest.raises(StoreError, match="chmod 600"):
        load_mark_key(tmp_path / "a.db")
    file.chmod(0o600)
    file.write_bytes(b"x")
    with pytest.raises(StoreError, match="32 bytes"):
        load_mark_key(tmp_path / "a.db")
    with pytest.raises(StoreError, match="the key of the links"):
        load_mark_key(tmp_path / "none" / "a.db")
    with pytest.raises(StoreError, match="the folder for marks"):
        open_spool(tmp_path / "none" / "a.db")


# — the page ——————————————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_link_asks_is_confirmed_and_marks(served: Pages, archive: Path, store: Store) -> None:
    secret = load_mark_key(store.path)
    link = MarkLinks(public=PUBLIC, key=secret).add_links(
        json.dumps(
            {"type": "article.matched", "timestamp": NOW.isoformat(), "data": {"alert": ALERT, "article": {}}}
        ).encode()
    )
    said = json.loads(link[0])["data"]["mark"]["relevant"].removeprefix(f"{PUBLIC}/seedwatch/mark/")
    folder = open_spool(archive / "db/seedwatch.db")
    status, headers, page = asked(served, said)
    assert (status, headers["cache-control"], headers["x-frame-options"]) == (
        200,
        "private, no-store",
        "DENY",
    )
    assert "form-action 'self'" in headers["content-security-policy"]
    assert "<h1>Mark as relevant?</h1>" in page
    assert "Envoys meet &lt;b&gt;in&lt;/b&gt; Lima" in page
    assert "<script" not in page
    # Relative, since a proxy may show the pages under a path.
    sheets = re.findall('<link rel="stylesheet" href="([^"]+)"', page)
    assert sheets == ["../../-/static/app.css", "../../static/seedwatch.css"]
    for sheet in sheets:
        with urlopen(urljoin(f"{served.address}seedwatch/mark/{said}", sheet)) as reply:
            assert reply.status == 200
    assert asked(served, said, "HEAD")[0] == 200
    assert list(folder.iterdir()) == []  # mail scanners follow links

    cookie = headers["set-cookie"].partition(";")[0]
    (field,) = re.findall(r'name="csrftoken" value="([^"]+)"', page)
    assert asked(served, said, "POST", cookie, csrftoken="another")[0] == 403
    assert list(folder.iterdir()) == []
    for _ in range(2):  # a second press changes nothing
        status, _, page = asked(served, said, "POST", cookie, csrftoken=field)
        assert (status, "within seconds" in page) == (202, True)
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [(said, b"")]

    (folder / said).rename(open_spool(store.path) / said)  # the pages served a copy
    assert taken(store, secret) == {"relevant": 1}
    assert marks(store) == [(1, "lima", "relevant")]
    assert taken(store, secret) == {}


def test_what_is_no_good_link_is_said_and_left_nowhere(served: Pages, archive: Path) -> None:
    folder, secret = open_spool(archive / "db/seedwatch.db"), bytes(KEY_BYTES)
    refusals = {
        "x": 404,
        token(secret)[:-1]: 404,
        token(secret) + "A" * 5_000: 404,
        "..%2F..%2Fx": 404,
        token(secret, alert=OTHER): 404,
        token(secret, end=-timedelta(days=1)): 410,
    }
    assert {said: asked(served, said, method)[0] for said in refusals for method in ("GET", "POST")} == refusals
    assert f"seedwatch mark {ALERT} irrelevant" in asked(served, token(secret, end=-timedelta(days=1)))[2]
    assert asked(served, token(secret), "PUT")[0] == 405
    assert list(folder.iterdir()) == []


def test_the_last_word_stands_last_however_fast_it_was_said(tmp_path: Path) -> None:
    """Within one tick of the kernel's clock files have one time; by their names these would stand the other way."""
    names = [f"{number:02}" for number in range(50, 0, -1)]
    folder = open_spool(tmp_path / "a.db")
    for name in [*names, names[0]]:
        assert leave_token(folder, name)
    assert [path.name for path in list_waiting_tokens(folder)] == [*names[1:], names[0]]


def test_a_full_and_a_missing_spool_are_said(served: Pages, archive: Path) -> None:
    folder, said = open_spool(archive / "db/seedwatch.db"), token(bytes(KEY_BYTES))
    for number in range(MOST):
        (folder / f"{number}").touch()
    full = asked(served, said, "POST")
    assert (full[0], full[1]["retry-after"], "Too many marks" in full[2]) == (503, "60", True)
    assert not (folder / said).exists()
    shutil.rmtree(folder)
    gone = asked(served, said, "POST")
    assert (gone[0], "could not be left" in gone[2], folder.exists()) == (503, True, False)


# — the daemon's side —————————————————————————————————————————————————————————————————————————————————————————————————


def test_what_is_not_ours_marks_nothing_and_is_told_once(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    secret, folder = load_mark_key(store.path), open_spool(store.path)
    bad = {
        "forged": token(bytes(KEY_BYTES)),
        "expired": token(secret, end=timedelta()),
        "malformed": "notes.txt",
    }
    for name in bad.values():
        (folder / name).touch()
    (folder / "a folder of somebody's").mkdir()
    (folder / "link").symlink_to(store.path)
    with caplog.at_level(logging.INFO):
        assert taken(store, secret) == {"malformed": 2, "forged": 1, "expired": 1}
        assert taken(store, secret) == {}
    assert [record.getMessage() for record in caplog.records] == ["event=marks-refused malformed=2 forged=1 expired=1"]
    assert (marks(store), [path.name for path in folder.iterdir()]) == ([], ["a folder of somebody's"])
    assert store.path.exists()


def test_the_last_word_counts_and_no_log_holds_a_token(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    secret, folder = load_mark_key(store.path), open_spool(store.path)
    for number, verdict in enumerate(("irrelevant", "relevant", "irrelevant")):
        said = token(secret, verdict, end=timedelta(days=1 + number))
        (folder / said).touch()
        os.utime(folder / said, (1_000 - number, 1_000 - number))  # the first is the youngest
    assert [path.name[:1] for path in list_waiting_tokens(folder)] == ["i", "r", "i"]
    with caplog.at_level(logging.INFO):
        assert taken(store, secret) == {"irrelevant": 2, "relevant": 1}
    assert marks(store) == [(1, "lima", "irrelevant")]
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == f"event=mark alert={ALERT} article=1 topic=lima verdict=irrelevant"
    assert not re.search(r"[ri]\.\d+\.msg_", "\n".join(lines))


def test_a_piece_that_is_gone_is_told_and_not_asked_for_again(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    secret, folder = load_mark_key(store.path), open_spool(store.path)
    (folder / token(secret, alert=OTHER)).touch()
    assert taken(store, secret) == {"unknown": 1}
    assert [record.getMessage().split(" reason")[0] for record in caplog.records] == [
        f"event=mark-unknown alert={OTHER}"
    ]
    assert (marks(store), list(folder.iterdir())) == ([], [])


def test_what_a_broken_database_could_not_take_waits(store: Store) -> None:
    secret, folder = load_mark_key(store.path), open_spool(store.path)
    said = token(secret)
    (folder / said).touch()
    store.db.execute("ALTER TABLE marks RENAME TO elsewhere")
    with pytest.raises(DatabaseError):
        taken(store, secret)
    store.db.execute("ALTER TABLE elsewhere RENAME TO marks")
    assert [path.name for path in folder.iterdir()] == [said]
    assert (taken(store, secret), marks(store)) == ({"irrelevant": 1}, [(1, "lima", "irrelevant")])
