"""Which address shows which page. db/plugins/pages.py hands these to Datasette; ours stand before Datasette's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from datasette import Response  # type: ignore[import-untyped]

from monitor.pages.serving import POLICY, read_style, respond_trouble
from monitor.pages.views.article import show_article
from monitor.pages.views.changes import show_changes
from monitor.pages.views.feeds import feed_matches, feed_search, feed_story, feed_topic
from monitor.pages.views.health import show_health
from monitor.pages.views.mark import accept_mark
from monitor.pages.views.matches import show_matches, show_search
from monitor.pages.views.overview import show_overview
from monitor.pages.views.source import show_source
from monitor.pages.views.story import show_story
from monitor.pages.views.topic import show_topic
from monitor.storage.connection import OperationalError

View = Callable[..., Awaitable[Any]]

MARK = "/mark"  # the one address that takes a POST; it checks by itself whose form that is
_JSON = r"(?:\.json)?"
_FEED = r"\.(?:atom|feed)"
_NUMBER = r"(?P<number>[0-9]{1,15})"
_NAME = r"(?P<name>[^/]+?)"
_VIEWS: tuple[tuple[str, View], ...] = (
    (r"/(?:overview\.json)?", show_overview),
    (rf"/matches{_JSON}", show_matches),
    (rf"/matches{_FEED}", feed_matches),
    (rf"/search{_JSON}", show_search),
    (rf"/search{_FEED}", feed_search),
    (rf"/article/{_NUMBER}{_JSON}", show_article),
    (rf"/article/{_NUMBER}/changes/(?P<old>[0-9]{{1,9}})/(?P<new>[0-9]{{1,9}}){_JSON}", show_changes),
    (rf"/story/{_NUMBER}{_JSON}", show_story),
    (rf"/story/{_NUMBER}{_FEED}", feed_story),
    (rf"/source/{_NAME}{_JSON}", show_source),
    (rf"/topic/{_NAME}{_FEED}", feed_topic),
    (rf"/topic/{_NAME}{_JSON}", show_topic),
    (r"/health\.json", show_health),
)


def list_routes() -> list[tuple[str, View]]:
    """(regular expression, view) of every page, as the hook `register_routes` wants them."""
    return [(rf"^{pattern}$", guard_view(view)) for pattern, view in _VIEWS] + [
        (rf"^{MARK}$", accept_mark),
        (r"^/pages-[0-9a-f]+\.css$", show_style),
    ]


def guard_view(view: View) -> View:
    """A view that only reads: GET and HEAD, and 503 in plain words where the database cannot be read in time."""

    @wraps(view)
    async def guarded(datasette: Any, request: Any) -> Any:
        if request.method not in ("GET", "HEAD"):
            return Response.text("This page can only be read.", status=405, headers={"allow": "GET, HEAD"})
        try:
            return await view(datasette, request)
        except OperationalError as error:
            return respond_trouble(request, error)

    return guarded


async def show_style() -> Any:
    """The style sheet; its address changes with its content."""
    return Response(
        read_style(),
        content_type="text/css; charset=utf-8",
        headers={"cache-control": "public, max-age=31536000, immutable", "content-security-policy": POLICY},
    )
