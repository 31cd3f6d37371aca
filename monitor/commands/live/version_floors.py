"""Whether the packages that the daemon relies on are new enough; it must load none of them, nor much else of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata

# RELIABILITY.md, fact 8: older ones have published holes or lack what the daemon relies on.
FLOORS = {
    "scrapy": (2, 17),
    "lxml": (6, 1, 0),
    "urllib3": (2, 6, 3),
    "brotli": (1, 2),
    "h11": (0, 16),
    "datasette": (0, 65, 2),
    "trafilatura": (2, 3, 1),
}


class CheckVerdict(StrEnum):
    """How a check came out; only `fail` makes `doctor` exit 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One finding: `detail` is what was found, `cure` one line that helps, None where nothing is wrong."""

    name: str
    verdict: CheckVerdict
    detail: str
    cure: str | None = None


def check_floors() -> list[Check]:
    """A check per package with a version floor; the daemon refuses to start when one of them fails."""
    return [check_floor(name, least) for name, least in FLOORS.items()]


def check_floor(name: str, least: tuple[int, ...]) -> Check:
    """Whether a package is installed and at least that new."""
    wanted = ".".join(map(str, least))
    cure = f"pip install --upgrade '{name}>={wanted}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check(name=name, verdict=CheckVerdict.FAIL, detail="not installed", cure=cure)
    if _release(version) < least:
        return Check(name=name, verdict=CheckVerdict.FAIL, detail=f"{version} is below {wanted}", cure=cure)
    return Check(name=name, verdict=CheckVerdict.OK, detail=version)


def _release(version: str) -> tuple[int, ...]:
    """The release numbers of a version (`2.19.0rc1` → 2, 19, 0), padded so that 2.17 is not below 2.17.0."""
    found = re.match(r"(?:\d+!)?(\d+(?:\.\d+)*)", version)
    numbers = tuple(int(part) for part in found[1].split(".")) if found else ()
    return numbers + (0,) * (4 - len(numbers))
