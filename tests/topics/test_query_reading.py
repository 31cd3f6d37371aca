"""What a query was read as."""

from __future__ import annotations

import pytest

from monitor.topics.rules.lucene_parser import parse_query
from monitor.topics.rules.query_reading import describe_query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Ceasefire", "ceasefire"),
        ("“peace talks”", "“peace talks”"),
        ("title:Karaba* AND (Lima OR Quito) NOT football", "(karaba… in title and (lima or quito)) and not football"),
        ('"C++"', "c++"),
        ('place:"Baku Yerevan"~5', "baku and yerevan in any order with at most 5 words between in place"),
        ("text:/gas|oil/", "whole words that fit /gas|oil/ in text"),
        ("L’Iran", "iran"),
        ('"50 % rise"', "“50 rise” written “50 % rise”"),
        ("NOT (a1 AND a2) AND b1", "not (a1 and a2) and b1"),
    ],
)
def test_readings(query: str, expected: str) -> None:
    assert describe_query(parse_query(query)) == expected
