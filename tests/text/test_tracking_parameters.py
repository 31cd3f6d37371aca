"""Which parameters name a campaign, and which may name a page."""

from __future__ import annotations

import pytest

from monitor.text.addresses.tracking_parameters import is_tracking_parameter
from monitor.text.urls import strip_tracking


@pytest.mark.parametrize(
    "name",
    [
        "utm_source",
        "UTM_Medium",
        "utm%5Fsource",
        "%3Futm_source",
        "amp;utm_source",
        "fbclid",
        "gclid",
        "yclid",
        "dclid",
        "msclkid",
        "twclid",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "__hstc",
        "hsCtaTracking",
        "_openstat",
        "mkt_tok",
        "srsltid",
        "vero_id",
        "oly_enc_id",
        "wickedid",
        "igshid",
        "_ga",
        "_gl",
        "itm_source",
        "pk_campaign",
        "ml_subscriber_hash",
        "irclickid",
        "rb_clickid",
        "s_cid",
        "wt_zmc",
        "__s",
        "guce_referrer_sig",
        "at_medium",
        "_branch_match_id",
    ],
)
def test_what_only_tracks(name: str) -> None:
    assert is_tracking_parameter(name)


@pytest.mark.parametrize(
    "name",
    ["id", "p", "page", "ref", "source", "uid", "eid", "mc", "t", "utma", "gclid2", "news_id", "", "campaign_id"],
)
def test_what_may_name_a_page(name: str) -> None:
    assert not is_tracking_parameter(name)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://a.example/n.php?t=%CD%EE%E2&utm_source=rss", "http://a.example/n.php?t=%CD%EE%E2"),
        ("http://a.example/q?1001&utm_medium=rss", "http://a.example/q?1001"),
        ("http://a.example/?utm_source=x&path=/a/b&c", "http://a.example/?path=/a/b&c"),
        ("http://a.example/?a=1;utm_source=2;b=%7e", "http://a.example/?a=1;b=%7e"),
        ("http://a.example/?a=1&&b=+", "http://a.example/?a=1&&b=+"),
        ("http://a.example/a;jsessionid=0A1.w!2?id=3", "http://a.example/a?id=3"),
        ("http://a.example/a;v=1;JSESSIONID=0A1", "http://a.example/a;v=1"),
        ("http://a.example/a?PHPSESSID=0a1&id=3&ASPSESSIONIDQABC=x", "http://a.example/a?id=3"),
        ("http://a.example/?fbclid=x", "http://a.example/"),
        ("http://a.example/a?amp=1&outputType=amp", "http://a.example/a"),
    ],
)
def test_every_other_byte_of_a_query_stays(url: str, kept: str) -> None:
    assert strip_tracking(url) == kept
