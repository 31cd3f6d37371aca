"""The command `init`, parsed and printed as in `cli`: lays the starter files, then finds outlets and adds them.

Heavy imports are lazy.
"""

from __future__ import annotations

import getpass
import logging
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import click

from monitor.commands.console import CommandOptions, as_json, print_json, print_progress
from monitor.errors import SeedwatchError

if TYPE_CHECKING:
    from monitor.commands.reports.outlet.outlet_report import ArticleSample, OutletReport
    from monitor.config.starter import WrittenFile


@click.command("init")
@click.argument("words", metavar="[FOLDER] [URL]...", nargs=-1)
@click.option("--topic", metavar="WORDS", help="Your subject, as in --topic 'port strikes'.")
@click.option(
    "--seeds", multiple=True, metavar="PATH", help="Articles on it: a folder of .txt files, or a file; repeat."
)
@click.option("--example", is_flag=True, help="Lay the shipped example: its outlets, topic and seed articles.")
@click.option("--systemd", is_flag=True, help="Only write seedwatch.service, for the folder, program and user of now.")
@as_json
@click.pass_obj
def init_command(
    where: CommandOptions,
    words: tuple[str, ...],
    topic: str | None,
    seeds: tuple[str, ...],
    example: bool,
    systemd: bool,
    json_: bool,
) -> None:
    """Lay config.toml and db/ for your subject; add outlets by URL.

    With --topic and --seeds the articles are copied to seeds/TOPIC and the topic stands in config.toml; without
    --seeds the folder stays empty until `seedwatch seeds add` fetches some. What is there is kept, so it is safe to
    run twice. Of each URL – a home page, a section, a feed or a sitemap – the feeds, sitemaps and list page are found
    and tried, three articles are shown as they would be stored, and a table [sources.NAME] is added to config.toml.
    Asked are the page, robots.txt, what these two name and, for what they leave open, a few common addresses (/feed,
    /rss.xml, /sitemap.xml …), at the usual pace. Exit 1 where an outlet could not be added; each says why and what to
    do.
    """
    from monitor.config.load import load_config
    from monitor.config.own_config import name_topic
    from monitor.config.starter import write_files, write_own_files

    if (seeds and topic is None) or (example and topic is not None):
        raise click.UsageError("--seeds goes with --topic, and neither with --example")
    if topic is not None and not topic.strip():
        raise click.UsageError("--topic is empty; name your subject, as in --topic 'port strikes'")
    folder, urls = _parted(words)
    if systemd:
        _write_unit((folder or Path()).resolve())
        return
    name = None if topic is None else name_topic(topic)
    config = where.path() if (urls or topic) and folder is None else (folder or Path()) / "config.toml"
    laid = []
    if name is not None:  # before anything is laid: seeds that are none leave nothing behind
        _copy_seeds(config, name, [Path(path) for path in seeds])
    if config.name == "config.toml":
        laid = write_files(config.parent) if example else write_own_files(config.parent, name)
    if name is not None:
        _add_topic(config, name)
    _print_laid([item for item in laid if not urls or item.written])
    if not urls:
        if json_:
            print_json({"config": str(config), "wrote": [str(i.path) for i in laid if i.written], "outlets": []})
        _print_next(name, example, bool(seeds))
        return
    from monitor.commands.reports.outlet.find_outlet import find_outlets

    logging.getLogger().setLevel(logging.WARNING)  # what was asked stands in the report
    with _watching(len(urls)) as announce:
        outlets = [_added(config, found) for found in find_outlets(load_config(config), urls, announce)]
    if json_:
        wrote = [str(item.path) for item in laid if item.written]
        print_json({"config": str(config), "wrote": wrote, "outlets": [_fields(found) for found in outlets]})
    else:
        for found in outlets:
            click.echo("\n".join(_told(found, config)) + "\n")
    if names := [str(found.name) for found in outlets if found.outcome == "added"]:
        running = find_daemon(config)
        if running:
            print_progress(f"next: kill -HUP {running} (the running daemon takes them over)")
        else:
            print_progress(f"next: 1. what they have now, which alerts nothing: seedwatch once {shlex.join(names)}")
            if load_config(config).topics:
                print_progress("      2. what of it matches, and what to do where that is wrong: seedwatch learn")
                print_progress("      3. the watch: seedwatch run --pages")
            else:
                print_progress("      2. your subject: seedwatch init --topic 'port strikes' --seeds FOLDER")
    sys.exit(1 if any(found.outcome == "failed" for found in outlets) else 0)


