"""Whatever charset an outlet names, its bytes become text."""

from __future__ import annotations

import pytest

from monitor.text.charsets import decode_claimed

BODY = "<p>Čaj</p>".encode("cp1250")


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "undefined", "rot13", "base64", "hex", "zlib", "bz2", "nonsense", "'", ""]
)
def test_a_codec_that_is_no_character_set_is_none(charset: str) -> None:
    assert decode_claimed(BODY, f"text/html; charset={charset}") == BODY.decode("cp1252")
    assert decode_claimed(BODY, f"text/html; charset={charset}", guess=lambda _: "cp1250") == "<p>Čaj</p>"


def test_a_character_set_is_believed() -> None:
    assert decode_claimed(BODY, "text/html; charset=windows-1250") == "<p>Čaj</p>"


def test_a_meta_element_may_name_none_either() -> None:
    body = b'<meta charset="undefined">\xe9'
    assert decode_claimed(body, "text/html") == body.decode("cp1252")
