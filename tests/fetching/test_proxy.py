"""A source that is asked through a proxy: everything goes there, with the login, and the policy holds for it too."""

from __future__ import annotations

import base64
import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from drive import Rig

LOGIN = f"Basic {base64.b64encode(b'ana:s3cret').decode()}"


class Way(BaseHTTPRequestHandler):
    """An HTTP proxy on loopback that knows one login; names resolve to loopback there."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        if self.headers.get("Proxy-Authorization") != LOGIN:
            self.send_error(407)
            return
        parts = urlsplit(self.path)
        onward = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
        headers = {name: value for name, value in self.headers.items() if not name.lower().startswith("proxy-")}
        onward.request("GET", parts.path, headers=headers)
        answer = onward.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        onward.close()

    def do_CONNECT(self) -> None:
        self.server.asked.append(f"CONNECT {self.path} {self.headers.get('Proxy-Authorization') == LOGIN}")  # type: ignore[attr-defined]
        self.send_error(502)

    def log_message(self, *_: Any) -> None:
        """Nothing on stderr."""


async def through(rig: Rig, login: str | None, allow: list[str]) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    way = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    way.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=way.serve_forever, args=(0.02,), daemon=True).start()
    rig.names = {"way.test": ["127.0.0.1"]}  # nobody but the proxy knows where news.test is
    more = f'proxy = "http://way.test:{way.server_port}"'
    if login is not None:
        (rig.folder / "login").write_text(login)
        more += '\nproxy_login_file = "login"'
    rig.config(rig.feeds(outlet.url("/feed"), "https://safe.test/feed", more=more), allow=allow)
    try:
        async with rig.engine() as running:
            await running.minutes(1)
            polls = await running.rows("SELECT outcome, reason FROM polls")
            stored = await running.rows("SELECT count(*) FROM articles")
    finally:
        way.shutdown()
        way.server_close()
    sent = [name for asked in outlet.log for name in asked.headers if name.lower().startswith("proxy")]
    asked = [line.replace(outlet.url(""), "") for line in way.asked]  # type: ignore[attr-defined]
    return {"asked": asked, "sent": sent, "stored": stored, "poll": polls[0]}


def test_everything_goes_through_the_proxy_and_the_login_no_further(drive: Any) -> None:
    found = drive(through, login="ana:s3cret\n", allow=["news.test", "way.test"])
    assert found["asked"] == ["/feed", "CONNECT safe.test:443 True", "/robots.txt", "/a"]
    assert (found["sent"], found["stored"], found["poll"][0]) == ([], [[1]], "partial")
    assert "s3cret" not in str(found["poll"])


def test_a_login_that_the_proxy_wants_and_nobody_gave(drive: Any) -> None:
    found = drive(through, login=None, allow=["news.test", "way.test"])
    assert (found["asked"][0], found["stored"], found["poll"][0]) == ("/feed", [[0]], "failed")
    assert "status 407" in found["poll"][1]


def test_without_its_login_nothing_is_asked(drive: Any) -> None:
    found = drive(through, login="# nothing\n", allow=["news.test", "way.test"])
    assert (found["asked"], found["poll"][0]) == ([], "failed")
    assert found["poll"][1].startswith("proxy: the login file ")


@pytest.mark.long
def test_the_proxys_own_address_passes_the_policy(drive: Any) -> None:
    found = drive(through, login="ana:s3cret", allow=["news.test"])
    assert (found["asked"], found["poll"][0]) == ([], "failed")
    assert "way.test resolves to 127.0.0.1" in found["poll"][1]


async def literal(rig: Rig) -> list[Any]:
    more = 'proxy = "http://10.0.0.7:3128"'
    rig.config(rig.feeds("http://news.test/feed", more=more))
    async with rig.engine() as running:
        await running.minutes(1)
        return (await running.rows("SELECT outcome, reason FROM polls"))[0]


def test_a_private_proxy_needs_to_be_allowed(drive: Any) -> None:
    outcome, reason = drive(literal)
    assert outcome == "failed"
    assert "the proxy http://10.0.0.7:3128" in reason


@pytest.mark.parametrize(
    "address", ["https://way.test:3128", "http://ana:s3cret@way.test:3128", "http://way.test/path", "way.test:3128"]
)
def test_what_is_no_proxys_address_is_refused(address: str) -> None:
    from monitor.config.load import parse_config
    from monitor.errors import ConfigError

    text = f'[sources.a]\nspider = "feed"\nfeeds = ["https://a.test/feed"]\nproxy = "{address}"\n'
    with pytest.raises(ConfigError, match=r"config\.toml:4: sources\.a\.proxy: "):
        parse_config(text, "config.toml")
