"""What a stranger writes never leads inwards: address policy, schemes, TLS, proxies, open ports (RELIABILITY S1-S9)."""

from __future__ import annotations

import os
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from drive import HTML, LoopbackAnswer, Outlet, Rig, index

from monitor.text.addresses.browser_urls import resolve_url
from monitor.text.urls import normalize_url

# Loopback in every spelling that some URL parser or `inet_aton` understands; {port} is a listening canary's.
SPELLINGS = (
    "http://127.0.0.1:{port}/x",
    "http://127.0.0.2:{port}/x",
    "http://2130706433:{port}/x",
    "http://0x7f000001:{port}/x",
    "http://0x7f.0.0.1:{port}/x",
    "http://017700000001:{port}/x",
    "http://0177.0.0.01:{port}/x",
    "http://127.1:{port}/x",
    "http://127.0.1:{port}/x",
    "http://0:{port}/x",
    "http://0.0.0.0:{port}/x",
    "http://[::1]:{port}/x",
    "http://[::]:{port}/x",
    "http://[::ffff:127.0.0.1]:{port}/x",
    "http://[::ffff:7f00:1]:{port}/x",
    "http://[::127.0.0.1]:{port}/x",
    "http://[64:ff9b::7f00:1]:{port}/x",
    "http://[2002:7f00:1::]:{port}/x",
    "http://[fec0::1]:{port}/x",
    "http://[fe80::1]:{port}/x",
    "http://[fd00::1]:{port}/x",
    "http://[5f00::1]:{port}/x",
    "http://localhost:{port}/x",
    "http://LOCALHOST.:{port}/x",
    "http://a.localhost:{port}/x",
    "http://１２７.０.０.１:{port}/x",
    "http://127。0。0。1:{port}/x",
    "http://10.0.0.1:{port}/x",
    "http://172.16.0.1:{port}/x",
    "http://192.168.0.1:{port}/x",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.100.100.200/x",
    "http://192.0.0.192/x",
    "http://168.63.129.16/x",
    "http://198.18.0.1/x",
    "http://224.0.0.1/x",
    "http://255.255.255.255/x",
)


async def announced(rig: Rig) -> dict[str, Any]:
    """A public feed that lists inward addresses."""
    outlet, canary = rig.outlet(), rig.outlet("canary.test")
    links = [spelling.format(port=canary.port) for spelling in SPELLINGS]
    outlet.feed(*({"link": link, "guid": f"g{n}"} for n, link in enumerate(links)), {"path": "/good"})
    outlet.article("/good")
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(1)
        rows = await running.rows("SELECT url, state, outcome, reason FROM links ORDER BY id")
    return {"links": links, "rows": rows, "canary": canary.paths(), "resolved": running.engine.resolver.inner.asked}


@pytest.mark.row("S1")
def test_no_address_in_a_feed_leads_inwards(drive: Any) -> None:
    result = drive(announced)
    assert result["canary"] == []
    *refused, good = result["rows"]
    # None was lost on the way; spellings that browsers take for one address are one link.
    read = {normalize_url(resolve_url("https://news.test/feed", link)) for link in result["links"]}
    assert {normalize_url(row[0]) for row in refused} == read
    assert len(refused) >= 25
    assert {(row[1], row[2]) for row in refused} == {("refused", "refused")}
    assert [row for row in refused if "leads to" not in row[3]] == []
    assert good[1:] == ["done", "new", None]
    assert set(result["resolved"]) == {"news.test"}


async def written_oddly(rig: Rig) -> dict[str, Any]:
    """Addresses that two parsers may read differently: which host is it?"""
    outlet, canary = rig.outlet(), rig.outlet("canary.test")
    inward = f"127.0.0.1:{canary.port}"
    links = [
        f"{outlet.url('')}\\@{inward}/x",
        f"{outlet.url('')}@{inward}/x",
        f"http://news.test#@{inward}/x",
        f"http://{inward}\\.news.test/x",
        f"http://{inward}%2f@news.test/x",
        f"http:\\\\{inward}/x",
        f"//{inward}/x",
        f"http:///{inward}/x",
        f"http://{inward} .news.test/x",
    ]
    outlet.feed(*({"link": link, "guid": f"g{n}"} for n, link in enumerate(links)), {"path": "/good"})
    outlet.article("/good")
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(1)
        good = await running.rows("SELECT state, outcome FROM links WHERE url LIKE '%/good'")
        stored = await running.rows("SELECT url FROM articles")
    return {"good": good, "stored": len(stored), "canary": canary.paths()}


@pytest.mark.row("S2")
def test_an_ambiguous_address_is_not_asked_for(drive: Any) -> None:
    assert drive(written_oddly) == {"good": [["done", "new"]], "stored": 1, "canary": []}


