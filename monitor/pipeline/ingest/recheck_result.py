"""Whether known pieces are still there: what one settled page says of it, written beside its outcome.

Runs inside the page's transaction; it must not fetch, nor judge a text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.identity.ownership import PageOrigin
from monitor.identity.recheck_schedule import NOT_THERE, decide_recheck
from monitor.model.identity import THERE, RecheckDecision
from monitor.model.page import Outcome
from monitor.model.source import Validators
from monitor.pipeline.alerts.queue_alerts import Addressees
from monitor.pipeline.alerts.queue_retractions import DELETION, RETURN, queue_retraction
from monitor.storage import Store
from monitor.storage.sources.links import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whose word a look at a piece is: `entitled` to say that it is gone, and whether by the piece's `own` source."""

    entitled: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """What one look at a piece met; `article_id` is what the page became, where it became one, `headline` what it
    calls itself."""

    outcome: Outcome
    reason: str | None = None
    article_id: int | None = None
    validators: Validators | None = None
    headline: str | None = None


def is_entitled(store: Store, link: Link, found: PageOrigin, site_of: Callable[[str], str]) -> bool:
    """Whether a page that was not there says so of the article its link led to: its own site, at its own address."""
    if link.article_id is None or not found.asked:
        return False
    return site_of(store.names.address(link.article_id)) == found.site


def record_recheck(
    store: Store, to: Addressees, link: Link, look: PageLook, sight: Sight, now: datetime, jitter: float
) -> str | None:
    """Note one look at the piece of a link and when the next is due; the ledger's state of that link.

    A piece that departs or comes back is told as the rules of `to` ask for.
    None where the usual rules hold. A look owes no answer: where it meets a wall or an outage, the link stays as it was
    until the next one. `jitter` is uniform in [0, 1). `sight`: whose word it is.
    """
    outcome = look.outcome
    number = look.article_id if look.article_id is not None else link.article_id
    if number is None:
        return None
    if not sight.entitled:  # another site's address says nothing of the piece, and is looked at no more
        store.revisits.schedule_next(link, RecheckDecision(again=None), None, None)
        return None
    known = store.revisits.load_facts(number, now)
    since = link.gone_since or now
    found = decide_recheck(
        outcome,
        gone_since=link.gone_since,
        departed=known.departed,
        # Pages of another site that are there do not show that this one answers.
        others=store.revisits.count_others(link, since) if outcome in NOT_THERE and sight.own else (0, 0),
        born=known.born,
        matched=known.matched,
        now=now,
        jitter=jitter,
    )
    store.revisits.schedule_next(link, found, look.validators if outcome in THERE else None, look.headline)
    if found.departs:
        store.revisits.open_departure(number, known.revision, since, look.reason or str(outcome), now)
        queue_retraction(store, to, number, DELETION, look.reason, now)
    if found.returns:
        store.revisits.close_departure(number, now)
        queue_retraction(store, to, number, RETURN, None, now)
    if not (link.revisit or outcome in NOT_THERE):
        return None
    return "gone" if found.gone else "done"
