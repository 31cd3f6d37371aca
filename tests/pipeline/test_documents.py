"""Documents out of files, good and hostile."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import SeedwatchError
from monitor.pipeline.archive.documents import (
    InputDocument,
    holds_pages,
    read_documents,
    read_saved_body,
    restore_document_id,
)
from monitor.pipeline.archive.warc import make_saved_page

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
HTML = b"<html><title>A boat</title></html>"


def lines(path: Path, *rows: object, end: str = "\n") -> Path:
    text = end.join(row if isinstance(row, str) else json.dumps(row) for row in rows) + end
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


def facts(path: Path) -> list[tuple[str | int, str, str | None]]:
    return [(found.echo, found.source, found.fault) for found in read_documents(path, NOW)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_id_is_echoed_else_the_url_else_the_place(tmp_path: Path, name: str, end: str) -> None:
    path = lines(
        tmp_path / name,
        {"id": "a-1", "url": "https://gull.example/1", "source": "Gull"},
        {"id": 7, "title": "x"},
        {"id": 7.5, "title": "x"},
        "",
        {"id": "", "url": "https://gull.example/2"},
        {"id": None, "title": "x"},
        {"id": True, "title": "x", "source": ["no", "name"]},
        end=end,
    )
    assert facts(path) == [
        ("a-1", "Gull", None),
        (7, "backfill", None),
        ("7.5", "backfill", None),
        ("https://gull.example/2", "gull.example", None),
        (f"{name}:6", "backfill", None),
        (f"{name}:7", "backfill", None),
    ]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "a"}\n\xef\xbb\xbf{"id": "b"}\n')
    assert facts(path) == [("a", "backfill", None), ("b", "backfill", None)]


def test_what_cannot_be_read_is_a_fault_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"id": 1}\n{oops\n[1]\n"text"\n{"id": "\xff"}\n' + b"[" * 100_000 + b'\n{"id": 2}')
    found = facts(path)
    assert [echo for echo, _, _ in found] == [1, *(f"a.jsonl:{number}" for number in range(2, 7)), 2]
    assert [fault and fault.removeprefix(f"{path}:")[:17] for _, _, fault in found] == [
        None,
        "2: not JSON from ",
        "3: not a JSON obj",
        "4: not a JSON obj",
        "5: not UTF-8 at b",
        "6: not JSON that ",
        None,
    ]


def test_a_torn_gz_gives_what_stands_before_the_tear(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": 1}\n') + b"no member at all")
    found = facts(path)
    assert [echo for echo, _, _ in found] == [1, "a.jsonl.gz:2"]
    assert "cannot be read on" in (found[1][2] or "")


def test_what_is_no_input_at_all_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"not packed")
    (tmp_path / "b.warc").write_bytes(b"no record\r\n")
    for path, what in (
        (tmp_path / "a.gz", "a.gz: is not packed by gzip, as its name says"),
        (tmp_path / "none.jsonl", "none.jsonl: there is no such file"),
        (tmp_path / "b.warc", "broken WARC"),
        (tmp_path, "index.jsonl: not found: write it"),
    ):
        with pytest.raises(SeedwatchError, match=what):
            list(read_documents(path, NOW))
    assert list(read_documents(lines(tmp_path / "empty.jsonl"), NOW)) == []


def test_an_address_stands_for_the_id_and_gives_it_back(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", {"id": "a/b c?d#é"}, {"title": "x"}, {"title": "x"}, {"id": "\ud800"}, {"id": 5})
    first, second, third, fourth, fifth = (found.address for found in read_documents(path, NOW))
    assert (first, restore_document_id(first)) == ("backfill:backfill/a%2Fb%20c%3Fd%23%C3%A9", "a/b c?d#é")
    assert second != third  # the same content twice in one file is two documents
    assert list(read_documents(path, NOW))[1].address == second  # and the same two when the file comes again
    assert (fourth, fifth) == ("backfill:backfill/%3F", "backfill:backfill/5")
    assert restore_document_id("https://gull.example/1") == "https://gull.example/1"


def test_a_folder_of_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(HTML)
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(HTML))
    (tmp_path / "torn.html.gz").write_bytes(gzip.compress(HTML)[:-9])
    outside = tmp_path.parent / "secret.html"
    index = lines(
        tmp_path / "index.jsonl",
        {"page": "a.html", "url": "https://gull.example/a"},
        {"page": "b.html.gz", "url": "https://gull.example/b", "id": "b", "source": "gull"},
        {"page": "torn.html.gz", "url": "https://gull.example/c"},
        {"page": "none.html", "url": "https://gull.example/d"},
        {"page": f"../{outside.name}", "url": "https://gull.example/e"},
        {"page": "nul\0.html", "url": "https://gull.example/f"},
        {"page": "a.html"},
        "{",
    )
    first, second, *broken = read_documents(tmp_path, NOW)
    assert first == InputDocument(
        echo="https://gull.example/a",
        source="gull.example",
        address="https://gull.example/a",
        page_name="a.html",
        page=make_saved_page("https://gull.example/a", HTML, NOW),
    )
    assert second == InputDocument(
        echo="b",
        source="gull",
        address="https://gull.example/b",
        page_name="b.html.gz",
        page=make_saved_page("https://gull.example/b", HTML, NOW),
    )
    assert [(found.echo, found.page_name) for found in broken] == [
        ("https://gull.example/c", "torn.html.gz"),
        ("https://gull.example/d", "none.html"),
        ("https://gull.example/e", "../secret.html"),
        ("https://gull.example/f", "nul\0.html"),
        ("index.jsonl:7", None),
        ("index.jsonl:8", None),
    ]
    assert all((found.fault or "").startswith(f"{index}:") for found in broken)


def test_a_packed_page_is_not_unpacked_without_end(tmp_path: Path) -> None:
    path = tmp_path / "bomb.html.gz"
    path.write_bytes(gzip.compress(b"\0" * 30_000_000))
    assert len(read_saved_body(path)) == 10_000_001


def test_a_folder_and_a_warc_hold_pages_and_lines_hold_texts(tmp_path: Path) -> None:
    names = ["a.jsonl", "a.jsonl.gz", "a.warc", "a.warc.gz", "warc"]
    assert [name for name in names if holds_pages(tmp_path / name)] == ["a.warc", "a.warc.gz"]
    assert holds_pages(tmp_path)
