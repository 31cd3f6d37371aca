"""Whole pages in, articles or reasons out; the pages imitate the structure of real templates with words of our own."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from harbour import (
    AGENCY,
    COUNCIL,
    ISLANDS,
    LEAD,
    PARAGRAPHS,
    QUOTE,
    agency_page,
    article,
    document,
    moment,
    page,
    paragraphs,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.extraction.extract import extract_article
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.model.moment import Dateline, Precision
from monitor.model.page import Article, Outcome, Page, Rejection
from monitor.model.source import Entry
from monitor.text.content_hash import fold_text


def test_the_agencys_template() -> None:
    result = extract_article(page(agency_page(), "https://agency.example/world/868168/amp?utm_source=rss"), AGENCY)
    start = f"OSTHAVEN, May 4. /TASS/. {PARAGRAPHS[0]}"
    assert result == Article(
        url="https://agency.example/world/868168",
        identity="agency:868168",
        title="Ferry vote put off — Example",
        lead=LEAD,
        text="\n\n".join((LEAD, start, *PARAGRAPHS[1:])),
        headline="Ferry vote put off — Example",
        published=moment(2026, 5, 4, 21, 16, 15, raw="2026-05-05T00:16:15+03:00", zone="offset", carrier="json-ld"),
        dateline=Dateline(place="OSTHAVEN", month=5, day=4, agency="TASS", raw="OSTHAVEN, May 4. /TASS/."),
        dateline_on=date(2026, 5, 4),
        language="en",
        declared_language="en",
        tags=("Ferries",),
        attribution="Example",
        agency="TASS",
        rungs=dict.fromkeys(("title", "lead", "published"), "json-ld")
        | {"text": "trafilatura", "url": "rules", "tags": "page", "language": "source", "agency": "dateline"},
        removed=("2 × links to other pages", "Read also", "Ferry boats sold to the yard", "© Ann Example/TASS"),
    )


def test_a_lead_that_stands_in_the_body_is_not_joined_again() -> None:
    result = article(extract_article(page(agency_page(first=f"{LEAD}, he said. ")), AGENCY))
    assert result.text.count(LEAD) == 1
    assert result.text.startswith("OSTHAVEN, May 4. /TASS/. ")
    assert result.lead == LEAD


def test_the_list_apis_date_and_lead_come_first_where_the_page_is_silent() -> None:
    published = moment(2026, 5, 4, 21, 16, 10, raw="1777929370", zone="unix", carrier="api")
    entry = Entry(
        url="https://agency.example/world/868168",
        key="agency:868168",
        endpoint="https://agency.example/api",
        title="Ferry vote put off — Example",
        lead="The council could not agree",
        published=published,
    )
    bare = document(f"<h2>News</h2><article>{paragraphs(*PARAGRAPHS)}</article>", "")
    result = article(extract_article(page(bare, entry=entry), AGENCY))
    assert (result.title, result.lead, result.published) == (entry.title, entry.lead, published)
    rungs = {"title": "api", "text": "trafilatura", "lead": "api", "published": "api"}
    assert result.rungs == rungs | {"url": "rules", "language": "source"}
    both = article(extract_article(page(agency_page(), entry=entry), AGENCY))
    assert both.published == published


def test_a_drupal_page_with_notes_teasers_and_a_visible_us_date() -> None:
    body = (
        f"<h1>Ferry vote put off</h1><article data-history-node-id='13348'>{paragraphs(*PARAGRAPHS)}"
        "<p>source: Harbour Herald with agencies.</p><p>photo: a mail boat</p>"
        f"<p>Related articles</p><p>Editor's choice</p><p>{PARAGRAPHS[0].replace('ferry', 'rail')}</p></article>"
        "<div>Sat, 03/04/2023 - 08:34</div>"
    )
    markup = document(body, '<title>Ferry vote put off | Herald</title><meta property="og:site_name" content="Herald">')
    source = replace(AGENCY, article=None, identity=None, canonical=None, zone="Europe/Brussels", cut=("Popular",))
    result = article(extract_article(page(markup, "https://www.herald.example/news/ferry?utm_source=x"), source))
    assert result.url == "https://www.herald.example/news/ferry"
    assert result.identity == "drupal:herald.example:13348"
    assert result.text == "\n\n".join(PARAGRAPHS)
    assert result.notes == ("source: Harbour Herald with agencies.", "photo: a mail boat")
    assert result.agency == "Harbour Herald with agencies"
    assert result.published == moment(
        2023, 3, 4, 7, 34, raw="Sat, 03/04/2023 - 08:34", zone="outlet", carrier="text", precision=Precision.MINUTE
    )


def test_a_printed_day_first_date() -> None:
    body = f"<h1>Ferry vote put off</h1><div><p>Date: 12.1.2021 14:00</p>{paragraphs(*PARAGRAPHS)}</div>"
    result = article(extract_article(page(document(body)), replace(AGENCY, zone="Europe/Istanbul")))
    assert result.notes == ("Date: 12.1.2021 14:00",)
    assert result.published == moment(
        2021, 1, 12, 11, raw="12.1.2021 14:00", zone="outlet", carrier="text", precision=Precision.MINUTE
    )


def test_a_day_first_date_printed_outside_of_the_text() -> None:
    body = f"<h1>Ferry vote put off</h1><div>Date: 12.1.2021 14:00</div><article>{paragraphs(*PARAGRAPHS)}</article>"
    result = article(extract_article(page(document(body)), replace(AGENCY, zone="Europe/Istanbul")))
    assert result.published == moment(
        2021, 1, 12, 11, raw="12.1.2021 14:00", zone="outlet", carrier="text", precision=Precision.MINUTE
    )


def test_a_datelines_day_takes_the_year_of_the_publication_and_keeps_its_own_day() -> None:
    """Published in the first minutes of a year, filed on the last day of the one before."""
    stated = '<meta property="article:published_time" content="2026-01-01T00:16:00+03:00"><title>Vote put off</title>'
    body = f"<h1>Vote put off</h1><p>OSTHAVEN, December 30. /TASS/. {COUNCIL}</p>{paragraphs(ISLANDS, QUOTE)}"
    result = article(extract_article(page(document(body, stated))))
    assert result.published is not None
    assert (result.published.at, result.dateline_on) == (datetime(2025, 12, 31, 21, 16, tzinfo=UTC), date(2025, 12, 30))


def test_carriers_that_contradict_are_kept_beside() -> None:
    head = (
        '<title>Vote put off</title><meta property="article:published_time" content="2026-05-04T10:00:00+03:00">'
        '<meta name="date" content="2026-05-04T10:00:00Z"><meta name="pubdate" content="2026-05-04T07:00:30Z">'
    )
    result = article(
        extract_article(page(document(f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>", head)))
    )
    assert result.conflicts == (moment(2026, 5, 4, 10, raw="2026-05-04T10:00:00Z", zone="offset", carrier="meta"),)


def test_a_numeric_date_is_read_by_the_outlets_habit_and_proves_it() -> None:
    body = f"<h1>Vote put off</h1><p class='date'>04/05/2026 10:30</p><article>{paragraphs(*PARAGRAPHS)}</article>"
    stranger = article(extract_article(page(document(body))))
    assert (stranger.rungs.get("published"), stranger.day_first) != ("text", True)
    known = article(extract_article(page(document(body)), None, Knowledge(day_first=True)))
    assert known.published == moment(
        2026, 5, 4, 10, 30, raw="04/05/2026 10:30", zone="assumed", carrier="text", precision=Precision.MINUTE
    )
    assert known.day_first is None  # what was read by a habit does not prove it
    stated = '<title>Vote put off</title><meta property="article:published_time" content="2026-05-04T10:30:00Z">'
    assert article(extract_article(page(document(body, stated)))).day_first is True


def test_htmldate_is_asked_last_and_gives_a_day() -> None:
    body = (
        f"<h1>Vote put off</h1><p class='date'>Published on 4 May 2026</p><article>{paragraphs(*PARAGRAPHS)}</article>"
    )
    result = article(extract_article(page(document(body))))
    assert result.published == moment(
        2026, 5, 4, raw="2026-05-04", zone="assumed", carrier="htmldate", precision=Precision.DAY
    )
    undated = article(
        extract_article(page(document(f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>")))
    )
    assert undated.published is None
    assert (undated.language, undated.declared_language, undated.identity) == ("en", None, None)
    assert undated.lead == PARAGRAPHS[0]


def test_a_sitemap_date_serves_where_nothing_else_does() -> None:
    stated = moment(2026, 5, 4, 7, raw="2026-05-04T07:00:00Z", zone="offset", carrier="sitemap")
    entry = Entry(url="https://a.example/x", key="https://a.example/x", endpoint="e", published=stated, modified=stated)
    body = f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>"
    result = article(extract_article(page(document(body), "https://a.example/x", entry=entry)))
    assert (result.published, result.modified, result.identity) == (stated, stated, None)
    dated = document(body, '<meta name="date" content="2026-05-03T07:00:00Z">')
    assert article(extract_article(page(dated, "https://a.example/x", entry=entry))).rungs["published"] == "meta"
    guid = replace(entry, key="drupal:a.example:7")
    assert article(extract_article(page(dated, "https://a.example/x", entry=guid))).identity == "drupal:a.example:7"


def test_a_feeds_date_ranks_below_the_pages_own_markup() -> None:
    stated = moment(2026, 5, 4, 7, raw="Mon, 04 May 2026 07:00:00 GMT", zone="offset", carrier="feed")
    entry = Entry(url="https://a.example/x", key="https://a.example/x", endpoint="e", published=stated)
    body = f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>"
    assert article(extract_article(page(document(body), "https://a.example/x", entry=entry))).published == stated


def test_the_fullest_text_wins_where_the_page_shows_little() -> None:
    node = {"@type": "NewsArticle", "headline": "Ferry vote put off — Example", "articleBody": "\n".join(PARAGRAPHS)}
    markup = document(
        "<h1>Ferry vote put off</h1><p>Loading the story.</p>",
        f'<script type="application/ld+json">{json.dumps(node)}</script>',
    )
    result = article(extract_article(page(markup)))
    assert (result.text, result.rungs["text"]) == ("\n\n".join(PARAGRAPHS), "json-ld")
    entry = Entry(url="https://a.example/x", key="https://a.example/x", endpoint="e", text="\n\n".join(PARAGRAPHS))
    result = article(extract_article(page(document("<h1>Vote put off</h1><p>Loading.</p>"), entry=entry)))
    assert (result.text, result.rungs["text"]) == ("\n\n".join(PARAGRAPHS), "feed")


def test_the_default_mode_is_asked_where_the_precise_one_finds_little() -> None:
    items = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    result = article(extract_article(page(document(f"<h1>Vote put off</h1><ul class='sidebar'>{items}</ul>"))))
    assert result.rungs["text"] == "trafilatura-default"
    assert all(text in result.text for text in PARAGRAPHS)


@pytest.mark.parametrize("tail", [" …", ""])
def test_a_description_cut_short_is_made_whole_from_the_text(tail: str) -> None:
    head = f'<title>Vote put off</title><meta name="description" content="{PARAGRAPHS[0][:120]}{tail}">'
    result = article(
        extract_article(page(document(f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>", head)))
    )
    assert result.lead == PARAGRAPHS[0]


def test_a_description_of_the_whole_site_or_of_a_teaser_is_no_lead() -> None:
    head = (
        '<title>Vote put off</title><meta property="og:description" content="News">'
        '<meta name="description" content="All the news of the harbour, every day anew">'
    )
    teaser = "<aside><p>All the news of the harbour, every day anew</p></aside>"
    markup = document(f"<h1>Vote put off</h1><article>{paragraphs(*PARAGRAPHS)}</article>{teaser}", head)
    result = article(extract_article(page(markup)))
    assert (result.lead, result.rungs["lead"]) == (PARAGRAPHS[0], "text")
    assert result.text == "\n\n".join(PARAGRAPHS)


def test_a_date_alone_as_first_line_goes() -> None:
    body = f"<article>{paragraphs('May 4, 2026', *PARAGRAPHS)}</article>"
    result = article(extract_article(page(document(body))))
    assert result.text == "\n\n".join(PARAGRAPHS)
    assert result.removed == ("May 4, 2026",)


def test_a_headline_repeated_as_first_line_goes() -> None:
    body = f"<article><p>Vote put off</p>{paragraphs(*PARAGRAPHS)}</article>"
    result = article(extract_article(page(document(body))))
    assert result.text == "\n\n".join(PARAGRAPHS)
    assert result.removed == ("Vote put off",)


@pytest.mark.parametrize(
    ("encoding", "header", "meta"),
    [
        ("utf-8", "text/html; charset=windows-1251", '<meta charset="windows-1251">'),
        ("windows-1251", "text/html; charset=windows-1251", ""),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("utf-16", "text/html", ""),
        ("windows-1251", "text/html", ""),
    ],
)
def test_encodings_declared_mislabelled_and_silent(encoding: str, header: str, meta: str) -> None:
    russian = "Совет гавани собрался в понедельник и отложил голосование о новой паромной линии. " * 8
    markup = document(f"<h1>Голосование отложено</h1><p>{russian}</p>", f"{meta}<title>Голосование отложено</title>")
    made = page(markup.encode(encoding), headers={"content-type": header})
    result = article(extract_article(made))
    assert (result.title, result.text) == ("Голосование отложено", russian.strip())


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        (page("x", status=404), Outcome.GONE),
        (page(b""), Outcome.NO_TEXT),
        (page("plain words only"), Outcome.NO_TEXT),
        (page(document("<h1>Vote put off</h1><p>Share</p>")), Outcome.NO_TEXT),
        (page(document(paragraphs(*PARAGRAPHS), "")), Outcome.NOT_ARTICLE),
        (page(document(paragraphs(*PARAGRAPHS)), final_url="https://agency.example/"), Outcome.GONE),
        (page(document(f"<h1>Page not found</h1>{paragraphs(*PARAGRAPHS)}")), Outcome.GONE),
    ],
)
def test_what_is_no_article(made: Page, outcome: Outcome) -> None:
    result = extract_article(made, AGENCY)
    assert isinstance(result, Rejection), result
    assert result.outcome is outcome


def test_extraction_is_deterministic() -> None:
    made = page(agency_page())
    assert extract_article(made, AGENCY) == extract_article(made, AGENCY)


fragments = st.lists(
    st.sampled_from(
        [
            "<", ">", "<p>", "</p>", "<h1>", "<div ", "<a href=", "<table>", "<td>", "<li>", "<br/>", "<time datetime=",
            "<meta property='og:title' content=", "<meta name=date content=", "<link rel=canonical href=", "<!--", "'",
            '"', "<script type='application/ld+json'>", "</script>", '{"@type":"Article","headline":', "[", "}", "&#0;",
            "http://[", "2026-05-04T25:00", "\x00", "\ud7ff", "é", "word ", COUNCIL, "<html lang=", "<svg>", "]]>",
            "<dateformat mode=abs time=", "1777929375",
        ]
    ),
    max_size=30,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(fragments, st.sampled_from(["utf-8", "utf-16", "windows-1251"]))
def test_any_page_is_answered(parts: list[str], encoding: str) -> None:
    made = page("".join(parts).encode(encoding, "ignore"))
    assert isinstance(extract_article(made, AGENCY), Article | Rejection)


def test_the_front_page_in_an_articles_place() -> None:
    teaser = f"<div><p>Editor's choice</p><p>News</p><h2>Other story</h2><h2>Other story</h2><p>{COUNCIL}</p></div>"
    front = page(document(teaser * 3, "<title>Herald</title>"), "https://herald.example/news/old")
    entry = Entry(url=front.url, key=front.url, endpoint="e", title="Ministers meet in the mountains")
    assert extract_article(replace(front, entry=entry)) == Rejection(
        outcome=Outcome.GONE, reason="soft 404: a listing instead of 'Ministers meet in the mountains'"
    )
    assert extract_article(front) == Rejection(
        outcome=Outcome.GONE, reason="soft 404: a listing instead of 'an article'"
    )


def test_the_real_agency_page(shared: Path) -> None:
    body = (shared / "pages/tass.ru_moskva_8836033.html").read_bytes()
    result = article(extract_article(page(body, "https://tass.ru/moskva/8836033")))
    assert result.published == moment(
        2020, 6, 28, 21, 16, 15, raw="2020-06-29T00:16:15+03:00", zone="offset", carrier="json-ld"
    )
    assert result.dateline is not None
    assert (result.dateline.day, result.dateline.month, result.agency) == (29, 6, "TASS")
    assert result.title.startswith("Движение по ЦКАД-5")
    assert result.lead is not None
    assert result.text.count(result.lead[:60]) == 1
    assert "{{" not in result.text
    assert "пожар" not in result.text


def test_the_real_challenge_is_blocked(shared: Path) -> None:
    body = (shared / "pages/servicepipe_challenge_okko.ru_2025-10-01.REDACTED.html").read_bytes()
    assert extract_article(page(body)) == Rejection(
        outcome=Outcome.BLOCKED, reason="Servicepipe challenge page, status 200"
    )


def test_real_leads_stand_in_the_text_once(shared: Path) -> None:
    """The 100 full texts, put into the agency's template: the lead never missing, never twice."""
    items = json.loads((shared / "pages/tass.com_defense_100_fulltext_2023-04_lucasruho.json").read_text("utf-8"))
    seen = []
    for item in items:
        lead, title = item["lead"], item["title"]
        described = html.escape(lead)
        markup = document(
            f'<h1>{title}</h1><div class="news-header__lead">{lead}</div>'
            f'<div class="text-content"><div class="text-block"><p>{item["text"]}</p></div></div>',
            f'<title>{title}</title><meta property="og:description" content="{described}">',
        )
        result = article(extract_article(page(markup, f"https://tass.com{item['link']}")))
        start = fold_text(lead)[:60]
        wanted = max(1, fold_text(item["text"]).count(start))
        seen.append((fold_text(result.lead or "") == fold_text(lead), fold_text(result.text).count(start) == wanted))
    assert seen == [(True, True)] * len(items)
