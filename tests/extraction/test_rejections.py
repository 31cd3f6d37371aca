"""Why a page is no article, and what must not be mistaken for a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from harbour import document, page
from lxml import html

from monitor.extraction.extract import extract_article
from monitor.extraction.fields.metadata import Metadata, read_metadata
from monitor.extraction.rejections import reject_front_page, reject_shell, reject_text, reject_tree
from monitor.model.page import Outcome, Page, Rejection
from monitor.model.source import Entry
from monitor.text.refused_answers import reject_answer

ADDRESS = "https://herald.example/news/ferry"
PAGE = Page(
    url=ADDRESS,
    final_url=ADDRESS,
    status=200,
    headers={"content-type": "text/html; charset=utf-8"},
    body=b"<html><body>A report.</body></html>",
    fetched_at=datetime(2026, 10, 1, tzinfo=UTC),
)
ENTRY = Entry(url=ADDRESS, key=ADDRESS, endpoint="https://herald.example/rss", title="Vote on the ferry put off")
LONG = "The council met on Monday and put off its vote. " * 20
ARTICLE = '<meta property="og:type" content="article">'
PAID = '<script type="application/ld+json">{"@type":"Report","headline":"x","isAccessibleForFree":false}</script>'
DATED = '<meta property="article:published_time" content="2026-05-04T07:00:00Z">'


def refused(outcome: Outcome, reason: str) -> Rejection:
    return Rejection(outcome=outcome, reason=reason)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        (206, None),
        (204, refused(Outcome.NO_TEXT, "status 204, no content")),
        (304, refused(Outcome.FAILED, "status 304, unexpected")),
        (400, refused(Outcome.FAILED, "status 400, unexpected")),
        (401, refused(Outcome.BLOCKED, "status 401")),
        (402, refused(Outcome.PAYWALL, "status 402, payment required")),
        (403, refused(Outcome.BLOCKED, "status 403")),
        (404, refused(Outcome.GONE, "status 404")),
        (408, refused(Outcome.FAILED, "status 408, may pass")),
        (410, refused(Outcome.GONE, "status 410")),
        (429, refused(Outcome.FAILED, "status 429, may pass")),
        (451, refused(Outcome.BLOCKED, "status 451")),
        (503, refused(Outcome.FAILED, "status 503, may pass")),
    ],
)
def test_statuses(status: int, expected: Rejection | None) -> None:
    assert reject_answer(replace(PAGE, status=status)) == expected


def test_a_page_of_too_many_elements_is_counted_where_it_can_have_them() -> None:
    body = b"<p>" * 49_998
    page = replace(PAGE, body=b"<html><body>" + body)
    assert reject_tree(page, html.document_fromstring(page.body)) is None
    more = replace(PAGE, body=page.body + b"<p>" * 3)
    rejection = refused(Outcome.TOO_LARGE, "50,003 elements, more than 50,000")
    assert reject_tree(more, html.document_fromstring(more.body)) == extract_article(more) == rejection


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (200, b'<div id="id_captcha_frame_div" style="display: none"></div>', "Servicepipe"),
        (200, b'<meta http-equiv="refresh" content="0; url=/exhkqyad">', "Servicepipe"),
        (503, b"<title>Just a moment...</title>", "Cloudflare"),
        (403, b'<script src="https://geo.captcha-delivery.com/captcha/?x"></script>', "DataDome"),
        (403, b'<div id="px-captcha"></div>', "HUMAN"),
        (200, b"<iframe src=/_Incapsula_Resource?x></iframe>", "Imperva"),
        (403, b"Reference https://errors.edgesuite.net/18.x", "Akamai"),
        (202, b'<script src="https://x.token.awswaf.com/challenge.js"></script>', "AWS WAF"),
        (403, b'<script src="/.well-known/ddos-guard/js-challenge/x.js"></script>', "DDoS-Guard"),
        (401, b'<script src="/__qrator/qauth_utm_v2.js"></script>', "Qrator"),
        (200, b"<script>sucuri_cloudproxy_js=''</script>", "Sucuri"),
        (200, b'<form action="/showcaptcha?x">', "Yandex SmartCaptcha"),
    ],
)
def test_challenges_are_blocked_whatever_their_status(status: int, body: bytes, name: str) -> None:
    found = reject_answer(replace(PAGE, status=status, body=b"<html>" + body))
    assert found == refused(Outcome.BLOCKED, f"{name} challenge page, status {status}")
    report = replace(PAGE, body=b"<html>" + body + b"<p>A long report about such walls.</p>" * 1000)
    assert reject_answer(report) is None
    assert reject_answer(replace(PAGE, status=404, body=body)) == refused(Outcome.GONE, "status 404")


def test_of_two_challenges_the_first_is_named_whatever_its_case() -> None:
    body = b"<html><div id='PX-Captcha'></div><script>window._CF_chl_Opt={}</script><img src='/ShowCaptcha?k=1'>"
    assert reject_answer(replace(PAGE, body=body)) == refused(Outcome.BLOCKED, "HUMAN challenge page, status 200")


def test_a_challenge_that_only_a_header_names() -> None:
    page = replace(PAGE, status=403, headers={"cf-mitigated": "challenge"})
    assert reject_answer(page) == refused(Outcome.BLOCKED, "Cloudflare challenge, status 403")


def test_types_and_sizes() -> None:
    pdf = replace(PAGE, headers={"content-type": "Application/PDF"}, body=b"%PDF-1.7 <html>")
    assert reject_answer(pdf) == refused(Outcome.NOT_ARTICLE, "content type application/pdf is not HTML")
    for kind in ("text/plain", "application/octet-stream; charset=utf-8", "x"):  # a careless server, but a page
        assert reject_answer(replace(PAGE, headers={"content-type": kind})) is None
    assert reject_answer(replace(PAGE, headers={})) is None
    assert reject_answer(replace(PAGE, headers={"content-type": "application/xhtml+xml"})) is None
    assert reject_answer(replace(PAGE, body=b"x" * 10_000_000)) is None
    large = replace(PAGE, body=b"x" * 10_000_001)
    assert reject_answer(large) == refused(Outcome.TOO_LARGE, "10,000,001 bytes, more than 10,000,000")


def test_a_redirect_to_a_consent_page() -> None:
    page = replace(PAGE, final_url="https://consent.herald.example/collectConsent?x=1")
    assert reject_answer(page) == refused(Outcome.CONSENT, "redirected to consent.herald.example for consent")
    assert reject_answer(replace(PAGE, url=page.final_url, final_url=page.final_url)) is None


def test_a_redirect_to_a_login_page() -> None:
    page = replace(PAGE, final_url="https://herald.example/account/login?next=/news/ferry")
    reason = "redirected to a login page: https://herald.example/account/login?next=/news/ferry"
    assert reject_answer(page) == refused(Outcome.NOT_ARTICLE, reason)
    assert reject_answer(replace(PAGE, url=page.final_url, final_url=page.final_url)) is None
    assert reject_answer(replace(PAGE, final_url="https://herald.example/news/log-in-the-river")) is None


PASSWORD = b"<form><input name=p type='password'></form>"


@pytest.mark.parametrize(
    ("title", "text", "head", "entry", "found"),
    [
        ("Sign in", "Your e-mail and your password.", "", None, True),
        ("Welcome back", "Your e-mail and your password.", "", ENTRY, True),
        ("Welcome back", "Your e-mail and your password.", "", None, False),
        ("Ferry vote put off", "The council met.", "", ENTRY, False),
        ("Sign in", LONG, "", None, False),
        ("Sign in", "Your e-mail and your password.", ARTICLE, None, False),
        ("Sign in", "Your e-mail and your password.", DATED, None, False),
    ],
)
def test_login_forms(title: str, text: str, head: str, entry: Entry | None, found: bool) -> None:
    expected = refused(Outcome.NOT_ARTICLE, "a login form stands in the article's place") if found else None
    page = replace(PAGE, body=PASSWORD, entry=entry)
    assert reject_text(page, said(head), title, text) == expected
    if expected is not None:
        assert reject_text(replace(page, body=b""), said(head), title, text) != expected


@pytest.mark.parametrize(
    ("body", "text", "head", "reason"),
    [
        (
            '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>',
            "",
            ARTICLE,
            "needs JavaScript: it says 'You need to enable JavaScript to run this app.'",
        ),
        (
            "<p>JavaScript is disabled.</p>",
            "JavaScript is disabled.",
            "",
            "needs JavaScript: it says 'JavaScript is disabled.'",
        ),
        (
            '<main id="__next"> </main><script src="/a.js"></script>',
            "",
            "",
            "needs JavaScript: its <main> __next is empty",
        ),
        (
            "<app-root></app-root><script src=a.js></script>",
            "",
            "",
            "needs JavaScript: its <app-root> app-root is empty",
        ),
        ('<div id="root"></div>', "", "", None),
        ('<div id="root">Menu</div><script src="/a.js"></script>', "Menu", "", None),
        ('<div id="more"></div><script src="/a.js"></script>', "Menu", "", None),
        ("<noscript>Enable JavaScript to view the comments powered by us.</noscript>", "Ferry late.", "", None),
        ("<noscript>Enable JavaScript.</noscript>", "The ferry is late by an hour today.", DATED, None),
        ("<noscript>Enable JavaScript.</noscript>", "The ferry is late by an hour today.", ARTICLE, None),
        ("<noscript>Enable JavaScript.</noscript>", LONG, "", None),
    ],
)
def test_shells_that_wait_for_a_script(body: str, text: str, head: str, reason: str | None) -> None:
    tree = html.fromstring(f"<html><head>{head}</head><body>{body}</body></html>")
    expected = None if reason is None else refused(Outcome.NOT_ARTICLE, reason)
    assert reject_shell(tree, said(head), text) == expected


def said(head: str = "") -> Metadata:
    return read_metadata(html.fromstring(f"<html><head>{head}</head><body>x</body></html>"), ADDRESS)


def test_front_pages() -> None:
    home = "https://herald.example/"
    assert reject_front_page(PAGE, said()) is None
    assert reject_front_page(replace(PAGE, url=home, final_url=home), said()) == refused(
        Outcome.NOT_ARTICLE, "the address is a front page"
    )
    assert reject_front_page(replace(PAGE, final_url=home), said()) == refused(
        Outcome.GONE, "soft 404: redirected to the front page https://herald.example/"
    )
    link = f'<link rel="canonical" href="{home}">'
    assert reject_front_page(PAGE, said(link)) == refused(
        Outcome.GONE, "soft 404: the page calls the front page its address"
    )
    assert reject_front_page(PAGE, said(link + ARTICLE)) is None  # a careless template, but an article


@pytest.mark.parametrize(
    ("announced", "title", "passes"),
    [
        ("The quay is mended", "The Quay  is mended | Herald", True),
        ("The quay is mended", "The quay is mended » The Harbour Post", True),  # a name that nothing else says
        ("The quay is mended | Herald", "Herald: The quay is mended", True),
        ("The quay - a year on", "The quay - a year on | Herald", True),
        ("The quay is mended", "Herald", False),
        ("The quay is mended", "Search results for The quay is mended | Herald", False),
        ("The quay is mended", "Page not found: The quay is mended", False),
        ("The quay is mended", "The quay is mended - not found | Herald", False),
        ("News of the quay", "Herald - news of the quay and the harbour", False),
        ("Quay news 1", "Quay news 1 | Herald", False),  # 11 characters
        ("The Harbour Post", "The Harbour Post | News of the quay", False),  # the outlet's name, as is known
        ("| | | | | | |", "| | | | | | |", False),
        (None, "The quay is mended", False),
    ],
)
def test_a_page_that_calls_the_front_page_its_address_is_one_unless_its_title_was_announced(
    announced: str | None, title: str, passes: bool
) -> None:
    found = said(f'<link rel="canonical" href="https://herald.example/"><title>{title}</title>')
    page = replace(PAGE, entry=Entry(url=ADDRESS, key=ADDRESS, endpoint="feed", title=announced))
    assert (reject_front_page(page, found, "The Harbour Post") is None) is passes
    assert reject_front_page(replace(page, entry=None), found) is not None


@pytest.mark.parametrize(
    ("title", "text", "head", "entry", "expected"),
    [
        ("Vote put off", LONG, ARTICLE, None, None),
        ("Vote put off", "Short report.", "", None, None),
        ("Page not found", LONG, "", None, refused(Outcome.GONE, "soft 404: headline 'Page not found'")),
        ("404 - oh no", LONG, "", None, refused(Outcome.GONE, "soft 404: headline '404 - oh no'")),
        (
            "Borrell speaks",
            f"\nEditor’s choice\nNews\n{LONG}",
            ARTICLE,
            ENTRY,
            refused(Outcome.GONE, "soft 404: a listing instead of 'Vote on the ferry put off'"),
        ),
        (
            None,
            f"Editor's choice\n{LONG}",
            "",
            None,
            refused(Outcome.GONE, "soft 404: a listing instead of 'an article'"),
        ),
        (
            "News",
            f"Editor's choice\n{LONG}",
            "",
            None,
            refused(Outcome.NOT_ARTICLE, 'a listing: its text starts with "Editor\'s choice"'),
        ),
        ("Ferry vote put off", f"Popular\n{LONG}", ARTICLE, ENTRY, None),
        (
            "Herald",
            "We value your privacy. Accept all cookies?",
            "",
            None,
            refused(Outcome.CONSENT, "only a consent notice stands on the page"),
        ),
        ("Herald", f"We value your privacy. {LONG}", "", None, None),
        (
            "Ferry vote",
            "Subscribe to continue reading.",
            DATED,
            None,
            refused(Outcome.PAYWALL, "an offer to subscribe stands in the article's place"),
        ),
        (
            "Ferry vote",
            "The council met.",
            PAID,
            None,
            refused(Outcome.PAYWALL, "marked as not free, 3 words are shown"),
        ),
        (
            "Something else entirely",
            LONG,
            "",
            ENTRY,
            refused(
                Outcome.NOT_ARTICLE,
                "headline 'Something else entirely' where 'Vote on the ferry put off' was announced",
            ),
        ),
        ("Something else entirely", f"Vote on the ferry put off\n{LONG}", "", ENTRY, None),
        ("Something else entirely", LONG, DATED, ENTRY, None),
        (None, LONG, "", ENTRY, None),
        ("Something else entirely", LONG, ARTICLE, ENTRY, None),
        ("Something else entirely", LONG, "", replace(ENTRY, title=None), None),
        ("Vote", "", "", None, None),
    ],
)
def test_texts(title: str | None, text: str, head: str, entry: Entry | None, expected: Rejection | None) -> None:
    assert reject_text(replace(PAGE, entry=entry), said(head), title, text) == expected


def test_a_page_whose_text_only_a_script_would_bring_is_none() -> None:
    shell = document('<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>')
    assert extract_article(page(shell)) == Rejection(
        outcome=Outcome.NOT_ARTICLE, reason="needs JavaScript: it says 'You need to enable JavaScript to run this app.'"
    )
