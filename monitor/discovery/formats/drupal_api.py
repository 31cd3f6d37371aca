"""Drupal's JSON:API list of nodes becomes entries; it must not send, nor take a node's text from there.

`GET /jsonapi/node/article` (drupal.org, core module JSON:API): attributes `drupal_internal__nid`, `title`,
`created`, `changed` with their offset, and `path.alias`; `links.next` leads further.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source
from monitor.text.bytes.json_text import load_json
from monitor.text.html_text import normalize_line, resolve_link
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, find_outlet_id, is_article_url, parse_host


def parse_nodes(body: bytes, *, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """The nodes of one answer in its order; `more` is the page it names as the next one, on the same host.

    `url` is the address that answered. A node without an alias stands at `/node/N`.
    """
    try:
        answer = load_json(body)
    except (ValueError, RecursionError) as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"no JSON where the list of nodes should be: {error}"[:200])
    nodes = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(nodes, list):
        return Rejection(outcome=Outcome.FAILED, reason="JSON, but no JSON:API list of nodes")
    found: dict[str, Entry] = {}
    dropped: list[DroppedItem] = []
    for node in nodes:
        entry = _entry(_table(node, "attributes"), url, endpoint, source)
        if entry is None:
            title = str(_table(node, "attributes").get("title") or "")
            dropped.append(DroppedItem(reason="it has neither an alias nor a number", title=title or None, unread=True))
        elif is_article_url(entry.url, source):
            found.setdefault(entry.key, entry)
    following = resolve_link(url, _table(_table(answer, "links"), "next").get("href"))
    more = (Endpoint(kind="api", url=following),) if following and parse_host(following) == parse_host(url) else ()
    return Listing(entries=tuple(found.values()), more=more if found else (), dropped=tuple(dropped))


def _table(value: object, name: str) -> Mapping[str, Any]:
    inner = value.get(name) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def _entry(said: Mapping[str, Any], url: str, endpoint: Endpoint, source: Source) -> Entry | None:
    number = said.get("drupal_internal__nid")
    alias = _table(said, "path").get("alias")
    link = resolve_link(url, alias or (f"/node/{number}" if isinstance(number, int) else None))
    if link is None:
        return None
    own = f"drupal:{parse_host(url).removeprefix('www.')}:{number}" if isinstance(number, int) else None
    return Entry(
        url=link,
        key=find_outlet_id(link, source) or own or build_link_key(link, source),
        endpoint=endpoint.key,
        title=normalize_line(str(said.get("title") or "")) or None,
        published=_moment(said.get("created")),
        modified=_moment(said.get("changed")),
    )


def _moment(raw: object) -> Moment | None:
    """A date as text, or in seconds, as early versions give it."""
    return parse_date(raw, carrier="api") if isinstance(raw, str | int) else None
