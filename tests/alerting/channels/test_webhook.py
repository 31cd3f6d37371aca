from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError
from svix.webhooks import Webhook as Svix
from svix.webhooks import WebhookVerificationError as SvixVerificationError

from monitor import __version__
from monitor.alerting.channels import KINDS
from monitor.alerting.channels.webhook import build_request
from monitor.alerting.message.document import encode_alert
from monitor.alerting.message.test_alert import build_sample_alert
from monitor.alerting.retry import ALERT_LADDER
from monitor.model.alert import Request, Target

TARGET = Target(name="desk", kind="webhook", url="https://desk.example/hook?token=x")
# The published vector of the Standard Webhooks libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
MOMENT = datetime.fromtimestamp(1614265330, UTC)
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def test_the_signature_equals_the_published_vector() -> None:
    assert build_request(BODY, TARGET, ID, MOMENT, [SECRET]) == Request(
        method="POST",
        url="https://desk.example/hook?token=x",
        headers={
            "content-type": "application/json",
            "user-agent": f"seedwatch/{__version__}",
            "webhook-id": ID,
            "webhook-timestamp": "1614265330",
            "webhook-signature": SIGNATURE,
        },
        body=BODY,
    )


def test_another_zone_and_a_part_of_a_second_sign_the_same_instant() -> None:
    moment = (MOMENT + timedelta(milliseconds=999)).astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert build_request(BODY, TARGET, ID, moment, [SECRET]) == build_request(BODY, TARGET, ID, MOMENT, [SECRET])


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        build_request(BODY, TARGET, ID, MOMENT.replace(tzinfo=None), [SECRET])


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in build_request(BODY, TARGET, ID, MOMENT, []).headers


def test_during_a_rotation_the_old_and_the_new_secret_verify_and_no_other() -> None:
    now = datetime.now(UTC)  # the library compares with the wall clock
    sent = build_request(BODY, TARGET, ID, now, [SECRET, OLD])
    assert sent.headers["webhook-signature"].count("v1,") == 2
    for secret in (SECRET, OLD):
        assert Webhook(secret).verify(sent.body, dict(sent.headers)) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(sent.body, dict(sent.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(sent.body + b" ", dict(sent.headers))


def test_svix_accepts_what_we_send_with_either_secret_and_nothing_else() -> None:
    now = datetime.now(UTC)  # the library compares with the wall clock
    sent = build_request(BODY, TARGET, ID, now, [SECRET, OLD])
    for secret in (SECRET, OLD):
        Svix(secret).verify(sent.body, dict(sent.headers))  # raises where it does not fit
    for secret, body in (("whsec_" + "A" * 32, sent.body), (SECRET, sent.body + b" ")):
        with pytest.raises(SvixVerificationError):
            Svix(secret).verify(body, dict(sent.headers))


def test_what_is_rendered_is_what_is_signed() -> None:
    alert = build_sample_alert(ID, MOMENT)
    body = KINDS["webhook"].render(encode_alert(alert))
    sent = KINDS["webhook"].request(body, TARGET, ID, MOMENT, [SECRET])
    assert sent.body == body == encode_alert(alert)
    assert json.loads(body)["type"] == "test"
    assert Webhook(SECRET).sign(ID, MOMENT, body.decode()) == sent.headers["webhook-signature"]


def test_the_documented_ladder_is_the_one_we_climb() -> None:
    text = (Path(__file__).resolve().parents[3] / "docs/alerts.md").read_text(encoding="utf-8")
    units = {"": 1, "s": 1, "m": 60, "h": 3600}
    [ladder] = re.findall(r"Delay before each attempt: (.*?), each", text)
    steps = [re.fullmatch(r"(\d+) ?([smh]?)", step) for step in ladder.split(", ")]
    assert tuple(float(step[1]) * units[step[2]] for step in steps if step) == ALERT_LADDER
