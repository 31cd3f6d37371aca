"""How a page is answered: one consistent read of the database, then HTML or the same document as JSON.

Our pages need no script: their content security policy allows none, and no inline style either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

import jinja2
from datasette import Response  # type: ignore[import-untyped]
from datasette.utils import sqlite_timelimit  # type: ignore[import-untyped]

from monitor.pages.wording import (
    clean_line,
    clean_lines,
    count_noun,
    read_stamp,
    say_shortfall,
    show_age,
    show_day,
    show_number,
    show_span,
    show_time,
)
from monitor.storage import Store
from monitor.storage.connection import Connection, OperationalError
from monitor.storage.pages.clock import read_clock

T = TypeVar("T")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PUBLIC = "SEEDWATCH_PUBLIC"  # `[pages] public`: the address people know the pages by
DATABASE = "seedwatch"  # the name that the startup hook of db/plugins/seedwatch.py gives our database
_LIMIT = 5_000  # milliseconds a page may read; the slowest took a tenth of it with a million articles
COLOURS = 8  # topic colours in the style sheet; the ninth topic begins anew


class PageReading(NamedTuple):
    """What a page reads from: the store's parts over a read-only connection, its clock, whether that stands still."""

    store: Store
    now: datetime
    simulated: bool


async def read_database(datasette: Any, work: Callable[[PageReading], T]) -> T:
    """Run `work` on a connection of Datasette's, in one read transaction, so that all numbers of a page agree."""
    database = datasette.get_database(DATABASE)

    def reading(connection: Connection) -> T:
        connection.execute("BEGIN")
        try:
            with sqlite_timelimit(connection, _LIMIT):
                now, simulated = read_clock(connection)
                return work(PageReading(Store.reading(connection, Path(database.path)), now, simulated))
        finally:
            connection.execute("ROLLBACK")

    found: T = await database.execute_fn(reading)
    return found


def respond(
    request: Any, template: str, document: Mapping[str, Any], *, title: str, status: int = 200, **shown: Any
) -> Any:
    """The document as HTML by `template`, or as JSON where the address ends in .json; `shown` is for the HTML only."""
    if request.path.endswith(".json"):
        return respond_json(document, status=status)
    page = _environment().get_template(template)
    context = {
        **shown,
        "page": document,
        "title": title,
        "root": root_of(request.path),
        "now": read_stamp(document.get("at")),
        "as_json": json_address(request),
        "q": request.args.get("q") or "",
        "style": style_address(),
    }
    return Response(
        page.render(context),
        status=status,
        content_type="text/html; charset=utf-8",
        headers={"content-security-policy": POLICY, "cache-control": "no-store"},
    )


def respond_json(document: Any, *, status: int = 200, content_type: str = "application/json; charset=utf-8") -> Any:
    """A document as JSON; never kept by a cache, for it changes with every poll."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    return Response(
        text,
        status=status,
        content_type=content_type,
        headers={"content-security-policy": POLICY, "cache-control": "no-store"},
    )


def respond_missing(request: Any, what: str) -> Any:
    """404 in the same dress, with the way home."""
    return respond(request, "missing.html", {"error": what}, title="Not found", status=404)


def respond_trouble(request: Any, error: OperationalError) -> Any:
    """503 where the database could not be read in time; the monitor itself is not touched by that."""
    said = f"The database could not be read: {error}. Try again; `seedwatch doctor` looks closer."
    return respond(request, "missing.html", {"error": said}, title="Not available", status=503)


def root_of(path: str) -> str:
    """The way from a page back to the root, relative: a proxy may serve the pages below a path of its own."""
    return "../" * (path.count("/") - 1) or "./"


def json_address(request: Any) -> str:
    """Where the same page is JSON, relative to it."""
    name = request.path.rsplit("/", 1)[-1] or "overview"
    return f"{name}.json" + (f"?{request.query_string}" if request.query_string else "")


def link_to(*parts: str | int, **query: str | None) -> str:
    """An address below the root, every part and value quoted; values that are None or empty are left out."""
    found = "/".join(quote(str(part), safe="") for part in parts)
    words = urlencode({name: value for name, value in query.items() if value})
    return f"{found}?{words}" if words else found


@cache
def read_style() -> bytes:
    """The style sheet of our pages."""
    return (files("monitor.pages") / "static" / "pages.css").read_bytes()


@cache
def style_address() -> str:
    """Its address below the root, which changes with its content so that browsers may keep it."""
    return f"pages-{hashlib.sha256(read_style()).hexdigest()[:12]}.css"


def topic_classes(topics: list[str]) -> dict[str, str]:
    """The CSS class of each topic, by which it has one colour on all pages."""
    return {name: f"t{at % COLOURS}" for at, name in enumerate(topics)}


@cache
def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("monitor.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "age": show_age,
        "time": show_time,
        "span": show_span,
        "number": show_number,
        "line": clean_line,
        "day": show_day,
        "shortfall": say_shortfall,
        "pretty": lambda value: clean_lines(json.dumps(value, ensure_ascii=False, indent=2)),
    }
    found.globals |= {"count": count_noun, "link": link_to}
    return found
