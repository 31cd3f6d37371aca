"""The outlets of the ownership bench, their pieces and what is watched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.alerting.intents import Rule
from monitor.alerting.policy import Policy
from monitor.model.source import Endpoint, Source
from monitor.pipeline.ingest.settle import Watch

# Two blogs of one host company and an outlet elsewhere: what parts them is the suffix list alone.
HONEST, HOSTILE = ("gull", "tern"), "crow"
SITES = {"gull": "https://gull.substack.com", "tern": "https://tern.example", "crow": "https://crow.substack.com"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address answers: a piece, or another address; None in the table is 404."""

    title: str = ""
    text: str = ""
    published: datetime | None = None
    canonical: str | None = None
    to: str | None = None


@dataclass(slots=True)
class Piece:
    """An honest piece: its owner, its address, its node's guid and every text it has had.

    `dated` is what its page says of when it was put out; `copied_before`: the hostile outlet had its text before that,
    `copied_whole`: word for word, so that a rule for stories may have told of it already; `listed_late`: later after
    that than outlets list a piece.
    """

    owner: str
    url: str
    guid: str
    title: str
    texts: list[str]
    edits: int = 0
    dated: datetime | None = None
    copied_before: bool = False
    copied_whole: bool = False
    listed_late: bool = False
    canonical: str | None = None


def watch() -> Watch:
    def rule(name: str, *sources: str, per: str = "article") -> Rule:
        return Rule(
            name=name,
            topics=frozenset({"strait"}),
            channels=("hook",),
            per=per,
            on=frozenset({"new", "edit"}),
            policy=Policy(sources=frozenset(sources)),
        )

    sources = {
        name: Source(
            name=name,
            spider="feed",
            title=name,
            address=None,
            every=600,
            endpoints=tuple(Endpoint(kind=kind, url=f"{site}/{kind}") for kind in ("feed", "sitemap")),
        )
        for name, site in SITES.items()
    }
    rules = (rule("all"), rule("stories", per="story"), *(rule(name, name) for name in HONEST))
    return Watch(sources=sources, topics=(), rules=rules, kinds={"hook": "webhook"})
