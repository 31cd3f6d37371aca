"""The commands on what is stored: `matches`, `search` and `export` read it, `articles remove` takes a piece out."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import CommandOptions, as_json, build_unknown_error, print_json, print_progress

_SINCE = click.option("--since", type=click.DateTime(), help="Only what came since then (UTC).")
_LIMIT = click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="Else all, with --json or --csv."
)
_JSON = click.option("--json", "json_", is_flag=True, help="Print one JSON list.")
_CSV = click.option("--csv", "csv_", is_flag=True, help="Print CSV, its cells no formulas.")


@click.command("matches")
@click.option("--topic", help="Only of this topic.", shell_complete=complete_names("topics"))
@click.option("--source", help="Only of this source.", shell_complete=complete_names("sources"))
@_SINCE
@click.option("--near", is_flag=True, help="Near misses: pieces below the threshold, as far as they are kept.")
@_LIMIT
@_JSON
@_CSV
@click.pass_context
def matches_command(
    context: click.Context,
    topic: str | None,
    source: str | None,
    since: datetime | None,
    near: bool,
    limit: int,
    json_: bool,
    csv_: bool,
) -> None:
    """Pieces that match, the latest first, with score and evidence."""
    from monitor.commands.output.rows import print_pieces, write_rows

    where: CommandOptions = context.obj
    config = where.load()
    if topic is not None and topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    if source is not None and source not in config.sources:
        raise build_unknown_error("source", source, config.sources)
    whole = (json_ or csv_) and not _given(context, "limit")
    with where.store() as store:
        rows = store.exports.matches(
            topic=topic, source=source, since=_utc(since), near=near, limit=-1 if whole else limit
        )
        count = write_rows(rows, "csv" if csv_ else "json") if json_ or csv_ else print_pieces(rows)
    if not count:
        print_progress("no near misses" if near else "no matches")


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--source", help="Only in pieces of this source.", shell_complete=complete_names("sources"))
@_LIMIT
@_JSON
@_CSV
@click.pass_context
def search_command(
    context: click.Context, words: tuple[str, ...], source: str | None, limit: int, json_: bool, csv_: bool
) -> None:
    """Find stored pieces by WORDS, the best first.

    All WORDS have to stand in headline, lead or text; accents and case do not count, and a word may end in *.
    """
    from monitor.commands.output.rows import print_pieces, write_rows

    where: CommandOptions = context.obj
    whole = (json_ or csv_) and not _given(context, "limit")
    with where.store() as store:
        rows = store.exports.search(" ".join(words), source=source, limit=-1 if whole else limit)
        count = write_rows(rows, "csv" if csv_ else "json") if json_ or csv_ else print_pieces(rows)
    if not count:
        print_progress("nothing is stored with these words")


@click.command("export")
@click.argument("what", type=click.Choice(["articles", "matches", "stories"]))
@click.option("--format", "form", type=click.Choice(["ndjson", "json", "csv"]), default="ndjson", show_default=True)
@_SINCE
@click.pass_obj
def export_command(where: CommandOptions, what: str, form: str, since: datetime | None) -> None:
    """Write all that is stored to stdout, a row at a time.

    Articles have their texts. CSV cells are no formulas. For a copy of the database itself see docs/operations.md.
    """
    from monitor.commands.output.rows import write_rows

    with where.store() as store:
        exports = store.exports
        rows = {"articles": exports.articles, "matches": exports.matches, "stories": exports.stories}[what]
        write_rows(rows(since=_utc(since)), form)


def _given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


@click.group("articles")
def articles_group() -> None:
    """Take stored pieces out for good."""


@articles_group.command("remove")
@click.argument("what", metavar="URL")
@click.option("--reason", help="For the record, as in 'request of 2 March'; no words of the piece.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@click.pass_context
def remove_command(context: click.Context, what: str, reason: str | None, yes: bool, json_: bool) -> None:
    """Remove the text of a URL and all its versions for good.

    As the law may ask; nothing brings them back.

    Text, headline, versions, evidence, kept pages and what alerts quote of it go, also from the search and from what
    tells its story. Its address, its names and hashes of its texts stay, so that it is neither fetched nor stored
    again, and the record of the removal. Alerts that wait are not sent. Copies of the text by others, and copies of
    the database, are named: they are yours to remove.

    The file is written anew; a running daemon waits for that. Exit 1 where it could not be done: the same command does
    it later.
    """
    from monitor.commands.reports.remove_article import remove_article

    if not yes:
        click.confirm(f"remove {what} for good?", abort=True, err=True)
    where: CommandOptions = context.obj
    with where.store() as store:
        done = remove_article(store, what, reason, datetime.now(UTC))
    if json_:
        print_json(done)
    else:
        versions, alerts = done["versions"], done["alerts"]
        click.echo(
            f"removed {done['url']}: {versions} version{'' if versions == 1 else 's'}, "
            f"{alerts} alert{'' if alerts == 1 else 's'} redacted"
        )
    for url in done["copies"]:
        print_progress(f"another piece repeats the text: seedwatch articles remove {url}")
    for path in done["backups"]:
        print_progress(f"a copy of the database still holds it: {path}")
    if not done["swept"]:
        print_progress("deleted words may still stand in the file: run it again when nothing else uses the database")
        context.exit(1)
