"""`seedwatch learn`: a folder of seeds in, its profile.toml written anew; it must not print or touch the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.config.atomic_file import replace_file
from monitor.config.profiles import PROFILE, load_profile
from monitor.config.seed_folder import read_seeds
from monitor.errors import SeedError
from monitor.model.topic import Mark
from monitor.topics.learning.archive_features import NO_ARCHIVE, ArchiveFeatures
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed
from monitor.topics.learning.spelling_variants import Spelling, find_spelling_variants
from monitor.topics.profile import Profile
from monitor.topics.profile_toml import dump_profile
from monitor.topics.score import match_text


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkEffect:
    """What marked pieces did to a profile.

    `changes` is one line per difference to what the seeds alone teach. Of the marked pieces the profile matches
    `matched`, `right` of which are relevant; `missed` relevant ones it does not match.
    """

    relevant: int
    irrelevant: int
    matched: int
    right: int
    missed: int
    changes: tuple[str, ...]

    @property
    def precision(self) -> float | None:
        """`right` of `matched`, None where nothing marked is matched."""
        return round(self.right / self.matched, 3) if self.matched else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnResult:
    """What `learn` did: the `profile` written to `path`, the `articles` it came from, and how it differs.

    `changes` is one line per difference to the profile that stood there before, empty where nothing changed or
    nothing stood there (`fresh`). `weighed_first` is whether these seeds were weighed against an archive for the first
    time, which moves most weights: before, `run` or `once` had learned them with nothing beside. `spellings` are
    names in the seeds that may be one, for a person to confirm. `heeded` says what the marked pieces changed, empty
    where there are none.
    """

    profile: Profile
    path: Path
    articles: tuple[Seed, ...]
    fresh: bool
    changes: tuple[str, ...]
    spellings: tuple[Spelling, ...]
    heeded: MarkEffect | None = None
    weighed_first: bool = False


def learn_topic(
    folder: Path, *, topic: str, marks: Sequence[Mark] = (), archive: ArchiveFeatures = NO_ARCHIVE
) -> LearnResult:
    """Read the seeds of `folder`, learn, and replace its profile.toml in one step; `marks` and `archive` bear on it.

    Raises SeedError for unreadable seeds, or for a present profile.toml that cannot be read: what a person wrote
    into it is never thrown away.
    """
    articles = read_seeds(folder)
    path = folder / PROFILE
    previous = load_profile(folder) if path.exists() else None
    profile = learn_profile(articles, topic=topic, previous=previous, marks=marks, archive=archive)
    try:
        replace_file(path, dump_profile(profile).encode())
    except OSError as error:
        raise SeedError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error
    return LearnResult(
        profile=profile,
        path=path,
        articles=articles,
        fresh=previous is None,
        changes=() if previous is None else describe_changes(previous, profile),
        weighed_first=previous is not None
        and previous.calibration is None
        and profile.calibration is not None
        and previous.hash == profile.hash,
        spellings=find_spelling_variants(articles, profile),
        heeded=_heeded(learn_profile(articles, topic=topic, previous=previous, archive=archive), profile, marks)
        if marks
        else None,
    )


def _heeded(without: Profile, profile: Profile, marks: Sequence[Mark]) -> MarkEffect:
    matched = [mark for mark in marks if match_text(mark.title, mark.lead, mark.text, profile).matched]
    right = sum(mark.relevant for mark in matched)
    return MarkEffect(
        relevant=sum(mark.relevant for mark in marks),
        irrelevant=sum(not mark.relevant for mark in marks),
        matched=len(matched),
        right=right,
        missed=sum(mark.relevant for mark in marks) - right,
        changes=describe_changes(without, profile),
    )


def describe_changes(before: Profile, after: Profile) -> tuple[str, ...]:
    """One line per difference that a person would want to know: what a person did first, then terms and names."""
    lines = [f"seed gone: {name}" for name in before.seeds if name not in after.seeds]
    lines += [f"new seed: {name}" for name in after.seeds if name not in before.seeds]
    if before.threshold != after.threshold:
        lines.append(f"threshold: {before.threshold} → {after.threshold}")
    old, new = ({term.term: term.weight for term in p.terms} for p in (before, after))
    lines += [f"term gone: {term}" for term in old if term not in new]
    lines += [f"new term: {term} {weight:.2f}" for term, weight in new.items() if term not in old]
    lines += [
        f"term weight: {term} {old[term]:.2f} → {weight:.2f}"
        for term, weight in new.items()
        if term in old and old[term] != weight
    ]
    names, others = ({group.name: set(group.aliases) for group in p.groups} for p in (before, after))
    lines += [f"group gone: {name}" for name in names if name not in others]
    lines += [f"new group: {name}" for name in others if name not in names]
    for name in (name for name in others if name in names and others[name] != names[name]):
        more = sorted(f"+{alias}" for alias in others[name] - names[name])
        less = sorted(f"-{alias}" for alias in names[name] - others[name])
        lines.append(f"names of {name}: {', '.join(more + less)}")
    pairs, couples = ({c.groups for c in p.conjunctions} for p in (before, after))
    lines += [f"conjunction gone: {' + '.join(groups)}" for groups in sorted(pairs - couples)]
    lines += [f"new conjunction: {' + '.join(groups)}" for groups in sorted(couples - pairs)]
    return tuple(lines)
