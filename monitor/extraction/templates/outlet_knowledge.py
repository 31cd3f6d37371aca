"""What an outlet's earlier pages taught, as it travels to a worker with the next page; it must not learn anything."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.extraction.fields.headline import KnownHeadline
from monitor.model.identity import Absence
from monitor.model.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known of the outlet a page comes from.

    `repeated` are the keys (`hash_repeated_line`) of lines it prints in article after article, `templates` those it
    has, the most common first; `absence` is what its site shows for an address that does not exist, where that passes
    for an article. `fresh` says that the page was never read before, so that it may teach something; `wanting`, that
    pages without a template should. `day_first` is the order of its numeric dates, as far as they have proved it
    (text/times/numeric_dates.py). `called` is what a known piece is called, when it is looked at again without a word
    from its endpoints.
    """

    repeated: frozenset[int] = frozenset()
    templates: tuple[Template, ...] = ()
    absence: Absence | None = None
    fresh: bool = True
    wanting: bool = True
    day_first: bool | None = None
    called: KnownHeadline | None = None


UNKNOWN = Knowledge()  # an outlet nobody has read yet
