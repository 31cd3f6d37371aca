"""The commands about alerts: `alerts list | show | preview | report | replay | enable` and `test-alert`.

Only the last of them sends anything.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import (
    CommandOptions,
    as_json,
    build_unknown_error,
    fail_command,
    print_json,
    print_progress,
)
from monitor.errors import ConfigError

_SOON = "a running daemon sends {} within a second, else the next `seedwatch run` does"


@click.group("alerts")
def alerts_group() -> None:
    """List, show and replay alerts; switch a channel on."""


@alerts_group.command("list")
@click.option("--state", type=click.Choice(["pending", "delivered", "dead", "held", "digested"]), help="Only these.")
@click.option("--digest", metavar="ALERT", help="Only what this digest, or alert on a story, tells of (msg_…).")
@click.option("--rule", help="Only of this [alerts.NAME].", shell_complete=complete_names("alerts"))
@click.option("--channel", help="Only for this channel.", shell_complete=complete_names("channels"))
@click.option("--topic", help="Only of this topic.", shell_complete=complete_names("topics"))
@click.option("--since", type=click.DateTime(), help="Only those made since then (UTC).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@as_json
@click.pass_obj
def list_alerts(
    where: CommandOptions,
    state: str | None,
    digest: str | None,
    rule: str | None,
    channel: str | None,
    topic: str | None,
    since: datetime | None,
    limit: int,
    json_: bool,
) -> None:
    """The newest alerts, each with what a person looks for.

    Outlet, headline, score, story, state, when due; for one that is held back, when it is told.
    """
    from monitor.commands.output.alerts import print_alerts

    with where.store() as store:
        found = store.alerts.list(
            state,
            limit,
            told_by=digest,
            rule=rule,
            channel=channel,
            topic=topic,
            since=None if since is None else since.replace(tzinfo=UTC),
        )
        rows = [asdict(row) for row in found]
    if json_:
        print_json([{name: _plain(value) for name, value in row.items()} for row in rows])
    elif rows:
        print_alerts(rows)
    else:
        narrowed = any((rule, channel, topic, since))
        what = f"no alert is {state}" if state else "no such alert" if narrowed else "no alerts yet"
        print_progress(f"{digest} tells of no other alert" if digest else what)


@alerts_group.command("show")
@click.argument("alert")
@as_json
@click.pass_obj
def show_alert(where: CommandOptions, alert: str, json_: bool) -> None:
    """One ALERT (msg_…) with its body and every attempt."""
    from monitor.commands.output.documents import print_stages

    with where.store() as store:
        record = store.alerts.show(alert)
    if record is None:
        fail_command(f"no alert {alert}: `seedwatch alerts list` names them")
    found = {
        **{name: _plain(value) for name, value in asdict(record.alert).items()},
        "body": json.loads(record.body),
        "tries": [
            {name: _plain(value) for name, value in asdict(attempt).items()}
            | {"response": attempt.response.decode("utf-8", "replace")}
            for attempt in record.tries
        ],
    }
    if json_:
        print_json(found)
    else:
        print_stages(found)


def _plain(value: object) -> object:
    """A value as JSON has it: times as in every other document, ISO 8601 UTC."""
    from monitor.storage.timestamps import format_stamp

    return format_stamp(value) if isinstance(value, datetime) else value


@alerts_group.command("preview")
@click.argument("names", nargs=-1, metavar="[ALERT]...", shell_complete=complete_names("alerts"))
@click.option("--since", type=click.DateTime(("%Y-%m-%d",)), help="Only what was published since then (UTC).")
@as_json
@click.pass_obj
def preview_policies(where: CommandOptions, names: tuple[str, ...], since: datetime | None, json_: bool) -> None:
    """What policies would have sent over the archive.

    Day by day: matches, edits, alerts, digests, and what was held back for which reason. ALERT is NAME of an
    [alerts.NAME]; without one, all.
    """
    from monitor.commands.output.alerts import print_previews
    from monitor.commands.reports.preview_alerts import preview_alerts
    from monitor.pipeline.resolve_config import resolve_rules

    config = where.load()
    if missing := [name for name in names if name not in config.alerts]:
        raise build_unknown_error("alert", missing[0], config.alerts)
    wanted = [rule for rule in resolve_rules(config) if not names or rule.name in names]
    with where.store() as store:
        found = preview_alerts(store, wanted, None if since is None else since.replace(tzinfo=UTC))
    if json_:
        print_json(found)
    elif found:
        print_previews(found)
    else:
        print_progress("no alert has topics: there is nothing to preview")


@alerts_group.command("report")
@click.argument("name", metavar="ALERT", shell_complete=complete_names("alerts"))
@click.option(
    "--channel",
    help="As at this channel; the first of the rule's where it is left out.",
    shell_complete=complete_names("channels"),
)
@click.option("--html", is_flag=True, help="The HTML that a mail would have.")
@as_json
@click.pass_obj
def show_report(where: CommandOptions, name: str, channel: str | None, html: bool, json_: bool) -> None:
    """The report of an ALERT as it would go out now.

    ALERT is NAME of an [alerts.NAME] with a `report`. Nothing is sent, and the next report is what it is.
    """
    from monitor.alerting.message.report_mail import write_report_mail
    from monitor.pipeline.alerts.queue_reports import preview_report
    from monitor.pipeline.resolve_config import resolve_rules

    config = where.load()
    if name not in config.alerts:
        raise build_unknown_error("alert", name, config.alerts)
    [rule] = [rule for rule in resolve_rules(config) if rule.name == name]
    if rule.policy.report is None:
        raise ConfigError(f'[alerts.{name}] has no report: give it one, as in report = "daily 07:00"')
    if channel is not None and channel not in rule.channels:
        raise build_unknown_error("channel", channel, rule.channels)
    with where.store() as store:
        body = preview_report(store, rule, channel or rule.channels[0], datetime.now(UTC))
    if body is None:
        fail_command("no report has begun yet: it begins when `seedwatch run` first reads it in config.toml")
    text, page = write_report_mail(body)
    if json_:
        print_json(json.loads(body))
    else:
        click.echo(page if html else text, nl=False)


@alerts_group.command("replay")
@click.argument("alert", required=False)
@click.option("--since", type=click.DateTime(), help="All dead letters created since then (UTC).")
@as_json
@click.pass_obj
def replay_alerts(where: CommandOptions, alert: str | None, since: datetime | None, json_: bool) -> None:
    """Send an ALERT again, or all dead letters since a time.

    Each keeps its webhook-id and its bytes.
    """
    if (alert is None) == (since is None):
        raise click.UsageError("name an alert, or give --since")
    now = datetime.now(UTC)
    with where.store() as store, store.write():
        if since is not None:
            count = store.alerts.replay_since(since.replace(tzinfo=UTC), now)
        else:
            count = int(store.alerts.replay(alert or "", now))
        known = alert is not None and store.alerts.exists(alert)
    if not count and known:
        fail_command(f"what {alert} said is kept no more: it was settled before [store] keep began")
    if not count and alert is not None:
        fail_command(f"no alert {alert}: `seedwatch alerts list` names them")
    if json_:
        print_json({"queued": count})
    elif not count:
        print_progress("no dead letter is as young as that; nothing to replay")
    else:
        print_progress(f"{count} queued; {_SOON.format('it' if count == 1 else 'them')}")


@alerts_group.command("enable")
@click.argument("channel", shell_complete=complete_names("channels"))
@as_json
@click.pass_obj
def enable_channel(where: CommandOptions, channel: str, json_: bool) -> None:
    """Switch a CHANNEL on again; its waiting alerts go out."""
    with where.store() as store, store.write():
        states = {found.name: found.state for found in store.channels.all()}
        if channel not in states:
            raise build_unknown_error("channel", channel, states)
        store.channels.enable(channel, datetime.now(UTC))
    if json_:
        print_json({"channel": channel, "before": states[channel], "state": "ok"})
    else:
        print_progress(f"{channel} {'was' if states[channel] == 'ok' else 'is'} on; {_SOON.format('what waits')}")


@click.command("test-alert")
@click.argument("channel", required=False, shell_complete=complete_names("channels"))
@as_json
@click.pass_obj
def send_test_command(where: CommandOptions, channel: str | None, json_: bool) -> None:
    """Send a real test alert to a CHANNEL; not 2xx is exit 1.

    The CHANNEL may be left out where only one is set up.
    """
    config = where.load()
    if not config.channels:
        raise ConfigError(f"{where.path()}: no channel is set up: add a table [channels.NAME]")
    if channel is None and len(config.channels) > 1:
        raise click.UsageError(f"name one of the channels: {', '.join(config.channels)}")
    name = channel if channel is not None else next(iter(config.channels))
    if name not in config.channels:
        raise build_unknown_error("channel", name, config.channels)
    from monitor.commands.output.documents import print_stages
    from monitor.delivery.send_test import send_test_alert

    found = send_test_alert(config, name, where.path().resolve().parent)
    if json_:
        print_json(found)
    else:
        print_stages(found)
    sys.exit(0 if found["ok"] else 1)
