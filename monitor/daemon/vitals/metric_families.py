"""The vitals as metrics of Prometheus; labels have few values, whatever outlets and the configuration are called.

Names and units follow https://prometheus.io/docs/practices/naming/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.daemon.vitals.level_families import list_level_families
from monitor.model.vitals import DaemonVitals, StoreVitals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MOST = 40  # values of one label; the rest counts as "other"
_SOURCE_STATES = ("new", "ok", "unsteady", "failing", "silent", "blocked", "drifting", "stopped", "paused")
_POLL_OUTCOMES = ("ok", "partial", "failed", "aborted")


def render_metrics(vitals: Callable[[], DaemonVitals], reasons: Callable[[], tuple[str, ...]]) -> bytes:
    """The text exposition of what is known now, the process's own figures (process_…) among it."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Vitals(vitals, reasons))
    return generate_latest(registry)


class _Vitals(Collector):
    def __init__(self, vitals: Callable[[], DaemonVitals], reasons: Callable[[], tuple[str, ...]]) -> None:
        self._vitals = vitals
        self._reasons = reasons

    def collect(self) -> Iterator[Metric]:
        found = self._vitals()
        build = GaugeMetricFamily("seedwatch_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield _gauge("ready", "1 while it does its work, as /readyz says.", 0 if self._reasons() else 1)
        yield _gauge("crawls_running", "Crawls of sources under way.", found.crawls)
        yield _gauge(
            "database_writable", "0 while the database takes nothing that is written.", found.write_fault is None
        )
        yield _gauge("database_silent_seconds", "Seconds since the database answered last.", found.silent)
        silent = {task.name: task.silent for task in found.tasks}
        yield _gauges("task_silent_seconds", "Seconds since a job of the scheduler last ended well.", "task", silent)
        failures = {task.name: task.failures for task in found.tasks}
        yield _counters("task_failures", "Runs of a job of the scheduler that ended in an error.", "task", failures)
        if found.store is not None:
            yield from _list_store_families(found.store)
            yield from list_level_families(found.store)


def _list_store_families(store: StoreVitals) -> Iterator[Metric]:
    late = 0.0 if store.overdue_since is None else max(0.0, (store.at - store.overdue_since).total_seconds())
    yield _gauge("schedule_lag_seconds", "How long a source that could be polled at once has been due.", late)
    yield _gauges(
        "sources",
        "Sources that are switched on, by state.",
        "state",
        {**dict.fromkeys(_SOURCE_STATES, 0), **store.sources},
    )
    channels = {**dict.fromkeys(("ok", "failing", "disabled"), 0), **store.channels}
    yield _gauges("channels", "Channels by state.", "state", channels)
    yield _gauges("alerts", "Alerts that are not delivered, by state.", "state", store.alerts)
    since = min((channel.since for channel in store.waiting), default=store.at)
    oldest = max(0.0, (store.at - since).total_seconds())
    yield _gauge("oldest_waiting_alert_seconds", "How long the oldest alert waits that is due to be sent.", oldest)
    yield _gauges("problems", "Open problems by kind.", "kind", store.problems)
    yield _gauges(
        "database_bytes", "Bytes of the database's file, its WAL, and what is free in the file.", "part", store.bytes
    )
    yield _counters("polls", "Polls since the start, by outcome.", "outcome", _words(store, "polls", _POLL_OUTCOMES))
    for column, what in (
        ("requests", "Requests that polls have sent for lists."),
        ("new_links", "Links that were found."),
        ("stored", "Pieces that were stored."),
    ):
        yield CounterMetricFamily(f"seedwatch_poll_{column}", what, value=store.totals.get((column, ""), 0))
    yield _counters("fetches", "Pages fetched since the start, by outcome.", "outcome", _words(store, "fetches"))
    taken = _words(store, "attempts", ("taken", "refused"))
    seconds = taken.pop("seconds", 0.0)
    yield _counters("delivery_attempts", "Attempts to deliver an alert since the start.", "outcome", taken)
    yield SummaryMetricFamily(
        "seedwatch_delivery_seconds",
        "Time that receivers took to answer.",
        count_value=int(sum(taken.values())),
        sum_value=seconds,
    )


def _words(store: StoreVitals, what: str, always: tuple[str, ...] = ()) -> dict[str, float]:
    found = {word: number for (name, word), number in store.totals.items() if name == what}
    return {**dict.fromkeys(always, 0.0), **found}


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"seedwatch_{name}", what, value=value)


def _gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"seedwatch_{name}", what, labels=[label])
    for word, value in bound_labels(values).items():
        family.add_metric([word], value)
    return family


def _counters(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"seedwatch_{name}", what, labels=[label])
    for word, value in bound_labels(values).items():
        family.add_metric([word], value)
    return family


def bound_labels(values: Mapping[str, float]) -> dict[str, float]:
    """The first 40 by name; what is beyond adds up as "other"."""
    words = sorted(values)
    found = {word: values[word] for word in words[:_MOST]}
    if len(words) > _MOST:
        found["other"] = found.get("other", 0.0) + sum(values[word] for word in words[_MOST:])
    return found
