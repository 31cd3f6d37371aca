"""Who may say what, as values: sites, owners, and what is left of a word on another site's piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.config.public_suffixes import site_of
from monitor.identity.ownership import (
    Estate,
    PageOrigin,
    build_estate,
    find_foreign_site,
    fits_announcement,
    hint_only,
    is_asked_address,
    own_address,
    scope_key,
    trace_page,
    without_names,
)
from monitor.model.moment import Moment, Precision
from monitor.model.page import Article
from monitor.model.source import Endpoint, Entry, Source

NOON = Moment(
    at=datetime(2026, 3, 2, 12, tzinfo=UTC), raw="noon", zone="offset", precision=Precision.SECOND, carrier="feed"
)


def source(name: str, *endpoints: str, address: str | None = None, canonical: str | None = None) -> Source:
    return Source(
        name=name,
        spider="feed",
        title=name,
        address=address,
        every=600,
        endpoints=tuple(Endpoint(kind="feed", url=url) for url in endpoints),
        canonical=canonical,
    )


GULL = source("gull", "https://gull.substack.com/feed")
CROW = source("crow", "https://crow.substack.com/feed")
TERN = source("tern", "https://feeds.example.net/tern", address="https://www.tern.co.uk")
WORLD = source("tern-world", "https://tern.co.uk/world", canonical="https://archive.example.org/{id}")
ODD = source("odd", "nothing")
ESTATE = build_estate([GULL, CROW, TERN, WORLD, ODD], site_of)


def test_a_source_speaks_for_the_sites_that_the_user_wrote() -> None:
    assert (
        Estate(
            site_of=site_of,
            sites={
                "gull": frozenset({"gull.substack.com"}),
                "crow": frozenset({"crow.substack.com"}),
                "tern": frozenset({"tern.co.uk", "example.net"}),
                "tern-world": frozenset({"tern.co.uk", "example.org"}),
                "odd": frozenset(),
            },
            owners={
                "gull.substack.com": ("gull",),
                "crow.substack.com": ("crow",),
                "tern.co.uk": ("tern", "tern-world"),
                "example.net": ("tern",),
                "example.org": ("tern-world",),
            },
        )
        == ESTATE
    )


@pytest.mark.parametrize(
    ("name", "url", "own", "owner"),
    [
        ("gull", "https://gull.substack.com/p/1", True, "gull"),
        ("gull", "https://crow.substack.com/p/1", False, "crow"),
        ("tern", "http://news.tern.co.uk:8080/1", True, "tern"),
        ("gull", "https://tern.co.uk/1", False, "gull"),  # two sources share it: whoever brought the piece
        ("gull", "https://nobody.example/1", False, "gull"),
        ("unknown", "https://nobody.example/1", False, "unknown"),
        ("odd", "nothing", False, "odd"),
    ],
)
def test_whose_a_piece_is(name: str, url: str, own: bool, owner: str) -> None:
    assert (ESTATE.speaks_for(name, url), ESTATE.owner_of(url, name)) == (own, owner)


@pytest.mark.parametrize(
    ("listed", "site"),
    [
        (["https://www.auk.example/1", "https://auk.example/2", "https://m.auk.example/3"], "auk.example"),
        (["https://auk.example/1", "https://auk.example/2"], None),  # too little to tell
        (["https://auk.example/1", "https://auk.example/2", "https://owl.example/3"], ""),  # an aggregator
        (["https://gull.substack.com/p/1", *["https://gull.substack.com/p/2"] * 2], ""),  # a source's own
        (["https://auk.example/1", "https://owl.example/3"], ""),
        (["nothing"] * 3, ""),
        ([], None),
    ],
)
def test_a_source_that_lists_one_site_that_nobody_speaks_for(listed: list[str], site: str | None) -> None:
    assert find_foreign_site(listed, ESTATE) == site


@pytest.mark.parametrize(
    ("announcer", "link", "served", "found"),
    [
        (
            *("gull", "https://gull.substack.com/p/1", "https://gull.substack.com/p/one"),
            PageOrigin(site="gull.substack.com", source="gull", own=True, asked=True),
        ),
        (
            *("crow", "https://gull.substack.com/p/1", "https://gull.substack.com/p/1"),
            PageOrigin(site="gull.substack.com", source="gull", own=False, asked=True),
        ),
        (
            *("crow", "https://crow.substack.com/r", "https://gull.substack.com/p/1"),
            PageOrigin(site="gull.substack.com", source="gull", own=False, asked=False),
        ),
    ],
)
def test_where_a_page_came_from(announcer: str, link: str, served: str, found: PageOrigin) -> None:
    assert trace_page(ESTATE, announcer, link, served) == found


@pytest.mark.parametrize(
    ("url", "key", "scoped"),
    [
        ("https://gull.substack.com/p/1?utm_source=x", "gull:1", "gull:1"),
        ("https://gull.substack.com/p/1", "drupal:www.gull.substack.com:900", "drupal:www.gull.substack.com:900"),
        ("https://gull.substack.com/p/1?utm_source=x", "drupal:tern.co.uk:900", "https://gull.substack.com/p/1"),
        ("https://gull.substack.com/p/1", "wordpress:crow.substack.com:2", "https://gull.substack.com/p/1"),
        ("https://tern.co.uk/1/?utm_source=x", "drupal:tern.co.uk:900", "https://tern.co.uk/1"),
        ("https://tern.co.uk/1", "gull:1", "https://tern.co.uk/1"),
    ],
)
def test_a_link_is_known_by_what_its_announcer_may_name(url: str, key: str, scoped: str) -> None:
    assert scope_key(Entry(url=url, key=key, endpoint="feed"), GULL, ESTATE) == scoped


@pytest.mark.parametrize("details", [{}, {"backfill": True}])
def test_a_hint_has_no_word_on_the_piece(details: dict[str, bool]) -> None:
    said = Entry(
        url="https://tern.co.uk/1",
        key="drupal:tern.co.uk:900",
        endpoint="feed",
        title="Altered",
        lead="All of it.",
        text="All of it is altered.",
        published=NOON,
        details={**details, "guid": "900 at tern.co.uk"},
    )
    assert hint_only(said) == Entry(
        url="https://tern.co.uk/1", key="https://tern.co.uk/1", endpoint="feed", details=details
    )


def test_the_rules_of_another_site_name_no_piece() -> None:
    ruled = replace(WORLD, identity="tern:{id}", article=r"/(?P<id>\d+)")
    assert without_names(ruled) == replace(ruled, identity=None, canonical=None)


def test_a_page_that_calls_itself_by_another_sites_address_has_the_one_that_served_it() -> None:
    article = Article(
        url="https://tern.co.uk/1", identity=None, title="Ice", lead=None, text="Ice.", rungs={"url": "canonical"}
    )
    served = "https://crow.substack.com/p/1?utm_source=x#top"
    assert own_address(article, served, site_of) == replace(
        article, url="https://crow.substack.com/p/1", rungs={"url": "address"}
    )
    assert own_address(article, "https://www.tern.co.uk/other", site_of) is article


@pytest.mark.parametrize(
    ("known", "asked", "same"),
    [
        ("https://tern.co.uk/1", "http://www.tern.co.uk:80/1/?utm_source=x#top", True),
        ("https://tern.co.uk/1", "https://tern.co.uk/2", False),
    ],
)
def test_one_page_in_two_spellings(known: str, asked: str, same: bool) -> None:
    assert is_asked_address(known, asked) is same


@pytest.mark.parametrize(
    ("title", "announced", "fits"),
    [
        ("The quay is to be rebuilt", "The quay is to be rebuilt this year", True),
        ("Log in", "The quay is to be rebuilt", False),
        ("Log in", None, True),
        ("Log in", "", True),
    ],
)
def test_a_stored_headline_fits_what_its_owner_announces(title: str, announced: str | None, fits: bool) -> None:
    entry = Entry(url="https://tern.co.uk/1", key="https://tern.co.uk/1", endpoint="feed", title=announced)
    assert fits_announcement(title, entry) is fits
