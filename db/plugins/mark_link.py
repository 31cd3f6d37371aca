"""Datasette plugin of this folder: the page that a link in an alert leads to; it must not mark anything itself.

A GET asks, for mail scanners follow links; the button's POST leaves the token, as the name of an empty file, in the
spool beside the database. This process has no key: the daemon checks the signature and marks. The form of a token is
told in monitor/alerting/mark_token.py. Without SEEDWATCH_PUBLIC, where no alert has such links, there is no such page.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

from datasette import Response, hookimpl

PUBLIC = "SEEDWATCH_PUBLIC"
MOST = 1_000  # tokens that may wait: the daemon takes them within seconds, and each is an inode
_TOKEN = re.compile(
    r"(?P<letter>[ri])\.(?P<expires>[1-9][0-9]{0,11})\.(?P<alert>msg_[0-9A-Za-z]{27})\.[0-9A-Za-z_-]{43}"
)
_VERDICTS = {"r": "relevant", "i": "irrelevant"}
_PIECE = (
    "SELECT coalesce(a.title, '') AS title, coalesce(alerts.topic, '') AS topic "
    "FROM alerts JOIN articles AS a ON a.id = alerts.article_id WHERE alerts.id = :alert"
)


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Any]]:
    return [(r"/seedwatch/mark/(?P<token>[^/]*)$", page)] if os.environ.get(PUBLIC) else []


async def page(datasette: Any, request: Any) -> Any:
    """Ask on GET, leave the token on POST; what is wrong is said with its status."""
    token = request.url_vars["token"]
    found = _TOKEN.fullmatch(token)
    if request.method not in ("GET", "HEAD", "POST"):
        return await _shown(datasette, request, 405, refused="This page can be read and confirmed, nothing else.")
    if found is None:
        return await _shown(
            datasette, request, 404, refused="This is no link of an alert: it may have been cut on its way."
        )
    verdict, alert = _VERDICTS[found["letter"]], found["alert"]
    if int(found["expires"]) <= time.time():
        return await _shown(
            datasette,
            request,
            410,
            refused=f"This link has expired. On the monitor, seedwatch mark {alert} {verdict} does the same.",
        )
    # A name that our own startup hook gave; by hand there may be more databases, none of them ours.
    database = datasette.get_database("seedwatch")
    piece = (await database.execute(_PIECE, {"alert": alert})).first()
    if piece is None:
        return await _shown(datasette, request, 404, refused="No alert of this monitor has this link.")
    title = "".join(letter for letter in piece["title"] if letter.isprintable())  # no mark that turns its direction
    known = {"verdict": verdict, "title": title, "topic": piece["topic"]}
    if request.method != "POST":
        return await _shown(datasette, request, 200, asks=True, **known)
    fault = leave(Path(f"{database.path}-marks"), token)
    return await _shown(datasette, request, 503 if fault else 202, refused=fault, **known)


def leave(spool: Path, token: str) -> str | None:
    """Put a token into the spool; None, or what a person should know where that cannot be.

    The monitor makes the folder. One that is there already is as good as put.
    """
    try:
        with os.scandir(spool) as waiting:
            count = sum(1 for _ in waiting)
        if count >= MOST and not (spool / token).exists():
            return "Too many marks wait to be taken: the monitor may be off. Please try again later."
        os.close(os.open(spool / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return None
    except OSError:
        return "The mark could not be left for the monitor: its folder is missing or full. Please tell who runs it."
    return None


async def _shown(datasette: Any, request: Any, status: int, **words: Any) -> Any:
    context = {"asks": False, "refused": None, "verdict": None, "title": "", "topic": "", **words}
    html = await datasette.render_template("seedwatch_mark.html", context, request=request)
    headers = {"cache-control": "no-store", **({"retry-after": "60"} if status == 503 else {})}
    return Response.html(html, status=status, headers=headers)
