"""Pages out of WARC files, the interchange format of web archives; it must not judge them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from monitor.errors import SeedwatchError
from monitor.model import Page

# A page larger than this is refused by extraction anyway; reading on would only fill memory.
MAX_BYTES = 10_000_000


def pages(path: Path, now: datetime) -> Iterator[Page]:
    """Every HTML response of a WARC or `.warc.gz`, in file order, bodies unpacked.

    `now` dates records that carry no date. Raises SeedwatchError where the file is broken, after the pages before
    the break.
    """
    try:
        with path.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type != "response" or record.http_headers is None:
                    continue
                headers = {name.lower(): value for name, value in record.http_headers.headers}
                if "html" not in headers.get("content-type", "html"):
                    continue
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                yield Page(
                    url=url,
                    final_url=url,
                    status=int(record.http_headers.get_statuscode() or 0),
                    headers=headers,
                    body=record.content_stream().read(MAX_BYTES),
                    fetched_at=_date(record.rec_headers.get_header("WARC-Date"), now),
                )
    except (ArchiveLoadFailed, OSError, EOFError, ValueError) as error:
        raise SeedwatchError(f"{path}: broken WARC: {error}") from error


def _date(text: str | None, now: datetime) -> datetime:
    try:
        return datetime.fromisoformat((text or "").replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return now
