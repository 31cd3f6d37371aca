"""The commands about stories, as in `cli`: parsed, printed, imported lazily."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.commands.console import CommandOptions, as_json, print_json


@click.group("stories")
def stories_group() -> None:
    """Say which pieces are one story: part one, or make two one."""


@stories_group.command("split")
@click.argument("pieces", metavar="URL...", nargs=-1, required=True)
@as_json
@click.pass_obj
def split_command(where: CommandOptions, pieces: tuple[str, ...], json_: bool) -> None:
    """Give stored pieces a story of their own.

    Every copy of their texts goes with them. The two stories are told apart from then on, and are made one again by
    `stories merge` only. `seedwatch explain --story` shows what was done.
    """
    from monitor.commands.reports.correct_story import split_story

    with where.store() as store:
        done = split_story(store, pieces, datetime.now(UTC))
    if json_:
        print_json(done)
        return
    count = len(done["articles"])
    click.echo(f"story {done['new_story']}: {count} piece{'' if count == 1 else 's'} parted from story {done['story']}")


@stories_group.command("merge")
@click.argument("story", type=click.IntRange(1))
@click.argument("other", type=click.IntRange(1))
@as_json
@click.pass_obj
def merge_command(where: CommandOptions, story: int, other: int, json_: bool) -> None:
    """Make the story numbered OTHER a part of STORY.

    Its number stands for STORY from then on; `seedwatch explain URL` names the story of a piece.
    """
    from monitor.commands.reports.correct_story import merge_stories

    with where.store() as store:
        done = merge_stories(store, story, other, datetime.now(UTC))
    if json_:
        print_json(done)
        return
    click.echo(f"story {done['merged']} is part of story {done['story']}")