def _print_laid(laid: list[WrittenFile]) -> None:
    """A line for each file, and one for all that the pages need in db/."""
    for item in (item for item in laid if item.path.parts[0] != "db"):
        print_progress(f"{'wrote' if item.written else 'kept '} {item.path}")
    for word, written in (("wrote", True), ("kept ", False)):
        if count := sum(item.written is written for item in laid if item.path.parts[0] == "db"):
            print_progress(f"{word} db: {count} file{'' if count == 1 else 's'} for the pages")


def _copy_seeds(config: Path, name: str, seeds: list[Path]) -> None:
    """Copy the articles to seeds/TOPIC beside the configuration."""
    from monitor.config.own_config import copy_seeds

    folder = Path("seeds") / name
    if not seeds:
        (config.parent / folder).mkdir(parents=True, exist_ok=True)
        return
    new = copy_seeds(seeds, config.parent / folder)
    print_progress(f"{'wrote' if new else 'kept '} {folder}: {len(new)} new seed article{'' if len(new) == 1 else 's'}")


def _add_topic(config: Path, name: str) -> None:
    """Name the topic of seeds/TOPIC in the configuration, where it is not named yet."""
    from monitor.config.edit import add_topic

    if add_topic(config, name, str(Path("seeds") / name)):
        print_progress(f"added [topics.{name}] to {config}")


def _write_unit(folder: Path) -> None:
    """Write FOLDER/seedwatch.service, which root then puts in its place."""
    from monitor.config.systemd_unit import format_systemd_unit

    if (user := getpass.getuser()) == "root":
        user = "seedwatch"  # never as root; docs/operations.md makes that user
    target = folder / "seedwatch.service"
    try:
        text = format_systemd_unit(folder, user, Path(sys.argv[0]).resolve())
    except ValueError as error:
        raise SeedwatchError(str(error)) from None
    target.write_text(text, "utf-8")
    print_progress(f"wrote {target}")
    print_progress(f"next, as root: cp {target} /etc/systemd/system/ && systemctl enable --now seedwatch")


def _print_next(topic: str | None, example: bool, seeds: bool) -> None:
    """Three lines: what to do now."""
    if topic is None and not example:
        print_progress(
            "next: 1. your subject: seedwatch init --topic 'port strikes' --seeds FOLDER  (articles as .txt)"
        )
        print_progress("      2. outlets to watch: seedwatch init https://outlet.example/")
        print_progress("      3. the watch: seedwatch learn, then seedwatch run --pages")
        return
    if topic is not None and not seeds:
        print_progress(
            f"next: 1. articles on it: seedwatch seeds add URL…, or as .txt in seeds/{topic}; then seedwatch learn"
        )
    else:
        print_progress("next: 1. what the seeds teach: seedwatch learn")
    print_progress("      2. outlets to watch: seedwatch init https://outlet.example/")
    print_progress("      3. the watch: seedwatch run --pages")


def find_daemon(config: Path) -> int | None:
    """The process id of the daemon that runs on the database of this configuration, None where none does."""
    from monitor.config.load import load_config
    from monitor.storage.daemon_lock import Lock

    return Lock(Path(load_config(config).store.path)).holder()


