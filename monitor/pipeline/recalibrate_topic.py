"""A profile weighed anew against what its outlets print, and what that changes; it must not touch a file or a store.

It takes seconds of CPU for a large archive, so the daemon calls it in a process of its own; what learns is loaded there
alone, for that takes a second in which the daemon's loop would stand still.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.model.topic import Mark
from monitor.topics.learning.seed_article import Seed
from monitor.topics.profile import Profile

_SILENT = 0.1  # of last week's matches may change without a person's word


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """A profile weighed anew, with one line per change.

    It matches `now` of last week's pieces, the present one `before`, `changed` differ.
    """

    profile: Profile
    changes: tuple[str, ...]
    before: int
    now: int
    changed: int

    @property
    def is_small(self) -> bool:
        """Whether it changes so little that nobody has to be asked."""
        return self.changed <= _SILENT * self.before


def recalibrate_profile(
    seeds: Sequence[Seed],
    present: Profile,
    marks: Sequence[Mark],
    pieces: Sequence[tuple[str, str | None, str]],
    week: Sequence[tuple[str, str | None, str, str]],
    *,
    day: str,
    threshold: float | None,
) -> Recalibration:
    """`present` learned again against `pieces` (headline, lead, text), and the pieces of a `week` held against both.

    `day` is today's ISO date, `threshold` the configuration's, which wins over those of both profiles. The last field
    of a piece of the week is its background, as it is stored.
    """
    from monitor.pipeline.learn_topic import describe_changes
    from monitor.topics.learning.archive_features import ArchiveFeatures
    from monitor.topics.learning.learn_profile import learn_profile
    from monitor.topics.score import compile_profile, score_text
    from monitor.topics.tokenized_text import tokenize_text

    fresh = learn_profile(
        seeds, topic=present.topic, previous=present, marks=marks, archive=ArchiveFeatures(pieces, day)
    )
    sides = [
        compile_profile(profile if threshold is None else replace(profile, threshold=threshold))
        for profile in (present, fresh)
    ]
    before = now = changed = 0
    for title, lead, text, background in week:
        given = tokenize_text(title, lead, text, tuple((start, end) for start, end in json.loads(background)))
        old, new = (score_text(side, given).matched for side in sides)
        before += old
        now += new
        changed += old != new
    changes = describe_changes(present, fresh)
    return Recalibration(profile=fresh, changes=changes, before=before, now=now, changed=changed)
