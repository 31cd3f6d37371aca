"""The command `explain`, parsed and printed as in `cli`; what it says is built in `reports`. Heavy imports are lazy."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.completion import complete_names
from monitor.commands.console import CommandOptions, as_json, fail_command, print_json, print_progress

if TYPE_CHECKING:
    from monitor.model.source import Source


@click.command("explain")
@click.argument("what", shell_complete=complete_names("sources"))
@click.option("--url", help="Address of a saved page or answer.")
@click.option("--as", "kind", type=click.Choice(("feed", "sitemap", "listing", "api")), help="What a saved FILE is.")
@click.option("--content-type", default="", metavar="HEADER", help="The header that a saved answer came with.")
@click.option("--story", is_flag=True, help="WHAT is the number of a story: who told it, when, in whose words.")
@click.option("--ask", is_flag=True, help="For a URL that was never seen: ask its site's endpoints, and the page.")
@as_json
@click.pass_obj
def explain_command(
    where: CommandOptions,
    what: str,
    url: str | None,
    kind: str | None,
    content_type: str,
    story: bool,
    ask: bool,
    json_: bool,
) -> None:
    """Explain a URL, source, alert, saved page, saved feed or story.

    WHAT is a URL that was seen, an article's number, an alert (msg_…), a source, a saved page (FILE.html with
    --url, .gz too), a saved feed, sitemap, list page or API answer (FILE with --url; --as where it is a list page,
    which looks like any page), or with --story a story's number. Of a URL that was never seen it says whose site it
    is and why nobody may have heard of it. Exit 1 where a saved answer could not be read, or nothing is known.
    """
    from monitor.commands.output.documents import print_stages
    from monitor.commands.output.live_check import print_unknown
    from monitor.commands.output.sources import print_source

    if story:
        found = _story(where, what)
    elif kind is not None or (url is not None and _is_answer(Path(what), content_type)):
        return _answer(where, Path(what), kind, url, content_type, json_=json_)
    else:
        given = url is not None or Path(what).is_file()
        found = _page(where, Path(what), url) if given else _known(where, what, ask=ask)
    if "because" in found:
        print_json(found) if json_ else print_unknown(found)
        sys.exit(1)
    if json_:
        print_json(found)
    elif "endpoints" in found:
        print_source(found, datetime.now(UTC))
    else:
        print_stages(found)
    return None


def _is_answer(file: Path, content_type: str) -> bool:
    """Whether a file shows by itself that it is a feed, a sitemap or an API's answer, and no page."""
    from monitor.discovery.saved_answer import detect_kind

    return file.is_file() and detect_kind(file.read_bytes(), content_type) in ("feed", "sitemap", "api")


def _answer(
    where: CommandOptions, file: Path, kind: str | None, url: str | None, content_type: str, *, json_: bool
) -> None:
    from monitor.commands.output.saved_answer import print_saved_answer
    from monitor.commands.reports.saved_answer import explain_saved_answer
    from monitor.config.load import resolve_sources
    from monitor.pipeline.page_fields import find_outlet
    from monitor.text.urls import is_web_url

    if url is None or not is_web_url(url):
        raise click.UsageError("a saved answer needs --url, the whole address it came from: links are joined to it")
    configured = {}
    if where.config is not None or where.path().is_file():  # a feed can be read where nothing is configured yet
        configured = {source.name: source for source in resolve_sources(where.load())}
    found = explain_saved_answer(file, kind, url, content_type, find_outlet(url, configured), datetime.now(UTC))
    if json_:
        print_json(found)
    else:
        print_saved_answer(found)
    sys.exit(0 if found["reason"] is None else 1)


def _page(where: CommandOptions, file: Path, url: str | None) -> dict[str, object]:
    from monitor.commands.reports.explain import load_knowledge, read_saved_page
    from monitor.extraction.templates.outlet_knowledge import UNKNOWN
    from monitor.pipeline.page_fields import build_page_fields
    from monitor.pipeline.resolve_config import resolve_watch
    from monitor.text.urls import is_web_url

    if url is None:
        raise click.UsageError("a saved page needs --url: the address decides outlet, identity and links")
    if not is_web_url(url):
        raise click.UsageError(f"--url {url}: not a web address; write it whole, with https://")
    config = where.load()
    wanted, known = resolve_watch(config), UNKNOWN
    if Path(config.store.path).is_file():
        with where.store() as store:
            known = load_knowledge(store, url, wanted.sources)
    found = read_saved_page(file, url, wanted.sources, wanted.topics, datetime.now(UTC), known)
    return build_page_fields(found)


def _story(where: CommandOptions, what: str) -> dict[str, object]:
    from monitor.commands.reports.provenance import trace_story

    with where.store() as store:
        found = trace_story(store, int(what)) if what.isdecimal() and len(what) < 19 else None
    if found is None:
        fail_command(f"there is no story {what}: `seedwatch explain URL` names the story of a piece")
    return found


def _known(where: CommandOptions, what: str, *, ask: bool) -> dict[str, object]:
    from difflib import get_close_matches

    from monitor.commands.reports.explain import explain_configured, explain_source, explain_stages
    from monitor.config.load import resolve_sources
    from monitor.text.urls import is_web_url

    config = where.load()
    outlets = {source.name: source for source in resolve_sources(config)}
    found = None
    if Path(config.store.path).is_file():
        with where.store() as store:
            alert = store.alerts.show(what)
            about = what if alert is None or alert.alert.url is None else alert.alert.url
            found = explain_source(store, what, datetime.now(UTC)) or explain_stages(store, about, outlets)
    if found is None and what in outlets:
        found = explain_configured(outlets[what])
    if found is None and is_web_url(what):
        return _unknown(where, what, outlets, ask=ask)
    if found is None:
        near = get_close_matches(what, outlets, 1)
        cure = f"did you mean {near[0]}?" if near else "it is no source, no URL that was seen and no saved page"
        fail_command(f"nothing is known of {what}: {cure}")
    return found


def _unknown(where: CommandOptions, url: str, sources: Mapping[str, Source], *, ask: bool) -> dict[str, object]:
    """Why nobody heard of an address."""
    from monitor.commands.live.unknown_address import ask_about, explain_unknown
    from monitor.pipeline.resolve_config import resolve_watch
    from monitor.storage import Store

    config = where.load()
    logging.getLogger().setLevel(logging.WARNING)
    asked = ask_about(config, url, sources, resolve_watch(config).topics, print_progress) if ask else None
    with Store(Path(config.store.path)) if Path(config.store.path).is_file() else nullcontext() as store:
        return explain_unknown(store, url, sources, asked)
