"""What a page says of itself, carrier by carrier."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from monitor.extraction.fields.metadata import Metadata, read_metadata
from monitor.model.moment import Moment, Precision

ADDRESS = "https://www.herald.example/news/ferry"
EMPTY = Metadata(
    titles=(),
    headings=(),
    site_names=(),
    leads=(),
    published=(),
    numeric=(),
    modified=None,
    authors=(),
    section=None,
    tags=(),
    image=None,
    language=None,
    canonical=None,
    points_home=False,
    identity=None,
    body=None,
    declared=False,
    free=True,
)


def read(head: str = "", body: str = "x", attributes: str = "", zone: str | None = None) -> Metadata:
    markup = f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>"
    return read_metadata(html.fromstring(markup), ADDRESS, zone)


def script(node: dict[str, Any]) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def moment(*parts: int, raw: str, carrier: str, zone: str = "offset") -> Moment:
    when = datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
    return Moment(at=when, raw=raw, zone=zone, precision=Precision.SECOND, carrier=carrier)


def test_a_silent_page() -> None:
    assert read() == EMPTY


def test_a_page_that_says_everything() -> None:
    node = {
        "@type": "NewsArticle",
        "headline": "Vote put off",
        "description": "The third time in a year.",
        "datePublished": "2026-05-04T10:00:00+03:00",
        "dateModified": "2026-05-04T11:00:00+03:00",
        "author": [{"@type": "Person", "name": "By Ann Lee"}, {"name": "Harbour Herald"}, {"name": "dennis2020"}],
        "publisher": {"name": "Harbour Herald"},
        "articleSection": "Coast",
        "keywords": ["ferry", "council"],
        "image": [{"url": "/boat.jpg"}],
        "inLanguage": "en-GB",
        "articleBody": "One &amp; all.\n\n Two. ",
        "isAccessibleForFree": "False",
    }
    head = (
        script(node)
        + '<title>Vote put off | Herald</title><meta property="og:title" content="Vote  put off">'
        + '<meta property="og:site_name" content="Herald"><meta name="description" content="Said the council.">'
        + '<meta property="article:published_time" content="2026-05-04T07:00:01Z"><meta name="empty" content="">'
        + f'<link rel="canonical" href="{ADDRESS}?utm_source=x"><link rel="shortlink" href="/?p=17">'
    )
    assert read(head, "<h1>Vote <b>put</b> off</h1><h1> </h1>") == Metadata(
        titles=(("json-ld", "Vote put off"), ("meta", "Vote put off"), ("title", "Vote put off | Herald")),
        headings=("Vote put off",),
        site_names=("Herald", "Harbour Herald"),
        leads=(("json-ld", "The third time in a year."), ("meta", "Said the council.")),
        published=(
            moment(2026, 5, 4, 7, raw="2026-05-04T10:00:00+03:00", carrier="json-ld"),
            moment(2026, 5, 4, 7, 0, 1, raw="2026-05-04T07:00:01Z", carrier="meta"),
        ),
        numeric=(),
        modified=moment(2026, 5, 4, 8, raw="2026-05-04T11:00:00+03:00", carrier="json-ld"),
        authors=("Ann Lee",),
        section="Coast",
        tags=("ferry", "council"),
        image="https://www.herald.example/boat.jpg",
        language="en",
        canonical=ADDRESS,
        points_home=False,
        identity="wordpress:herald.example:17",
        body="One & all.\nTwo.",
        declared=True,
        free=False,
        carriers=dict.fromkeys(("authors", "section", "tags", "image", "language"), "json-ld"),
    )


def test_each_field_names_its_carrier_and_none_without_a_value() -> None:
    head = (
        script({"@type": "NewsArticle", "headline": "x", "author": "dennis2020", "articleSection": "Coast"})
        + '<meta property="og:image" content="/boat.jpg"><meta property="og:locale" content="en_GB">'
    )
    said = read(head, '<a class="tags__item">Ferries</a>')
    assert (said.authors, said.section, said.tags, said.language) == ((), "Coast", ("Ferries",), "en")
    assert said.carriers == {"section": "json-ld", "tags": "page", "image": "meta", "language": "meta"}


def test_the_agencys_template_dates_its_own_story_not_the_next() -> None:
    body = (
        '<dateformat time="1593379701" mode="rel"></dateformat><h1>Vote</h1>'
        '<dateformat time="1593378975" mode="abs"></dateformat><dateformat time="1" mode="abs"></dateformat>'
        '<a class="tags__item">Ferries</a><a class="tags__item">Ferries</a>'
    )
    said = read(body=body)
    expected = moment(2020, 6, 28, 21, 16, 15, raw="1593378975", carrier="unix", zone="unix")
    assert (said.published, said.tags) == ((expected,), ("Ferries",))


@pytest.mark.parametrize(
    ("body", "carrier"),
    [
        ('<span property="schema:dateCreated" content="2025-08-23T06:34:08+00:00">Sat</span>', "rdfa"),
        ('<span property="dc:date dc:created" content="2025-08-23T06:34:08+00:00">Sat</span>', "rdfa"),
        ('<span itemprop="datePublished" content="2025-08-23T06:34:08+00:00">Sat</span>', "meta"),
        ('<time itemprop="datePublished" datetime="2025-08-23T06:34:08+00:00" class="published">Sat</time>', "meta"),
        ('<span itemprop="datePublished">2025-08-23T06:34:08+00:00</span>', "meta"),
        ('<h1>Vote</h1><p><time datetime="2025-08-23T06:34:08+00:00">Sat</time></p>', "text"),
        ('<p class="byline"><time datetime="2025-08-23T06:34:08+00:00">Sat</time></p>', "text"),
        ('<h1>V</h1><time>x</time><time pubdate datetime="2025-08-23T06:34:08+00:00">Sat</time>', "text"),
    ],
)
def test_dates_in_the_page(body: str, carrier: str) -> None:
    said = read(body=body)
    assert said.published[0] == moment(2025, 8, 23, 6, 34, 8, raw="2025-08-23T06:34:08+00:00", carrier=carrier)


def test_a_time_above_the_headline_or_unreadable_is_nobodys() -> None:
    assert (
        read(body='<time datetime="2025-08-23T06:34:08Z">Sat</time><h1>Vote</h1><time datetime="now"></time>').published
        == ()
    )
    assert read(body='<span property="schema:name" content="2025-08-23">Sat</span>').published == ()


def test_meta_names_of_content_systems() -> None:
    head = '<meta name="DC.date.issued" content="2025-08-23 09:34:08"><meta name="last-modified" content="2025-08-24">'
    said = read(head + '<meta property="og:type" content="article">', zone="Europe/Moscow")
    assert said.published == (moment(2025, 8, 23, 6, 34, 8, raw="2025-08-23 09:34:08", carrier="meta", zone="outlet"),)
    assert said.modified is not None
    assert said.modified.precision is Precision.DAY
    assert said.declared


def test_authors_tags_and_section_from_meta() -> None:
    head = (
        '<meta name="author" content="von Ann Lee"><meta name="author" content="https://herald.example/ann">'
        '<meta property="article:tag" content="ferry"><meta property="article:section" content="Coast">'
    )
    said = read(head)
    assert (said.authors, said.tags, said.section) == (("Ann Lee",), ("ferry",), "Coast")


@pytest.mark.parametrize(
    ("link", "canonical", "home"),
    [
        ('<link rel="canonical" href="/news/ferry">', ADDRESS, False),
        ('<link rel="canonical" href="https://herald.example/news/ferry">', "https://herald.example/news/ferry", False),
        ('<link rel="canonical" href="https://other.example/news/ferry">', None, False),
        ('<link rel="canonical" href="/">', None, True),
        ('<link rel="canonical" href=" ">', None, False),
        ('<link rel="canonical" href="http://[x">', None, False),
        ('<link rel="next" href="/x"><link href="/x">', None, False),
    ],
)
def test_canonical(link: str, canonical: str | None, home: bool) -> None:
    said = read(link)
    assert (said.canonical, said.points_home) == (canonical, home)


@pytest.mark.parametrize(
    ("head", "body", "identity"),
    [
        ('<link rel="shortlink" href="https://www.herald.example/node/13348">', "", "drupal:herald.example:13348"),
        ('<link rel="shortlink" href="https://herald.example/?p=17">', "", "wordpress:herald.example:17"),
        ('<link rel="shortlink" href="https://hrld.example/x7">', "", None),
        ("", '<article data-history-node-id="9">x</article>', "drupal:herald.example:9"),
    ],
)
def test_identity(head: str, body: str, identity: str | None) -> None:
    assert read(head, body or "x").identity == identity


@pytest.mark.parametrize(
    ("attributes", "head", "language"),
    [
        ('lang="EN-us"', "", "en"),
        ('lang=""', '<meta property="og:locale" content="ru_RU">', "ru"),
        ("", '<meta http-equiv="content-language" content="tr">', "tr"),
        ('lang="unknown language"', "", None),
    ],
)
def test_language(attributes: str, head: str, language: str | None) -> None:
    assert read(head, attributes=attributes).language == language


def test_an_image_without_an_address_is_none() -> None:
    head = '<meta property="og:image" content="data:image/png;base64,xx">'
    assert read(head).image is None
    assert read(head + script({"@type": "Article", "headline": "x", "image": "http://[x"})).image is None


def test_numeric_dates_below_the_headline() -> None:
    body = (
        '<time>13/04/2023</time><h1>Vote</h1><span class="post-date">Updated 03/04/2023 08:34</span>'
        '<time>4 April</time><div class="updates">' + "03/04/2023 " * 20 + "</div>"
    )
    markup = html.fromstring(f"<html><body>{body}</body></html>")
    said = read_metadata(markup, ADDRESS)
    assert (said.numeric, said.published) == (("Updated 03/04/2023 08:34",), ())
    known = read_metadata(markup, ADDRESS, "Europe/Moscow", day_first=True)
    (published,) = known.published
    assert (published.at, published.raw) == (datetime(2023, 4, 3, 5, 34, tzinfo=UTC), "03/04/2023 08:34")


def test_a_time_beside_its_author_is_the_piece_s_own_and_one_beside_a_headline_is_a_teaser_s() -> None:
    stamp = "<time datetime='2026-05-04T21:16:15Z'>4 May</time>"
    own = f"<h1>Vote</h1><div><div><div><a rel='author' href='/a'>Ada Auk of Sund</a>{stamp}</div></div></div>"
    assert [found.raw for found in read(body=own).published] == ["2026-05-04T21:16:15Z"]
    other = f"<h1>Vote</h1><div><div><div><a href='/b'>Two boats were sold</a>{stamp}</div></div></div>"
    assert read(body=other).published == ()


def test_updates_of_a_live_blog_are_its_body() -> None:
    updates = [{"@type": "BlogPosting", "articleBody": f"Update {n}, with more to it than that."} for n in range(3)]
    node = {"@type": "LiveBlogPosting", "headline": "Vote", "articleBody": "Opening.", "liveBlogUpdate": updates}
    body = read(script(node)).body
    assert body is not None
    assert [line for line in body.split("\n") if line.startswith("Update 2")] == [
        "Update 2, with more to it than that."
    ]


def test_what_a_page_says_has_a_length() -> None:
    long = "storm-" * 2_000
    found = read(
        f'<link rel="canonical" href="{long}"><meta property="og:image" content="/{long}">'
        f'<meta property="article:section" content="{long}">'
        + "".join(f'<meta property="article:tag" content="{n} {long}">' for n in range(150))
    )
    assert (found.canonical, found.image, found.section) == (None, None, long[:200])
    assert found.tags == tuple(f"{n} {long}"[:200] for n in range(100))
