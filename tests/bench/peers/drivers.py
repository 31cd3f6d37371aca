"""How each tool is set up for the outlets of a stand, as its documentation says, and run at one common interval.

A tool is a long-running process (`daemon`) or a command that is run once an interval. `setup` are commands run once,
before second 0, while only the backlog is out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from stand import Stand

HERE = Path(__file__).resolve().parent
FEEDS = {
    "wordpress": "/feed/", "django": "/news/feed/", "hugo": "/index.xml", "ghost": "/rss/", "drupal": "/rss.xml",
    "jsonfeed": "/api/stories.json", "jekyll": "/feed.xml",
}  # fmt: skip
LISTS = {**dict.fromkeys(("handmade", "frontpage"), "/"), "sitemaponly": "/sitemaps/news.xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What to run: `command` as a daemon or once an interval, after `setup`; `said` is its configuration in words."""

    command: list[str]
    daemon: bool
    said: str
    setup: list[list[str]] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    after_start: Callable[[], None] | None = None


def list_feeds(stand: Stand) -> list[str]:
    """The feed of each outlet that has one."""
    return [outlet.origin + FEEDS[outlet.name] for outlet in stand.outlets.values() if outlet.name in FEEDS]


def list_surfaces(stand: Stand) -> list[str]:
    """The feed of each outlet, or its list where it has none."""
    return [outlet.origin + (FEEDS | LISTS)[outlet.name] for outlet in stand.outlets.values()]


_WATCH = """
[topics.strait]
seeds = ""
[topics.strait.rules.name]
query = "velmora OR вельмор*"
[channels.desk]
kind = "webhook"
url = "{receiver}"
[alerts.desk]
topics = ["strait"]
channels = ["desk"]
on = ["new", "edit", "retracted"]
[fetch]
allow = ["127.0.0.0/8"]
"""


def drive_seedwatch(folder: Path, stand: Stand, interval: float, _: Path) -> Drive:
    """Sources as `seedwatch init` writes them, at one `every`, with the zone its note asks for; defaults otherwise."""
    origins = {outlet.name: outlet.origin for outlet in stand.outlets.values()}
    (folder / "config.toml").write_text(_WATCH.format(receiver=stand.receiver))
    binary = str(Path(sys.executable).parent / "seedwatch")
    zone = f'\\#^address = .{origins["handmade"]}.#a zone = "Europe/Istanbul"'
    setup = [
        [binary, "init", *(f"{origin}/" for origin in origins.values())],
        ["sed", "-i", "-e", f's/^every = .*/every = "{max(60, round(interval))}s"/', "-e", zone, "config.toml"],
        [binary, "once"],
    ]
    said = "`seedwatch init` of the ten home pages, one `every` and the zone of the outlet that states none; a rule"
    return Drive(command=[binary, "run"], daemon=True, said=f"{said} for the name", setup=setup)


def drive_reader(folder: Path, stand: Stand, interval: float, venvs: Path) -> Drive:
    """The loop of its guide in a script."""
    python = str(venvs / "reader" / "bin" / "python")
    command = [
        python,
        str(HERE / "reader_loop.py"),
        str(folder / "db"),
        stand.receiver,
        f"{interval}",
        *list_feeds(stand),
    ]
    return Drive(
        command=command, daemon=True, said="update_feeds(scheduled=False), get_entries(read=False), the name anywhere"
    )


def drive_rss2email(folder: Path, stand: Stand, _: float, venvs: Path) -> Drive:
    """`r2e run` with a sendmail that posts; no filter, since it has none."""
    tool = [str(venvs / "rss2email" / "bin" / "r2e"), "-c", str(folder / "r2e.cfg"), "-d", str(folder / "r2e.json")]
    hook = folder / "sendmail"
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} {HERE / 'post_alert.py'} {stand.receiver}\n")
    hook.chmod(0o755)
    setup = [[*tool, "new", "desk@example.org"]]
    setup += [[*tool, "add", f"feed{nth}", feed] for nth, feed in enumerate(list_feeds(stand))]
    setup += [
        [
            "sed",
            "-i",
            f"s#^email-protocol = .*#email-protocol = sendmail#; s#^sendmail = .*#sendmail = {hook}#",
            str(folder / "r2e.cfg"),
        ],
        [*tool, "run", "--no-send"],
    ]
    return Drive(
        command=[*tool, "run"],
        daemon=False,
        setup=setup,
        said="`r2e run` each interval, mail by a sendmail that posts; no filter",
    )


def drive_feed2exec(folder: Path, stand: Stand, _: float, venvs: Path) -> Drive:
    """`feed2exec fetch` with the exec plugin; no filter."""
    tool = [
        str(venvs / "feed2exec" / "bin" / "feed2exec"),
        "--config",
        str(folder / "feed2exec.ini"),
        "--database",
        str(folder / "feed2exec.db"),
    ]
    arguments = f"{sys.executable} {HERE / 'post_alert.py'} {stand.receiver} {{item.link}} {{item.title}}"
    setup = [
        [*tool, "add", f"feed{nth}", feed, "--output", "feed2exec.plugins.exec", "--args", arguments]
        for nth, feed in enumerate(list_feeds(stand))
    ]
    setup.append([*tool, "fetch", "--catchup"])
    return Drive(
        command=[*tool, "fetch"],
        daemon=False,
        setup=setup,
        said="`feed2exec fetch` each interval, exec plugin that posts; no filter",
    )


