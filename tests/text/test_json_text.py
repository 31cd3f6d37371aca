"""JSON as outlets send it, read leniently."""

from __future__ import annotations

import pytest

from monitor.text.bytes.json_text import load_json


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"cut \\ud83d"', "cut "),
        (b'"\\ud83d\\ude00 \\u00e9 \\\\ud83d \\" \\ude00"', '😀 é \\ud83d " '),
        (b'"a\\u0000b"', "ab"),
        (b'"a\tb"', "a\tb"),
        (b'<b>Warning</b>: x\n{"a": [1]}', {"a": [1]}),
        (b'[{"a": 1}]<!-- cached -->', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": [1, 2, ], "b, ]": "c\\", }", }', {"a": [1, 2], "b, ]": 'c", }'}),
        ('{"a": "я"}'.encode("utf-16"), {"a": "я"}),
        (
            b'{"a": "\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0\xaf\xd0"}',
            None,
        ),
    ],
)
def test_values(body: bytes, value: object) -> None:
    assert load_json(body) == ({"a": "Я" * 11 + "\ufffd"} if value is None else value)


def test_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        load_json(b"<html>")
