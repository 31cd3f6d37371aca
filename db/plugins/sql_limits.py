"""Datasette plugin of this folder: what a stranger's SQL may use, and who may ask it; it must not write anything.

`sql_time_limit_ms` of settings.json ends what takes long between two steps of SQLite; one step alone may make a text
of a gigabyte. The heap limit ends that, for all connections of this process together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from datasette import Response, hookimpl

Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

HEAP = 256_000_000  # bytes for all of SQLite in this process; the largest page of ours needs a tenth
_SQL = ("sql", "_where")  # query parameters that carry SQL
_REFUSED = b"SQL is taken from these pages and from the address bar, not from links of other sites.\n"


@hookimpl
def prepare_connection(conn: Any) -> None:
    """SQLite gives "out of memory" instead of more; a limit that stands already is never raised."""
    conn.execute(f"PRAGMA hard_heap_limit = {HEAP}")


@hookimpl
def handle_exception(exception: Exception) -> Any:
    """A question that met the limit is the asker's fault: no trace in the log, and a word."""
    if not isinstance(exception, MemoryError):
        return None
    return Response.text("This question needs more memory than these pages give one.\n", status=400)


def carries_sql(query: bytes) -> bool:
    """Whether the query of an address holds SQL of the asker's own."""
    return any(name in _SQL for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))


def is_foreign(headers: dict[bytes, bytes]) -> bool:
    """Whether a browser says that another site makes it ask: by Sec-Fetch-Site, or by an Origin that is not ours.

    What says neither is no browser of today, or an address that a person typed.
    """
    site = headers.get(b"sec-fetch-site", b"none")
    if site not in (b"none", b"same-origin"):
        return True
    origin = headers.get(b"origin")
    return origin is not None and urlsplit(origin).netloc != headers.get(b"host", b"")


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Refuse SQL that another site has a browser send."""

    def wrap(app: App) -> App:
        async def wrapped(scope: Scope, receive: Any, send: Send) -> None:
            if scope["type"] == "http" and carries_sql(scope["query_string"]) and is_foreign(dict(scope["headers"])):
                headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
                await send({"type": "http.response.start", "status": 403, "headers": headers})
                await send({"type": "http.response.body", "body": _REFUSED})
                return
            await app(scope, receive, send)

        return wrapped

    return wrap
