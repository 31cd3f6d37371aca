"""How a call in a process of its own ended, and what it did, in words; it must not know why it was made."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from pebble import ProcessExpired

# What a call does, in the words of its reason; one that is not named here is "the call".
_DOES = {"judge_page": "reading the page", "pack_page": "packing the page", "read_document": "reading the document"}
_DOES |= {"read_chunk": "reading the documents"}
_DOES |= {"read_capture": "reading the kept page", "read_saved_answer": "reading the saved answer"}
_DOES |= {"report_emerging_terms": "looking for terms"}


def name_call(fn: Callable[..., object]) -> str:
    """What a call of `fn` does."""
    return _DOES.get(getattr(getattr(fn, "func", fn), "__name__", ""), "the call")


def is_over_limit(error: BaseException) -> bool:
    """Whether a call took too long: on the wall, or of CPU time."""
    return isinstance(error, TimeoutError) or (isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGPROF)


def is_cut_off(call: Future[Any]) -> bool:
    """Whether a call ended with its process as that looked beyond the end of a mapped file."""
    if call.cancelled():
        return False
    error = call.exception()
    return isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGBUS


def describe_exit(code: int) -> str:
    """The exit code of a process, or the signal that ended it."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
