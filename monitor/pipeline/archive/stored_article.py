"""A stored article as verdicts are given on it, and as stories are told apart by it; it must not judge."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.model.moment import Dateline
from monitor.model.page import Article
from monitor.storage.connection import Row


def words_from_row(row: Row) -> Article:
    """A row of `articles`, as far as its words matter."""
    return Article(
        url=row["url"],
        identity=None,
        title=row["title"],
        lead=row["lead"],
        text=row["text"],
        language=row["language"],
        background=tuple((start, end) for start, end in json.loads(row["background"])),
    )


def article_from_row(row: Row) -> Article:
    """A row of `archive.pieces` as what verdicts are given on."""
    place = row["dateline_place"]
    dateline = Dateline(place=place, month=None, day=None, agency=None, raw=place) if place else None
    return replace(words_from_row(row), dateline=dateline)
