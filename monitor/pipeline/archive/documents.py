"""Documents of the past as files hold them – NDJSON, a folder of saved pages, WARC –; it must not judge or store them.

What cannot be read is a value too (`fault`): one broken line must not cost the other million.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from monitor.errors import SeedwatchError, describe_read_error
from monitor.model.packing.field_state import get_state, set_state
from monitor.model.page import Page
from monitor.model.source import NAMELESS
from monitor.pipeline.archive import warc
from monitor.pipeline.archive.warc import make_saved_page, read_warc_pages
from monitor.text.urls import parse_host

_SCHEME = "backfill:"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDocument:
    """One input: fields as given, the bytes of a page, or why it is neither.

    `echo` is the input's id, else its URL, else its place in the file; `address` names the document in the store
    where it has no URL of its own.
    """

    echo: str | int
    source: str = NAMELESS
    address: str = ""
    page_name: str | None = None
    fields: Mapping[str, Any] | None = None
    page: Page | None = None
    fault: str | None = None

    __getstate__, __setstate__ = get_state, set_state


def read_documents(path: Path, now: datetime) -> Iterator[InputDocument]:
    """The documents of NDJSON (`.gz` too), of a folder with index.jsonl, or of a WARC, in their order.

    `now` dates pages that carry no date of their own. Raises SeedwatchError where there is nothing to begin with.
    """
    if path.is_dir():
        index = path / "index.jsonl"
        if not index.is_file():
            raise SeedwatchError(f'{index}: not found: write it, a line per page: {{"page": "a.html", "url": "…"}}')
        for number, row in _rows(index):
            yield row if isinstance(row, InputDocument) else _saved(index, number, row, now)
    elif path.name.endswith((".warc", ".warc.gz")):
        yield from _archive(path, now)
    else:
        for number, row in _rows(path):
            yield row if isinstance(row, InputDocument) else _given(path, number, row)


def holds_pages(path: Path) -> bool:
    """Whether what `read_documents` gives for the path are pages; else they are texts."""
    return path.is_dir() or path.name.endswith((".warc", ".warc.gz"))


def read_saved_body(path: Path) -> bytes:
    """The bytes of a saved page, unpacked where it is `.gz`, cut one byte beyond what extraction takes.

    Raises SeedwatchError where it cannot be read.
    """
    try:
        with _open(path) as file:
            return file.read(warc.MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SeedwatchError(f"{path}: {describe_read_error(error)}") from error


def restore_document_id(address: str) -> str:
    """The id that stands in an `address` made here; any other address as it is."""
    return unquote(address.rpartition("/")[2]) if address.startswith(_SCHEME) else address


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | InputDocument]]:
    """Every line that is not empty, numbered from 1: its object, or what is wrong with it."""
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _row(path, number, line)
    except (OSError, EOFError, zlib.error) as error:
        if number == 0:
            raise SeedwatchError(f"{path}: {describe_read_error(error)}") from error
        yield number + 1, _broken(path, number + 1, f"cannot be read on: {error}")


def _row(path: Path, number: int, line: bytes) -> dict[str, Any] | InputDocument:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _broken(path, number, f"not UTF-8 at byte {error.start}")
    except json.JSONDecodeError as error:
        return _broken(path, number, f"not JSON from character {error.pos + 1} on")
    except (ValueError, RecursionError):  # a number of thousands of digits, lists nested without end
        return _broken(path, number, "not JSON that can be read")
    return row if isinstance(row, dict) else _broken(path, number, "not a JSON object")


def _broken(path: Path, number: int, what: str) -> InputDocument:
    return InputDocument(echo=f"{path.name}:{number}", fault=f"{path}:{number}: {what}")


def _given(path: Path, number: int, row: dict[str, Any]) -> InputDocument:
    url, id_ = _url(row), _id(row)
    echo = id_ if id_ is not None else url or f"{path.name}:{number}"
    source = _source(row, url)
    if id_ is not None:
        name = str(id_)
    else:  # two files may each have a line 7: the same content on the same line is the same document
        name = f"{hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]}-{number}"
    address = f"{_SCHEME}{quote(source, safe='')}/{quote(name.encode('utf-8', 'replace'), safe='')}"
    return InputDocument(echo=echo, source=source, address=url or address, fields=row)


def _saved(index: Path, number: int, row: dict[str, Any], now: datetime) -> InputDocument:
    name, url, id_ = row.get("page"), _url(row), _id(row)
    if not isinstance(name, str) or url is None:
        return _broken(index, number, 'needs "page" and "url", both text')
    folder = index.parent.resolve()
    echo = id_ if id_ is not None else url
    try:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder):
            raise SeedwatchError(f"{name} lies outside of {folder}")
        content = read_saved_body(file)
    except (SeedwatchError, ValueError) as error:  # ValueError: a NUL in the name
        return InputDocument(echo=echo, page_name=name, fault=f"{index}:{number}: {error}")
    return InputDocument(
        echo=echo, source=_source(row, url), address=url, page_name=name, page=make_saved_page(url, content, now)
    )


def _archive(path: Path, now: datetime) -> Iterator[InputDocument]:
    read = 0
    try:
        for page in read_warc_pages(path, now):
            read += 1
            yield InputDocument(echo=page.url, source=parse_host(page.url) or "warc", address=page.url, page=page)
    except SeedwatchError as error:
        if not read:
            raise
        yield InputDocument(echo=path.name, fault=str(error))


def _id(row: Mapping[str, Any]) -> str | int | None:
    """The id as given; a number that is no integer as text, since JSON has many spellings of it."""
    id_ = row.get("id")
    if isinstance(id_, int) and not isinstance(id_, bool):
        return id_
    return str(id_) if isinstance(id_, (str, float)) and id_ != "" else None


def _url(row: Mapping[str, Any]) -> str | None:
    url = row.get("url")
    return url.strip() or None if isinstance(url, str) else None


def _source(row: Mapping[str, Any], url: str | None) -> str:
    source = row.get("source")
    if isinstance(source, int) and not isinstance(source, bool):
        return str(source)  # labelled sets number their outlets
    if isinstance(source, str) and source.strip():
        return source.strip().encode("utf-8", "replace").decode()
    return parse_host(url or "") or NAMELESS
