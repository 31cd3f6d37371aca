"""Many phrases at once: capitals, hashtags, acronyms, inflections."""

from __future__ import annotations

import pytest

from monitor.core.phrases import Hit, Phrases
from monitor.core.tokens import tokens

TABLE = Phrases(
    [
        ("Turkey", "g:Turkey"),
        ("US", "g:US"),
        ("Great Britain", "g:GB"),
        ("lachin corridor", "t:lachin"),
        ("lachin-corridor", "t:lachin"),
        ("mediator", "t:mediator"),
        ("…", "t:nothing"),
    ],
    names=["g:Turkey", "g:US", "g:GB"],
    inflected=["t:mediator", "t:lachin"],
)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Turkey’s cabinet", ["g:Turkey"]),
        ("They ate turkey on Thursday", []),
        ("they ate turkey on thursday", ["g:Turkey"]),
        ("Live from #turkey", ["g:Turkey"]),
        ("Tell us about the US", ["g:US"]),
        ("GREAT BRITAIN", ["g:GB"]),
        ("Great, Britain said", []),
        ("Great", []),
        ("Great Danes", []),
        ("the Lachin-corridor and #LachinCorridor", ["t:lachin", "t:lachin"]),
        ("Mediation by mediators", ["t:mediator", "t:mediator"]),
        ("", []),
    ],
)
def test_units_found(text: str, units: list[str]) -> None:
    assert [hit.unit for hit in TABLE.find(text, tokens(text))] == units


def test_offsets() -> None:
    text = "The Lachin\u2011Corridor’s end"
    assert TABLE.find(text, tokens(text)) == [Hit("t:lachin", 4, 19, 1, 3)]
