"""When a profile is weighed anew against what its outlets print; it must not learn, nor read an archive."""

from __future__ import annotations

from monitor.topics.profile import Profile

# Pieces of an archive from which a profile is weighed again. A hundred tell what an outlet prints (MATCHING.md).
STEPS = (100, 300, 1_000)


def is_uncalibrated(profile: Profile) -> bool:
    """Whether a profile is told by words that no archive of a hundred pieces has weighed yet."""
    return bool(profile.expected) and _counted(profile) < STEPS[0]


def is_step_reached(profile: Profile, pieces: int) -> bool:
    """Whether an archive of so many pieces is a step further than the one a profile was weighed against."""
    return bool(profile.expected) and any(_counted(profile) < step <= pieces for step in STEPS)


def is_day_passed(profile: Profile, pieces: int, day: str) -> bool:
    """Whether a profile of a large archive was weighed on an earlier day (ISO date) than `day`."""
    found = profile.calibration
    return bool(profile.expected) and found is not None and pieces >= STEPS[-1] and found.day < day


def _counted(profile: Profile) -> int:
    return 0 if profile.calibration is None else profile.calibration.pieces
