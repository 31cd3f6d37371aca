from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from monitor.alerting.channels import KINDS
from monitor.config.schema import ChannelSection
from monitor.delivery.channel_target import (
    ResolvedTarget,
    Secrets,
    mask_secrets,
    read_masked,
    read_secrets,
    resolve_channel,
)
from monitor.model.alert import Reply, Target
from monitor.text.addresses.address_encoding import LOGIN_HINT

NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SHORT = "whsec_c2hvcnQ="


def read(folder: Path, text: str | None = None, *, mode: int = 0o600, **environ: str) -> Secrets:
    if text is not None:
        path = folder / "desk.secret"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return read_secrets(secret_file="desk.secret", secret_env=None, folder=folder, environ=environ)
    return read_secrets(secret_file=None, secret_env="DESK_SECRET", folder=folder, environ=environ)


def test_no_secret_configured_is_no_error(tmp_path: Path) -> None:
    assert read_secrets(secret_file=None, secret_env=None, folder=tmp_path, environ={}) == Secrets()


@pytest.mark.parametrize("text", [f"{NEW}\n{OLD}\n", f"# new\n  {NEW} \r\n\n#old\n{OLD}"])
def test_a_file_holds_a_secret_a_line_newest_first(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Secrets(values=(NEW, OLD))


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(NEW)
    (tmp_path / "x").chmod(0o400)
    found = read_secrets(secret_file=str(tmp_path / "x"), secret_env=None, folder=Path("/elsewhere"), environ={})
    assert found == Secrets(values=(NEW,))


def test_a_variable_holds_them_parted_by_spaces(tmp_path: Path) -> None:
    assert read(tmp_path, DESK_SECRET=f" {NEW} {OLD}") == Secrets(values=(NEW, OLD))


def test_a_file_that_others_can_read_is_used_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "desk.secret"
    assert read(tmp_path, NEW, mode=0o640) == Secrets(
        values=(NEW,),
        warnings=(f"the secret file {path} can be read by others (mode 0640): chmod 600 {path}",),
    )


def test_a_short_secret_is_used_with_a_warning(tmp_path: Path) -> None:
    assert read(tmp_path, DESK_SECRET=SHORT) == Secrets(
        values=(SHORT,), warnings=("the variable DESK_SECRET holds a secret of 5 bytes: 24 to 64 are good",)
    )


@pytest.mark.parametrize("text", ["canary hunter2", "whsec_", "whsec_abc$%", "whsec_a"])
def test_what_is_no_secret_is_an_error_that_does_not_show_it(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found == Secrets(
        error=f'the secret file {tmp_path / "desk.secret"} holds something else than "whsec_" and base64'
    )


def test_unusable_places_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "desk.secret"
    missing = read_secrets(secret_file="desk.secret", secret_env=None, folder=tmp_path, environ={})
    assert (missing, read(tmp_path, "# none\n"), read(tmp_path, "é"), read(tmp_path)) == (
        Secrets(error=f"the secret file {path} cannot be read: No such file or directory"),
        Secrets(error=f"the secret file {path} holds no secret"),
        Secrets(error=f"the secret file {path} is not plain text"),
        Secrets(error="the variable DESK_SECRET is not set"),
    )


def test_secrets_do_not_show_themselves() -> None:
    assert NEW not in repr(Secrets(values=(NEW,)))


HOOK = "https://hooks.example/services/T0000/B0000/canarycanary"
TOKEN = "12345:canary-token"


def aimed(folder: Path, keys: dict[str, Any], **environ: str) -> ResolvedTarget:
    return resolve_channel("desk", ChannelSection.model_validate(keys), folder=folder, environ=environ)


def test_a_secret_address_is_read_and_its_parts_are_hidden(tmp_path: Path) -> None:
    (tmp_path / "a.url").write_text(f"# of the newsroom\n{HOOK}\n")
    (tmp_path / "a.url").chmod(0o600)
    found = aimed(tmp_path, {"kind": "slack", "url_file": "a.url"})
    assert found == ResolvedTarget(
        target=Target(name="desk", kind="slack", url=HOOK),
        hidden=(HOOK, "/services/T0000/B0000/canarycanary", "services", "canarycanary"),
    )
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("keys", "url"),
    [
        ({"kind": "telegram", "token_env": "T", "chat": -1001}, "https://api.telegram.org"),
        ({"kind": "telegram", "token_env": "T", "chat": "@d", "url": "http://bot.lan"}, "http://bot.lan"),
        ({"kind": "ntfy", "token_env": "T", "topic": "t", "priority": 2}, "https://ntfy.sh"),
    ],
)
def test_a_token_goes_with_a_public_server_or_one_of_yours(tmp_path: Path, keys: dict[str, Any], url: str) -> None:
    section = {**keys, "chat": "@desk"} if keys.get("chat") == "@d" else keys
    found = aimed(tmp_path, section, T=TOKEN)
    assert found.target is not None
    assert (found.target.url, found.target.token, found.hidden) == (url, TOKEN, (TOKEN,))
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("keys", "value", "error"),
    [
        ("token_env", "", "the variable V holds no token"),
        ("token_env", "canary canary", "the variable V holds more than one line"),
        ("token_env", "canary\u00e9canary", ("what stands for its token is none: a token has no space and at least "
                                            "eight characters")),
        ("url_env", "canary", "what stands for its address is none: write one that begins with https://"),
        ("url_env", "https://canary:x@x.example", LOGIN_HINT),
        ("url_env", "https://[canary", "what stands for its address is none: write one that begins with https://"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_an_error_that_does_not_show_it(
    tmp_path: Path, keys: str, value: str, error: str
) -> None:
    found = aimed(tmp_path, {"kind": "ntfy", "topic": "t", keys: "V"}, V=value)
    assert found == ResolvedTarget(error=error)


def test_without_an_address_nothing_can_be_sent(tmp_path: Path) -> None:
    assert aimed(tmp_path, {"kind": "slack"}) == ResolvedTarget(error="no url is configured")


def test_of_an_address_that_is_no_secret_file_what_may_be_one_is_hidden(tmp_path: Path) -> None:
    found = aimed(tmp_path, {"kind": "slack", "url": "http://hooks.lan/services/T0B1canary7"})
    assert found.hidden == ("/services/T0B1canary7", "T0B1canary7")
    assert aimed(tmp_path, {"kind": "ntfy", "topic": "desk-7f3c9a"}).hidden == ("desk-7f3c9a",)


def test_an_answer_that_repeats_a_secret_is_masked() -> None:
    reply = Reply(
        status=404, body=f"not found: {HOOK}, canarycanary".encode(), error="Slack answered 404: canarycanary"
    )
    assert mask_secrets(reply, (HOOK, "canarycanary")) == Reply(
        status=404, body=b"not found: ***, ***", error="Slack answered 404: ***"
    )
    assert mask_secrets(reply, ()) is reply


@pytest.mark.parametrize(
    "said",
    [
        'a"b\\c <&> é/x',
        json.dumps('a"b\\c <&> é/x')[1:-1],
        json.dumps('a"b\\c <&> é/x', ensure_ascii=False)[1:-1],
        quote('a"b\\c <&> é/x'),
        quote_plus('a"b\\c <&> é/x'),
        html.escape('a"b\\c <&> é/x'),
    ],
)
def test_a_secret_is_masked_in_each_spelling_and_where_an_answer_was_cut(said: str) -> None:
    secret = 'a"b\\c <&> é/x'
    for text in (f"<{said}>", f"<{said[: len(said) // 2]}"):
        masked = mask_secrets(Reply(status=500, body=text.encode(), error=text), (secret,))
        left = text.removesuffix(said[: len(said) // 2]) if text.endswith(said[: len(said) // 2]) else "<***>"
        assert (masked.body, masked.error) == (left.encode(), left)


def test_the_words_of_a_service_are_cut_after_they_are_masked() -> None:
    answer = Reply(status=403, body=f"{'x' * 195} canarycanary".encode())
    masked = read_masked(KINDS["slack"].read, answer, ("canarycanary",))
    assert masked.error == f"Slack answered 403: {'x' * 195} ***"
    assert masked.body == f"{'x' * 195} ***".encode()
    # A secret as common as a word of the service's does not make a delivery a failure, which would be sent again.
    agreed = read_masked(KINDS["slack"].read, Reply(status=200, body=b'{"success": true}'), ("true",))
    assert (agreed.error, agreed.body) == (None, b'{"success": ***}')
    refused = read_masked(KINDS["slack"].read, Reply(status=200, body=b"canary"), ("canary",))
    assert refused.error == "Slack answered 200: ***"


def test_what_the_service_manager_gives_goes_before_a_file_of_the_folder(tmp_path: Path) -> None:
    given = tmp_path / "credentials"
    given.mkdir()
    environ = {"CREDENTIALS_DIRECTORY": str(given)}
    assert read(tmp_path, OLD, **environ) == Secrets(values=(OLD,))
    (given / "desk.secret").write_text(NEW)
    (given / "desk.secret").chmod(0o440)  # systemd's own mode: an access list lets the service alone read it
    assert read(tmp_path, OLD, **environ) == Secrets(values=(NEW,))
    elsewhere = read_secrets(secret_file="./desk.secret", secret_env=None, folder=tmp_path, environ=environ)
    assert elsewhere == Secrets(values=(OLD,))  # a path is no name of a credential
    section = ChannelSection.model_validate({"kind": "slack", "url_file": "desk.url"})
    (given / "desk.url").write_text("https://hooks.example/T0/secret")
    found = resolve_channel("desk", section, folder=tmp_path, environ=environ)
    assert found.target is not None
    assert found.target.url == "https://hooks.example/T0/secret"
