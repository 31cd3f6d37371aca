"""The commands about stories, as in `cli`: parsed, printed, imported lazily."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from monitor.commands.console import CommandOptions, as_json, fail_command, print_json


@click.group("stories")
def stories_group() -> None:
    """Say which pieces are one story; mute a story."""


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


@stories_group.command("mute")
@click.argument("story", type=click.IntRange(1))
@click.option("--for", "span", metavar="7d", help="How long, as in 12h or 7d; for good where it is left out.")
@as_json
@click.pass_obj
def mute_(where: CommandOptions, story: int, span: str | None, json_: bool) -> None:
    """Hear no more of a STORY; it goes on being followed and stored.

    Its alerts are held with that reason (`seedwatch alerts list --state held`). A retraction still goes out.
    """
    now = datetime.now(UTC)
    until = None if span is None else now + _duration(span)
    with where.store() as store, store.write():
        number = store.stories.resolve(story)
        if not store.lineage.story(number):
            fail_command(f"there is no story {story}: `seedwatch explain URL` names the story of a piece")
        store.stories.mute(number, now, until)
    if json_:
        print_json(
            {"story": number, "muted": True, "until": None if until is None else until.isoformat(timespec="seconds")}
        )
        return
    click.echo(f"story {number} is muted" + ("" if until is None else f" until {until:%Y-%m-%d %H:%M} UTC"))


@stories_group.command("unmute")
@click.argument("story", type=click.IntRange(1))
@as_json
@click.pass_obj
def unmute(where: CommandOptions, story: int, json_: bool) -> None:
    """Hear of a STORY again; what was held meanwhile stays held."""
    with where.store() as store, store.write():
        number = store.stories.resolve(story)
        was = store.stories.unmute(number)
    if json_:
        print_json({"story": number, "muted": False, "was": was})
        return
    click.echo(f"story {number} alerts again" if was else f"story {number} was not muted")


def _duration(text: str) -> timedelta:
    from monitor.config.schema_types import parse_duration

    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--for") from None
    return timedelta(seconds=int(str(seconds)))
