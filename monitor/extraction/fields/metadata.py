"""What a page says of itself outside its text, each value with the carrier that said it; it must not choose text.

One parsed tree is read: JSON-LD, RDFa, OpenGraph and other meta elements, microdata, Angular's `dateformat`,
`<time>`, links in the head. Nothing here follows a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from lxml.html import HtmlElement

from monitor.extraction.fields.authors import clean_names, read_visible_byline
from monitor.extraction.fields.jsonld import (
    LIVE_BLOG,
    collect_nodes,
    find_article_node,
    is_article_node,
    list_node_types,
    read_body_text,
    read_live_updates,
    read_property_text,
    read_property_texts,
    read_property_time,
    resolve_references,
)
from monitor.extraction.fields.page_elements import PageElements, read_element_line
from monitor.extraction.fields.visible_titles import (
    clean_title,
    list_headings,
    list_home_names,
    list_lower_headings,
)
from monitor.model.moment import Moment
from monitor.text.times.dates import parse_date, parse_printed_date
from monitor.text.times.numeric_dates import has_numeric_date
from monitor.text.urls import MAX_ADDRESS, has_same_site, is_front_page, join_url, parse_host, strip_tracking

# Names under which content systems print the time of publication, best first.
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article.published",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "pubdate", "publishdate", "publish-date",
    "publication_date", "dcterms.created", "dc.date.issued", "dcterms.date", "dc.date", "date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "article.updated", "last-modified")
_LEADS = ("og:description", "twitter:description", "description", "dc.description")
_RDFA = ("schema:datePublished", "schema:dateCreated", "dc:date", "dcterms:created", "dc:created")
_DATE_LENGTH, _DATES = 80, 5  # characters of what prints a date and little else; of such places, those looked at
_PUBLISHING = re.compile(r"publi|posted|entry-date|post-date|dateline|timestamp|article__?-?date|byline", re.I)
_LABEL, _TAGS = 200, 100  # characters of a section or a tag, and tags of one page: what is more lists the site
_MOST_WORDS = 200_000  # a wordCount that says more counts something else
_DATA = ("data-timestamp", "data-time", "data-datetime", "data-date", "data-published", "data-publish-date")
_BOX, _TEASED = 3, 3  # elements around a date that are looked at; words of a link that is a headline
_SHORT = re.compile(r"/(?:node/(?P<node>\d+)|\?p=(?P<post>\d+))$")
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][a-z0-9]+)*", re.I)


T = TypeVar("T")
_Said = tuple[str, T | None]  # a carrier and what it says
_Parse = Callable[..., Moment | None]  # dates.parse with what is known of the outlet
_Metas = Mapping[str, list[str]]
_Node = Mapping[str, Any]  # of JSON-LD


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of itself.

    `titles` are (carrier, text) in the order they are trusted: "json-ld", "meta", "title"; `headings` the h1
    texts; `leads` (carrier, text). `published` are all dates it names, best carrier first; `numeric` those printed as
    numbers, as they stand. `canonical` is the page's own idea of its address, on the same site only; `points_home`
    says that it named the front page instead. `identity` is "drupal:HOST:N" or "wordpress:HOST:N". `body` is JSON-LD's
    articleBody. `declared` says whether JSON-LD or OpenGraph call it an article, `free` is False where JSON-LD says it
    must be paid for. `carriers` says what gave authors, section, tags, image and language: "json-ld", "meta", "page"
    (what readers see), "html" (the root element).
    """

    titles: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    site_names: tuple[str, ...]
    leads: tuple[tuple[str, str], ...]
    published: tuple[Moment, ...]
    numeric: tuple[str, ...]
    modified: Moment | None
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    image: str | None
    language: str | None
    canonical: str | None
    points_home: bool
    identity: str | None
    body: str | None
    declared: bool
    free: bool
    lower_headings: tuple[str, ...] = ()
    home_names: tuple[str, ...] = ()
    words: int | None = None
    live: bool = False
    carriers: Mapping[str, str] = field(default_factory=dict)


def _metas(parts: PageElements) -> dict[str, list[str]]:
    """Contents of the meta elements by name, property or itemprop, in lower case."""
    found: dict[str, list[str]] = {}
    for element in parts.of("meta"):
        content = " ".join(element.get("content", "").split())
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := element.get(attribute)):
                found.setdefault(name.strip().lower(), []).append(content)
    return found


def _first(metas: _Metas, *names: str) -> str | None:
    return next((metas[name][0] for name in names if name in metas), None)


