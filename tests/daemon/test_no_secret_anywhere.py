"""Secrets of every key, sent to a receiver that repeats all it was asked, are found nowhere (canaries).

Searched are the log, every file that the monitor wrote, a backup, its commands, its pages and what machines watch.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import pytest
import yaml
from click.testing import CliRunner
from house import ROOT, Daemon, wait_until
from small_archive import filled

from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.commands.cli import main
from monitor.storage import Store
from monitor.storage.alerts.alerts import NewAlert

MARK = "7f3c9a"  # stands in every secret
LOGINS = ("us:desk-7f3c9a", "us:proxy-7f3c9a", "us:gate-7f3c9a", "us:apprise-7f3c9a")
ENCODED = [base64.b64encode(login.encode()).decode() for login in LOGINS]
SIGNING = "whsec_" + base64.b64encode(f"signing-{MARK}-of-24-bytes!!".encode()).decode()
FILES = {
    "bearer": f"bearer-{MARK}",
    "odd": f'odd-"{MARK}"\\&<é>'.replace("é", "e"),
    "more": f"X-More: more-{MARK}\n",
    "login": LOGINS[0],
    "proxy.login": LOGINS[1],
    "gate.login": LOGINS[2],
    "signing": SIGNING,
    "address": f"ROOT/address-{MARK}/hook?key=query-{MARK}",
    "beat": f"ROOT/beat-{MARK}",
    "bot": f"12345:bot-{MARK}",
    "ntfy": f"ntfy-{MARK}",
    "mail": f"mail-{MARK}",
    "apprise": f"json://us:apprise-{MARK}@HOST/apprise-path-{MARK}",
    "access": f"X-Access: access-{MARK}\n",
    "cookies": f"session=cookie-{MARK}\n",
}
VARIABLES = {
    "C_HEADER": f"header-{MARK}",
    "C_VALUE": f"value-{MARK}",
    "C_URL": f"ROOT/variable-{MARK}",
    "C_LOGIN": LOGINS[0],
}
CHANNELS = f"""
[channels.headed]
kind = "webhook"
url = "ROOT/token-{MARK}/hook"
secret_file = "signing"
headers_file = "more"
[channels.headed.headers]
Authorization = {{ file = "bearer", prefix = "Bearer " }}
X-Env = {{ env = "C_HEADER" }}
X-Odd = {{ file = "odd" }}
[channels.login]
kind = "webhook"
url_file = "address"
login_file = "login"
method = "PATCH"
[channels.template]
kind = "webhook"
url = "ROOT/hook"
template = {{ a = "{{{{ secret.a }}}}", b = "x{{{{ secret.b }}}}", c = "{{{{ secret.c }}}}" }}
secrets = {{ a = {{ file = "bearer" }}, b = {{ env = "C_VALUE" }}, c = {{ file = "odd" }} }}
[channels.form]
kind = "webhook"
url = "ROOT/hook"
body = "form"
template_file = "body.json"
secrets = {{ a = {{ file = "odd" }} }}
[channels.proxied]
kind = "webhook"
url = "http://hook.example/hook"
proxy = "ROOT"
proxy_login_file = "proxy.login"
[channels.refused]
kind = "webhook"
url = "https://hook.example/hook"
proxy = "ROOT"
proxy_login_file = "proxy.login"
[channels.slack]
kind = "slack"
url_env = "C_URL"
login_env = "C_LOGIN"
[channels.discord]
kind = "discord"
url_file = "address"
[channels.bot]
kind = "telegram"
url = "ROOT"
token_file = "bot"
chat = "@chat"
[channels.ntfy]
kind = "ntfy"
url = "ROOT"
topic = "topic-{MARK}"
token_file = "ntfy"
[channels.mail]
kind = "email"
server = "127.0.0.1:1"
user = "us"
token_file = "mail"
sender = "a@b.example"
to = ["c@d.example"]
[channels.apprise]
kind = "apprise"
url_file = "apprise"
[heartbeat]
url_file = "beat"
[sources.walled]
spider = "feed"
address = "ROOT"
feeds = ["ROOT/feed"]
headers_file = "access"
cookies_file = "cookies"
[sources.gated]
spider = "feed"
address = "http://gated.example/"
feeds = ["http://gated.example/feed"]
proxy = "ROOT"
proxy_login_file = "gate.login"
[fetch]
allow = ["127.0.0.1"]
delay = 0
[store]
path = "data/seedwatch.db"
[pages]
port = 0
[health]
port = 0
"""
PLACES = (
    "more",
    "bearer",
    "header",
    "token",
    "address",
    "query",
    "value",
    "variable",
    "ntfy",
    "bot",
    "topic",
    "access",
)
SENT = [f"{name}-{MARK}" for name in (*PLACES, "cookie", "apprise-path")]
NAMES = re.findall(r"\[channels\.(\w+)\]", CHANNELS)


class Echo(BaseHTTPRequestHandler):
    """Fails, and repeats what it was asked in every spelling, in the body and in a header."""

    protocol_version = "HTTP/1.1"
    heard: ClassVar[list[str]] = []

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode("latin-1")
        asked = f"{self.requestline}\n{self.headers}\n{body}"
        self.heard.append(asked)
        text = "\n".join((asked, json.dumps(asked), json.dumps(dict(self.headers)), quote(asked), asked)).encode(
            "utf-8"
        )
        self.send_response(403 if self.command in ("GET", "CONNECT") else 500, asked[:80].replace("\n", " "))
        self.send_header("X-Echo", " ".join(self.headers.values()))
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_CONNECT = answer

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a configuration, its secrets, a small archive and an alert for every channel."""
    Echo.heard.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        host = f"127.0.0.1:{server.server_port}"

        def filled_in(text: str) -> str:
            return text.replace("ROOT", f"http://{host}").replace("HOST", host)

        for name, text in FILES.items():
            (tmp_path / name).write_text(filled_in(text))
            (tmp_path / name).chmod(0o600)
        (tmp_path / "body.json").write_text('{"text": "{{ alert.headline }}", "key": "{{ secret.a }}"}')
        (tmp_path / "config.toml").write_text(filled_in(CHANNELS))
        for name, text in VARIABLES.items():
            monkeypatch.setenv(name, filled_in(text))
        (tmp_path / "data").mkdir()
        lay_alerts(filled(tmp_path / "data" / "seedwatch.db"))
        yield tmp_path
        server.shutdown()
        thread.join()


