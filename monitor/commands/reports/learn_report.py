"""What a person should know of a profile just learned: how far its seeds reach, and in which languages it sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError

from monitor.topics.calibration_steps import STEPS, is_uncalibrated
from monitor.topics.profile import Profile

ENOUGH = 5  # seeds; with three the mean precision over 20 subjects is some .05 lower (MATCHING.md)
_WEAK = 0.5  # of what the others say
_OPEN = 3  # terms that a further seed would settle


def report_learned(profile: Profile, *, warm_up: bool) -> dict[str, Any]:
    """The reach of a profile, as `learn --json` has it; `warm_up` is the topic's setting."""
    seeds = len(profile.seeds)
    return {
        "languages": [{"code": code, "name": name_language(code)} for code in profile.languages],
        "countries": [group.name for group in profile.groups],
        "seeds": seeds,
        "few": seeds < ENOUGH,
        "open_terms": _open_terms(profile) if seeds < ENOUGH else [],
        "weak_seeds": [
            {"seed": seed, "share": share}
            for seed, share in zip(profile.seeds, profile.shares, strict=False)
            if share < _WEAK
        ],
        "warming_up": warm_up and is_uncalibrated(profile),
        "pieces": 0 if profile.calibration is None else profile.calibration.pieces,
        "pieces_wanted": STEPS[0],
    }


def _open_terms(profile: Profile) -> list[str]:
    """The heaviest terms that one seed alone says, or, of two and more, not all."""
    total = len(profile.seeds)
    return [term.term for term in profile.terms if 0 < len(term.seeds) < total][:_OPEN]


def name_language(code: str) -> str:
    """The English name of a language, its code where nobody knows it."""
    try:
        return Locale.parse(code).get_language_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def list_advice(found: dict[str, Any], topic: str, closest: Sequence[dict[str, Any]]) -> list[str]:
    """The report as lines for people; `closest` are the subjects that come near (see `backtest`)."""
    lines = []
    if found["languages"]:
        names = ", ".join(language["name"] for language in found["languages"])
        also = f"; {', '.join(found['countries'])} by the names of many languages" if found["countries"] else ""
        lines.append(f"read as {names}: its words are seen in texts of that language{also}")
    if found["few"]:
        what = (
            f": a further one would settle whether {', '.join(found['open_terms'])} belong"
            if found["open_terms"]
            else ""
        )
        count = "1 seed is" if found["seeds"] == 1 else f"{found['seeds']} seeds are"
        lines.append(f"{count} few, {ENOUGH} are better{what}")
    lines += [
        f"{weak['seed']} says {weak['share']:.0%} of what the other seeds say: is it on the subject, and whole?"
        for weak in found["weak_seeds"]
    ]
    if found["warming_up"]:
        lines.append(
            f"it warms up: {found['pieces']} of {found['pieces_wanted']} pieces of its outlets are known; until then "
            "matches are stored and alerts wait (warm_up = false tells them at once)"
        )
    for near in closest:
        example = f", as “{near['examples'][0]}”" if near["examples"] else ""
        why = f" ({'; '.join(near['missing'])})" if near["missing"] else ""
        pieces = f"{near['pieces']} piece{'' if near['pieces'] == 1 else 's'}"
        lines.append(f"{pieces} with “{near['term']}” stay below{example}{why}")
    if closest:
        lines.append(
            f"to part them: `seedwatch mark URL irrelevant --topic {topic}` or relevant, then learn again; or a term "
            "under ban in [yours] of profile.toml"
        )
    return lines
