"""The service levels of a watch as metrics: the one place where a level becomes a series.

A level is a line of `_LEVELS`: its name, what it is and cannot see, and how it is read from the vitals. What needs
more of the database than they hold is measured in `monitor.storage.store_vitals` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

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


def list_level_families(store: StoreVitals) -> Iterator[Metric]:
    """A gauge for each level that can be read now."""
    for name, what, read in _LEVELS:
        yield GaugeMetricFamily(f"seedwatch_level_{name}", what, value=read(store))
