"""Stored pieces judged anew, by the topics of a question, on all cores; it must not read or write a store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Protocol, TypeVar

from monitor.model.page import Rejection
from monitor.model.topic import Match
from monitor.pipeline.ingest.workers import Workers
from monitor.pipeline.shared_value import SharedValue
from monitor.storage.articles.archive import StoredText
from monitor.topics.topic import Topic, judge_topics

P = TypeVar("P", bound=StoredText)
T = TypeVar("T")

ENOUGH = 4_000  # pieces from which on processes are begun: fewer are judged by the time these are there
_CHUNK = 100  # pieces a call: .2 to .5 s of CPU, far from a call's deadline

Verdicts = tuple[Match, ...]
_Panels = tuple[tuple[Topic, ...], ...]
_Task = tuple[Sequence[StoredText], SharedValue[_Panels]]


def judge_chunk(task: _Task) -> list[Verdicts]:
    """The workers' part: the verdicts on each piece, topic by topic."""
    pieces, panels = task
    return [_judge(piece, panels.value) for piece in pieces]


def _judge(piece: StoredText, panels: _Panels) -> Verdicts:
    return tuple(judge_topics(piece.article, piece.source, panel)[0] for panel in panels)


class Follow(Protocol):
    """Hands items on as they come, and may show a person how many of the total there were."""

    def __call__(self, items: Iterable[T], noun: str, total: int, /) -> Iterable[T]: ...


def _show_nothing(items: Iterable[T], _noun: str, _total: int, /) -> Iterable[T]:
    return items


class ArchiveJudge:
    """Judges in `count` processes, one a core by default, begun once a large task asks for them, else in this one.

    The verdicts are the same either way. `follow` shows a person how far it is. A `with` block ends the processes.
    """

    def __init__(self, count: int | None = None, follow: Follow = _show_nothing) -> None:
        self._workers = Workers(count, preload=("monitor.pipeline.archive.archive_judge",))
        self._follow = follow

    def judge(self, pieces: Iterable[P], topics: Sequence[Topic], total: int) -> Iterator[tuple[P, Verdicts]]:
        """Each of the `total` pieces, or about so many, with a verdict by each of the topics, in order.

        Each topic judges alone: of several together only those that say something would.
        """
        panels = tuple((topic,) for topic in topics)
        alone = self._workers.count == 1 or total < ENOUGH
        found = ((piece, _judge(piece, panels)) for piece in pieces) if alone else self._spread(pieces, panels)
        yield from self._follow(found, "pieces judged", total)

    def _spread(self, pieces: Iterable[P], panels: _Panels) -> Iterator[tuple[P, Verdicts]]:
        shared = self._workers.share(panels)
        chunks: deque[list[P]] = deque()
        coming = iter(pieces)

        def tasks() -> Iterator[_Task]:
            while chunk := list(islice(coming, _CHUNK)):
                chunks.append(chunk)
                yield [StoredText(id=piece.id, source=piece.source, article=piece.article) for piece in chunk], shared

        for result in self._workers.ordered(judge_chunk, tasks()):
            chunk = chunks.popleft()
            # What a worker cannot do, for want of time or memory, is done here: no piece goes without a verdict.
            verdicts = [_judge(piece, panels) for piece in chunk] if isinstance(result, Rejection) else result
            yield from zip(chunk, verdicts, strict=True)

    def __enter__(self) -> ArchiveJudge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.stop()
