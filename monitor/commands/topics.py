"""The commands about topics – learn, topics, rules, backtest, mark – as in `cli`: parsed, printed, imported lazily."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import (
    CommandOptions,
    as_json,
    build_unknown_error,
    follow_progress,
    print_json,
    print_progress,
)
from monitor.errors import SeedError, SeedwatchError

_HELPS = 0.3  # weight of a term that nobody proposed: beside a name it helps, alone it carries nothing


@click.command("learn")
@click.argument("topics", nargs=-1, shell_complete=complete_names("topics"))
@as_json
@click.pass_obj
def learn_command(where: CommandOptions, topics: tuple[str, ...], json_: bool) -> None:
    """Learn the profiles of TOPICS from their seed articles.

    Writes profile.toml beside the seeds, keeping what you edited into it, and says what changed and how many alerts
    a day to expect, as far as the archive tells. Pieces that you marked bear on it, at less weight than seeds.
    Without TOPICS all are learned. The seeds enter the database as baseline articles, which never alert.
    """
    from monitor.commands.output.topics import print_learned
    from monitor.commands.reports.backtest import forecast_thresholds
    from monitor.commands.reports.learn_report import list_advice, list_cures, report_learned
    from monitor.pipeline.archive.archive_judge import ArchiveJudge
    from monitor.pipeline.learn_topic import learn_topic
    from monitor.pipeline.resolve_config import resolve_learned
    from monitor.pipeline.retire import follow_renamed_topics, retire_topics
    from monitor.pipeline.store_seeds import store_seeds
    from monitor.storage import Store
    from monitor.topics.learning.archive_features import NEWEST, ArchiveFeatures

    config = where.load()
    if missing := [name for name in topics if name not in config.topics]:
        raise build_unknown_error("topic", missing[0], config.topics)
    if not config.topics:
        raise SeedwatchError("there is no topic yet: `seedwatch init --topic 'port strikes' --seeds FOLDER` makes one")
    wanted = {name: config.topics[name].folder for name in topics or config.topics}
    folders = {name: folder for name, folder in wanted.items() if folder is not None}
    with Store(Path(config.store.path)) as store:
        with suppress(SeedError), store.write():  # a profile that cannot be read is learned now
            follow_renamed_topics(store, resolve_learned(config).topics, datetime.now(UTC))  # its marks go along
        marks = {name: store.marks.pieces(name) for name in folders}
        pieces = store.archive.list_newest_texts(NEWEST) if folders else []
    archive = ArchiveFeatures(pieces, datetime.now(UTC).date().isoformat())
    results = {
        name: learn_topic(folder, topic=name, marks=marks[name], archive=archive) for name, folder in folders.items()
    }
    running = resolve_learned(config)  # topics that nobody has learned yet must not keep this one's seeds out
    with Store(Path(config.store.path)) as store:
        with store.write():
            retire_topics(store, config.topics, running.topics, datetime.now(UTC))
            planted = store_seeds(store, running, folders, datetime.now(UTC))
        process = store.daemon()
        with ArchiveJudge(config.workers.count, follow_progress) as judge:
            outlooks = {
                topic.name: forecast_thresholds(store, judge, topic)
                for topic in running.topics
                if topic.name in results
            }
    if json_:
        print_json(
            {
                name: {
                    "path": str(learned.path),
                    "fresh": learned.fresh,
                    "changes": learned.changes,
                    "marks": learned.heeded and {**asdict(learned.heeded), "precision": learned.heeded.precision},
                    "spellings": [asdict(pair) for pair in learned.spellings],
                    "profile": asdict(learned.profile),
                    "outlook": outlooks[name],
                    "reach": report_learned(learned, warm_up=config.topics[name].warm_up, pieces=len(pieces)),
                }
                for name, learned in results.items()
            }
        )
    else:
        for name, learned in results.items():
            reach = report_learned(learned, warm_up=config.topics[name].warm_up, pieces=len(pieces))
            advice = list_advice(reach, outlooks[name]["closest"])
            print_learned(learned, outlooks[name], advice, scores=reach["scores"], cures=list_cures(name))
    for name in (name for name in topics if name not in folders):
        count = len(config.topics[name].rules)
        print_progress(
            f"topic {name} has no seeds, only {count} rule{'' if count == 1 else 's'} from config.toml: there is "
            f"nothing to learn. `seedwatch rules test {name}` tries its examples, `seedwatch backtest {name}` the "
            "archive"
        )
    if folders:
        print_progress(f"{planted} seed article{'' if planted == 1 else 's'} new or changed in the database")
    if folders and process is not None:
        print_progress(f"the running daemon takes the profile over on SIGHUP: kill -HUP {process}")


@click.group("rules")
def rules_group() -> None:
    """The rules of topics: try them on their examples."""


@rules_group.command("test")
@click.argument("topic", required=False, shell_complete=complete_names("topics"))
@as_json
@click.pass_obj
def rules_test_command(where: CommandOptions, topic: str | None, json_: bool) -> None:
    """Show what a TOPIC's rules are read as, and try their examples.

    Exit 1 when one fails.

    Without TOPIC all rules are tried.
    """
    from monitor.commands.output.topics import print_readings, print_trials
    from monitor.config.load import try_rule
    from monitor.topics.rules.query_reading import describe_query
    from monitor.topics.rules.rule import parse_rule

    config = where.load(examples=False)
    if topic is not None and topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    wanted = [topic] if topic else list(config.topics)
    read = {
        (name, rule): describe_query(parse_rule(rule, section.query).tree)
        for name in wanted
        for rule, section in config.topics[name].rules.items()
    }
    found = [
        {
            "topic": name,
            "rule": trial.rule,
            "read_as": read[name, rule],
            "example": trial.example.summary,
            "must": trial.example.wanted,
            "matched": trial.matched,
            "ok": trial.passed,
            "found": trial.words,
            "lacking": trial.lacking,
        }
        for name in wanted
        for rule, section in config.topics[name].rules.items()
        for trial in try_rule(rule, section)
    ]
    if json_:
        print_json(found)
    else:
        print_readings(read)
        print_trials(found)
    sys.exit(0 if all(row["ok"] for row in found) else 1)


@click.command("backtest")
@click.argument("topic", shell_complete=complete_names("topics"))
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True, max_open=True), help="Try this threshold.")
@click.option("--profile", type=click.Path(path_type=Path, dir_okay=False), help="Try this profile.toml.")
@click.option("--rule", "queries", multiple=True, metavar="QUERY", help="Try a further rule; may be repeated.")
@click.option(
    "--examples", type=click.IntRange(0, 1_000), default=10, show_default=True, help="Pieces to show of each."
)
@as_json
@click.pass_obj
def backtest_command(
    where: CommandOptions,
    topic: str,
    threshold: float | None,
    profile: Path | None,
    queries: tuple[str, ...],
    examples: int,
    json_: bool,
) -> None:
    """Show what a TOPIC would have matched with other settings.

    The archive is judged twice, as configured and with another threshold, profile or rule: the newest 100,000 pieces
    where it is larger. Reads only.
    """
    from monitor.commands.output.topics import print_backtest
    from monitor.commands.reports.backtest import backtest_topic, propose_topic
    from monitor.pipeline.archive.archive_judge import ArchiveJudge
    from monitor.pipeline.resolve_config import resolve_topic

    config = where.load()
    if topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    section = config.topics[topic]
    present = resolve_topic(topic, section)
    # The configuration's own threshold wins over a profile's when the daemon runs, so it does here.
    tried = section.threshold if threshold is None and profile is not None else threshold
    wanted = propose_topic(present, threshold=tried, profile=profile, rules=queries)
    with where.store(config) as store, ArchiveJudge(config.workers.count, follow_progress) as judge:
        found = backtest_topic(store, judge, present, wanted, examples=examples)
    if json_:
        print_json(found)
    else:
        print_backtest(found)


@click.command("mark")
@click.argument("what", metavar="URL")
@click.argument("verdict", type=click.Choice(["relevant", "irrelevant"]))
@click.option(
    "--topic",
    help="Which topic is meant [default: the only one, or the only one that accepts the piece].",
    shell_complete=complete_names("topics"),
)
@as_json
@click.pass_obj
def mark_command(where: CommandOptions, what: str, verdict: str, topic: str | None, json_: bool) -> None:
    """Mark the stored piece of a URL relevant or irrelevant.

    URL may be an article's number, or an alert's (msg_…), whose topic is then meant. Shows how far each topic agrees
    with the marks. The next `learn` heeds them.
    """
    from monitor.commands.output.topics import print_mark
    from monitor.delivery.marks.record_mark import record_mark

    config = where.load()
    if topic is not None and topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    with where.store() as store:
        found = record_mark(store, what, verdict, topic, config.topics, datetime.now(UTC))
    if json_:
        print_json(found)
    else:
        print_mark(found)


@click.group("topics")
def topics_group() -> None:
    """The topics: what their profiles do not know yet."""


@topics_group.command("suggest")
@click.argument("topic", shell_complete=complete_names("topics"))
@click.option(
    "--days", type=click.IntRange(1), default=30, show_default=True, help="How far back a term counts as new."
)
@as_json
@click.pass_obj
def suggest_command(where: CommandOptions, topic: str, days: int, json_: bool) -> None:
    """Propose terms that have come up beside a TOPIC.

    Shows what pieces of the topic say lately that its profile does not know, with examples and with what adding it
    would have matched in the archive. Nothing is taken by itself: `seedwatch topics add` takes a term. The page of
    the topic shows what was found, until the monitor looks again.
    """
    from monitor.commands.output.topics import print_suggestions
    from monitor.commands.reports.suggest_terms import suggest_terms
    from monitor.pipeline.archive.archive_judge import ArchiveJudge
    from monitor.pipeline.resolve_config import resolve_topic

    config = where.load()
    if topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    wanted = resolve_topic(topic, config.topics[topic])
    with where.store(config) as store, ArchiveJudge(config.workers.count, follow_progress) as judge:
        found = suggest_terms(store, judge, wanted, datetime.now(UTC), days=days)
    if json_:
        print_json(found)
    else:
        print_suggestions(found)


@topics_group.command("add")
@click.argument("topic", shell_complete=complete_names("topics"))
@click.argument("terms", nargs=-1, required=True)
@click.option(
    "--weight",
    type=click.FloatRange(0.05, 1),
    help="How telling, up to 1; as proposed where it was, else 0.3: it helps others.",
)
@as_json
@click.pass_obj
def add_command(where: CommandOptions, topic: str, terms: tuple[str, ...], weight: float | None, json_: bool) -> None:
    """Let TERMS count in a TOPIC.

    They are written into [yours.add] of its profile.toml. A term of several words goes in quotes. It counts as a
    name: from a weight of 0.6 on it can carry a match by itself. The next `seedwatch learn` keeps it; to take it out
    again, delete its line.
    """
    from monitor.pipeline.add_term import add_terms
    from monitor.storage.daemon_lock import Lock

    config = where.load()
    if topic not in config.topics:
        raise build_unknown_error("topic", topic, config.topics)
    if (folder := config.topics[topic].folder) is None:
        raise SeedwatchError(f"topic {topic} has no seeds, only rules: write a rule for it in config.toml")
    proposed: dict[str, float] = {}
    if weight is None and Path(config.store.path).is_file():
        with where.store() as store:
            proposed = store.topics.list_suggested_weights(topic)
    changes = add_terms(folder, terms, proposed if weight is None else {}, _HELPS if weight is None else weight)
    if json_:
        print_json({"topic": topic, "path": str(folder / "profile.toml"), "changes": changes})
    else:
        click.echo("\n".join(changes) or "nothing changed: the topic knows it so already")
    if (process := Lock(Path(config.store.path)).holder()) is not None:
        print_progress(f"the running daemon takes the profile over on SIGHUP: kill -HUP {process}")
