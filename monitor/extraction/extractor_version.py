"""Names the present extractor, so that its readings can be told from an outlet's edits; it must not read a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable

_LIBRARIES = ("trafilatura", "htmldate", "lxml")

_ROOMS = ("monitor.extraction", "monitor.model", "monitor.text")  # whatever the text of an article depends on


def _list_python_files(folder: Traversable) -> Iterator[Traversable]:
    """Every Python file below a package, in the order of names."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _list_python_files(entry)
        elif entry.name.endswith(".py"):
            yield entry


@cache
def hash_extractor() -> str:
    """A digest of the extractor's code and of the libraries it stands on: those this process began with."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for room in _ROOMS:
        for file in _list_python_files(files(room)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