async def other_schemes(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    secret = rig.folder / "secret.html"
    secret.write_text("<html><body><p>A secret of this machine.</p></body></html>")
    links = [
        f"file://{secret}",
        f"file://localhost{secret}",
        "ftp://news.test/x",
        "data:text/html,<p>hello</p>",
        "javascript:alert(1)",
        "gopher://news.test/x",
        "s3://bucket/x",
    ]
    outlet.feed(*({"link": link, "guid": f"g{n}"} for n, link in enumerate(links)), {"path": "/moved"})
    outlet.routes["/moved"] = LoopbackAnswer(status=302, headers={"Location": f"file://{secret}"})
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(0.5)
        rows = await running.rows("SELECT url, outcome, reason FROM links")
        articles = await running.rows("SELECT * FROM articles")
    return {"rows": rows, "articles": articles, "asked": outlet.paths(), "moved": outlet.url("/moved")}


@pytest.mark.row("S3")
def test_only_the_web_is_fetched(drive: Any) -> None:
    result = drive(other_schemes)
    assert result["asked"] == ["/feed", "/robots.txt", "/moved"]
    assert result["articles"] == []
    assert [[row[0], row[1]] for row in result["rows"]] == [[result["moved"], "failed"]]


async def other_ports(rig: Rig) -> dict[str, Any]:
    """A feed at the port that is allowed names pages at another one, at once and behind a redirect."""
    outlet, other = rig.outlet(), rig.outlet("other.test")
    outlet.feed({"path": "/good"}, {"link": other.url("/x")}, {"path": "/moved"})
    outlet.article("/good")
    outlet.routes["/moved"] = LoopbackAnswer(status=302, headers={"Location": other.url("/x")})
    rig.config(rig.feeds(outlet.url("/feed")), allow=["news.test", "other.test"], fetch=f"ports = [{outlet.port}]")
    async with rig.engine() as running:
        await running.minutes(1)
        rows = await running.rows("SELECT outcome, reason FROM links ORDER BY id")
    return {"rows": [[o, (r or "").replace(str(other.port), "OTHER")] for o, r in rows], "other": other.paths()}


@pytest.mark.row("S3")
def test_only_the_ports_of_the_configuration_are_asked(drive: Any) -> None:
    found = drive(other_ports)
    assert found["other"] == []
    assert found["rows"][0][0] == "new"
    assert all("has port OTHER, which is none of [fetch] ports" in row[1] for row in found["rows"][1:])


async def endpoints(rig: Rig) -> dict[str, Any]:
    """Feed, sitemap, listing, a sitemap's part and robots.txt that are, or lead to, an inward address."""
    outlet, canary = rig.outlet(), rig.outlet("canary.test")
    inward = f"http://127.0.0.1:{canary.port}"
    outlet.xml("/index.xml", index(f"{inward}/part.xml"))
    outlet.routes["/moved"] = LoopbackAnswer(status=302, headers={"Location": f"{inward}/feed"})
    outlet.robots("User-agent: *\nAllow: /")
    tables = [
        f'[sources.{name}]\nspider = "{kind}"\n{kind}s = ["{url}"]\narticle = "/x"\n'
        for name, kind, url in (
            ("direct", "feed", f"{inward}/feed"),
            ("hop", "feed", outlet.url("/moved")),
            ("map", "sitemap", f"{inward}/map.xml"),
            ("part", "sitemap", outlet.url("/index.xml")),
            ("list", "listing", f"{inward}/list"),
        )
    ]
    rig.config("".join(tables))
    async with rig.engine() as running:
        await running.minutes(2)
        rows = await running.rows("SELECT source, last_status, last_error FROM endpoints ORDER BY source, id")
        states = await running.rows("SELECT source, outcome FROM polls ORDER BY source")
    return {
        "rows": [[s, c, (e or "").replace(inward, "INWARD")] for s, c, e in rows],
        "polls": states,
        "canary": canary.paths(),
    }


@pytest.mark.row("S1", "S2")
def test_no_endpoint_leads_inwards(drive: Any) -> None:
    refusal = "leads to 127.0.0.1, which is loopback"
    assert drive(endpoints) == {
        "rows": [
            ["direct", None, f"INWARD/feed {refusal}"],
            ["hop", None, f"INWARD/feed {refusal}"],
            ["list", None, f"INWARD/robots.txt {refusal}"],
            ["map", None, f"INWARD/robots.txt {refusal}"],
            ["part", 200, ""],
            ["part", None, f"INWARD/robots.txt {refusal}"],
        ],
        "polls": [
            ["direct", "failed"],
            ["hop", "failed"],
            ["list", "failed"],
            ["map", "failed"],
            ["part", "partial"],
        ],
        "canary": [],
    }


async def allowed(rig: Rig) -> dict[str, Any]:
    """`allow` names one host; its neighbour on the same machine is not meant, nor is the address itself."""
    outlet, neighbour = rig.outlet("news.test"), rig.outlet("neighbour.test")
    outlet.feed(
        {"path": "/good"},
        {"link": neighbour.url("/x")},
        {"link": f"http://127.0.0.1:{outlet.port}/good"},
        {"link": f"http://www.news.test:{outlet.port}/good"},
    )
    outlet.article("/good")
    rig.names["www.news.test"] = ["127.0.0.1"]
    rig.config(rig.feeds(outlet.url("/feed")))
    async with rig.engine() as running:
        await running.minutes(1)
        rows = await running.rows("SELECT outcome FROM links ORDER BY id")
    return {"rows": rows, "neighbour": neighbour.paths(), "hosts": sorted({a.headers["host"] for a in outlet.log})}


def test_allow_lets_exactly_the_named_host_through(drive: Any) -> None:
    result = drive(allowed)
    assert result["rows"] == [["new"], ["failed"], ["refused"], ["failed"]]
    assert result["neighbour"] == []
    assert [host.split(":")[0] for host in result["hosts"]] == ["news.test"]


async def proxied(rig: Rig) -> dict[str, Any]:
    outlet, proxy = rig.outlet(), rig.outlet("proxy.test")
    outlet.feed({"path": "/a"})
    outlet.article("/a")
    rig.config(rig.feeds(outlet.url("/feed")))
    variables = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    os.environ |= dict.fromkeys(variables, f"http://127.0.0.1:{proxy.port}")
    try:
        async with rig.engine() as running:
            await running.minutes(1)
            rows = await running.rows("SELECT outcome FROM links")
    finally:
        for name in variables:
            del os.environ[name]
    return {"rows": rows, "proxy": proxy.paths(), "asked": outlet.paths()}


@pytest.mark.row("S2")
def test_proxy_variables_are_ignored(drive: Any) -> None:
    assert drive(proxied) == {"rows": [["new"]], "proxy": [], "asked": ["/feed", "/robots.txt", "/a"]}


def listening() -> list[int]:
    """Ports on which this process listens."""
    own = set()
    for fd in Path("/proc/self/fd").iterdir():
        try:
            own.add(os.readlink(fd))
        except OSError:
            continue
    ports = []
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                ports.append(int(fields[1].rpartition(":")[2], 16))
    return sorted(ports)


async def ports(rig: Rig) -> dict[str, Any]:
    outlet = rig.outlet()
    outlet.feed({"path": "/a"})
    during: list[list[int]] = []

    def look(_: Any) -> LoopbackAnswer:
        during.append(listening())
        return LoopbackAnswer(headers=HTML, body=b"")

    outlet.routes["/a"] = look
    rig.config(rig.feeds(outlet.url("/feed")))
    before = listening()
    async with rig.engine() as running:
        await running.minutes(0.5)
    return {"opened": [sorted(set(seen) - set(before)) for seen in during], "known": outlet.port in before}


@pytest.mark.row("S9")
def test_a_crawl_opens_no_port(drive: Any) -> None:
    assert drive(ports) == {"opened": [[]], "known": True}


def certificate(folder: Path, *, valid: timedelta) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "secure.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + valid)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("secure.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


async def tls(rig: Rig, days: int) -> dict[str, Any]:
    """A feed and a page behind a certificate nobody vouches for."""
    certificate(rig.folder, valid=timedelta(days=days))
    outlet, secure = rig.outlet(), Outlet("secure.test", rig.clock.now)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(rig.folder / "cert.pem", rig.folder / "key.pem")
    server = secure._server._server
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # the client hangs up in mid-handshake
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    rig.names["secure.test"] = ["127.0.0.1"]
    outlet.feed({"link": f"https://secure.test:{secure.port}/x"})
    rig.config(
        rig.feeds(outlet.url("/feed"), f"https://secure.test:{secure.port}/feed"), allow=["news.test", "secure.test"]
    )
    try:
        async with rig.engine() as running:
            await running.minutes(0.5)
            links = await running.rows("SELECT outcome, reason FROM links")
            feed = await running.rows("SELECT last_error FROM endpoints WHERE url LIKE 'https:%'")
    finally:
        server.shutdown()
        server.server_close()
    return {"links": links, "feed": feed, "asked": secure.paths()}


@pytest.mark.row("S8")
@pytest.mark.parametrize("days", [30, -1], ids=["self-signed", "expired"])
def test_tls_is_verified(drive: Any, days: int) -> None:
    result = drive(tls, days=days)
    assert result["asked"] == []
    ((outcome, _),) = result["links"]
    assert outcome == "failed"
    assert "certificate" in result["feed"][0][0]
