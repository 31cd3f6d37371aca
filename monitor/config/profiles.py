"""Reads a topic's profile.toml and tells whether its seeds still are those of it; it must not learn one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from monitor.errors import SeedError, describe_read_error
from monitor.topics.profile import Profile
from monitor.topics.profile_toml import parse_profile

PROFILE = "profile.toml"


def load_profile(folder: Path) -> Profile:
    """The profile that stands in `folder`; raises SeedError where none does or it cannot be read."""
    path = folder / PROFILE
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise SeedError(f"{path}: no profile yet; run `seedwatch learn`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(
            f"{path}: {describe_read_error(error)}; mend it, or move it away and run `seedwatch learn`"
        ) from error
    return parse_profile(text, name=str(path))


def has_changed_seeds(folder: Path, profile: Profile) -> bool:
    """Whether the seeds in `folder` are no longer those `profile` was learned from; raises SeedError."""
    # Late: what cuts texts into words takes long to load, and a command that looks at no seeds does without.
    from monitor.config.seed_folder import read_seeds
    from monitor.topics.learning.seed_article import hash_seeds

    return hash_seeds(read_seeds(folder)) != profile.hash


def load_topic_profile(name: str, folder: Path, threshold: float | None) -> Profile:
    """A topic's learned profile, under the topic's name; `threshold` of the configuration wins over its own.

    Raises SeedError as `load` does.
    """
    found = load_profile(folder)
    return replace(found, topic=name, threshold=found.threshold if threshold is None else threshold)
