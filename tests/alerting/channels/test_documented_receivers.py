"""The receivers of docs/alerts.md, run as they stand there: they accept what we send and nothing else."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.alerting.channels import KINDS
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.model.alert import Target

DOCS = (Path(__file__).resolve().parents[3] / "docs/alerts.md").read_text(encoding="utf-8")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ID = "msg_2LQ0mVbBzZ7GkWl5N9sYdC4xTfR"
NEW, OLD, OTHER = (f"whsec_{letter * 43}=" for letter in "ABC")
BODY = encode_alert(build_sample_alert(ID, MOMENT))

Verify = Callable[[Mapping[str, str], bytes, str, float], bool]


def example(language: str) -> str:
    [code] = re.findall(rf"```{language}\n(.*?verify.*?)```", DOCS, re.DOTALL)
    return str(code)


def python(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    found: dict[str, Any] = {}
    exec(example("python"), found)
    return bool(found["verify"](headers, body, secret, now))


def node(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    ask = f"""{example("js")}
const given = JSON.parse(require("node:fs").readFileSync(0));
console.log(verify(given.headers, Buffer.from(given.body, "base64"), given.secret, given.now));
"""
    given = {"headers": dict(headers), "body": base64.b64encode(body).decode(), "secret": secret, "now": now}
    return run(["node", "-e", ask], json.dumps(given).encode()).strip() == b"true"


def shell(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    words = [headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], secret]
    ask = f'{example("sh")}\nif verify "$@"; then echo yes; else echo no; fi'
    return run(["sh", "-c", ask, "sh", *words], body).strip() == b"yes"


def run(command: list[str], given: bytes) -> bytes:
    done = subprocess.run(command, input=given, capture_output=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


NODE = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
SHELL = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.mark.parametrize(
    ("verify", "ages"),
    [(python, True), pytest.param(node, True, marks=NODE), pytest.param(shell, False, marks=SHELL)],
    ids=["python", "node", "shell"],
)
def test_a_documented_receiver_accepts_what_we_send_and_nothing_else(verify: Verify, ages: bool) -> None:
    """The shell's leaves the age of the timestamp to its reader, and says so."""
    now = MOMENT.timestamp()
    target = Target(name="desk", kind="webhook", url="https://desk.example/hook")
    sent = KINDS["webhook"].request(BODY, target, ID, MOMENT, [NEW, OLD])
    headers = dict(sent.headers)  # type: ignore[union-attr]
    found = [
        verify(headers, BODY, NEW, now + 299),
        verify(headers, BODY, OLD, now - 299),  # during a rotation
        verify(headers, BODY, OTHER, now),
        verify(headers, BODY + b" ", NEW, now),
        verify({**headers, "webhook-id": "msg_x"}, BODY, NEW, now),
        verify({**headers, "webhook-timestamp": "1767323046"}, BODY, NEW, now),
        verify({**headers, "webhook-signature": "v1,AAAA"}, BODY, NEW, now),
        verify(headers, BODY, NEW, now + 301),
    ]
    assert found == [True, True, False, False, False, False, False, not ages]
