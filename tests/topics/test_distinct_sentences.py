"""Each sentence is heard once."""

from __future__ import annotations

from monitor.topics.learning.distinct_sentences import collect_distinct_sentences
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.profile import DroppedLine

TEASER = "Ten tips for a garden that neighbours will envy all summer long."


def seed(name: str, text: str) -> Seed:
    parsed = parse_seed(text, name=name, digest=name)
    assert parsed is not None
    return parsed


def test_a_shared_teaser_is_counted_once_even_when_edited() -> None:
    one = seed("1", f"River rises\nOSLO, May 4. /TASS/. The river rose by two metres in one night.\n{TEASER}")
    two = seed("2", f"Flood in town\nThe streets of the town were under water.\n{TEASER.replace('all summer', 'next')}")
    heard, dropped = collect_distinct_sentences([one, two])
    assert [[s.text.strip() for s in voice.sentences] for voice in heard] == [
        ["River rises", "The river rose by two metres in one night.", TEASER],
        ["Flood in town", "The streets of the town were under water."],
    ]
    assert dropped == (
        DroppedLine(
            seed="2",
            line="Ten tips for a garden that neighbours will envy next long.",
            reason="stands in 1 too: counted once",
        ),
    )


def test_a_copy_has_no_voice_of_its_own() -> None:
    text = "The river rose by two metres in one night. The old bridge was closed. Nobody was hurt."
    heard, dropped = collect_distinct_sentences([seed("1", f"River rises\n{text}"), seed("2", f"Flood\n{text}")])
    assert [voice.seed for voice in heard] == ["1"]
    assert dropped[-1] == DroppedLine(seed="2", line="Flood", reason="a copy of other seeds: no own voice")
    assert len(dropped) == 4
