"""Says what an HTTP answer alone rules out, before anything is parsed: walls, statuses, types, sizes.

Feeds and pages are both checked here. It must let through whatever it is not sure of.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitor.model.page import Outcome, Page, Rejection
from monitor.text.html_text import is_html
from monitor.text.urls import parse_host

# Of 940 pages six are larger than 2 MB, most of that scripts and data; they are read in 5 to 38 ms. What makes a page
# slow is its elements, and those have a cap of their own.
MAX_BYTES = 10_000_000

# Answers that may be other on the next try; everything else in 4xx is the server's settled opinion.
_AGAIN = frozenset({408, 421, 423, 425, 429})
_BARRED = frozenset({401, 403, 407, 451})

# Pages that check the visitor instead of answering. They are small: the real ones have 0.5 to 12 kB, and a report
# *about* such a page is larger than the cap or lacks these strings.
_CHALLENGE_BYTES = 30_000
# In lower case, as pages are looked at: an expression that ignores case was a tenth of what a reader took.
_CHALLENGES = (
    ("Servicepipe", (b"id_captcha_frame_div", b"servicepipe.ru/static/checkjs", b"url=/exhkqyad")),
    (
        "Cloudflare",
        (b"<title>just a moment...", b"cf-browser-verification", b"cf_chl_opt", b"attention required! | cloudflare"),
    ),
    ("DataDome", (b"captcha-delivery.com/c", b"captcha-delivery.com/interstitial")),
    ("HUMAN", (b"px-captcha", b"_pxappid")),
    ("Imperva", (b"_incapsula_resource", b"incapsula incident id")),
    ("Akamai", (b"errors.edgesuite.net", b"sec-if-cpt-container")),
    ("AWS WAF", (b"token.awswaf.com", b"awswafintegration")),
    ("DDoS-Guard", (b"/.well-known/ddos-guard/", b"<title>ddos-guard")),
    ("Qrator", (b"__qrator", b"qauth_handle_validate")),
    ("Sucuri", (b"sucuri_cloudproxy_js",)),
    ("Yandex SmartCaptcha", (b"/showcaptcha?", b"smart-captcha")),
)
_ANSWERED = frozenset({200, 202, 401, 403, 429, 503})  # statuses that challenges are sent with

_CONSENT_ADDRESS = re.compile(
    r"//(?:consent|guce|cmp|privacy-mgmt)\.|/(?:collectconsent|cookie-?wall|consent)(?:[/?]|$)", re.I
)
_LOGIN_ADDRESS = re.compile(r"/(?:log-?in|sign-?in|wp-login\.php|sso|auth)(?:[/?.]|$)", re.I)


def reject_answer(page: Page) -> Rejection | None:
    """What the answer alone rules out, before anything is parsed: a wall, a status, a type, a size."""
    small = page.status in _ANSWERED and len(page.body) <= _CHALLENGE_BYTES
    if small and (name := _find_challenge(page.body.lower())) is not None:
        return Rejection(outcome=Outcome.BLOCKED, reason=f"{name} challenge page, status {page.status}")
    if page.headers.get("cf-mitigated", "").lower() == "challenge":
        return Rejection(outcome=Outcome.BLOCKED, reason=f"Cloudflare challenge, status {page.status}")
    if (by_status := _of_status(page.status)) is not None:
        return by_status
    kind = page.content_type.split(";")[0].strip().lower()
    # A server may call its pages text/plain or nothing known; what begins as HTML is read as such.
    if kind and kind not in ("text/html", "application/xhtml+xml") and not is_html(page.body):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"content type {kind} is not HTML")
    if len(page.body) > MAX_BYTES:
        reason = f"{len(page.body):,} bytes, more than {MAX_BYTES:,}"
        return Rejection(outcome=Outcome.TOO_LARGE, reason=reason)
    if _CONSENT_ADDRESS.search(page.final_url) and not _CONSENT_ADDRESS.search(page.url):
        return Rejection(outcome=Outcome.CONSENT, reason=f"redirected to {parse_host(page.final_url)} for consent")
    if _LOGIN_ADDRESS.search(urlsplit(page.final_url).path) and not _LOGIN_ADDRESS.search(urlsplit(page.url).path):
        return Rejection(outcome=Outcome.NOT_ARTICLE, reason=f"redirected to a login page: {page.final_url}")
    return None


def _find_challenge(lowered: bytes) -> str | None:
    """Whose challenge a page is, by the mark that comes first in it; None where it has none."""
    places = [(place, name) for name, marks in _CHALLENGES for mark in marks if (place := lowered.find(mark)) >= 0]
    return min(places)[1] if places else None


def _of_status(status: int) -> Rejection | None:
    if status in (404, 410):
        return Rejection(outcome=Outcome.GONE, reason=f"status {status}")
    if status == 402:
        return Rejection(outcome=Outcome.PAYWALL, reason="status 402, payment required")
    if status in _BARRED:
        return Rejection(outcome=Outcome.BLOCKED, reason=f"status {status}")
    if status in (204, 205):
        return Rejection(outcome=Outcome.NO_TEXT, reason=f"status {status}, no content")
    if not 200 <= status < 300:
        advice = "may pass" if status in _AGAIN or status >= 500 else "unexpected"
        return Rejection(outcome=Outcome.FAILED, reason=f"status {status}, {advice}")
    return None
