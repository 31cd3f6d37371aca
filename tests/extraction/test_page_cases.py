"""Small pages reduced from public bug reports (reference material, cases/pages): what each must be read as.

Where an expectation is worded loosely, the reading chosen stands in `NOTES`.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.extraction.extract import extract_article
from monitor.model.page import Page, Rejection

SEEN = datetime(2026, 11, 29, 12, tzinfo=UTC)
QUAY = "Lindmoor council votes to reopen grain quay to ferries"
GATES = "Storm gates of Lindmoor closed for eleven weeks"
EXACT = "2026-11-12T08:40:00+00:00"
DAY = "2026-11-12T00:00:00+00:00"

NOTES = {
    "a12_title": "a role behind a name is no part of it",
    "d34_relative": "three hours before the page was fetched, to the hour",
    "d48_comma_time": "no zone stands there and the outlet has none: UTC is assumed",
    "s18_listing": "refused, as no text is left beside the cards",
    "s23_iframe": "refused, and the frame is named",
    "s37_paywall": "refused as a paywall",
    "t18_title_only_site": "named by its first sentence",
}

# Title, publication, authors, language, complete; what stands first where a value is not given is the default.
FIELDS: dict[str, dict[str, Any]] = {
    "a04_and": {"published": EXACT, "authors": ("Abby Gooding", "Robert Pier")},
    "a05_rel": {"authors": ("Abby Gooding",)},
    "a08_email": {},
    "a12_title": {"published": EXACT, "authors": ("Abby Gooding",)},
    **{
        name: {"published": EXACT}
        for name in (
            "d01_comment_in_json",
            "d02_html_escaped_json",
            "d04_epoch_ms",
            "d11_midnight",
            "d13_raw_newline_tab",
            "d14_dup_type",
            "d39_azt",
            "d43_basic_iso",
            "d50_data_ts",
            "d60_zero_time_ld",
            "d61_zero_time_mod",
        )
    },
    "d05b_graph_author": {"published": EXACT, "authors": ("Ines Varga",)},
    "d21_year_in_text": {},
    "d21b_year_url_date": {"published": DAY},
    "d34_relative": {"published": "2026-11-29T09:00:00+00:00"},
    "d35_related_date": {},
    "d44_slash_ymd": {"published": "2026-11-12T09:40:00+00:00"},
    "d48_comma_time": {"published": "2026-11-12T09:40:00+00:00"},
    "e07_gbk_lie_utf8": {"title": "林德港委员会周二投票决定在停用十", "language": "zh"},
    "e12_utf16le_nobom": {"title": "Совет порта Линд", "language": "ru"},
    "e23_mixed": {"language": "ru"},
    "l03_none_ru": {"title": "Совет порта Линдмур во вторник проголосовал з", "language": "ru"},
    "l04_none_hy": {"title": "Նավահանգստի խորհուրդը երեքշաբթի քվեարկեց հին", "language": "hy"},
    "l05_none_en": {},
    "l10_fa": {"title": "شورای بندر روز سه\u200cشنبه رای داد که اسکله\u200cی قدی", "language": "fa"},
    "p10_title_ld_is_site": {"title": GATES, "published": "2026-11-12T08:00:00+00:00"},
    "p11_date_by_address": {"title": GATES, "published": DAY},
    "p1_comments_plain": {"title": GATES, "published": DAY},
    "p3_menu_is_no_text": {"title": GATES, "published": DAY},
    "p4_linked_headings": {"title": "Three ropes tried at the coal quay"},
    "p5_state_richtext": {"title": GATES, "published": DAY},
    "p7_ja_not_free": {
        "title": "東防波堤を閉鎖",
        "published": "2026-11-12T08:00:00+00:00",
        "language": "ja",
        "complete": "no",
    },
    "p9_title_meta_differs": {"title": GATES, "published": "2026-11-12T08:00:00+00:00"},
    "s03_table_list": {},
    "s21_next_h1": {"published": EXACT},
    "s24_multipage": {"complete": "no"},
    "s25_related_sent": {},
    "s26_newsletter": {},
    "s30_agency": {"agency": "Reuters"},
    "s31_agency_dpa": {"agency": "dpa"},
    "s34_live_ldonly": {"published": EXACT, "complete": "yes"},
    "s38_paywall_flag": {"published": EXACT, "complete": "no"},
    "s40_hidden": {},
    **{f"t01_sep_{number}": {"title": "Grain quay to reopen"} for number in (10, 12, 13, 14, 15, 16, 17, 19)},
    "t05_double_entity": {"title": 'Quay & lock: harbour\'s "big day"'},
    "t08_multi_h1_nometa": {},
    "t12_shy": {"title": "Lindmoor council votes to reopen grain quay"},
    "t13_zwsp": {"title": "Lindmoor council votes to reopen grain quay"},
    "t16_wbr": {"title": "Donaudampfschiff reopens"},
    "t18_title_only_site": {
        "title": "The harbour council of Lindmoor voted on Tuesday to reopen the old grain quay to coastal ferries "
        "after eleven years of disuse, officials said in a statement."
    },
    "w_wp_comments_15": {"published": EXACT},
    "w_wp_comments_40": {"published": EXACT},
    "x02_h1_em": {"title": "Quay reopened after a vote, council says"},
    "x14_linklist_article": {},
    "x20_section_h1": {},
    "x21_site_h1_meta": {},
    "x23_lang_cjk_src": {},
    "x30_linked_quote": {},
}
# What must stand in the text, and what must not.
TEXTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "e07_gbk_lie_utf8": (("林德港委员会周二投票",), ("\ufffd",)),
    "e12_utf16le_nobom": (("Совет порта Линдмур",), ("\ufffd",)),
    "e23_mixed": (("Совет порта Линдмур во вторник",), ()),
    "l10_fa": (("سه\u200cشنبه", "اسکله\u200cی"), ()),
    "s03_table_list": (("first boat 06:40", "last boat 21:15"), ()),
    "s21_next_h1": (("Under the plan, two companies", "A second reading is planned"), ("Loading",)),
    "s25_related_sent": (("A second reading is planned",), ("lock keeper said",)),
    "s26_newsletter": (("A second reading is planned",), ("morning briefing",)),
    "s30_agency": (("are going to cost.",), ("(Reuters)",)),
    "s31_agency_dpa": (("are going to cost.",), ("dpa-AFX",)),
    "s34_live_ldonly": (("Under the plan, two companies", "A second reading is planned"), ()),
    "s40_hidden": (("A second reading is planned",), ("Another hidden", "it is for robots")),
    "w_wp_comments_15": (("The council's engineer",), ("from below, number 2", "I wonder")),
    "w_wp_comments_40": (("The council's engineer",), ("from below, number 2", "I wonder")),
    "x14_linklist_article": (("Survey of the quay wall", "Petition of the eastern streets"), ()),
    "x30_linked_quote": (("The wall will stand for another forty winters",), ()),
}
REFUSED = {
    "s18_listing": "no-text",
    "s23_iframe": "no-text",
    "s37_paywall": "paywall",
}


def read(shared: Path, name: str) -> tuple[Any, dict[str, Any]]:
    folder = shared / "cases" / "pages"
    case = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    page = Page(
        url=case["url"],
        final_url=case["url"],
        status=200,
        headers={"content-type": "text/html"},
        body=(folder / f"{name}.html").read_bytes(),
        fetched_at=SEEN,
    )
    return extract_article(page), case["expected"] if isinstance(case["expected"], dict) else {}


@pytest.mark.parametrize("name", FIELDS)
def test_a_page_is_read_as(shared: Path, name: str) -> None:
    found, expected = read(shared, name)
    fields = {
        "title": found.title,
        "published": found.published.at.isoformat() if found.published else None,
        "modified": found.modified,
        "authors": found.authors,
        "language": found.language,
        "complete": found.complete,
        "agency": found.agency,
    }
    usual = {"title": QUAY, "published": None, "modified": None, "authors": (), "language": "en"}
    assert fields == {**usual, "complete": "unknown", "agency": None, **FIELDS[name]}
    kept, absent = TEXTS.get(name, ((), ()))
    kept += (*expected.get("text", ()), *expected.get("contains", ()))
    absent += tuple(expected.get("absent", ()))
    assert [part for part in kept if part not in found.text] == []
    assert [part for part in absent if part in found.text] == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_page_is_refused_as(shared: Path, name: str) -> None:
    found, _ = read(shared, name)
    assert isinstance(found, Rejection)
    assert found.outcome == REFUSED[name]


def test_every_case_is_a_test(shared: Path) -> None:
    names = {path.stem for path in (shared / "cases" / "pages").glob("*.json")}
    assert (names, set(NOTES) - names) == (set(FIELDS) | set(REFUSED), set())
