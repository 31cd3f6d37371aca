"""Whether a profile has gone quiet while its names go on appearing; it must not count pieces or know a clock.

Theory: a share of the pieces that name a topic match it. Where that share holds, so many pieces that name it give so
many matches; a profile that its subject has left behind (a new route, a new man in office) gives hardly any. Two
bounds, far apart, keep a slow week from opening and closing a problem. It will miss a topic of few matches, for which a
quiet week is nothing strange.
"""

from __future__ import annotations

from monitor.model.topic import TopicCounts

_EXPECTED = 8.0  # matches that must be missing: of 8 expected, chance gives one or none in 3 of 1,000 weeks (Poisson)
_GONE = 0.2  # share of the expected matches up to which a profile is quiet
_BACK = 0.5  # share from which it is not
_SOME = 2  # matches that are a return, however few are expected by now


def estimate_matches(before: TopicCounts, recent: TopicCounts) -> float:
    """The matches that the recent pieces would give if they matched as often as those before."""
    return recent.named * before.matched / before.named if before.named else 0.0


def is_quiet_topic(before: TopicCounts, recent: TopicCounts, *, already: bool) -> bool:
    """Whether the profile is quiet now; `already`: whether it was when this was asked last."""
    wanted = estimate_matches(before, recent)
    if already:
        return recent.named > 0 and recent.matched < max(_SOME, _BACK * wanted)
    return wanted >= _EXPECTED and recent.matched <= _GONE * wanted
