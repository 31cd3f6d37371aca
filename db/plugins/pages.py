"""Datasette plugin of this folder: the pages of seedwatch itself, the overview first.

They live in the package (monitor/pages), so that an upgrade reaches them: what `seedwatch init` laid here stays as it
was laid.
"""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from monitor.pages.routes import MARK, list_routes


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    return list_routes()


@hookimpl
def skip_csrf(scope: dict[str, Any]) -> bool:
    """Our own form brings a signed token in place of Datasette's cookie."""
    return bool(scope["type"] == "http" and scope["path"] == MARK)
