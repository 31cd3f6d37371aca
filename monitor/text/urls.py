"""Addresses as identities: one spelling for one page; it must not fetch, resolve or guess what a server answers."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urldefrag, urlsplit, urlunsplit

from monitor.model.source import Source
from monitor.text.addresses.browser_urls import encode_host, resolve_url
from monitor.text.addresses.tracking_parameters import is_tracking_parameter

_PORTS = {"http": 80, "https": 443}

# What parsers of addresses take off either end (WHATWG URL: C0 controls and space), beside what `strip` takes.
_CONTROLS = "".join(map(chr, range(0x21)))
_SESSION = re.compile(r";jsessionid=[\w.!-]*", re.I)  # Java's, in a path
_PARTED = re.compile("([&;])")
# What every parser of addresses reads alike; the rest is read as browsers do: "http:/host", "https:\\\\host", a tab.
_ORDINARY = re.compile(r"\s*https?://[^/\\\s?#@]+(?:[/?#][^\\\s]*)?\s*$", re.I)
# An address with nothing in it on which parsers differ, that joining or unparsing changes, or that carries a login.
_PLAIN = re.compile(
    r"https?://[a-z0-9.-]+(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}))?"
    r"(?:/[A-Za-z0-9._~%/+=&,-]*(?:\?[A-Za-z0-9._~%/+=&,-]+)?)?"
)
# An address that is its own one spelling, as most addresses of articles are: nothing in it is ever written otherwise.
_SPELLED = re.compile(
    r"https?://(?=[a-z0-9.-]{4,63}/)(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}"
    r"/(?!index\.php)(?:[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*(?<!/amp))?"
)
MAX_ADDRESS = 8_000  # characters that everybody should be able to take (RFC 9110, 4.1): what is longer is no address
_AMP = {("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp")}


@lru_cache(maxsize=256)  # a piece's own few addresses, a dozen times each
def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address with a usable host and port, else None."""
    try:
        parts = urlsplit(url.strip() if _ORDINARY.match(url) else resolve_url("", url))
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return parts if usable else None


