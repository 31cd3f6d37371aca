"""What an outlet's earlier pages taught, as it travels to a worker with the next page; it must not learn anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of the outlet a page comes from.

    `repeated` are the keys (`repetition.key`) of lines it prints in article after article.
    """

    repeated: frozenset[int] = frozenset()


UNKNOWN = Knowledge()  # an outlet nobody has read yet
