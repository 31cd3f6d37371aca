from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.storage.texts.word_weights import pack_counts, pack_weights, unpack_counts, unpack_weights

WORDS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.dictionaries(WORDS, st.floats(0, 500, allow_nan=False), max_size=96))
def test_weights_come_back_in_their_order_to_four_decimals(weights: dict[str, float]) -> None:
    found = unpack_weights(pack_weights(weights))
    assert list(found) == list(weights)
    assert all(abs(found[word] - weight) <= 0.5001e-4 for word, weight in weights.items())
    assert unpack_weights(pack_weights(found)) == found


@given(st.dictionaries(WORDS, st.integers(0, 2**40), max_size=96))
def test_counts_come_back_in_their_order(counts: dict[str, int]) -> None:
    found = unpack_counts(pack_counts(counts))
    assert list(found.items()) == list(counts.items())


def test_a_vector_takes_two_bytes_a_weight() -> None:
    assert pack_weights({"ice": 0.75, "лёд": 0.0625}) == b"H\x02\x00" + b"\x4c\x1d" + b"\x71\x02" + "ice\nлёд".encode()
    assert pack_counts({"ice": 1, "ferry": 300}) == b"H\x02\x00\x01\x00\x2c\x01ice\nferry"
    assert pack_counts({}) == b"B\x00\x00"
