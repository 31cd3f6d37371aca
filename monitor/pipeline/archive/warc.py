"""Pages out of WARC files, the interchange format of web archives; it must not judge them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from monitor.errors import SeedwatchError, describe_read_error
from monitor.model.page import Page

# A page larger than this is refused by extraction anyway; reading on would only fill memory.
MAX_BYTES = 10_000_000
# What warcio raises on broken bytes, besides what it means to.
_BROKEN = (ArchiveLoadFailed, EOFError, ValueError, AttributeError, TypeError, LookupError, zlib.error)


def make_saved_page(url: str, body: bytes, now: datetime) -> Page:
    """A page that somebody saved without its headers: an HTML answer of status 200."""
    return Page(url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=body, fetched_at=now)


def read_warc_pages(path: Path, now: datetime) -> Iterator[Page]:
    """Every HTML response of a WARC or `.warc.gz`, in file order, bodies unpacked and cut beyond `MAX_BYTES`.

    `now` dates records that carry no date. Raises SeedwatchError where the file is broken, after the pages before
    the break.
    """
    read = 0
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                read += 1
                if record.rec_type == "response" and record.http_headers is not None:
                    headers = {name.lower(): value for name, value in record.http_headers.headers}
                    if "html" in headers.get("content-type", "html"):
                        page = _page(record, headers, now)
                        yield page
    except OSError as error:
        raise SeedwatchError(f"{path}: {describe_read_error(error)}") from error
    except _BROKEN as error:  # the library's own words may quote raw bytes
        where = f"record {read + 1}" if read else "its beginning, where a line WARC/1.0 or WARC/1.1 belongs"
        raise SeedwatchError(
            f"{path}: broken WARC, at {where}: download it again, or look at it with `warcio check {path}`"
        ) from error
    if read == 0 and path.stat().st_size:
        raise SeedwatchError(f"{path}: broken WARC: no record stands in it")


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
