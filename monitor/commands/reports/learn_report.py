"""What a person should know of a profile just learned: how far its seeds reach, and in which languages it sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale, UnknownLocaleError

from monitor.pipeline.learn_topic import LearnResult
from monitor.topics.calibration_steps import STEPS, is_uncalibrated
from monitor.topics.profile import Profile
from monitor.topics.score import match_text

ENOUGH = 5  # seeds; with three the mean precision over 20 subjects is some .05 lower (MATCHING.md)
_WEAK = 0.5  # of what the others say
_OPEN = 3  # terms that a further seed would settle


def report_learned(learned: LearnResult, *, warm_up: bool, pieces: int) -> dict[str, Any]:
    """The reach of a profile, as `learn --json` has it.

    `warm_up` is the topic's setting, `pieces` how many of its outlets the archive holds.
    """
    profile = learned.profile
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
        "pieces": pieces,
        "pieces_wanted": STEPS[0],
        "scores": _score_seeds(learned),
    }


def _score_seeds(learned: LearnResult) -> list[dict[str, Any]]:
    """What each seed scores by the profile, the weakest first, and what it says of what the others say, where known."""
    profile = learned.profile
    shares = dict(zip(profile.seeds, profile.shares, strict=False))
    found = []
    for seed in learned.articles:
        match = match_text(seed.headline, seed.lead, seed.text, profile)
        found.append(
            {
                "seed": seed.name,
                "title": seed.headline,
                "score": round(match.score, 3),
                "matched": match.matched,
                "share": shares.get(seed.name),
            }
        )
    return sorted(found, key=lambda row: (row["score"], row["seed"]))


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


def list_advice(found: dict[str, Any], closest: Sequence[dict[str, Any]]) -> list[str]:
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
            f"warming up, {found['pieces']} of {found['pieces_wanted']} pieces of its outlets are known, "
            "copies left out; until then matches are stored and alerts wait (warm_up = false tells them at once)"
        )
    for near in closest:
        example = f", as “{near['examples'][0]}”" if near["examples"] else ""
        why = f" ({'; '.join(near['missing'])})" if near["missing"] else ""
        pieces = f"{near['pieces']} piece{'' if near['pieces'] == 1 else 's'}"
        lines.append(f"{pieces} with “{near['term']}” stay below{example}{why}")
    return lines


def list_cures(topic: str) -> list[str]:
    """What to do where a profile is wrong, a line for each way in which it can be."""
    return [
        f"a piece that should not match: `seedwatch mark URL irrelevant --topic {topic}`, or a button on its page",
        "a piece that should: mark it relevant, or save it as a further seed with `seedwatch seeds add URL`",
        f"a term that lacks: `seedwatch topics add {topic} TERM`; one that misleads: ban it in its profile.toml",
        "too many or too few: another threshold, as the table shows; then `seedwatch learn` again",
    ]
