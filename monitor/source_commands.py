"""The commands about sources – `sources list | pause | resume | poll`; they must not fetch, a daemon does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.console import Where, as_json, document, tell, unknown

if TYPE_CHECKING:
    from monitor.store import Store


@click.group()
def sources() -> None:
    """List sources; pause and resume them; have one polled."""


@sources.command("list")
@as_json
@click.pass_obj
def list_(where: Where, json_: bool) -> None:
    """Every source: its state, its last answer, its next turn."""
    from monitor import show
    from monitor.status import sources as rows

    now = datetime.now(UTC)
    with where.store() as store:
        found = rows(store, now)
    if json_:
        document(found)
    else:
        show.sources(found, now)


@sources.command("pause")
@click.argument("source")
@click.pass_obj
def pause(where: Where, source: str) -> None:
    """Ask SOURCE nothing until `sources resume`.

    Restarts change nothing of it; its articles stay, and what is due for delivery goes out.
    """
    with where.store() as store:
        _known(store, source)
        with store.write():
            paused = store.sources.pause(source, datetime.now(UTC))
    tell(f"{source} is paused" if paused else f"{source} was paused already")


@sources.command("resume")
@click.argument("source")
@click.pass_obj
def resume(where: Where, source: str) -> None:
    """Ask SOURCE again, at once, all its endpoints.

    Whether it was paused, has said that it is gone for good, or is asked less often because it failed.
    What it published in the meantime is found as after any outage, and what cannot be found shows as a gap.
    """
    with where.store() as store:
        _known(store, source)
        with store.write():
            store.sources.resume(source, datetime.now(UTC))
        _soon(store, source)


@sources.command("poll")
@click.argument("source")
@click.pass_obj
def poll(where: Where, source: str) -> None:
    """Have a running daemon poll SOURCE now, whatever its next turn."""
    with where.store() as store:
        _known(store, source)
        if store.sources.row(source)["paused_at"] is not None:
            raise click.UsageError(f"{source} is paused; `seedwatch sources resume {source}` asks it again")
        with store.write():
            store.sources.hurry(source, datetime.now(UTC))
        _soon(store, source)


def _known(store: Store, source: str) -> None:
    names = [row["name"] for row in store.sources.all()]
    if source not in names:
        raise unknown("source", source, names)


def _soon(store: Store, source: str) -> None:
    if store.daemon() is None:
        tell(f"{source} is due; no daemon runs: `seedwatch run` or `seedwatch once {source}` asks it")
    else:
        tell(f"{source} is due; the daemon asks it within seconds, unless its host wants to be left alone")
