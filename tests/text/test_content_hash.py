"""The content hash: equal for copies, different for anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.text.content_hash import STUB_WORDS, fold_text, hash_content

BODY = "\n\n".join(
    f"The harbour council met for the {n}th time and put off its vote on the new ferry line again." for n in range(4)
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“Quiet” — he’s", '"Quiet" - he\'s'),
        ("«Quiet» – he`s", '"quiet" − HE\'S'),
        ("soft\u00adhyphen and\u00a0space", "softhyphen  and space\n"),
        ("ﬁle № 5", "file no 5"),
    ],
)
def test_typography_does_not_count(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_letters_fold_the_short_way_to_the_same(text: str) -> None:
    assert fold_text(text) == fold_text(f"{text}\u00ad"), (
        "a soft hyphen is nothing, but asks for all of Unicode's forms"
    )


def test_a_copy_under_another_headline_and_dateline_has_the_same_hash() -> None:
    ours = hash_content("Ferry vote put off", f"OSTHAVEN, May 4. /TASS/. {BODY}")
    theirs = hash_content("Council delays again", BODY.replace("\n\n", "\n"))
    assert ours == theirs


def test_one_changed_word_or_number_changes_the_hash() -> None:
    hashes = {
        hash_content("Ferry", text)
        for text in (BODY, BODY.replace("3th", "5th"), BODY.replace("put off", "took"), BODY.replace("vote", "-vote"))
    }
    assert len(hashes) == 4


def test_stubs_with_other_headlines_do_not_collide() -> None:
    stub = "This story is being updated."
    assert len({hash_content("Fire in the port", stub), hash_content("Talks begin", stub)}) == 2
    assert hash_content("Talks — begin", stub) == hash_content("talks - begin", stub)


def test_the_headline_counts_below_forty_words_only() -> None:
    words = " ".join(f"w{n}" for n in range(STUB_WORDS))
    assert hash_content("a", words) == hash_content("b", words)
    assert hash_content("a", words[:-4]) != hash_content("b", words[:-4])


def test_a_hash_is_stable_across_versions() -> None:
    assert hash_content("A", "B") == "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78"