def _parted(words: tuple[str, ...]) -> tuple[Path | None, tuple[str, ...]]:
    """The folder, if one is named, and the URLs; raises UsageError for what is neither."""
    from monitor.text.urls import is_web_url

    urls = tuple(word for word in words if "://" in word)
    others = [word for word in words if "://" not in word]
    for url in urls:
        if not is_web_url(url):
            raise click.UsageError(f"{url}: no web address; an outlet's begins with https:// or http://")
    for word in others:
        if "." in word.strip("./") and "/" not in word and not Path(word).is_dir():
            raise click.UsageError(f"{word}: write an outlet's address whole, https://{word}, or a folder ./{word}")
    if len(others) > 1:
        raise click.UsageError(f"one folder at most, not {' and '.join(others)}; an address begins with https://")
    return (Path(others[0]) if others else None), urls


@contextmanager
def _watching(number: int) -> Iterator[Callable[[str], None]]:
    """What takes a line for each place asked: shown, the last one only, while a terminal is there to see it."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(f"asking {number} outlet{'' if number == 1 else 's'} …") as status:
        yield lambda line: status.update(Text(line))


def _silent(_line: str) -> None:
    """Nobody watches."""


def _added(config: Path, found: OutletReport) -> OutletReport:
    if found.outcome == "added" and found.name is not None:
        from monitor.config.edit import add_source

        add_source(config, found.name, found.table, _remarks(found))
    return found


def _remarks(found: OutletReport) -> list[str]:
    """What stands above the table, for whoever reads the file later."""
    good = [tried for tried in found.endpoints if tried.reason is None]
    places = dict.fromkeys(f"{tried.kind} {_short(tried.url)} ({tried.found})" for tried in good)
    return [f"Found by `seedwatch init {found.url}`: {', '.join(places)}.", *found.notes]


def _short(url: str) -> str:
    """An address without its parameters, which are long, and ours; two of one list API differ in their order."""
    plain, _, parameters = url.partition("?")
    order = {"orderby": "", "sort": ""} | dict(parse_qsl(parameters))
    return f"{plain} by change" if order["orderby"] == "modified" or order["sort"] == "-changed" else plain


def _fields(found: OutletReport) -> dict[str, Any]:
    fields = asdict(found)
    for sample in fields["samples"]:
        at = sample["published_at"]
        sample["published_at"] = None if at is None else at.isoformat().replace("+00:00", "Z")
    return fields


def _told(found: OutletReport, config: Path) -> Iterable[str]:
    """One outlet for a person: what was asked, three articles, what became of it."""
    yield f"{found.url}{f'  {found.title}' if found.title else ''}"
    if found.outcome == "known":
        yield f"  [sources.{found.name}] watches it already; left as it is"
        return
    for tried in found.endpoints:
        verdict = f"no: {tried.reason}" if tried.reason else f"{tried.entries} entries"
        yield f"  {tried.kind:8} {_short(tried.url)}  ({tried.found}) {verdict}"
    if found.article:
        yield f"  article  {found.article}"
    for number, sample in enumerate(found.samples, 1):
        yield from _sampled(number, sample)
    yield from (f"  note: {note}" for note in found.notes)
    if found.outcome == "failed":
        yield f"  not added: {found.reason}"
        yield f"  {found.cure}"
    else:
        yield f"  added to {config} as [sources.{found.name}]"


def _sampled(number: int, sample: ArticleSample) -> Iterable[str]:
    if sample.reason is not None:
        yield f"  {number}. {sample.url}"
        yield f"     {sample.outcome}: {sample.reason}"
        return
    date = (
        f"{sample.published_at:%Y-%m-%d %H:%M:%S} UTC ({sample.published_from})" if sample.published_at else "no date"
    )
    yield f"  {number}. {sample.title}"
    yield f"     {date}, {sample.words} words, {sample.url}"
    yield f"     lead: {sample.lead or 'none'}"
    yield f"     text: {sample.text}"
