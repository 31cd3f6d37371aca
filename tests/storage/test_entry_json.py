from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.moment import Moment, Precision
from monitor.model.source import Entry
from monitor.storage.sources.entry_json import ClaimChange, compare_claims, decode_entry, encode_entry, hash_claim

TEXT = st.none() | st.text(st.characters(codec="utf-8"), max_size=40)
MOMENTS = st.builds(
    Moment,
    at=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
        lambda naive: naive.replace(microsecond=naive.microsecond // 1000 * 1000, tzinfo=UTC)
    ),
    raw=st.text(st.characters(codec="utf-8"), max_size=20),
    zone=st.sampled_from(["offset", "unix", "outlet", "assumed"]),
    precision=st.sampled_from(Precision),
    carrier=st.sampled_from(["api", "feed"]),
)
ENTRIES = st.builds(
    Entry,
    url=st.just("https://gull.example/1"),
    key=st.just("gull:1"),
    endpoint=st.just("https://gull.example/rss"),
    guid=TEXT,
    title=TEXT,
    lead=TEXT,
    text=TEXT,
    published=st.none() | MOMENTS,
    modified=st.none() | MOMENTS,
    details=st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.integers() | st.booleans() | st.none()),
)
PLAIN = Entry(url="https://gull.example/1", key="gull:1", endpoint="https://gull.example/rss")


@given(ENTRIES)
def test_an_entry_reads_back_as_it_was(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="an entry cannot hold a set"):
        encode_entry(replace(PLAIN, details={"tags": {1}}))


def test_what_is_said_of_the_piece_counts_and_nothing_else() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    when = Moment(at=at, raw="", zone="unix", precision=Precision.SECOND, carrier="feed")
    same = [replace(PLAIN, guid="g"), replace(PLAIN, details={"mark": 1}), replace(PLAIN, published=when)]
    other = [
        replace(PLAIN, title="a"),
        replace(PLAIN, lead="a"),
        replace(PLAIN, text="a"),
        replace(PLAIN, modified=when),
    ]
    assert {hash_claim(entry) for entry in same} == {hash_claim(PLAIN)}
    assert len({hash_claim(entry) for entry in (PLAIN, *other)}) == 5
    assert len(hash_claim(PLAIN)) == 24


def test_what_changed_of_a_claim() -> None:
    at = Moment(at=datetime(2026, 3, 2, tzinfo=UTC), raw="", zone="unix", precision=Precision.SECOND, carrier="feed")
    before = hash_claim(replace(PLAIN, title="Ferry, 3 comments"))
    changes = {
        ClaimChange.NONE: replace(PLAIN, title="Ferry, 3 comments", guid="g"),
        ClaimChange.FIGURES: replace(PLAIN, title="Ferry, 14 comments", modified=at),
        ClaimChange.WORDS: replace(PLAIN, title="Ferry sunk, 3 comments"),
    }
    assert {compare_claims(before, hash_claim(entry)): entry for entry in changes.values()} == changes
    # A database of an earlier version has the hash of all only.
    assert compare_claims(before[:16], before) is ClaimChange.NONE
    assert compare_claims(before[:16], hash_claim(changes[ClaimChange.FIGURES])) is ClaimChange.WORDS
