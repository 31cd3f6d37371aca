"""What a shell proposes for the names that a configuration holds; it must stay light: it runs at every press of Tab.

A configuration that is missing, or broken while somebody writes it, proposes nothing: a shell has no place for errors.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import tomli

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def complete_names(table: str) -> Completer:
    """A completer of the names in a table of config.toml: "sources", "topics", "channels" or "alerts"."""

    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        from monitor.config.load import locate_config

        given = context.find_root().params.get("config")
        try:
            names = tomli.loads(locate_config(Path(given) if given else None).read_text("utf-8")).get(table)
        except (OSError, ValueError):
            return []
        return [name for name in names if name.startswith(begun)] if isinstance(names, dict) else []

    return complete
