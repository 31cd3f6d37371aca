"""Every key that a channel may add to its requests, end to end, and no secret of theirs anywhere (canaries)."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook

from monitor.address_policy import Allow
from monitor.config.load import load_config
from monitor.config.schema import ChannelSection
from monitor.delivery.guarded_http import Sender
from monitor.delivery.request_options import aim_channel
from monitor.errors import ConfigError
from monitor.model.alert import Request
from monitor.text.addresses.address_encoding import LOGIN_HINT

CANARY = "canary-7f3c9a"


def channel(folder: Path, text: str, url: str) -> ChannelSection:
    (folder / "config.toml").write_text(f'[channels.desk]\nkind = "webhook"\nurl = "{url}"\n{text}')
    return load_config(folder / "config.toml", environment={}).channels["desk"]


def secret(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o600)


def deliver(office: Any, section: ChannelSection, folder: Path, **environ: str) -> str:
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        assert await bench.delivery.round() == 1

    office.run({"desk": section}, work, folder=folder, environ={"S": office.secret, **environ})
    return str(id)


def test_headers_of_text_file_and_environment_and_their_file(office: Any, tmp_path: Path) -> None:
    desk = office.listen(200)
    secret(tmp_path, "token", f"{CANARY}-file\n")
    secret(tmp_path, "more", f"# ours\nX-Three: {CANARY}-three\nX-Four:four\n")
    section = channel(
        tmp_path,
        'headers_file = "more"\n[channels.desk.headers]\nX-One = "one"\nUser-Agent = "desk/1"\n'
        'Authorization = { file = "token", prefix = "Bearer " }\nX-Two = { env = "TWO" }\n',
        desk.url,
    )
    deliver(office, section, tmp_path, TWO=f"Token {CANARY}-two")
    [(headers, body)] = desk.got
    assert {
        name: headers.get(name) for name in ("x-one", "x-two", "x-three", "x-four", "authorization", "user-agent")
    } == {
        "x-one": "one",
        "x-two": f"Token {CANARY}-two",
        "x-three": f"{CANARY}-three",
        "x-four": "four",
        "authorization": f"Bearer {CANARY}-file",
        "user-agent": "desk/1",
    }
    assert body == office.body


@pytest.mark.parametrize("way", ["file", "env"])
def test_a_login_is_basic_auth(office: Any, tmp_path: Path, way: str) -> None:
    desk = office.listen(200)
    secret(tmp_path, "login", "desk:pa:ss word" if way == "file" else "")
    section = channel(tmp_path, f'login_{way} = "{"login" if way == "file" else "LOGIN"}"\n', desk.url)
    deliver(office, section, tmp_path, LOGIN="desk:pa:ss word")
    [(headers, _)] = desk.got
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"desk:pa:ss word"


def test_a_template_is_sent_signed_in_its_form_and_by_its_method(office: Any, tmp_path: Path) -> None:
    desk = office.listen(200)
    section = channel(
        tmp_path,
        'method = "PUT"\nbody = "form"\nsecret_env = "S"\nsecrets = { key = { env = "KEY" } }\n'
        '[channels.desk.template]\nmessage = "{{ alert.headline }}"\ntoken = "{{ secret.key }}"\n',
        desk.url,
    )
    id = deliver(office, section, tmp_path, KEY=CANARY)
    [(headers, body)] = desk.got
    assert body == f"message=Test+alert+from+seedwatch%3A+your+channel+works&token={CANARY}".encode()
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["webhook-signature"] == Webhook(office.secret).sign(id, office.now, body.decode())
    assert desk.methods == ["PUT"]


def test_a_template_file_is_read_anew_and_a_broken_one_is_the_alerts_failure(office: Any, tmp_path: Path) -> None:
    desk = office.listen(200)
    (tmp_path / "desk.j2").write_text('{"t": "{{ data.rule }}"}')
    section = channel(tmp_path, 'template_file = "desk.j2"\n', desk.url)
    deliver(office, section, tmp_path)
    assert [json.loads(body) for _, body in desk.got] == [{"t": "test"}]
    (tmp_path / "desk.j2").write_text('{"t": }')
    with office.store.write():
        office.store.db.execute("UPDATE alerts SET state = 'pending', attempts = 0, next_attempt_at = created_at")
    [id] = office.queue("desk")

    async def work(bench: Any) -> None:
        await bench.delivery.round()

    office.run({"desk": section}, work, folder=tmp_path)
    assert len(desk.got) == 1
    assert "filled with values it is no JSON" in office.store.alerts.show(id).tries[-1].error


def test_a_broken_template_file_is_refused_at_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "desk.j2").write_text('{\n"t": "{{ data.artikel }}"\n}')
    with pytest.raises(ConfigError) as caught:
        channel(tmp_path, 'template_file = "desk.j2"\n', "https://desk.example/")
    assert str(caught.value) == f"{tmp_path / 'desk.j2'}:2: no alert has a field 'artikel'"
    with pytest.raises(ConfigError, match=r"none\.j2: cannot be read: No such file"):
        channel(tmp_path, 'template_file = "none.j2"\n', "https://desk.example/")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('login_file = "x"\nlogin_env = "Y"\n', "5: channels.desk.login_env: give login_file or login_env, not both"),
        ('body = "form"\n', "4: channels.desk.body: it needs template beside it"),
        ('proxy_login_file = "x"\n', "4: channels.desk.proxy_login_file: it needs proxy beside it"),
        ("headers = { A = { } }\n", "4: channels.desk.headers.A: give file or env, one of them"),
        ('headers = { Host = "x" }\n', "4: channels.desk.headers.Host: the header Host is set by the request itself"),
        (
            '[channels.desk.template]\na = "x"\nb = ["{{ data.nope }}"]\n',
            "6: channels.desk.template.b: no alert has a field 'nope'",
        ),
        (
            '[channels.phone]\nkind = "ntfy"\ntopic = "x"\nmethod = "PUT"\n',
            "7: channels.phone.method: channels of kind ntfy have no such key",
        ),
        (
            '[channels.n]\nkind = "ntfy"\ntopic = "x"\nurl = "https://u:p@ntfy.example"\n',
            f"7: channels.n.url: {LOGIN_HINT}",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        channel(tmp_path, text, "https://desk.example/")
    assert str(caught.value).startswith(f"{tmp_path / 'config.toml'}:{line}")


@pytest.mark.parametrize(
    ("text", "files", "error"),
    [
        ('login_file = "f"\n', {"f": CANARY}, "what stands for its login is none: write user:password"),
        ('headers_file = "f"\n', {"f": CANARY}, 'the headers file holds a line that is no header: write "Name: value"'),
        ('headers_file = "f"\n', {"f": f"Host: {CANARY}"}, "the header Host is set by the request itself"),
        ('headers = { A = { env = "B" } }\n', {}, "the variable B is not set"),
        ('url_file = "f"\n', {"f": f"https://u:{CANARY}@desk.example/"}, "its address carries a user name or password"),
        ('ca_file = "f"\n', {"f": CANARY}, "the certificate file"),
        ('ca_file = "g"\n', {}, "the certificate file"),
    ],
)
def test_what_cannot_be_read_is_an_error_without_the_secret(
    tmp_path: Path, text: str, files: dict[str, str], error: str
) -> None:
    for name, content in files.items():
        secret(tmp_path, name, content)
    url = "" if "url_file" in text else 'url = "https://desk.example/"\n'
    (tmp_path / "config.toml").write_text(f'[channels.desk]\nkind = "webhook"\n{url}{text}')
    section = load_config(tmp_path / "config.toml", environment={}).channels["desk"]
    aim, _ = aim_channel("desk", section, folder=tmp_path, environ={})
    assert aim.target is None
    assert (aim.error or "").startswith(error)
    assert CANARY not in repr(aim)


def test_an_address_of_any_script_is_sent_to(tmp_path: Path) -> None:
    section = channel(tmp_path, "", "http://пример.example/хук")
    aim, _ = aim_channel("desk", section, folder=tmp_path, environ={})
    assert aim.target is not None
    assert aim.target.url == "http://xn--e1afmkfd.example/%D1%85%D1%83%D0%BA"


def test_a_proxy_carries_the_request_with_its_login_under_the_address_policy(office: Any, tmp_path: Path) -> None:
    proxy = office.listen(200)
    secret(tmp_path, "proxy.login", f"us:{CANARY}")
    section = channel(
        tmp_path, f'proxy = "{proxy.root}"\nproxy_login_file = "proxy.login"\n', "http://desk.example/hook?a=b"
    )
    deliver(office, section, tmp_path)
    [(path, headers, body)] = proxy.asked
    assert (path, body) == ("http://desk.example/hook?a=b", office.body)
    assert base64.b64decode(headers["proxy-authorization"].removeprefix("Basic ")) == f"us:{CANARY}".encode()

    async def work(bench: Any) -> None:
        await bench.delivery.round()

    with office.store.write():
        office.store.db.execute("UPDATE alerts SET state = 'pending', next_attempt_at = created_at")
    [id] = office.queue("desk")
    office.run({"desk": section}, work, folder=tmp_path, allow=())
    assert office.store.alerts.show(id).tries[-1].error.startswith("address refused: the proxy leads to 127.0.0.1")
    assert len(proxy.asked) == 1


def test_an_authority_of_ones_own_is_trusted_by_its_channel_alone(
    office: Any, tmp_path: Path, certificate: Any
) -> None:
    certificate(tmp_path, 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    desk = office.listen(200, tls=context)
    url = f"https://hook.example:{urlsplit(desk.url).port}/x"
    found = []

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def main() -> None:
        async with Sender(Allow.parse(("127.0.0.1",)), resolve=resolve) as sender:
            for text in ('ca_file = "cert.pem"\n', ""):
                section = channel(tmp_path, text, url)
                _, dress = aim_channel("desk", section, folder=tmp_path, environ={})
                request = Request(method="POST", url=url, headers={}, body=b"{}")
                reply = await sender.send(dress.put_on(request))
                found.append((reply.status, reply.error))

    asyncio.run(main())
    assert found == [(200, None), (None, "certificate refused: self-signed certificate")]


def test_no_secret_of_a_channel_is_found_anywhere(
    office: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The receiver repeats all that it was sent, and fails."""

    def echo(headers: dict[str, str], body: bytes) -> Any:
        return 500, {}, f"{json.dumps(headers)} {body.decode()}"

    desk = office.listen(echo)
    work_folder = tmp_path / "config"
    work_folder.mkdir()
    secret(work_folder, "login", f"us:{CANARY}-login")
    secret(work_folder, "more", f"X-More: {CANARY}-more\n")
    section = channel(
        work_folder,
        'headers_file = "more"\nlogin_file = "login"\nsecrets = { key = { env = "KEY" } }\n'
        '[channels.desk.headers]\nX-Env = { env = "ENV", prefix = "Bearer " }\n'
        '[channels.desk.template]\nkey = "{{ secret.key }}"\n',
        desk.url,
    )
    with caplog.at_level(logging.DEBUG):
        deliver(office, section, work_folder, KEY=f"{CANARY}-key", ENV=f"{CANARY}-env")
    [(headers, body)] = desk.got
    token = base64.b64encode(f"us:{CANARY}-login".encode()).decode()
    assert token in headers["authorization"]
    assert CANARY.encode() in body
    office.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = office.store.path.read_bytes()
    assert b"x-more" in kept
    for canary in (CANARY, token):
        assert canary not in caplog.text
        assert canary.encode() not in kept
    assert urlsplit(desk.url).hostname == "127.0.0.1"
    assert os.environ.get("KEY") is None
