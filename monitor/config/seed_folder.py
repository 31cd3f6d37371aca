"""A folder of seed articles as values; it must not learn from them or store them."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from monitor.errors import SeedError
from monitor.model.page import Article
from monitor.text.times.dateline import parse_attribution, parse_credit
from monitor.topics.learning.seed_article import Seed, parse_seed

__all__ = ["Seed"]


def _seed(path: Path) -> Seed | str:
    """One file's seed, or what is wrong with it and what to do."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); check its permissions"
    if b"\0" in raw:
        return f"{path}: is not text; save the article as plain text (UTF-8), or move the file out of the folder"
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return f"{path}: is not UTF-8 at byte {error.start}; save it again as UTF-8"
    seed = parse_seed(unicodedata.normalize("NFC", text), name=path.name, digest=hashlib.sha256(raw).hexdigest())
    if seed is None:
        return f"{path}: has no headline with a text under it; paste the whole article, headline first"
    return seed


def read_seeds(folder: Path) -> tuple[Seed, ...]:
    """Every `*.txt` of `folder` as a seed, in the order of their names.

    Raises SeedError when the folder is missing or holds no seed, and one SeedError that names every file which
    cannot be used: a topic learned from half of its seeds would be silently another topic.
    """
    if not folder.is_dir():
        raise SeedError(f"{folder}: no such folder; make it and put a few articles into it as .txt files")
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise SeedError(f"{folder}: no seed articles; put a few into it as .txt files, headline first")
    results = [_seed(path) for path in files]
    faults = [result for result in results if isinstance(result, str)]
    if faults:
        raise SeedError("\n".join(faults))
    return tuple(result for result in results if isinstance(result, Seed))


def article_from_seed(seed: Seed) -> Article:
    """A seed as the article it is, for the store: `seed:FILENAME` is both its URL and its identity."""
    name = f"seed:{seed.name}"
    return Article(
        url=name,
        identity=name,
        title=seed.headline,
        lead=seed.lead,
        text=seed.text,
        published=seed.published,
        dateline=seed.dateline,
        attribution=parse_attribution(seed.headline),
        agency=(seed.dateline.agency if seed.dateline else None) or parse_credit(seed.notes),
        notes=seed.notes,
        rungs={"title": "seed", "text": "seed"} | ({"published": "seed"} if seed.published else {}),
        removed=tuple(cut.line for cut in seed.cuts),
    )