def drive_urlwatch(folder: Path, stand: Stand, _: float, venvs: Path) -> Drive:
    """A job for each list, html2text and grep on the name, shell reporter."""
    jobs = "\n---\n".join(
        f"url: {json.dumps(url)}\nfilter:\n  - html2text\n  - grep: '(?i)velmora|вельмор'\n"
        "diff_filter:\n  - grep: '^[+]'"
        for url in list_surfaces(stand)
    )
    (folder / "urls.yaml").write_text(jobs + "\n")
    hook = [sys.executable, str(HERE / "post_alert.py"), stand.receiver]
    report = {"display": {"new": False, "error": False, "unchanged": False}, "report": {
        "stdout": {"enabled": False}, "text": {"details": True, "footer": False, "line_length": 75, "minimal": False},
        "shell": {"enabled": True, "command": hook}}}  # fmt: skip
    (folder / "urlwatch.yaml").write_text(json.dumps(report))
    tool = [
        str(venvs / "urlwatch" / "bin" / "urlwatch"), "--urls", str(folder / "urls.yaml"),
        "--config", str(folder / "urlwatch.yaml"), "--cache", str(folder / "cache.db"),
        "--hooks", str(folder / "hooks.py"),
    ]  # fmt: skip
    return Drive(
        command=tool,
        daemon=False,
        setup=[tool],
        said="`urlwatch` each interval, a job for each list: html2text, grep on the name, added lines",
    )


def drive_changedetection(folder: Path, stand: Stand, interval: float, venvs: Path) -> Drive:
    """A watch for each list by its API: plain fetcher, trigger on the name, only added lines, JSON notification."""
    port = stand.port + 500
    command = [
        str(venvs / "changedetection.io" / "bin" / "changedetection.io"),
        "-d",
        str(folder),
        "-C",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    environment = {
        "ALLOW_IANA_RESTRICTED_ADDRESSES": "true",
        "MINIMUM_SECONDS_RECHECK_TIME": "1",
        "FETCH_WORKERS": "10",
    }
    add = [
        sys.executable,
        str(HERE / "add_watches.py"),
        str(folder),
        str(port),
        stand.receiver,
        f"{interval:.0f}",
        *list_surfaces(stand),
    ]

    def add_watches() -> None:
        os.spawnv(os.P_WAIT, sys.executable, add)

    return Drive(command=command, daemon=True, env=environment, after_start=add_watches,
                 said="a watch for each list, plain fetcher, trigger on the name, added lines")  # fmt: skip


def drive_trackthenews(folder: Path, stand: Stand, _: float, venvs: Path) -> Drive:
    """`trackthenews` with the name as its match list, statuses to the receiver, which speaks Mastodon's part of it.

    It fails every article where there is no block list, so it gets one that blocks nothing.
    """
    home = folder / "ttnconfig"
    home.mkdir(parents=True, exist_ok=True)
    config = {
        "db": "trackthenews.db", "user-agent": "trackthenews", "color": "#F5F5F5", "font": "NotoSerif-Regular.ttf",
        "mastodon": {"api_base_url": stand.receiver.removesuffix("/hook"), "access_token": "none"},
    }  # fmt: skip
    (home / "config.yaml").write_text(json.dumps(config))
    (home / "matchlist.txt").write_text("velmora\nвельмор\n")
    (home / "matchlist_case_sensitive.txt").write_text("")
    (home / "blocklist.py").write_text(
        "from trackthenews.base_blocklist import BaseBlocklist\n\n\nclass CustomBlocklist(BaseBlocklist):\n"
        "    def check_article(self, article):\n        return False\n\n"
        "    def check_paragraph(self, article, paragraph):\n        return False\n"
    )
    feeds = [{"outlet": "", "url": feed, "delicateURLs": True} for feed in list_feeds(stand)]
    (home / "rssfeeds.json").write_text(json.dumps(feeds))
    tool = [str(venvs / "trackthenews" / "bin" / "trackthenews"), str(home)]
    return Drive(
        command=tool,
        daemon=False,
        setup=[tool],
        said="`trackthenews` each interval, the name in its match list, statuses to a Mastodon address",
    )


DRIVERS: dict[str, Callable[[Path, Stand, float, Path], Drive]] = {
    "seedwatch": drive_seedwatch,
    "reader": drive_reader,
    "rss2email": drive_rss2email,
    "feed2exec": drive_feed2exec,
    "urlwatch": drive_urlwatch,
    "changedetection.io": drive_changedetection,
    "trackthenews": drive_trackthenews,
}
NOT_RUN: dict[str, str] = {}  # a tool: why it cannot be run