def _stamps(parts: PageElements, parse: _Parse) -> Iterator[Moment | None]:
    """Dates that elements of the page carry in attributes, the publishing ones first."""
    for element in parts.of("dateformat"):
        if element.get("mode") == "abs":  # a `rel` one belongs to the next story (TASS)
            yield parse(element.get("time", ""), carrier="unix")
            break
    for element in parts.published()[:1]:
        value = element.get("content") or element.get("datetime") or read_element_line(element)
        yield parse(value, carrier="meta")
    below = False
    rest: list[HtmlElement] = []
    for element in parts.of("h1", "time"):
        if element.tag == "h1":
            below = True
        elif element.get("datetime"):
            named = f"{element.get('class', '')} {element.getparent().get('class', '')} {element.get('itemprop', '')}"
            if _PUBLISHING.search(named) or element.get("pubdate") is not None:
                yield parse(element.get("datetime", ""), carrier="text")
                break
            if below and not _is_teased(element):
                rest.append(element)
    for element in rest[:1]:
        yield parse(element.get("datetime", ""), carrier="text")
    for element in parts.dated():
        for name in _DATA:
            if value := element.get(name):
                yield parse(value, carrier="text")
                return


def _is_teased(element: HtmlElement) -> bool:
    """Whether a date belongs to another piece: a link of several words stands in the box around it."""
    for above in islice(element.iterancestors(), _BOX):
        if above.tag in ("article", "main", "header", "body") or above.find(".//h1") is not None:
            return False
        for link in above.iter("a"):
            if "author" not in link.get("rel", "") and len(read_element_line(link).split()) >= _TEASED:
                return True
    return False


def _numeric(parts: PageElements) -> tuple[str, ...]:
    """The numeric dates printed where dates are, below the headline: teasers above it have dates of their own."""
    below = False
    found: list[str] = []
    for element in parts.dated():
        if element.tag == "h1":
            below = True
        elif below and len(text := read_element_line(element)) <= _DATE_LENGTH and has_numeric_date(text):
            found.append(text)
    return tuple(found[:_DATES])


def _rdfa(parts: PageElements, parse: _Parse) -> Iterator[Moment | None]:
    for element in parts.described():
        if set(element.get("property", "").split()) & set(_RDFA):
            yield parse(element.get("content", ""), carrier="rdfa")
            return


def _identity(parts: PageElements, address: str) -> str | None:
    """The content system's own number of the piece, from its short link or the article element."""
    host = parse_host(address).removeprefix("www.")
    for element in parts.of("link"):
        if "shortlink" in element.get("rel", "").split() and (found := _SHORT.search(element.get("href", ""))):
            system = "drupal" if found["node"] else "wordpress"
            return f"{system}:{host}:{found['node'] or found['post']}"
    for element in parts.numbered():
        return f"drupal:{host}:{element.get('data-history-node-id')}"
    return None


def _canonical(parts: PageElements, address: str) -> tuple[str | None, bool]:
    """The page's rel=canonical where it can be true, and whether it names the front page of another address."""
    for element in parts.of("link"):
        if "canonical" in element.get("rel", "").split() and (href := element.get("href", "").strip()):
            named = join_url(address, href)
            home = is_front_page(named)
            trusted = has_same_site(named, address) and not home
            return (strip_tracking(named) if trusted else None), home and not is_front_page(address)
    return None, False


def _language(tree: HtmlElement, metas: _Metas, node: _Node) -> Iterator[_Said[str]]:
    yield "html", _code(tree.get("lang"))
    yield "json-ld", _code(read_property_text(node.get("inLanguage")))
    yield "meta", _code(_first(metas, "content-language", "og:locale"))


def _code(value: str | None) -> str | None:
    """The language of a tag: "en" of "en-GB"."""
    found = _LANGUAGE.fullmatch((value or "").strip())
    return found[1].lower() if found is not None else None


def _titles(parts: PageElements, metas: _Metas, node: _Node) -> list[tuple[str, str | None]]:
    title = next((read_element_line(element) for element in parts.of("title")), None)
    stated = (
        ("json-ld", read_property_text(node.get("headline"))),
        ("meta", _first(metas, "og:title")),
        ("meta", _first(metas, "twitter:title")),
        ("title", title),
    )
    return [(carrier, clean_title(text) if text else None) for carrier, text in stated]


