"""The command line: each command parses its words, calls one function and prints; heavy imports are lazy.

Data goes to stdout, the rest to stderr. Exit codes: 0 good, 1 failed, 2 usage, 78 configuration.
"""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from monitor import __version__
from monitor.errors import ConfigError, SeedError, SeedwatchError

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Store

EX_CONFIG = 78  # sysexits.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The options every command shares."""

    config: Path | None
    database: Path | None

    def path(self) -> Path:
        from monitor.config import config_path

        return config_path(self.config)

    def load(self) -> Config:
        from monitor.config import load

        return load(self.path(), database=self.database)

    def store(self) -> Store:
        from monitor.store import Store

        return Store(Path(self.load().store.path))


def fail(message: str, code: int = 1) -> NoReturn:
    """One clear message on stderr and out."""
    click.echo(message, err=True)
    sys.exit(code)


def document(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell(line: str) -> None:
    """A line for the person watching."""
    click.echo(line, err=True)


as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document.")


class Commands(click.Group):
    """Turns our errors into one message and an exit code; anything else is a fault of ours and shows its trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigError, SeedError) as error:
            fail(str(error), EX_CONFIG)
        except SeedwatchError as error:
            fail(str(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="seedwatch")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), help="Configuration [default: config.toml here]."
)
@click.option("--db", type=click.Path(path_type=Path, dir_okay=False), help="Database, instead of [store] path.")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
@click.pass_context
def main(ctx: click.Context, config: Path | None, db: Path | None, log_level: str) -> None:
    """Drop a few articles into seeds/ and get a news monitor whose alerts are never lost."""
    ctx.obj = Where(config=config, database=db)
    logging.basicConfig(
        level=log_level.upper(),
        stream=sys.stderr,
        format="%(asctime)s.%(msecs)03dZ level=%(levelname)s logger=%(name)s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    logging.Formatter.converter = lambda *_: datetime.now(UTC).timetuple()
    for noisy in (
        "scrapy",
        "twisted",
        "httpx",
        "httpcore",
        "trafilatura",
        "asyncio",
        "filelock",
        "htmldate",
        "courlan",
    ):
        logging.getLogger(noisy).setLevel(logging.ERROR)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def init(folder: Path) -> None:
    """Lay config.toml, seeds/ and db/ in a FOLDER, keeping what is there."""
    from monitor.setup import lay

    for laid in lay(folder):
        tell(f"{'wrote' if laid.written else 'kept '} {laid.path}")
    tell("next: put your own articles into seeds/, then `seedwatch learn` and `seedwatch run --pages`")


@main.command()
@click.option("--pages", is_flag=True, help="Serve the Datasette pages too, as a process of their own.")
@click.pass_obj
def run(where: Where, pages: bool) -> None:
    """Run the daemon until SIGTERM or Ctrl-C; SIGHUP reloads the configuration."""
    from monitor.doctor import Verdict, floors

    below = [check for check in floors() if check.verdict is Verdict.FAIL]
    if below:
        raise SeedwatchError("\n".join(f"{check.name}: {check.detail}: {check.cure}" for check in below))
    from monitor import daemon

    daemon.run(where.path(), where.database, pages=pages, announce=tell)


@main.command()
@click.argument("sources", nargs=-1)
@as_json
@click.pass_obj
def once(where: Where, sources: tuple[str, ...], json_: bool) -> None:
    """Poll SOURCES (all enabled ones by default) once, now; exit 1 when one of them failed."""
    from monitor import daemon

    done = daemon.once(where.path(), where.database, sources, tell)
    if json_:
        document({"ok": done.ok, "failed": done.failed, "seen": done.seen, "stored": done.stored})
    else:
        click.echo(f"{done.ok} ok, {done.failed} error, {done.stored} new")
    sys.exit(1 if done.failed else 0)


@main.command()
@click.argument("topics", nargs=-1)
@as_json
@click.pass_obj
def learn(where: Where, topics: tuple[str, ...], json_: bool) -> None:
    """Learn the profiles of TOPICS (all by default) from their seed articles."""
    from monitor import learn as learning

    config = where.load()
    if unknown := [name for name in topics if name not in config.topics]:
        raise ConfigError(f"{where.path()}: no topic is called {unknown[0]!r}; known are {', '.join(config.topics)}")
    results = {
        name: learning.learn(Path(config.topics[name].seeds), topic=name) for name in topics or tuple(config.topics)
    }
    from monitor.store import Store
    from monitor.watch import plant, watch

    with Store(Path(config.store.path)) as store, store.write():
        folders = {name: Path(config.topics[name].seeds) for name in results}
        store_changes = plant(store, watch(config), folders, datetime.now(UTC))
    tell(f"{store_changes} seed articles stored as baseline; a running daemon takes the profile over on SIGHUP")
    if json_:
        document(
            {
                name: {"path": str(learned.path), "changes": learned.changes, "profile": asdict(learned.profile)}
                for name, learned in results.items()
            }
        )
        return
    from monitor import show

    for learned in results.values():
        show.learned(learned)


@main.command()
@click.argument("what")
@click.option("--url", help="Address of a saved page.")
@as_json
@click.pass_obj
def explain(where: Where, what: str, url: str | None, json_: bool) -> None:
    """Explain WHAT: a URL, a source, an article's number, an alert, or a saved page (FILE.html with --url)."""
    from monitor import explain as explaining
    from monitor import show

    if Path(what).is_file():
        _explain_file(where, Path(what), url, json_)
        return
    with where.store() as store:
        alert = store.alerts.show(what)
        about = what if alert is None or alert.alert.url is None else alert.alert.url
        found = explaining.source(store, what) or explaining.stages(store, about)
    if found is None:
        fail(f"nothing is known of {what}: is it a source, a URL that was seen, or a saved page?")
    if json_:
        document(found)
    else:
        show.stages(found)


def _explain_file(where: Where, file: Path, url: str | None, json_: bool) -> None:
    if not url:
        raise click.UsageError("a saved page needs --url: the address decides outlet, identity and links")
    from monitor import explain as explaining
    from monitor import show
    from monitor.watch import watch

    wanted = watch(where.load())
    result = explaining.saved_page(file, url, wanted.sources, wanted.profiles, datetime.now(UTC))
    fields = explaining.page_fields(result)
    if json_:
        document(fields)
    else:
        show.stages(fields)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("--nl", is_flag=True, help="Print a JSON line per document, in input order.")
@click.option("--full", is_flag=True, help="With --nl: add the extracted fields.")
@click.option(
    "--db", type=click.Path(path_type=Path, dir_okay=False), help="Database to fill, instead of [store] path."
)
@click.pass_obj
def backfill(where: Where, file: Path, nl: bool, full: bool, db: Path | None) -> None:
    """Put the past through the line: NDJSON (.gz), a folder with index.jsonl, or WARC. Nothing alerts."""
    from collections import Counter

    from monitor import backfill as filling
    from monitor.config import load
    from monitor.store import Store
    from monitor.watch import watch
    from monitor.workers import Workers

    config = load(where.path(), database=db or where.database)
    now = datetime.now(UTC)
    counts: Counter[str] = Counter()
    workers = Workers(preload=("monitor.backfill",))
    try:
        with Store(Path(config.store.path)) as store:
            for line in filling.backfill(store, watch(config), workers, filling.documents(file, now), now, full=full):
                counts[line["outcome"]] += 1
                if nl:
                    click.echo(json.dumps(line, ensure_ascii=False, default=str))
    finally:
        workers.stop()
    tell(", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "no documents")


@main.command()
@as_json
@click.pass_obj
def status(where: Where, json_: bool) -> None:
    """What is wrong, what came in, how the sources and channels stand."""
    from monitor import show
    from monitor import status as standing

    with where.store() as store:
        found = standing.status(store, datetime.now(UTC))
    if json_:
        document(found)
    else:
        show.status(found)


@main.group()
def alerts() -> None:
    """The outbox: list, show, replay alerts; enable a channel that was switched off."""


@alerts.command("list")
@click.option("--state", type=click.Choice(["pending", "delivered", "dead", "held"]), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@as_json
@click.pass_obj
def alerts_list(where: Where, state: str | None, limit: int, json_: bool) -> None:
    """The newest alerts."""
    from monitor import show

    with where.store() as store:
        rows = [asdict(row) for row in store.alerts.list(state, limit)]
    if json_:
        document(rows)
    else:
        show.alerts(rows)


@alerts.command("show")
@click.argument("alert")
@as_json
@click.pass_obj
def alerts_show(where: Where, alert: str, json_: bool) -> None:
    """One ALERT (msg_…) with its body and every attempt."""
    from monitor import show

    with where.store() as store:
        record = store.alerts.show(alert)
    if record is None:
        fail(f"no alert {alert}: `seedwatch alerts list` names them")
    found = {
        **asdict(record.alert),
        "body": json.loads(record.body),
        "tries": [{**asdict(t), "response": t.response.decode("utf-8", "replace")} for t in record.tries],
    }
    if json_:
        document(found)
    else:
        show.stages(found)


@alerts.command("replay")
@click.argument("alert", required=False)
@click.option("--since", type=click.DateTime(), help="All dead letters created since then (UTC).")
@click.pass_obj
def alerts_replay(where: Where, alert: str | None, since: datetime | None) -> None:
    """Send one ALERT again, or all dead letters --since a time; they keep their webhook-id."""
    if (alert is None) == (since is None):
        raise click.UsageError("name an alert, or give --since")
    now = datetime.now(UTC)
    with where.store() as store, store.write():
        if since is not None:
            count = store.alerts.replay_since(since.replace(tzinfo=UTC), now)
        else:
            count = int(store.alerts.replay(alert or "", now))
    if not count:
        fail("nothing to replay: `seedwatch alerts list --state dead` shows the dead letters")
    tell(f"{count} queued; the daemon sends them within a second")


@alerts.command("enable")
@click.argument("channel")
@click.pass_obj
def alerts_enable(where: Where, channel: str) -> None:
    """Switch a CHANNEL on again; its waiting alerts go out."""
    with where.store() as store, store.write():
        if not store.channels.enable(channel, datetime.now(UTC)):
            fail(f"no channel {channel} is switched off")
    tell(f"{channel} is on")


@main.command("test-alert")
@click.argument("channel", required=False)
@as_json
@click.pass_obj
def test_alert(where: Where, channel: str | None, json_: bool) -> None:
    """Send a real test alert to a CHANNEL (the only one by default); not 2xx is exit 1."""
    from monitor import trial

    config = where.load()
    names = [channel] if channel else list(config.channels)
    if len(names) != 1 or names[0] not in config.channels:
        raise ConfigError(f"{where.path()}: name one of the channels: {', '.join(config.channels) or 'none is set up'}")
    found = trial.test_alert(config, names[0], where.path().resolve().parent)
    if json_:
        document(found)
    else:
        for key, value in found.items():
            click.echo(f"{key}: {value}")
    sys.exit(0 if found["ok"] else 1)


@main.command()
@as_json
@click.pass_obj
def doctor(where: Where, json_: bool) -> None:
    """Look for what is wrong with this installation; exit 1 where something is."""
    from monitor import doctor as doctoring
    from monitor import show

    checks = doctoring.examine(where.config, database=where.database, now=datetime.now(UTC))
    if json_:
        document([asdict(check) for check in checks])
    else:
        show.checks([asdict(check) for check in checks])
    sys.exit(0 if doctoring.healthy(checks) else 1)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port, instead of [pages] port.")
@click.pass_obj
def ui(where: Where, port: int | None) -> None:
    """Serve the Datasette pages on this machine until Ctrl-C."""
    from monitor import ui as pages

    config = where.load()
    if port is not None:
        config = config.model_copy(update={"pages": config.pages.model_copy(update={"port": port})})
    with pages.start(config) as served:
        tell(f"pages: {served.address}")
        served.wait()


@main.command()
@as_json
@click.option("--hours", type=click.IntRange(1, 72), default=3, show_default=True, help="Simulated hours.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the simulated newsroom.")
@click.option("--serve/--no-serve", default=None, help="Keep the pages up afterwards [default: on a terminal].")
def demo(json_: bool, hours: int, seed: int, serve: bool | None) -> None:
    """Watch simulated outlets for three simulated hours, alert a receiver on loopback; no network needed."""
    from monitor import demo as showing

    logging.getLogger().setLevel(logging.WARNING)
    keep = not json_ and (sys.stdout.isatty() if serve is None else serve)
    result = showing.run(hours=hours, seed=seed, announce=_silent if json_ else tell, serve=keep)
    if json_:
        click.echo(json.dumps(result))
    sys.exit(0 if result["lost"] == 0 and result["repeated"] == 0 else 1)


def _silent(_line: str) -> None:
    """What `--json` tells the person watching."""
