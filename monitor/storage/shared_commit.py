"""Many small pieces of work in one transaction: what waits for the writer's thread shares the next COMMIT.

A COMMIT waits for the disk for milliseconds, and costs as much CPU as a dozen statements. Each piece of work is a
savepoint of its own, so that one that fails takes nothing of the others with it; nobody is answered before the COMMIT.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

_MOST = 50  # pieces of work a transaction: other processes that write wait meanwhile


@dataclass(slots=True)
class _Piece:
    work: Callable[[], Any]
    done: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None


class SharedCommit:
    """Of one store; `write` is a transaction, `part` a savepoint in it.

    `ends` says of an error in a part, once that is taken back, whether nothing more can come of the transaction.
    """

    def __init__(
        self,
        thread: Executor,
        write: Callable[[], AbstractContextManager[None]],
        part: Callable[[], AbstractContextManager[None]],
        ends: Callable[[Exception], bool],
    ) -> None:
        self._thread = thread
        self._write = write
        self._part = part
        self._ends = ends
        self._lock = threading.Lock()
        self._waiting: deque[_Piece] = deque()
        self._asked = False  # whether the thread has been asked to look at what waits

    async def do(self, work: Callable[[], Any]) -> Any:
        """What `work` gives, after COMMIT; what it or the COMMIT raises is raised."""
        piece = _Piece(work, asyncio.get_running_loop().create_future())
        with self._lock:
            if not self._asked:
                self._thread.submit(self._run)  # raises where the store is closed: nothing may wait then
                self._asked = True
            self._waiting.append(piece)
        return await asyncio.shield(piece.done)

    def _run(self) -> None:
        """Commit what waits, in the writer's thread; other work has its turn between two transactions."""
        while True:
            with self._lock:
                pieces = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
            self._commit(pieces)
            with self._lock:
                self._asked = bool(self._waiting)
                if not self._asked:
                    return
                with suppress(RuntimeError):  # the store is being closed: this thread's turn is the last
                    self._thread.submit(self._run)
                    return

    def _commit(self, pieces: list[_Piece]) -> None:
        try:
            with self._write():
                for piece in pieces:
                    self._play(piece, alone=len(pieces) == 1)
        except BaseException as error:  # nothing was committed: whoever waits must know
            for piece in pieces:
                piece.error = error
        for loop in {piece.done.get_loop() for piece in pieces}:
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(_tell, [piece for piece in pieces if piece.done.get_loop() is loop])

    def _play(self, piece: _Piece, *, alone: bool) -> None:
        """Raises what ends the whole transaction, and where there is nothing else in it whatever the work raises."""
        if alone:
            piece.value = piece.work()
            return
        try:
            with self._part():
                piece.value = piece.work()
        except Exception as error:
            if self._ends(error):
                raise
            # A future refuses a StopIteration.
            piece.error = RuntimeError(repr(error)) if isinstance(error, StopIteration) else error


def _tell(pieces: list[_Piece]) -> None:
    for piece in pieces:
        if piece.done.done():
            continue
        if piece.error is not None:
            piece.done.set_exception(piece.error)
        else:
            piece.done.set_result(piece.value)