def lay_alerts(database: Path) -> None:
    now = datetime.now(UTC)
    with Store(database) as store, store.write():
        for name in NAMES:
            alert = NewAlert(
                id=f"msg_{name}",
                rule="desk",
                channel=name,
                event="article.matched",
                article_id=1,
                revision=1,
                story_id=1,
                topic="karabakh",
                body=encode_alert(build_sample_alert(f"msg_{name}", now)),
            )
            store.alerts.add([alert], now)


def asked(address: str, path: str) -> bytes:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)) as connection:
        connection.request("GET", path)
        reply = connection.getresponse()
        return str(reply.getheaders()).encode() + reply.read()


def find_leaks(name: str, found: bytes) -> list[str]:
    """Where a secret stands in what was found."""
    marks = [MARK.encode(), *(text.encode() for text in ENCODED), SIGNING.removeprefix("whsec_").encode()]
    return [f"{name}: {found[max(0, at - 60) : at + 40]!r}" for mark in marks if (at := found.find(mark)) >= 0]


@pytest.mark.row("S10")
def test_no_secret_is_kept_or_shown(folder: Path) -> None:
    leaks: list[str] = []
    with ExitStack() as stack:
        daemon = Daemon(folder / "config.toml", "--pages", log=("--log-format", "json", "--log-level", "debug"))
        stack.callback(daemon.close)
        pages, health = (daemon.said(f"{name}: http").partition(": ")[2].strip() for name in ("pages", "health"))

        def tried() -> bool:
            with Store(folder / "data" / "seedwatch.db") as store:
                (channels,) = store.db.execute(
                    "SELECT count(DISTINCT alert_id) FROM attempts WHERE alert_id NOT IN ('msg_1', 'msg_2')"
                ).fetchone()
                (polls,) = store.db.execute("SELECT count(*) FROM polls WHERE outcome <> 'open'").fetchone()
            return bool(channels >= len(NAMES) and polls >= 2)

        wait_until(tried)
        queries = yaml.safe_load((ROOT / "db/metadata.yaml").read_text("utf-8"))["databases"]["seedwatch"]["queries"]
        tables = ("attempts", "alerts", "channels", "sources", "polls", "fetches", "endpoints", "problems", "captures")
        paths = ["/", "/health.json", *(f"/seedwatch/{name}.json?_size=max" for name in (*queries, *tables))]
        paths += [f"/seedwatch/{name}" for name in (*queries, *tables)]
        for path in paths:
            leaks += find_leaks(path, asked(pages, path))
        for path in ("/metrics", "/readyz", "/healthz"):
            leaks += find_leaks(path, asked(health, path))
        leaks += [each for command in commands(folder) for each in find_leaks(*command)]
        assert daemon.stop() == 0
        leaks += find_leaks("log", "".join(daemon.lines).encode())
    for path in (folder / "data").rglob("*"):
        leaks += find_leaks(path.name, path.read_bytes()) if path.is_file() else []
    heard = "\n".join(Echo.heard)
    assert [each for each in (*SENT, *ENCODED) if each not in heard] == []
    assert not leaks, "\n".join(leaks)


def commands(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What the commands say, on both outputs."""
    words = [["status"], ["status", "--json"], ["doctor"], ["alerts", "list"], ["alerts", "list", "--json"]]
    words += [["alerts", "show", f"msg_{name}", "--json"] for name in NAMES]
    words += [["alerts", "show", "msg_headed"], ["explain", "msg_headed"]]
    words += [["test-alert", name] for name in ("headed", "form", "slack")]
    words += [["sources", "list"], ["explain", "walled"], ["explain", "gated", "--json"]]
    words += [["backup", str(folder / "data" / "backup.db")], ["export", "articles"]]
    for each in words:
        done = CliRunner().invoke(main, ["--config", str(folder / "config.toml"), *each])
        assert "Usage:" not in done.output, done.output
        yield " ".join(each), done.output.encode() + repr(done.exception).encode()
