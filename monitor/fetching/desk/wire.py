"""The port's calls as bytes: MessagePack by the types that `Desk` states, nothing that could run code.

A call is the array of its arguments; its answer is `[value, null]`, or `[null, [kind, words]]` for an error that the
port names. Decoding checks every type, so that a message of another version or of a stranger is an error.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from monitor.errors import DatabaseError, LeaseLapsed, SourceVanished
from monitor.fetching.desk.port import Desk
from monitor.model.page import Reading, Rejection

# Errors that cross the line as they are; any other is a fault of the desk's, and crosses as DatabaseError: the crawl
# ends and what it had is done again.
_ERRORS: Mapping[str, type[Exception]] = {
    "lapsed": LeaseLapsed,
    "vanished": SourceVanished,
    "database": DatabaseError,
}
_LOCAL = ("load_topics",)  # `load_topics_text` crosses instead


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """`Reading | Rejection`, told apart."""

    reading: Reading | None = None
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class CallForm:
    """The types of one call of the port: of its arguments and of its answer."""

    arguments: Any
    answer: Any


@cache
def describe_call(name: str) -> CallForm:
    """The form of the call `name`; raises KeyError where the port has none of that name."""
    method = vars(Desk).get(name)
    if name.startswith("_") or name in _LOCAL or not isinstance(method, types.FunctionType):
        raise KeyError(name)
    hints = typing.get_type_hints(method)
    answer = hints.pop("return")
    wanted = tuple(_Result if hint == Reading | Rejection else hint for hint in hints.values())
    return CallForm(arguments=tuple[wanted], answer=answer)


def encode_call(arguments: tuple[object, ...]) -> bytes:
    """The arguments of a call."""
    return msgspec.msgpack.encode([_wrap(argument) for argument in arguments])


def decode_call(name: str, message: bytes) -> tuple[Any, ...]:
    """The arguments of the call `name`; raises KeyError for an unknown call and ValueError for other bytes."""
    found = msgspec.msgpack.decode(message, type=describe_call(name).arguments)
    return tuple(_unwrap(argument) for argument in found)


def encode_answer(value: object) -> bytes:
    """What a call gave."""
    return msgspec.msgpack.encode([value, None])


def encode_error(error: Exception) -> bytes:
    """Why a call gave nothing."""
    kind = next((kind for kind, known in _ERRORS.items() if isinstance(error, known)), "database")
    return msgspec.msgpack.encode([None, [kind, str(error)]])


def decode_answer(name: str, message: bytes) -> Any:
    """What the call `name` gave; raises what it raised, and ValueError for other bytes."""
    value, error = msgspec.msgpack.decode(message, type=tuple[msgspec.Raw, tuple[str, str] | None])
    if error is not None:
        kind, words = error
        raise _ERRORS.get(kind, DatabaseError)(words)
    return msgspec.msgpack.decode(value, type=describe_call(name).answer)


def _wrap(argument: object) -> object:
    if isinstance(argument, Reading):
        return _Result(reading=argument)
    return _Result(rejection=argument) if isinstance(argument, Rejection) else argument


def _unwrap(argument: object) -> object:
    return (argument.reading or argument.rejection) if isinstance(argument, _Result) else argument
