"""A large value that goes to each worker once, not with every call: by the path of a file of ours."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar, cast

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class SharedValue(Generic[V]):
    """A large value that goes to each worker once, not with every call; see `Workers.share`."""

    path: str

    @property
    def value(self) -> V:
        """The value; the same object every time in one process."""
        return cast(V, _unpacked(self.path))


@lru_cache(maxsize=2)  # the running one, and one before a reload
def _unpacked(path: str) -> object:
    return pickle.loads(Path(path).read_bytes())  # noqa: S301  our own, in a folder only we can write to