def read_metadata(
    tree: HtmlElement, address: str, zone: str | None = None, *, day_first: bool | None = None
) -> Metadata:
    """What the page under `tree`, fetched from `address`, says of itself.

    `zone` is the outlet's IANA zone, `day_first` the order of its numeric dates where that is known.

    Never raises on what a page contains: a value that cannot be read is absent.
    """
    parse = partial(parse_date, zone=zone, day_first=day_first)
    parts = PageElements(tree)
    metas = _metas(parts)
    numerics = _numeric(parts)
    printed = (parse_printed_date(text, zone=zone, day_first=day_first) for text in numerics)
    declared = collect_nodes(parts.of("script"))
    node = find_article_node(declared, address) or {}
    sites = _site_names(metas, node, declared)
    home = list_home_names(tree, parse_host(address).removeprefix("www."))
    leads = [("json-ld", read_property_text(node.get("description")))] + [
        ("meta", _first(metas, name)) for name in _LEADS
    ]
    people = (
        (carrier, clean_names(values, (*sites, *home, parse_host(address))))
        for carrier, values in _authors(tree, metas, node, declared)
    )
    carriers: dict[str, str] = {}

    def first(name: str, said: Iterable[_Said[T]]) -> T | None:
        """The first thing said, its carrier noted."""
        carrier, value = next((one for one in said if one[1]), ("", None))
        if value:
            carriers[name] = carrier
        return value

    canonical, points_home = _canonical(parts, address)
    if len(canonical or "") > MAX_ADDRESS:
        canonical = None
    return Metadata(
        titles=tuple((carrier, text) for carrier, text in _titles(parts, metas, node) if text),
        headings=list_headings(parts.of("h1")),
        lower_headings=list_lower_headings(tree),
        site_names=sites,
        home_names=home,
        leads=tuple((carrier, text) for carrier, text in leads if text),
        published=tuple(moment for moment in (*_published(parts, metas, node, parse), *printed) if moment is not None),
        numeric=numerics,
        modified=next((moment for moment in _modified(metas, node, parse) if moment is not None), None),
        authors=first("authors", people) or (),
        section=(first("section", _sections(metas, node)) or "")[:_LABEL].strip() or None,
        tags=tuple(dict.fromkeys(tag[:_LABEL] for tag in first("tags", _tags(parts, metas, node)) or () if tag))[
            :_TAGS
        ],
        image=first("image", _images(address, metas, node)),
        language=first("language", _language(tree, metas, node)),
        canonical=canonical,
        points_home=points_home,
        identity=_identity(parts, address),
        body=_body(node),
        words=_words(node.get("wordCount")),
        live=LIVE_BLOG in list_node_types(node),
        declared=is_article_node(node) or _first(metas, "og:type") == "article",
        free=str(node.get("isAccessibleForFree", True)).lower() != "false",
        carriers=carriers,
    )


def _site_names(metas: _Metas, node: _Node, declared: tuple[_Node, ...]) -> tuple[str, ...]:
    """What the outlet calls itself."""
    publisher = read_property_text(resolve_references(node.get("publisher"), declared))
    website = next((read_property_text(other) for other in declared if "website" in list_node_types(other)), None)
    names = (_first(metas, "og:site_name", "application-name"), publisher, website)
    return tuple(dict.fromkeys(clean_title(name) for name in names if name and not name.startswith("http")))


def _published(parts: PageElements, metas: _Metas, node: _Node, parse: _Parse) -> Iterator[Moment | None]:
    """When the page says it was published, best carrier first."""
    yield from _rdfa(parts, parse)
    stated = read_property_time(node.get("datePublished") or node.get("dateCreated"))
    yield parse(stated or "", carrier="json-ld")
    for name in _PUBLISHED:
        if name in metas:
            yield parse(metas[name][0], carrier="meta")
    yield from _stamps(parts, parse)


def _modified(metas: _Metas, node: _Node, parse: _Parse) -> Iterator[Moment | None]:
    yield parse(read_property_time(node.get("dateModified")) or "", carrier="json-ld")
    for name in _MODIFIED:
        if name in metas:
            yield parse(metas[name][0], carrier="meta")


def _sections(metas: _Metas, node: _Node) -> Iterator[_Said[str]]:
    yield "json-ld", read_property_text(node.get("articleSection"))
    yield "meta", _first(metas, "article:section")


def _tags(parts: PageElements, metas: _Metas, node: _Node) -> Iterator[_Said[tuple[str, ...]]]:
    yield "json-ld", read_property_texts(node.get("keywords"))
    yield "meta", tuple(metas.get("article:tag", ()))
    yield "page", tuple(tag for element in parts.tagged() if (tag := read_element_line(element)))


def _images(address: str, metas: _Metas, node: _Node) -> Iterator[_Said[str]]:
    stated = (
        ("json-ld", read_property_text(node.get("image"))),
        ("meta", _first(metas, "og:image", "twitter:image")),
    )
    for carrier, image in stated:
        yield carrier, (join_url(address, image) or None) if image and len(image) <= MAX_ADDRESS else None


def _body(node: _Node) -> str | None:
    """JSON-LD's articleBody; of a live blog its updates, where they are more."""
    body = read_body_text(node.get("articleBody"))
    if LIVE_BLOG not in list_node_types(node):
        return body
    updates = read_live_updates(node)
    return updates if updates is not None and len(updates) > len(body or "") else body


def _authors(
    tree: HtmlElement, metas: _Metas, node: _Node, declared: tuple[_Node, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Who is stated as author by each carrier; the visible byline is looked for only where the others say nobody."""
    yield "json-ld", read_property_texts(resolve_references(node.get("author"), declared))
    yield "meta", tuple(metas.get("author", ()) or metas.get("article:author", ()))
    yield "page", read_visible_byline(tree)


def _words(value: Any) -> int | None:
    """JSON-LD's wordCount, which some write as a string."""
    text = str(value).strip() if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:9]) < _MOST_WORDS else None
