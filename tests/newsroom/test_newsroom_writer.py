"""What the writer promises: the same from the same seed, different pieces, clear topics."""

from __future__ import annotations

import itertools
import random
import re
from datetime import UTC, datetime, timedelta

import pytest

from monitor.newsroom.grammar import load_beats
from monitor.newsroom.writer import APART, Draft, Writer, list_shingles

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
OUTLETS = ("tass", "commonspace", "milligazete", "wordpress")
KARABAKH = re.compile(r"Karabakh")
ARMENIA = re.compile(r"Armenia|Yerevan|Pashinyan")
AZERBAIJAN = re.compile(r"Azerbaijan|Baku|Aliye?v")
FOREIGN_TO_OTHERS = re.compile(
    r"karabakh|armenia|yerevan|ali[ye]+v|pashinyan|minsk|peacekeep|ceasefire|lachin|stepanakert|truce", re.IGNORECASE
)


def drafts(seed: int, number: int) -> list[Draft]:
    writer = Writer(random.Random(seed))
    return [
        writer.write(OUTLETS[n % 4], on_topic=n % 3 == 0, at=START + timedelta(minutes=7 * n)) for n in range(number)
    ]


@pytest.fixture(scope="module")
def many() -> list[Draft]:
    return drafts(5, 240)


def test_the_same_seed_writes_the_same() -> None:
    assert drafts(9, 25) == drafts(9, 25)
    assert drafts(9, 25) != drafts(10, 25)


def test_no_two_share_a_headline_a_body_or_a_paragraph(many: list[Draft]) -> None:
    assert len({draft.title for draft in many}) == len(many)
    assert len({draft.paragraphs for draft in many}) == len(many)
    everything = [text for draft in many for text in draft.paragraphs]
    assert len(set(everything)) == len(everything)


def test_two_pieces_stand_apart(many: list[Draft]) -> None:
    """As a near-copy rule sees them; agency copy would share all, reprints 0.45 and more."""
    sets = [list_shingles(" ".join((draft.lead, *draft.paragraphs))) for draft in many]
    nearest = max(len(a & b) / min(len(a), len(b)) for a, b in itertools.combinations(sets, 2))
    assert nearest < APART + 0.1  # the lead repeated in a TASS body shifts the share a little


def test_pieces_on_topic_name_karabakh_and_both_sides(many: list[Draft]) -> None:
    for draft in many:
        if not draft.on_topic:
            continue
        text = " ".join((draft.lead, *draft.paragraphs))
        assert KARABAKH.search(draft.title) or (ARMENIA.search(draft.title) and AZERBAIJAN.search(draft.title))
        assert KARABAKH.search(text)
        assert ARMENIA.search(text)
        assert AZERBAIJAN.search(text)


def test_pieces_off_topic_name_nothing_of_it(many: list[Draft]) -> None:
    found = {
        hit[0]
        for draft in many
        if not draft.on_topic
        for text in (draft.title, draft.lead, *draft.paragraphs)
        if (hit := FOREIGN_TO_OTHERS.search(text))
    }
    assert found == set()


def test_false_friends_are_among_them(many: list[Draft]) -> None:
    others = " ".join(text for d in many if not d.on_topic for text in (d.title, *d.paragraphs))
    assert {word for word in ("Baku", "Medvedev", "Qarabag", "Azeri") if word in others} == {
        "Baku",
        "Medvedev",
        "Qarabag",
        "Azeri",
    }


def test_shape(many: list[Draft]) -> None:
    for draft in many:
        assert 4 <= len(draft.paragraphs) <= 9
        assert not re.search(r"[\[\]{}|]|  ", " ".join((draft.title, draft.lead, *draft.paragraphs, *draft.tags)))
        assert all((draft.title, draft.lead, draft.section, draft.author, draft.beat, draft.tags))


def test_tass_begins_with_its_dateline_in_moscow_time() -> None:
    writer = Writer(random.Random(1))
    late = datetime(2026, 3, 2, 21, 16, tzinfo=UTC)  # 00:16 on the 3rd in Moscow
    starts = [writer.write("tass", on_topic=n % 2 == 0, at=late).paragraphs[0] for n in range(150)]
    plain = [s for s in starts if re.match(r"[A-Z]+, March 3\. /TASS/\. [A-Z0-9]", s)]
    odd = set(starts) - set(plain)
    assert all("TASS" in start[:60] for start in starts)
    assert len(plain) > 120
    assert len({re.sub(r"^[^/T]*", "", start)[:12] for start in odd}) > 3
    assert any("March 3rd. /TASS/" in start for start in starts)


def test_every_beat_writes_for_an_outlet_we_have() -> None:
    assert {outlet for beat in load_beats() for outlet in beat.outlets} == set(OUTLETS)
    with pytest.raises(ValueError, match="no beat writes for 'gazette'"):
        Writer(random.Random(1)).write("gazette", on_topic=True, at=START)
