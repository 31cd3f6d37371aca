"""The commands about stories, as in `cli`: parsed, printed, imported lazily."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.console import Where, as_json, document


@click.group()
def stories() -> None:
    """Say which pieces are one story: part one, or make two one."""


@stories.command("split")
@click.argument("pieces", metavar="URL...", nargs=-1, required=True)
@as_json
@click.pass_obj
def split(where: Where, pieces: tuple[str, ...], json_: bool) -> None:
    """Give stored pieces a story of their own.

    Every copy of their texts goes with them. The two stories are told apart from then on, and are made one again by
    `stories merge` only. `seedwatch explain --story` shows what was done.
    """
    from monitor import regroup

    with where.store() as store:
        done = regroup.split(store, pieces, datetime.now(UTC))
    if json_:
        document(done)
        return
    count = len(done["articles"])
    click.echo(f"story {done['new_story']}: {count} piece{'' if count == 1 else 's'} parted from story {done['story']}")


@stories.command("merge")
@click.argument("story", type=click.IntRange(1))
@click.argument("other", type=click.IntRange(1))
@as_json
@click.pass_obj
def merge(where: Where, story: int, other: int, json_: bool) -> None:
    """Make the story numbered OTHER a part of STORY.

    Its number stands for STORY from then on; `seedwatch explain URL` names the story of a piece.
    """
    from monitor import regroup

    with where.store() as store:
        done = regroup.merge(store, story, other, datetime.now(UTC))
    if json_:
        document(done)
        return
    click.echo(f"story {done['merged']} is part of story {done['story']}")
