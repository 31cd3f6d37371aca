"""What a reading says, as columns of its article's row; it must not touch a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from monitor.model.moment import Moment
from monitor.model.page import Article, Reading
from monitor.storage.timestamps import format_optional_stamp, format_stamp
from monitor.text.words.word_count import count_words

_encode = json.JSONEncoder(ensure_ascii=False).encode
_encode_sorted = json.JSONEncoder(sort_keys=True).encode


def list_columns(reading: Reading) -> dict[str, object]:
    """The columns a revision replaces; the publication date and the identity stay those of the first text."""
    article = reading.article
    dateline, modified = article.dateline, article.modified
    day = None
    if dateline is not None and dateline.month is not None and dateline.day is not None:
        day = f"{dateline.month:02}-{dateline.day:02}"
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "content_hash": reading.content_hash,
        "modified_at": format_optional_stamp(modified.at if modified else None),
        "modified_raw": modified.raw if modified else None,
        "modified_zone": modified.zone if modified else None,
        "modified_precision": modified.precision if modified else None,
        "modified_from": modified.carrier if modified else None,
        "dateline_place": dateline.place if dateline else None,
        "dateline_day": day,
        "dateline_on": article.dateline_on.isoformat() if article.dateline_on else None,
        "dateline_raw": dateline.raw if dateline else None,
        "agency": article.agency,
        "attribution": article.attribution,
        "language": article.language,
        "declared_language": article.declared_language,
        "complete": article.complete,
        "complete_reason": article.complete_reason,
        "authors": _encode_all(article.authors),
        "section": article.section,
        "tags": _encode_all(article.tags),
        "image": article.image,
        "notes": _encode_all(article.notes),
        "background": _encode_all(article.background),
        "rungs": _encode_rungs(tuple(article.rungs.items())),
        "words": count_words(article.text),
        "extractor": reading.extractor or None,
    }


def encode_conflicts(article: Article) -> str:
    """The dates of an article that cannot be the same as its publication, as the column has them."""
    return _encode_all([_moment(other) for other in article.conflicts])


def _encode_all(values: Sequence[object]) -> str:
    return _encode(values) if values else "[]"  # as most are


@lru_cache(maxsize=256)  # an outlet's pieces have theirs from the same carriers
def _encode_rungs(rungs: tuple[tuple[str, str], ...]) -> str:
    return _encode_sorted(dict(rungs))


def _moment(moment: Moment) -> dict[str, str]:
    return {
        "at": format_stamp(moment.at),
        "raw": moment.raw,
        "zone": moment.zone,
        "precision": moment.precision,
        "carrier": moment.carrier,
    }
