"""WordPress's REST list of posts becomes entries; it must not send, nor take a post's text from there.

`GET /wp-json/wp/v2/posts` (developer.wordpress.org/rest-api/reference/posts) answers a bare list. Entries carry the
post's number as their key, its title, and when it was published and changed, both UTC by the name of their fields.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from monitor.model.moment import Moment
from monitor.model.page import Outcome, Rejection
from monitor.model.source import DroppedItem, Endpoint, Entry, Listing, Source
from monitor.text.bytes.json_text import load_json
from monitor.text.html_text import resolve_link, strip_markup
from monitor.text.times.dates import parse_date
from monitor.text.urls import build_link_key, find_outlet_id, is_article_url, parse_host

# What the API answers (with 400) to a page after its last. It names the number of pages in a header only.
_NO_SUCH_PAGE = b"rest_post_invalid_page_number"


def is_past_end(body: bytes, status: int) -> bool:
    """Whether the answer says that there is no such page: the list ended with the page before."""
    return status == 400 and _NO_SUCH_PAGE in body


def build_post_key(url: str, number: object) -> str:
    """The identity of a post: its number at its host, as page and feed have it too."""
    return f"wordpress:{parse_host(url).removeprefix('www.')}:{number}"


def parse_posts(body: bytes, *, url: str, endpoint: Endpoint, source: Source) -> Listing | Rejection:
    """The posts of one answer in its order; `more` is the next page where this one is full.

    `url` is the address that answered, which relative links are joined to; its `per_page` says what full is.
    """
    try:
        posts = load_json(body)
    except (ValueError, RecursionError) as error:
        return Rejection(outcome=Outcome.FAILED, reason=f"no JSON where the list of posts should be: {error}"[:200])
    if not isinstance(posts, list):
        return Rejection(outcome=Outcome.FAILED, reason="JSON, but no list of WordPress posts")
    found: dict[str, Entry] = {}
    dropped: list[DroppedItem] = []
    for post in posts:
        entry = _entry(post, url, endpoint, source) if isinstance(post, dict) else None
        if entry is None:
            dropped.append(DroppedItem(reason="it names no web address", title=_title(post), unread=True))
        elif is_article_url(entry.url, source):
            found.setdefault(entry.key, entry)
    return Listing(entries=tuple(found.values()), more=_next(endpoint, len(posts)), dropped=tuple(dropped))


def _entry(post: dict[str, Any], url: str, endpoint: Endpoint, source: Source) -> Entry | None:
    link = resolve_link(url, post.get("link"))
    if link is None:
        return None
    number = post.get("id")
    return Entry(
        url=link,
        key=find_outlet_id(link, source)
        or (build_post_key(link, number) if isinstance(number, int) else build_link_key(link, source)),
        endpoint=endpoint.key,
        title=_title(post),
        published=_moment(post, "date", source),
        modified=_moment(post, "modified", source),
    )


def _title(post: object) -> str | None:
    title = post.get("title") if isinstance(post, dict) else None
    words = title.get("rendered") if isinstance(title, dict) else title if isinstance(title, str) else None
    return strip_markup(str(words or "")) or None


def _moment(post: dict[str, Any], name: str, source: Source) -> Moment | None:
    """A post's date in UTC; where that is empty (null, zeros) its local one, in the outlet's zone."""
    utc, local = post.get(f"{name}_gmt"), post.get(name)
    found = parse_date(f"{utc}Z", carrier="api") if isinstance(utc, str) else None
    return found or (parse_date(local, carrier="api", zone=source.zone) if isinstance(local, str) else None)


def _next(endpoint: Endpoint, number: int) -> tuple[Endpoint, ...]:
    parts = urlsplit(endpoint.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    size, page = (query.get(name, default) for name, default in (("per_page", "10"), ("page", "1")))
    if not (size.isdecimal() and page.isdecimal()) or number < int(size):
        return ()
    following = urlencode({**query, "page": str(int(page) + 1)}, safe=",")
    return (Endpoint(kind="api", url=urlunsplit(parts._replace(query=following))),)
