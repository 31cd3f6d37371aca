"""Datasette plugin of this folder: headers, safe cells, safe CSV, one database name; it must not write anything.

Only hooks that Datasette 0.65 and 1.0 both have. Pages of 0.65 carry three inline scripts; they are allowed by
their hashes, taken from Datasette's own templates at start, so that no other inline script runs.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import ipaddress
import os
import re
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import datasette as package
from datasette import hookimpl
from datasette.database import Database
from datasette.utils import tilde_encode
from markupsafe import Markup

Scope = dict[str, Any]
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PUBLIC = "SEEDWATCH_PUBLIC"
CSP = b"content-security-policy"
NAME = "seedwatch"  # the key of metadata.yaml under `databases`, whatever the file is called
_TEMPLATES = Path(package.__file__).parent / "templates"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_CELL = re.compile(r"[=+\-@\t\r]")
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{3}Z")
_ROWS = {"article": "articles", "copy_of": "articles", "alert": "alerts"}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def _hashes() -> list[str]:
    """`'sha256-…'` of every inline script in Datasette's templates that does not vary from page to page."""
    scripts = ["DATASETTE_ALLOW_FACET = true;", "DATASETTE_ALLOW_FACET = false;"]
    for name in ("_close_open_menus.html", "_codemirror_foot.html"):
        path = _TEMPLATES / name
        scripts += _INLINE.findall(path.read_text(encoding="utf-8")) if path.exists() else []
    return [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]


def policy() -> str:
    """The tightest content security policy Datasette's own pages work with: inline styles, no inline script."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(_hashes())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def neutral(text: str) -> str:
    """CSV rows whose cells no spreadsheet takes for a formula: `'` before = + - @, tab and return; numbers stay."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(text, newline="")):
        writer.writerow(["'" + cell if _CELL.match(cell) and not _NUMBER.fullmatch(cell) else cell for cell in row])
    return out.getvalue()


def plain(text: str) -> str:
    """Text without control characters (line breaks and tabs stay) and without marks that turn its direction."""
    return "".join(c for c in text if c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in _DIRECTION))


_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _stranger(scope: Scope, hosts: frozenset[str]) -> bool:
    """Whether a page served on loopback was asked for under a foreign name: a rebound DNS name reads as ours."""
    server = scope.get("server") or ("", None)
    if not _loopback(server[0]):
        return False
    named = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    try:
        host = urlsplit(f"//{named}").hostname
    except ValueError:
        return True
    return not _loopback(host) and host not in hosts


@hookimpl
def startup(datasette: Any) -> None:
    """Show the one database there is under the name that our metadata describes."""
    files = [(name, db) for name, db in datasette.databases.items() if db.path]
    if len(files) == 1 and files[0][0] != NAME:
        datasette.remove_database(files[0][0])
        datasette.add_database(Database(datasette, path=files[0][1].path, is_mutable=files[0][1].is_mutable), name=NAME)


@hookimpl
def render_cell(value: Any, column: str, table: str | None, database: str, datasette: Any) -> str | None:
    """Clean text, and in our questions (no table) numbers that lead to their row and times a person can read.

    None leaves the cell to Datasette; what is no Markup is escaped there.
    """
    if table is None and column in _ROWS and value is not None:
        url = datasette.urls.row(database, _ROWS[column], tilde_encode(str(value)))
        return Markup('<a href="{}">{}</a>').format(url, value)
    if isinstance(value, dict) and isinstance(value.get("label"), str):  # a foreign key, shown by its label
        value["label"] = plain(value["label"])  # in place: Datasette builds the link from this very object
    if not isinstance(value, str):
        return None
    if table is None and (stamp := _STAMP.fullmatch(value)):
        return Markup('<time datetime="{}">{} {}</time>').format(value, stamp[1], stamp[2])
    cleaned = plain(value)
    return cleaned if cleaned != value else None


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Refuse rebound names, add the headers, neutralise CSV."""
    extra = [
        (CSP, policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    names = {name for name, _ in extra}
    public = urlsplit(os.environ.get(PUBLIC, "")).hostname  # `[pages] public`: see mark_link.py
    hosts = frozenset((*(datasette.plugin_config(NAME) or {}).get("hosts", ()), *([public] if public else [])))

    def wrap(app: App) -> App:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            as_csv = scope["path"].endswith(".csv")

            async def guarded(message: Message) -> None:
                if message["type"] == "http.response.start":
                    kept = [(n, v) for n, v in message.get("headers", ()) if n.lower() not in names - {CSP}]
                    # Our own pages bring a policy of their own, which allows less; no page of Datasette's has one.
                    added = [(n, v) for n, v in extra if n != CSP or CSP not in {name.lower() for name, _ in kept}]
                    message = {**message, "headers": [*kept, *added]}
                elif as_csv and message.get("body"):  # Datasette sends a row a message
                    message = {**message, "body": neutral(message["body"].decode("utf-8")).encode("utf-8")}
                await send(message)

            if _stranger(scope, hosts):
                await guarded(
                    {
                        "type": "http.response.start",
                        "status": 421,
                        "headers": [(b"content-type", b"text/plain; charset=utf-8")],
                    }
                )
                await guarded(
                    {
                        "type": "http.response.body",
                        "body": b"These pages are served on this machine only; for a proxy, name its host under "
                        b"plugins: seedwatch: hosts: in metadata.yaml.\n",
                    }
                )
                return
            await app(scope, receive, guarded)

        return wrapped

    return wrap
