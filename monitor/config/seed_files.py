"""Seed articles as files that a person can read and mend: what `seedwatch seeds add` writes; it must not fetch."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.config.atomic_file import replace_file
from monitor.config.seed_folder import read_seeds
from monitor.errors import SeedError
from monitor.model.page import Article
from monitor.text.urls import parse_host

_LONGEST = 60  # characters of a file's name: whole words of the headline


def format_seed(article: Article) -> str:
    """An article as a seed: headline, date and address as metadata lines, then the text, which has the lead in it."""
    when = [f"Date: {article.published.at:%Y-%m-%d %H:%M} UTC"] if article.published else []
    host = parse_host(article.url).removeprefix("www.").partition(":")[0]
    head = [*when, f"source: {host}", f"source: {article.url}"]
    return "\n\n".join((article.title, "\n".join(head), article.text.strip())) + "\n"


def find_seed(folder: Path, url: str) -> Path | None:
    """The file in `folder` that says it was saved from `url`, None where none does."""
    line = f"source: {url}"
    for file in sorted(folder.glob("*.txt")):
        if line in file.read_text("utf-8", errors="replace").splitlines()[:10]:
            return file
    return None


def write_seed(folder: Path, article: Article) -> Path:
    """Write an article into the folder of a topic, which is made where it is missing; its file.

    Raises SeedError where the article cannot be used as a seed, or the folder cannot be written; then nothing stays.
    """
    target = _free_name(folder, article)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(target, format_seed(article).encode())
        read_seeds(folder)
    except OSError as error:
        raise SeedError(f"{error.filename or folder}: {error.strerror}") from error
    except SeedError:
        target.unlink(missing_ok=True)
        raise
    return target


def _free_name(folder: Path, article: Article) -> Path:
    """A name that no file has: the day and the headline's first words, in its own letters."""
    day = f"{article.published.at:%Y-%m-%d}-" if article.published else ""
    words = re.sub(r"[\W_]+", "-", article.title.casefold()).strip("-")
    if len(words) > _LONGEST:
        words = words[:_LONGEST].rpartition("-")[0] or words[:_LONGEST]
    names = (f"{day}{words or 'seed'}{f'-{n}' if n > 1 else ''}.txt" for n in range(1, 10_000))
    return next(path for name in names if not (path := folder / name).exists())
