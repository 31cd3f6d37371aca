"""The site of a web address by the public suffix list with its private part; it must not fetch a newer list.

The list is the snapshot that tldextract ships; nothing is fetched and nothing is cached on disk. Pure rooms get
`site_of` handed in.
"""

from __future__ import annotations

from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from monitor.text.urls import parse_host

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Companies that give each author a host name below theirs and are missing in the list's private part (snapshot of
# tldextract 5.4). Without them two blogs of one company would count as one outlet.
_HOST_COMPANIES = (
    *("beehiiv.com", "canalblog.com", "ghost.io", "home.blog", "hubpages.com", "jimdofree.com", "livejournal.com"),
    *("mailchi.mp", "medium.com", "narod.ru", "over-blog.com", "squarespace.com", "substack.com", "tumblr.com"),
    *("typepad.com", "ucoz.ru", "weebly.com", "wordpress.com"),
)


@cache
def _load_list() -> TLDExtract:
    """The list, read when it is first asked: the library brings requests along, and most commands ask for no site."""
    from tldextract import TLDExtract

    return TLDExtract(
        cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True, extra_suffixes=_HOST_COMPANIES
    )


@lru_cache(maxsize=256)  # a piece has the site of its address asked for half a dozen times
def site_of(url: str) -> str:
    """The site that an address belongs to: its registrable domain, in lower case; "" where it is no web address.

    A host without one is a site of its own: a number or a name without a dot with its port, a public suffix without.
    A leading `www.` does not count. A top-level domain that the list does not know counts as a suffix (its rule `*`).
    """
    host = parse_host(url)
    return _site(host) if host else ""


@lru_cache(maxsize=65_536)
def _site(host: str) -> str:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if _is_address(name) or "." not in name:
        return host
    name = name.removeprefix("www.")
    found = _load_list()(name)
    if found.suffix:
        return found.top_domain_under_public_suffix or name
    return ".".join(name.split(".")[-2:])


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
