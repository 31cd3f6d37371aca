"""Lines about the page itself: told from the news, in the languages they are listed for."""

from __future__ import annotations

import pytest

from monitor.text.content_hash import fold_text
from monitor.text.publisher_notices import is_correction, is_retraction, keep_essential_lines, strip_label


@pytest.mark.parametrize(
    "line",
    [
        "Correction: the bridge is 40 metres long.",
        "(Corrects the name of the bridge in paragraph 2)",
        "An earlier version of this story gave the wrong length.",
        "This article was amended on 2 March.",
        "Исправление: длина моста 40 метров.",
        "В более ранней версии материала была неверно указана длина.",
        "Korrektur: Die Brücke ist 40 Meter lang.",
        "Une version précédente indiquait une autre longueur.",
        "Düzeltme: köprünün uzunluğu 40 metredir.",
    ],
)
def test_corrections(line: str) -> None:
    assert (is_correction(fold_text(line)), is_retraction(fold_text(line))) == (True, False)


@pytest.mark.parametrize(
    "line",
    [
        "RETRACTED: Bridge is 40 metres long",
        "This story has been withdrawn.",
        "The agency withdraws its report on the bridge.",
        "Сообщение о мосте: материал аннулирован.",
        "Просим не использовать сообщение о мосте.",
        "Dieser Artikel wurde zurückgezogen.",
        "Cette article a été retirée par la rédaction.",
        "Haber yayından kaldırıldı.",
    ],
)
def test_retractions(line: str) -> None:
    assert (is_correction(fold_text(line)), is_retraction(fold_text(line))) == (False, True)


@pytest.mark.parametrize(
    "line",
    [
        "Correction officers went on strike.",
        "Troops were withdrawn from the bridge.",
        "The minister withdrew his proposal for the bridge.",
        "Voters rejected the correction of the border.",
    ],
)
def test_news_that_uses_the_same_words(line: str) -> None:
    assert (is_correction(fold_text(line)), is_retraction(fold_text(line))) == (False, False)


def test_labels_of_headlines() -> None:
    titles = ["LIVE: Bridge opens", "Update 3 - Bridge opens", "СРОЧНО: Bridge opens", "Live music on the bridge"]
    assert [strip_label(fold_text(title)) for title in titles] == ["bridge opens"] * 3 + ["live music on the bridge"]


def test_what_belongs_to_a_piece() -> None:
    kept = ["The bridge opened at 14:30 on Monday.", "12 dead", "Killed: 12", "2 views on the matter were heard."]
    cut = [
        "14:30",
        "Updated 2 March 2026 at 14:30 (GMT+3)",
        "Опубликовано: 2 марта, 14:30",
        "5 minutes ago",
        "1,204 views",
        "Comments (12)",
        "Просмотров 310",
        "Read also: Ferry sails again",
        "Читайте также",
        "Паром снова ходит",
    ]
    assert keep_essential_lines([*kept, *cut]) == tuple(kept)
    assert keep_essential_lines(["Read also", "Ferry sails again", "The mayor thanked the crew."]) == (
        "The mayor thanked the crew.",
    )
