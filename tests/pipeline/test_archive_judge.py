"""The verdicts on stored pieces are the same by one process and by several, whatever becomes of a worker."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.model.page import Article
from monitor.pipeline.archive import archive_judge
from monitor.pipeline.archive.archive_judge import ArchiveJudge, judge_chunk
from monitor.pipeline.shared_value import SharedValue
from monitor.storage.articles.archive import StoredText
from monitor.topics.profile import NAME, Profile, Term
from monitor.topics.rules.rule import parse_rule
from monitor.topics.topic import Topic, judge_topics


def build_topic(threshold: float, *queries: str) -> Topic:
    profile = Profile(
        topic="condor",
        threshold=threshold,
        hash="h",
        seeds=("1.txt",),
        terms=(Term(term="condor valley", weight=0.6, kind=NAME, seeds=("1.txt",)),),
        groups=(),
        conjunctions=(),
        schema=(),
    )
    rules = tuple(parse_rule(f"rule {number}", query) for number, query in enumerate(queries))
    return Topic(name="condor", profile=profile, rules=rules)


TOPICS = (build_topic(0.4), build_topic(0.9, *("copper", "place:lima", *(f"number{count}" for count in range(20)))))
PIECES = [
    StoredText(
        id=number,
        source="wire",
        article=Article(
            url=f"https://wire.example/{number}",
            identity=None,
            title=("Condor Valley envoys meet", "Copper prices rise", "Nothing of note")[number % 3],
            lead=None,
            text=f"Text of the piece number{number % 30}.",
        ),
    )
    for number in range(1, 261)
]


def test_several_processes_say_what_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_judge, "ENOUGH", 10)
    told: list[tuple[str, int, int]] = []

    def follow(items: Iterable[Any], noun: str, total: int) -> Iterator[Any]:
        found = list(items)
        told.append((noun, total, len(found)))
        return iter(found)

    with ArchiveJudge(1, follow) as judge:
        one = list(judge.judge(iter(PIECES), TOPICS, 260))
    with ArchiveJudge(2, follow) as judge:
        several = list(judge.judge(iter(PIECES), TOPICS, 260))
        few = list(judge.judge(iter(PIECES[:3]), TOPICS, 3))
    expected = [
        (piece, tuple(judge_topics(piece.article, piece.source, (topic,))[0] for topic in TOPICS)) for piece in PIECES
    ]
    assert (one, several, few) == (expected, expected, expected[:3])
    assert [sum(verdicts[side].matched for _, verdicts in one) for side in (0, 1)] == [86, 203]
    assert told == [("pieces judged", 260, 260), ("pieces judged", 260, 260), ("pieces judged", 3, 3)]


def test_what_a_worker_cannot_do_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_judge, "ENOUGH", 10)
    monkeypatch.setattr(archive_judge, "_CHUNK", 50)
    with ArchiveJudge(2) as judge:
        judge._workers.stop()  # every call comes back as a rejection
        found = list(judge.judge(iter(PIECES), TOPICS[:1], 260))
    assert found == [(piece, judge_topics(piece.article, piece.source, TOPICS[:1])) for piece in PIECES]


def test_a_chunk_is_judged_topic_by_topic(tmp_path: Path) -> None:
    (tmp_path / "topics").write_bytes(pickle.dumps(tuple((topic,) for topic in TOPICS)))
    shared: SharedValue[Any] = SharedValue(str(tmp_path / "topics"))
    assert judge_chunk((PIECES[:2], shared)) == [
        tuple(judge_topics(piece.article, piece.source, (topic,))[0] for topic in TOPICS) for piece in PIECES[:2]
    ]
