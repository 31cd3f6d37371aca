"""What `init` found out about an outlet, and what to do where it found nothing; values, for people and for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.model.page import Article, Outcome
from monitor.model.source import Entry
from monitor.text.words.word_count import count_words

_SAMPLES = 3  # articles that are looked at
_WORDS = 25  # words shown of a lead and of a text
_SHARED = 6  # words with which two articles do not begin by chance
_SHORT = 40  # words: one of the 577 labelled texts has fewer (37); a teaser or a list of links has

# What to do about an outlet that cannot be read, by kind of trouble.
CURES: Mapping[str, str] = {
    "robots": "it does not want to be read by programs; nothing is worked around",
    "address": "add its host to [fetch] allow in config.toml if you trust it, then run this again",
    "busy": "try again later",
    "size": "raise [fetch] max_bytes if you trust it",
    "name": "check the spelling, and this machine's network and name resolution",
    "connection": "check the address and this machine's network; the outlet may refuse connections from here",
    "timeout": "try again later, or raise [fetch] timeout",
    "other": "try again later; `seedwatch doctor` looks for what is wrong here",
    "blocked": "it checks visitors and turns programs away, some only from data centres: try from another network",
    "consent": "it shows its pages only after a click; name its feed instead: seedwatch init FEED-URL",
    "gone": "check the address",
    "failed": "try again later",
    "elsewhere": "name that address if it is the outlet you mean",
    "nothing": "name a feed, a sitemap or a page of links yourself: spiders/README.md",
    "unreadable": "its endpoints are fine but its pages give no text; see what they say above",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedPlace:
    """One place that was asked: `reason` says why it is not used, None where it is."""

    kind: str
    url: str
    found: str
    entries: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSample:
    """One article as the outlet's pages give it; `reason` where there is none.

    `published_from` and `zone` are the carrier and the zone of its date (`model.Moment`); `lead` and `text` begin so.
    """

    url: str
    outcome: str
    reason: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    published_from: str | None = None
    zone: str | None = None
    lead: str | None = None
    text: str | None = None
    words: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletReport:
    """What became of one URL: `added` with its `table`, `known` already, or `failed` with `reason` and `cure`."""

    url: str
    outcome: str
    name: str | None = None
    title: str | None = None
    reason: str | None = None
    cure: str | None = None
    endpoints: tuple[TriedPlace, ...] = ()
    article: str | None = None
    samples: tuple[ArticleSample, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def sample_article(article: Article) -> ArticleSample:
    """What is shown of an article that could be read."""
    return ArticleSample(
        url=article.url,
        outcome=Outcome.NEW,
        title=article.title,
        published_at=article.published.at if article.published else None,
        published_from=article.published.carrier if article.published else None,
        zone=article.published.zone if article.published else None,
        lead=_start(article.lead),
        text=_start(article.text),
        words=count_words(article.text),
    )


def judge_samples(samples: Sequence[ArticleSample]) -> tuple[str, ...]:
    """What looks wrong in the articles that were read, a sentence each."""
    read = [sample for sample in samples if sample.reason is None]
    said: list[str] = []
    if read and not any(sample.published_at for sample in read):
        said.append("None of its pages states a date: its pieces are dated by when they are first seen")
    for name, values in (
        ("title", [sample.title for sample in read]),
        ("lead", [sample.lead for sample in read]),
    ):
        if same := next((value for value, times in Counter(filter(None, values)).items() if times > 1), None):
            said.append(f'Two of its articles have the same {name}, which is the site\'s, not theirs: "{same[:80]}"')
    beginnings = Counter(" ".join((sample.text or "").split()[:_SHARED]) for sample in read)
    if begun := next((words for words, times in beginnings.items() if words and times > 1), None):
        said.append(f'Two texts begin alike, as with a menu: "{begun}"; `rules` can leave such a block out')
    said += [
        f"{sample.url}: its text is {sample.words} words long: see whether that is all of it"
        for sample in read
        if sample.words < _SHORT
    ]
    return tuple(said)


def _start(text: str | None) -> str | None:
    words = (text or "").split()
    return " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "") if words else None


def list_newest(entries: Sequence[Entry]) -> list[Entry]:
    """Three entries to look at: the newest of an endpoint that dates them, else the first."""
    dated = [(entry.published.at, entry) for entry in entries if entry.published]
    newest = [entry for _, entry in sorted(dated, key=lambda found: found[0], reverse=True)]
    return (newest or list(entries))[:_SAMPLES]
