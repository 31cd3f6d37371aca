"""`seedwatch topics add`: terms that their owner wants count in a topic, by the [yours.add] of its profile.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.atomic_file import replace_file
from monitor.config.profiles import PROFILE, load_profile
from monitor.errors import SeedError
from monitor.pipeline.learn_topic import describe_changes
from monitor.topics.profile_toml import dump_profile
from monitor.topics.user_edits import apply_user_edits, normalize_phrase


def add_terms(folder: Path, terms: Iterable[str], proposed: Mapping[str, float], weight: float) -> tuple[str, ...]:
    """Write terms into the profile of `folder`, in place of those that are the same folded; a line for each change.

    Each gets the weight that was `proposed` of it, else `weight`. Raises SeedError, and writes nothing, where there is
    no profile or it cannot be read or written, where a term has no word, and where one is banned there.
    """
    before = load_profile(folder)
    path = folder / PROFILE
    banned = {normalize_phrase(phrase) for phrase in before.wishes.ban}
    wanted: dict[str, float] = {}
    for term in terms:
        phrase = normalize_phrase(term)
        if not phrase:
            raise SeedError(f"{term!r} has no word in it")
        if phrase in banned:
            raise SeedError(f"{path}: {phrase!r} stands under ban; take it out there first")
        wanted[phrase] = proposed.get(phrase, weight)
    kept = tuple((phrase, known) for phrase, known in before.wishes.add if normalize_phrase(phrase) not in wanted)
    wished = replace(before, wishes=replace(before.wishes, add=(*kept, *wanted.items())))
    after = apply_user_edits(wished, wished)
    try:
        replace_file(path, dump_profile(after).encode())
    except OSError as error:
        raise SeedError(f"{path}: cannot be written ({error.strerror}); check the folder's permissions") from error
    return describe_changes(before, after)
