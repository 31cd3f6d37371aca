"""Reading one seed: structures of the outlets with text of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.model.moment import Dateline, Moment, Precision
from monitor.topics.learning.seed_article import CutLine, Seed, hash_seeds, parse_seed

LONG = "The river rose by two metres in one night and the old bridge was closed to all traffic. " * 3


def seed(text: str) -> Seed:
    parsed = parse_seed(text, name="a.txt", digest="d")
    assert parsed is not None
    return parsed


def test_agency_report_with_a_standfirst() -> None:
    text = (
        "All news\r\n\r\nRiver rises\r\n\r\nThe bridge is shut\r\n\r\nOSLO, May 4. /TASS/. The river rose.\r\n\r\nMore."
    )
    assert seed(text) == Seed(
        name="a.txt",
        digest="d",
        headline="River rises",
        lead="The bridge is shut",
        text="The bridge is shut\n\nOSLO, May 4. /TASS/. The river rose.\n\nMore.",
        standfirst=True,
        dateline=Dateline(place="OSLO", month=5, day=4, agency="TASS", raw="OSLO, May 4. /TASS/."),
        outlet="TASS",
        cuts=(CutLine(line="All news", reason="boilerplate: a label, button or legal line"),),
    )


def test_teasers_below_the_story_are_cut() -> None:
    text = f"River rises\n\n{LONG}\n\nsource: Riverpost.eu with agencies.\n\nRelated articles\n\nOther\nPopular"
    got = seed(text)
    assert got.text == LONG.strip()
    assert got.outlet == "Riverpost"
    assert [cut.line for cut in got.cuts] == ["Related articles", "Other", "Popular"]
    assert {cut.reason for cut in got.cuts} == {"off topic or a form: stands below “Related articles”"}


def test_a_label_above_the_story_ends_nothing() -> None:
    got = seed("Popular\nRiver rises\nThe river rose.")
    assert (got.headline, got.text) == ("River rises", "The river rose.")


def test_repeated_headline_and_legal_line() -> None:
    text = "River's rise\nRivers rise\nDate: 3.2.2021 14:05\nThe river rose.\nMilli Gazete Group All Rights Reserved ©"
    got = seed(text)
    assert got.cuts == (
        CutLine(line="Milli Gazete Group All Rights Reserved ©", reason="boilerplate: a label, button or legal line"),
        CutLine(line="Rivers rise", reason="repeats the headline"),
    )
    assert (got.lead, got.outlet) == ("The river rose.", "Milli Gazete")
    assert got.published == Moment(
        at=datetime(2021, 2, 3, 11, 5, tzinfo=UTC),
        raw="3.2.2021 14:05",
        zone="outlet",
        precision=Precision.MINUTE,
        carrier="text",
    )


@pytest.mark.parametrize(
    ("note", "at", "raw", "precision"),
    [
        ("Date: 3.2.2021", datetime(2021, 2, 3, tzinfo=UTC), "3.2.2021", Precision.DAY),
        ("Date: 2021-02-03 08:15", datetime(2021, 2, 3, 8, 15, tzinfo=UTC), "2021-02-03 08:15", Precision.MINUTE),
        ("photo: the bridge on 3 February 2021.", datetime(2021, 2, 3, tzinfo=UTC), "3 February 2021", Precision.DAY),
        ("photo: May 4, 2020 at dusk", datetime(2020, 5, 4, tzinfo=UTC), "May 4, 2020", Precision.DAY),
    ],
)
def test_dates_where_they_stand(note: str, at: datetime, raw: str, precision: Precision) -> None:
    got = seed(f"River rises\nThe river rose.\nphoto: the bridge\n{note}").published
    assert got == Moment(at=at, raw=raw, zone="assumed", precision=precision, carrier="text")


@pytest.mark.parametrize("note", ["Date: 31.2.2021", "photo: the bridge", ""])
def test_no_date_is_made_up(note: str) -> None:
    got = seed(f"River rises\nThe river rose.\n{note}")
    assert (got.published, got.outlet) == (None, None)


@pytest.mark.parametrize("text", ["", "Only a headline", "All news\nOnly a headline", "One\n\nOne", "Head\n\n…\n"])
def test_nothing_to_learn_from(text: str) -> None:
    assert parse_seed(text, name="a.txt", digest="d") is None


def test_digest_knows_content_and_name_but_not_order() -> None:
    one, two = seed("A\nb"), parse_seed("A\nb", name="b.txt", digest="d")
    assert two is not None
    assert hash_seeds([one, two]) == hash_seeds([two, one]) != hash_seeds([one])
