"""`/mark`: takes the token of a button into the spool, for the monitor to mark; it must not write the database."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from datasette import Response  # type: ignore[import-untyped]

from monitor.alerting.page_token import verify_page_mark
from monitor.delivery.marks.spool import leave_token
from monitor.pages.mark_desk import is_own_form, open_mark_desk
from monitor.pages.serving import POLICY, respond

_MOST = 10_000  # bytes of a form; ours have some 300, many times that after a search in Chinese
_BACK = re.compile(r"(?:matches|search|article/[0-9]{1,15}|topic/[^/?#\s]{1,200})(?:\?[^#\s]{0,2000})?", re.ASCII)
_REFUSED = {
    "malformed": (400, "This is no mark of these pages."),
    "forged": (
        403,
        "This mark was not made by these pages, or their key was changed: go back and load the page again.",
    ),
    "expired": (410, "The page was open for more than a day: go back and load it again."),
}


async def accept_mark(datasette: Any, request: Any) -> Any:
    """A POST of `token` and `back`, the page to return to."""
    if request.method != "POST":
        return Response.text("Marks are sent by the buttons of a page.", status=405, headers={"allow": "POST"})
    desk = open_mark_desk(datasette, request)
    if desk is None or not is_own_form(request):
        return _refuse(request, 403, "Marks are taken from the buttons of these pages only.")
    length = request.headers.get("content-length") or ""
    if not length.isdecimal() or int(length) > _MOST:
        return _refuse(request, 413 if length.isdecimal() else 411, "This is no form of these pages.")
    form = parse_qs((await request.post_body()).decode("utf-8", "replace"))
    token, back = (form.get(name, [""])[0] for name in ("token", "back"))
    said = verify_page_mark(token, desk.key, datetime.now(UTC))
    if isinstance(said, str):
        return _refuse(request, *_REFUSED[said])
    try:
        left = leave_token(desk.spool, token)
    except OSError:
        return _refuse(request, 503, "The mark could not be left for the monitor: its folder is missing or full.")
    if not left:
        return _refuse(request, 503, "Too many marks wait to be taken: the monitor may be off. Please try again later.")
    place = back if _BACK.fullmatch(back) else f"article/{said.article}"
    headers = {
        "location": f"{place}#piece-{said.article}",
        "cache-control": "no-store",
        "content-security-policy": POLICY,
    }
    return Response("", status=303, headers=headers)


def _refuse(request: Any, status: int, said: str) -> Any:
    return respond(request, "missing.html", {"error": said}, title="Not marked", status=status)
