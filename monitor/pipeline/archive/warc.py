"""Pages out of WARC files, the interchange format of web archives; it must not judge them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from monitor.errors import SeedwatchError
from monitor.model.page import Page

# A page larger than this is refused by extraction anyway; reading on would only fill memory.
MAX_BYTES = 10_000_000


def make_saved_page(url: str, body: bytes, now: datetime) -> Page:
    """A page that somebody saved without its headers: an HTML answer of status 200."""
    return Page(url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=body, fetched_at=now)


def read_warc_pages(path: Path, now: datetime) -> Iterator[Page]:
    """Every HTML response of a WARC or `.warc.gz`, in file order, bodies unpacked and cut beyond `MAX_BYTES`.

    `now` dates records that carry no date. Raises SeedwatchError where the file is broken, after the pages before
    the break.
    """
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "response" and record.http_headers is not None:
                    headers = {name.lower(): value for name, value in record.http_headers.headers}
                    if "html" in headers.get("content-type", "html"):
                        yield _page(record, headers, now)
    except (ArchiveLoadFailed, OSError, EOFError, ValueError) as error:
        raise SeedwatchError(f"{path}: broken WARC: {error}") from error


def _page(record: Any, headers: dict[str, str], now: datetime) -> Page:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    status = record.http_headers.get_statuscode() or ""
    return Page(
        url=url,
        final_url=url,
        status=int(status) if status.isdigit() else 0,
        headers=headers,
        body=record.content_stream().read(MAX_BYTES + 1),
        fetched_at=_date(record.rec_headers.get_header("WARC-Date"), now),
    )


def _date(text: str | None, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat((text or "").replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return now
