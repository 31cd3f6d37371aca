"""False "not modified" answers inside a crawl: who is checked, who was caught, who is believed again.

A server or a cache that answers 304 to whatever it is asked hides every piece from then on. So an endpoint that has
said so a hundred times in a row is asked without validators once. Where its list has entries it never listed, the
old validators are sent once more: a 304 now is a lie, for the list has changed. It must not fetch: requests are made
by whoever asks for `probe`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor.discovery.endpoint import EndpointAnswer
from monitor.model.source import Endpoint, Source, Validators
from monitor.storage import Store
from monitor.storage.sources.endpoints import SourceEndpoints
from monitor.storage.sources.links import ListedChanges

log = logging.getLogger(__name__)

# One unconditional request in so many. Table P allows one in a hundred (P1); at five minutes it comes every eight
# hours, before TASS's feed of ten hours has turned over.
CHECK_AFTER = 100
# What a "not modified" counts while other endpoints of the outlet have news: a check is due after ten of them.
CONTRADICTED = 10
# How long a liar is asked without validators. A broken cache is mended within days, or never.
DISTRUST = timedelta(days=7)
LIES = "validators"  # the kind of problem


class TrustProbe:
    """One source during one crawl; `begin`, `record_probe` and `settle` run inside the caller's transaction."""

    def __init__(self, store: Store, source: Source) -> None:
        self.store = store
        self.source = source
        self.withheld: frozenset[str] = frozenset()  # keys of endpoints that get no validators this time
        self._checks: dict[str, Validators] = {}
        self._silent: list[int] = []  # endpoints that said "not modified"
        self._probe: list[tuple[Endpoint, Validators]] = []
        self._numbers: dict[str, tuple[int, int]] = {}  # endpoint and its entries never listed before, by key

    def begin(self, endpoints: SourceEndpoints, now: datetime) -> None:
        """See which of the source's endpoints are checked and which are not believed."""
        for number, url in endpoints.list_trusted_again(now):
            self.store.trust.restore_trust(number)
            self.store.problems.close(LIES, f"{self.source.name} {url}", now)
        self._checks = dict(endpoints.map_checks(CHECK_AFTER, now))
        self.withheld = endpoints.list_distrusted(now) | frozenset(self._checks)

    def filter_validators(self, validators: Mapping[str, Validators]) -> dict[str, Validators]:
        """The validators to send, without those that are withheld."""
        return {key: value for key, value in validators.items() if key not in self.withheld}

    def record_listing(self, answer: EndpointAnswer, root: Endpoint, number: int, announced: ListedChanges) -> None:
        """Take note of a good answer with its links written."""
        if answer.endpoint != root:
            return
        if answer.status == 304:
            self._silent.append(number)
            return
        fresh = sum(entry.fresh for entry in announced.listed)
        if (old := self._checks.pop(root.key, None)) is not None and fresh:
            self._numbers[root.key] = (number, fresh)
            self._probe.append((root, old))

    def has_probes(self) -> bool:
        """Whether `probe` has something to ask."""
        return bool(self._probe)

    def probe(self) -> list[tuple[Endpoint, Validators]]:
        """Endpoints to be asked once more, with their old validators."""
        found, self._probe = self._probe, []
        return found

    def record_probe(self, endpoint: Endpoint, status: int, now: datetime) -> None:
        """What the old validators got, though the list has changed since they were given."""
        if status != 304:
            return
        number, fresh = self._numbers[endpoint.key]
        until = now + DISTRUST
        self.store.trust.distrust(number, until)
        log.warning("event=false-304 source=%s endpoint=%s entries=%d", self.source.name, endpoint.key, fresh)
        self.store.problems.open(
            LIES,
            f"{self.source.name} {endpoint.url}",
            f'it says "not modified" (304) while its list has {fresh} entr{"y" if fresh == 1 else "ies"} that it never '
            f"gave; until {until:%Y-%m-%d} it is asked for the whole list every time",
            "nothing to do here; its makers could mend their cache",
            now,
        )

    def settle(self, news: bool) -> None:
        """At the end of a crawl: a silent endpoint among others that had `news` comes sooner to its check."""
        if news:
            for number in self._silent:
                self.store.trust.add_suspicion(number, CONTRADICTED)