def _netloc(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    name = encode_host(name)
    if ":" in name:
        name = f"[{name}]"
    return name if parts.port in (None, _PORTS[parts.scheme]) else f"{name}:{parts.port}"


def is_web_url(url: str) -> bool:
    """Whether `url` is an absolute http or https address with a host."""
    return _split(url) is not None


def is_plain_url(url: str) -> bool:
    """Whether a look shows that `url` is a web address, without a login, that joined with any other stays as it is.

    Most are; it takes a tenth of the time of parsing them.
    """
    return _PLAIN.fullmatch(url) is not None


def parse_host(url: str) -> str:
    """Host in lower case, IDNA, with a port that is not the scheme's own: the key of politeness and leases.

    "" where `url` is no web address.
    """
    if _SPELLED.fullmatch(url):
        return url[url.index("/") + 2 : url.index("/", len("https://"))]
    parts = _split(url)
    return "" if parts is None else _netloc(parts)


def strip_tracking(url: str) -> str:
    """`url` without fragment, user name, tracking parameters and session: still fetches the same page.

    What is no web address comes back stripped of outer space only.
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    path = _SESSION.sub("", parts.path)
    return urlunsplit((parts.scheme, _netloc(parts), path or "/", _without_trackers(parts.query), ""))


def _without_trackers(query: str) -> str:
    """A query less its tracking parameters; every other byte of it, and what parts them, stays as it was."""
    pieces = _PARTED.split(query)  # parameters, each but the first after the mark that parts it
    kept = ""
    for mark, piece in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        name, _, value = piece.partition("=")
        marked = unquote(value).strip().strip(_CONTROLS).lower()
        if not is_tracking_parameter(name) and (name.lower(), marked) not in _AMP:
            kept += (mark if kept else "") + piece
    return kept


@lru_cache(maxsize=4_096)  # a piece is asked for its address half a dozen times
def normalize_url(url: str) -> str:
    """The one spelling of an address, for comparing; idempotent.

    Lower-case IDNA host, no default port, fragment, user name or tracking parameter; parameters sorted, percent
    encoding normal; no `/amp`, no `/index.php`, no double or trailing slash. Scheme and `www.` stay, since they may
    be other sites. It names a page and need not be what a server wants to be asked for: fetch `plain`.
    """
    if _SPELLED.fullmatch(url):
        return url
    from w3lib.url import canonicalize_url  # late: it brings urllib.request along, which few commands need

    parts = _split(canonicalize_url(strip_tracking(url), keep_blank_values=True)) if is_web_url(url) else None
    if parts is None:
        return url.strip()
    path = re.sub(r"/{2,}", "/", parts.path)
    while True:
        shorter = re.sub(r"^/index\.php(?=/|$)", "", re.sub(r"(?<=[^/])/amp$", "", path.rstrip("/")))
        if shorter == path:
            break
        path = shorter
    return urlunsplit((parts.scheme, _netloc(parts), path or "/", parts.query, ""))


@lru_cache(maxsize=256)
def strip_scheme(url: str) -> str:
    """What the spellings of one page share that `canonical` keeps apart: no scheme and no `www.`; idempotent.

    One host answers alike over http and https, with and without `www.`, or sends from one to the other. Only for
    recognising a page that is known: it cannot be fetched. What is no web address comes back as `canonical` has it.
    """
    name = normalize_url(url)
    if _SPELLED.fullmatch(name) or _split(name) is not None:
        return "//" + name.split("//", 1)[1].removeprefix("www.")
    return name


def _groups(url: str, source: Source) -> dict[str, str] | None:
    """The named groups of the outlet's article rule over `url` as given or canonical, None where it fits neither."""
    if source.article is None:
        return None
    found = re.search(source.article, url) or re.search(source.article, normalize_url(url))
    return None if found is None else {k: v for k, v in found.groupdict().items() if v is not None}


def _fill(template: str | None, groups: dict[str, str] | None) -> str | None:
    if template is None or groups is None:
        return None
    try:
        return template.format(**groups)
    except (KeyError, IndexError):  # a group this address does not have
        return None


def is_article_url(url: str, source: Source) -> bool:
    """Whether the outlet's rule takes `url` for an article; an outlet without a rule takes every web address."""
    return is_web_url(url) and (source.article is None or _groups(url, source) is not None)


def find_outlet_id(url: str, source: Source) -> str | None:
    """The outlet's own id read from the address ("tass:868168"), None where its rules give none."""
    return _fill(source.identity, _groups(url, source))


def build_canonical_address(url: str, source: Source) -> str:
    """The outlet's one true address of `url` by its `canonical` template, else `canonical(url)`."""
    return normalize_url(_fill(source.canonical, _groups(url, source)) or url)


def build_link_key(url: str, source: Source) -> str:
    """What names the link inside the product: the outlet's own id, else its one true address."""
    return find_outlet_id(url, source) or build_canonical_address(url, source)


def join_url(base: str, link: str, encoding: str = "utf-8") -> str:
    """`link` as it stands on the page `base`, absolute, as browsers read it; "" where it is no web address then.

    `encoding` is the page's own, in which a query's raw letters are sent (WHATWG URL, "percent-encode after encoding").
    """
    joined = resolve_url(base, link, encoding)
    return joined if is_web_url(joined) else ""


def drop_fragment(url: str) -> str:
    """`url` as it is asked for."""
    return urldefrag(url).url


def find_domain(url: str) -> str | None:
    """The registered domain ("example.co.uk"), None where the host has none: a number, a name without a dot."""
    from courlan import extract_domain  # late: it brings urllib3 along, and most commands ask for no domain

    return extract_domain(url) if is_web_url(url) else None


def has_same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registered domain; hosts without one must be equal, port included.

    A leading `www.` does not count.
    """
    first, second = parse_host(a), parse_host(b)
    if not first or not second:
        return False
    if first.removeprefix("www.") == second.removeprefix("www."):
        return True
    registered = find_domain(a)
    return registered is not None and registered == find_domain(b)


def is_front_page(url: str) -> bool:
    """Whether the address is a site's root, with or without `/index.php` or a two-letter language."""
    parts = _split(normalize_url(url))
    return parts is not None and not parts.query and re.fullmatch(r"/(?:[a-z]{2})?", parts.path) is not None
