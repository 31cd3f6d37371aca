"""Addresses of any script in the characters that travel."""

from __future__ import annotations

import pytest

from monitor.text.addresses.address_encoding import encode_address


@pytest.mark.parametrize(
    ("url", "expected"),
    {
        "https://desk.example/a b?c=%20#d": "https://desk.example/a b?c=%20#d",
        "http://пример.example/хук": "http://xn--e1afmkfd.example/%D1%85%D1%83%D0%BA",
        "https://ПРИМЕР.example:8443/%D1%85?ü=ä&b=1#ö": "https://xn--e1afmkfd.example:8443/%D1%85?%C3%BC=%C3%A4&b=1#%C3%B6",
        "https://desk.example/é": "https://desk.example/%C3%A9",
        "https://us:pä@desk.example/": "https://us:p%C3%A4@desk.example/",
    }.items(),
)
def test_host_and_rest_are_encoded(url: str, expected: str) -> None:
    assert encode_address(url) == expected


@pytest.mark.parametrize(
    "url", [f"http://{'я' * 64}.example/", "http://[я]/", "http://я.example:я/", "http://я..example/"]
)
def test_what_cannot_be_encoded_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        encode_address(url)
