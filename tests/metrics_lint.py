"""What `promtool check metrics` finds fault with in an exposition, and labels that could grow without a bound.

The rules are those of the naming practices, https://prometheus.io/docs/practices/naming/, as promlint applies them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from prometheus_client.parser import text_string_to_metric_families

_NAME = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
_LABEL = re.compile(r"^[a-z][a-z0-9_]*$")
_TYPES = ("gauge", "counter", "summary", "histogram", "untyped", "info")
# Units that are no base units, and abbreviations of units.
_UNITS = re.compile(
    r"_(milliseconds|microseconds|minutes|hours|days|kilobytes|megabytes|gigabytes|kibibytes|mebibytes|percent|ms|us|ns|"
    r"sec|secs|s|m|h|kb|mb|gb)(_|$)"
)
MOST = 41  # values of one label


def lint_metrics(text: str, *, prefix: str) -> list[str]:
    """The faults, in words; `prefix` begins the names that are ours and have to follow every rule."""
    faults = []
    described = Counter(re.findall(r"^# HELP (\S+) \S", text, re.M))
    typed = Counter(re.findall(r"^# TYPE (\S+) ", text, re.M))
    if not text.endswith("\n"):
        faults.append("the last line has no end")
    for family in text_string_to_metric_families(text):
        stated = f"{family.name}_total" if family.type == "counter" else family.name
        if (described[stated], typed[stated]) != (1, 1):
            faults.append(f"{stated}: HELP {described[stated]} times, TYPE {typed[stated]} times")
        if family.name.startswith(prefix):
            faults += _lint_name(family.name, family.type)
        faults += _lint_samples(family)
    return faults


def _lint_name(name: str, kind: str) -> list[str]:
    faults = []
    if not _NAME.match(name):
        faults.append(f"{name}: no name in lower case and underscores")
    if _UNITS.search(name):
        faults.append(f"{name}: no base unit, or an abbreviated one")
    if any(word in _TYPES for word in name.split("_") if word != "info"):
        faults.append(f"{name}: its type is part of the name")
    if kind != "counter" and re.search(r"_(total|count|sum|bucket)$", name):
        faults.append(f"{name}: an ending that is kept for counters, summaries and histograms")
    return faults


def _lint_samples(family: object) -> list[str]:
    faults, seen, values = [], Counter[str](), defaultdict[str, set[str]](set)
    for sample in family.samples:  # type: ignore[attr-defined]
        seen[f"{sample.name}{sorted(sample.labels.items())}"] += 1
        for label, value in sample.labels.items():
            values[label].add(value)
            if not _LABEL.match(label) or label in ("job", "instance"):
                faults.append(f"{sample.name}: label {label}")
        if family.type == "counter" and sample.value < 0:  # type: ignore[attr-defined]
            faults.append(f"{sample.name}: a counter below zero")
    faults += [f"{series}: {number} times" for series, number in seen.items() if number > 1]
    return faults + [f"{label}: {len(found)} values" for label, found in values.items() if len(found) > MOST]
