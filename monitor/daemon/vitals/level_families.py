"""The service levels of a watch as metrics: the one place where a level becomes a series.

A level is a line of `_LEVELS` or `_MEASURED`: its name, what it is and cannot see, and how it is read. Those of
`_LEVELS` are counts of this moment, those of `_MEASURED` come from `monitor.storage.service_levels`, over seven days
and at most ten minutes old; one that is not known has no series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor.model.service_levels import ServiceLevels
from monitor.model.vitals import StoreVitals

_LEVELS: tuple[tuple[str, str, Callable[[StoreVitals], float]], ...] = (
    (
        "silent_misses",
        "Intervals in which an endpoint may have lost entries and that are not closed; not how many entries.",
        lambda store: store.open_gaps,
    ),
    (
        "lost_alerts",
        "Alerts given up and not sent again; each is listed by seedwatch alerts list --state dead.",
        lambda store: store.alerts.get("dead", 0),
    ),
)

_MEASURED: tuple[tuple[str, str, Callable[[ServiceLevels], float | None]], ...] = (
    (
        "discovery_recall",
        "Share of the pieces of seven days that were seen, at most; what no list showed is not in it.",
        lambda levels: levels.discovery.score,
    ),
    ("discovery_recall_low", "Lower end of its 95 % interval.", lambda levels: levels.discovery.low),
    ("discovery_recall_high", "Upper end of its 95 % interval.", lambda levels: levels.discovery.high),
    (
        "untold_pieces",
        "Pieces of which nobody was told because their alerts were given up.",
        lambda levels: levels.losses.untold,
    ),
    (
        "repeated_alerts",
        "Second first alerts on one piece at one channel in seven days; copies that were not found out are not in it.",
        lambda levels: levels.repeats.repeated,
    ),
    (
        "alert_delay_median_seconds",
        "From publication to delivery, of pieces that say a time.",
        lambda levels: levels.delay.median,
    ),
    ("alert_delay_p95_seconds", "The 95th percentile of it.", lambda levels: levels.delay.p95),
)


def list_level_families(store: StoreVitals) -> Iterator[Metric]:
    """A gauge for each level that can be read now."""
    for name, what, read in _LEVELS:
        yield GaugeMetricFamily(f"seedwatch_level_{name}", what, value=read(store))
    for name, what, measure in _MEASURED:
        value = None if store.levels is None else measure(store.levels)
        if value is not None:
            yield GaugeMetricFamily(f"seedwatch_level_{name}", what, value=value)
