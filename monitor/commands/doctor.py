"""Examines the installation, the configuration and the database, each finding with its cure; it changes nothing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

from monitor.address_policy import Allow
from monitor.commands.live.reach_hosts import HostReach
from monitor.commands.live.version_floors import Check, CheckVerdict, check_floors
from monitor.config.load import load_config, locate_config, resolve_sources
from monitor.config.schema import ChannelSection, Config
from monitor.delivery.failure_cure import explain_failure
from monitor.delivery.request_options import aim_channel
from monitor.errors import ConfigError, SeedError
from monitor.storage.connection import find_sqlite_version, is_wal_safe
from monitor.storage.daemon_lock import Lock
from monitor.storage.inspection import (
    find_sqlite_library,
    has_full_text,
    inspect_database,
    inspect_watch,
    read_failing_channels,
)

PYTHON = (3, 11)
VARIABLES = ("SEEDWATCH_CONFIG", "SEEDWATCH_DB", "SEEDWATCH_SHARED")  # the last one is for the tests
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_REACH = 0.5  # seconds in which an outlet's host has to take a connection; the rest of the checks take about as long
_LOOK = 0.5  # seconds of CPU time for looking through the database: some hundred megabytes
_SHOWN = 5  # hosts that are named
_DISK_FAIL = 100_000_000  # bytes; a transaction and its WAL need some megabytes, a person needs time
_DISK_WARN = 1_000_000_000
_CLOCK_FLOOR = datetime(2025, 1, 1, tzinfo=UTC)
_CLOCK_SLACK = timedelta(days=1)  # a file system may sit in another zone, never a day ahead


def _ok(name: str, detail: str) -> Check:
    return Check(name=name, verdict=CheckVerdict.OK, detail=detail)


def _warn(name: str, detail: str, cure: str) -> Check:
    return Check(name=name, verdict=CheckVerdict.WARN, detail=detail, cure=cure)


def _fail(name: str, detail: str, cure: str) -> Check:
    return Check(name=name, verdict=CheckVerdict.FAIL, detail=detail, cure=cure)


def examine_setup(
    option: Path | None,
    *,
    database: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    now: datetime,
) -> list[Check]:
    """Every check, in the order a person should mend things. `option` is `--config`, `database` `--db`, or None."""
    checks = [check_python(), *check_floors(), check_sqlite(find_sqlite_version(), find_sqlite_library()), _fts5()]
    path = locate_config(option, environment)
    try:
        config = load_config(path, database=database, environment=environment)
    except ConfigError as error:
        cure = "run `seedwatch init`" if not path.exists() else "mend the lines named"
        return [
            *checks,
            _fail("configuration", str(error), cure),
            *_variables(environment, ()),
            *_clock(None, now),
        ]
    reach = _begin_reach(config)
    checks.append(_ok("configuration", f"{path}: {len(config.sources)} sources, {len(config.topics)} topics"))
    checks += _variables(
        environment, [variable for channel in config.channels.values() for variable in _named(channel)]
    )
    checks += _topics(config)
    checks += _channels(config, environment, read_failing_channels(Path(config.store.path)))
    checks += _pages(config)
    checks += _manners(config)
    checks += _outlets(reach)
    file = Path(config.store.path)
    return [*checks, *_clock(file, now), check_disk(file.parent), *_database(file), *_watch(file), _daemon(file)]


def is_healthy(checks: list[Check]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(check.verdict is not CheckVerdict.FAIL for check in checks)


def check_python() -> Check:
    """Whether this Python is new enough."""
    detail = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        return _fail("python", detail, "install Python 3.11 or newer")
    return _ok("python", detail)


def check_sqlite(version: tuple[int, ...], module: str) -> Check:
    """Whether the SQLite in use has the fix of the WAL-reset bug (RELIABILITY.md, fact 2)."""
    detail = f"{'.'.join(map(str, version))} from {module}"
    if is_wal_safe(version):
        return _ok("sqlite", detail)
    return _warn(
        "sqlite",
        f"{detail} can corrupt a database that two processes write to; commands that write are refused while the "
        "daemon runs",
        "pip install 'pysqlite3>=0.6.1' where it has a wheel, else stop the daemon before such commands",
    )


def _fts5() -> Check:
    if has_full_text():
        return _ok("fts5", "full-text search is there")
    return _fail("fts5", "this SQLite has no full-text search", "pip install 'pysqlite3>=0.6.1'")


def _variables(environment: Mapping[str, str], named: list[str] | tuple[str, ...]) -> Iterator[Check]:
    """Misspelt variables of ours; `named` are those the configuration itself names."""
    known = (*VARIABLES, *named)
    unknown = sorted(name for name in environment if name.startswith("SEEDWATCH_") and name not in known)
    for name in unknown:
        near = get_close_matches(name, VARIABLES, 1)
        yield _warn(
            "environment",
            f"{name} means nothing to seedwatch",
            f"did you mean {near[0]}?" if near else f"unset it; known are {', '.join(VARIABLES[:2])}",
        )
    if not unknown:
        yield _ok("environment", "no unknown SEEDWATCH_ variable")


def _topics(config: Config) -> Iterator[Check]:
    for name, topic in config.topics.items():
        label, folder = f"topic {name}", topic.folder
        if folder is None:
            yield _ok(label, f"{len(topic.rules)} rules, no seeds")
            continue
        # Late: they bring along what cuts texts into words, and that is slow to load.
        from monitor.config.profiles import has_changed_seeds, load_profile
        from monitor.config.seed_folder import read_seeds

        try:
            read = read_seeds(folder)
        except SeedError as error:
            yield _fail(label, str(error), f"mend the files named, then `seedwatch learn {name}`")
            continue
        try:
            profile = load_profile(folder)
        except SeedError as error:
            yield _fail(label, str(error), f"run `seedwatch learn {name}`")
            continue
        if has_changed_seeds(folder, profile):
            yield _warn(label, "the seeds are no longer those it was learned from", f"run `seedwatch learn {name}`")
            continue
        threshold = profile.threshold if topic.threshold is None else topic.threshold
        yield _ok(label, f"{len(read)} seeds, {len(profile.terms)} terms, threshold {threshold:.2f}")
    if not config.topics:
        yield _warn("topics", "none: nothing can match", "add a table [topics.NAME] with a folder of seeds")


def _named(channel: ChannelSection) -> Iterator[str]:
    """The environment variables that a channel reads."""
    names = (channel.secret_env, channel.token_env, channel.url_env, channel.login_env, channel.proxy_login_env)
    yield from (name for name in names if name)
    for value in (*(channel.headers or {}).values(), *(channel.secrets or {}).values()):
        if not isinstance(value, str) and value.env:
            yield value.env


def _channels(config: Config, environment: Mapping[str, str], failing: Mapping[str, str]) -> Iterator[Check]:
    for name, channel in config.channels.items():
        label = f"channel {name}"
        found, _ = aim_channel(name, channel, folder=Path(), environ=environment)
        if found.error:
            yield _fail(label, found.error, "write what is meant there (whsec_… for a secret), or take the key away")
        elif found.warnings:
            yield _warn(label, "; ".join(found.warnings), "follow what it says")
        elif cure := explain_failure(failing.get(name)):
            yield _warn(label, f"takes nothing at present: {failing[name]}", cure)
        elif channel.kind != "webhook":
            yield _ok(label, channel.kind)
        elif not found.signing:
            yield _warn(
                label,
                "unsigned: a receiver cannot tell our alerts from forged ones",
                f"set secret_file in [channels.{name}]",
            )
        else:
            yield _ok(label, f"{channel.kind}, signed with {len(found.signing)} secret(s)")
    if not config.alerts:
        yield _warn("alerts", "no alert rule: matches are stored and shown only", "add [channels.*] and [alerts.*]")


def _pages(config: Config) -> Iterator[Check]:
    if config.pages.host not in _LOOPBACK:
        yield _warn(
            "pages",
            f"they listen on {config.pages.host}, and anybody who reaches it can read the database",
            'set [pages] host = "127.0.0.1" and put a proxy with a login in front',
        )


def _clock(database: Path | None, now: datetime) -> Iterator[Check]:
    written = None
    if database is not None and database.exists():
        written = datetime.fromtimestamp(database.stat().st_mtime, UTC)
    if now < _CLOCK_FLOOR or (written is not None and written > now + _CLOCK_SLACK):
        behind = f", the database was written {written:%Y-%m-%d %H:%M}" if written else ""
        yield _fail("clock", f"says {now:%Y-%m-%d %H:%M} UTC{behind}", "set it: timedatectl set-ntp true")
    else:
        yield _ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def check_disk(folder: Path) -> Check:
    """Free space where the database lives, or will live; `folder` need not exist yet."""
    there = next(path for path in (folder, *folder.resolve().parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    return check_space(free, there)


def check_space(free: int, folder: Path) -> Check:
    """Whether `free` bytes in `folder` will do."""
    detail = f"{free / 1e9:.1f} GB free at {folder}"
    cure = "free some space, or move [store] path"
    if free < _DISK_FAIL:
        return _fail("disk", detail, cure)
    return _warn("disk", detail, cure) if free < _DISK_WARN else _ok("disk", detail)


def _database(path: Path) -> Iterator[Check]:
    if (loss := Lock(path).find_loss()) is not None:
        what, _, cure = loss.rpartition(": ")
        yield _fail("database", what, cure)
        return
    if not path.exists():
        yield _ok("database", f"{path}: not made yet, the first run makes it")
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield _fail("database", f"{path}: not ours to read and write", f"sudo chown $USER {path}*")
        return
    found = inspect_database(path, _LOOK)
    size = path.stat().st_size / 1e6
    if found.faults:
        yield _fail(
            "database",
            f"{path}: {found.faults[0]}",
            f"stop the daemon and put {path.name} aside (with its -wal and -shm): a run makes a new one",
        )
    elif found.newer:
        yield _fail(
            "database", f"{path}: made by a newer seedwatch ({found.newer[-1]})", "upgrade seedwatch, or name another"
        )
    else:
        later = f", {len(found.pending)} migrations to come at the next start" if found.pending else ""
        sound = (
            "sound" if found.whole else "sound as far as it was looked through (`seedwatch backup` looks at all of it)"
        )
        yield _ok("database", f"{path}: {sound}, {size:.1f} MB{later}")


def _watch(path: Path) -> Iterator[Check]:
    """What `status` and the home page say is wrong with the watch itself; nothing for a database not yet made."""
    state = inspect_watch(path)
    if state is None:
        return
    faults = [fault for fault in state.faults if fault.subject != "the monitor"]  # the last check tells of that one
    for fault in faults:
        yield _warn(f"watch {fault.subject}", fault.said, fault.cure)
    if not faults:
        yield _ok("watch", "no source and no channel fails, no alert is overdue")


def _manners(config: Config) -> Iterator[Check]:
    if not config.sources:
        yield _warn("sources", "none: nothing can come in", "name your outlets: seedwatch init https://outlet.example/")
    if config.sources and config.fetch.contact is None:
        yield _warn(
            "contact",
            "outlets cannot reach you: the user agent names nobody",
            'set contact = "you@example.org" under [fetch]',
        )


def _begin_reach(config: Config) -> HostReach:
    """Connections to the hosts of all outlets that are asked directly: what a proxy reaches is not ours to tell."""
    direct = [source for source in resolve_sources(config) if source.enabled and source.proxy is None]
    urls = [endpoint.url for source in direct for endpoint in source.endpoints]
    return HostReach(urls, Allow.parse(config.fetch.allow), _REACH)


def _outlets(reach: HostReach) -> Iterator[Check]:
    found = reach.collect()
    hosts: dict[str, list[str]] = {}
    for host, fault in found.items():
        if fault is not None:
            hosts.setdefault(fault, []).append(host)
    untried = f"; {reach.hosts - len(found)} more were not tried" if reach.hosts > len(found) else ""
    if hosts:
        shown = [
            f"{', '.join(names[:_SHOWN])}{f' and {len(names) - _SHOWN} more' if len(names) > _SHOWN else ''}: {fault}"
            for fault, names in hosts.items()
        ]
        yield _warn(
            "outlets",
            f"{sum(map(len, hosts.values()))} of {len(found)} hosts take no connection{untried}\n" + "\n".join(shown),
            "check the network here; `seedwatch doctor --live` asks every address and shows what it answers",
        )
    elif found:
        yield _ok("outlets", f"{len(found)} of {len(found)} hosts take a connection{untried}")


def _daemon(path: Path) -> Check:
    holder = Lock(path).holder()
    return _ok("daemon", "not running" if holder is None else f"runs as process {holder}")
