"""Pages out of archives written here, record by record."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import SeedwatchError
from monitor.model.page import Page
from monitor.pipeline.archive.warc import MAX_BYTES, make_saved_page, read_warc_pages

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DATE = "2020-11-10T09:08:07Z"
HTML = b"<html><title>A boat</title></html>"


def record(kind: str, url: str, date: str, block: bytes) -> bytes:
    """One WARC/1.0 record, as ISO 28500 writes it."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def write(path: Path, *answers: tuple[str, str, dict[str, str], bytes], date: str = DATE) -> None:
    """`answers` are URL, status, headers and body; each has a request before it. In `.gz` a member per record."""
    pack = gzip.compress if path.suffix == ".gz" else bytes
    with path.open("wb") as file:
        for url, status, headers, body in answers:
            lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
            file.write(pack(record("request", url, date, b"GET / HTTP/1.1\r\nHost: gull.example\r\n\r\n")))
            file.write(pack(record("response", url, date, "\r\n".join(lines).encode() + body)))


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_html_responses_in_file_order(tmp_path: Path, name: str) -> None:
    packed = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    write(
        tmp_path / name,
        ("https://gull.example/1", "200 OK", {"Content-Type": "text/html; charset=utf-8"}, HTML),
        ("https://gull.example/1.png", "200 OK", {"Content-Type": "image/png"}, b"\x89PNG"),
        ("https://gull.example/2", "404 Not Found", packed, gzip.compress(HTML)),
    )
    when = datetime(2020, 11, 10, 9, 8, 7, tzinfo=UTC)
    found = list(read_warc_pages(tmp_path / name, NOW))
    assert [(page.url, page.status, page.body, page.fetched_at) for page in found] == [
        ("https://gull.example/1", 200, HTML, when),
        ("https://gull.example/2", 404, HTML, when),
    ]
    assert found[0].content_type == "text/html; charset=utf-8"


def test_a_record_without_a_date_is_dated_now(tmp_path: Path) -> None:
    write(tmp_path / "a.warc", ("https://gull.example/1", "200 OK", {}, HTML), date="some day")
    assert [page.fetched_at for page in read_warc_pages(tmp_path / "a.warc", NOW)] == [NOW]


def test_a_page_without_end_is_cut_where_extraction_refuses_it(tmp_path: Path) -> None:
    write(tmp_path / "a.warc.gz", ("https://gull.example/1", "200 OK", {}, b"x" * (MAX_BYTES + 1000)))
    assert [len(page.body) for page in read_warc_pages(tmp_path / "a.warc.gz", NOW)] == [MAX_BYTES + 1]


def test_a_broken_archive_gives_what_stands_before_the_break(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    write(path, ("https://gull.example/1", "200 OK", {}, HTML))
    with path.open("ab") as file:
        file.write(b"no record at all\r\n\r\n")
    found = read_warc_pages(path, NOW)
    assert next(found).url == "https://gull.example/1"
    with pytest.raises(SeedwatchError, match=r"a\.warc: broken WARC, at record 3: "):
        next(found)


def test_a_saved_page_counts_as_an_html_answer() -> None:
    assert make_saved_page("https://gull.example/1", HTML, NOW) == Page(
        url="https://gull.example/1",
        final_url="https://gull.example/1",
        status=200,
        headers={"content-type": "text/html"},
        body=HTML,
        fetched_at=NOW,
    )
