"""The port's calls as bytes: MessagePack by the types that `Desk` states, nothing that could run code.

A call is the array of its arguments; its answer is `[value, null]`, or `[null, [kind, words]]` for an error that the
port names. Decoding checks every type, so that a message of another version or of a stranger is an error. The first
byte of a message says whether the rest is packed by zlib: long lists shrink to a tenth, and a server takes 1 MB unless
it is told otherwise.
"""

from __future__ import annotations

import types
import typing
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from monitor.errors import AgentRefused, DatabaseError, LeaseLapsed, SourceVanished
from monitor.fetching.agents.dispatch import Dispatch
from monitor.fetching.desk.port import Desk
from monitor.model.page import Reading, Rejection

# Errors that cross the line as they are; any other is a fault of the desk's, and crosses as DatabaseError: the crawl
# ends and what it had is done again.
_ERRORS: Mapping[str, type[Exception]] = {
    "lapsed": LeaseLapsed,
    "vanished": SourceVanished,
    "refused": AgentRefused,
    "database": DatabaseError,
}
_LOCAL = ("load_topics",)  # `load_topics_text` crosses instead
_PLAIN, _PACKED = b"\0", b"\1"
_SHORT = 16_384  # bytes up to which packing is not worth its time
LARGEST = (
    64_000_000  # bytes of an unpacked message: the readings and lists of the largest answer taken are a fifth of it
)


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
    method = vars(Desk).get(name) or vars(Dispatch).get(name)
    if name.startswith("_") or name in _LOCAL or not isinstance(method, types.FunctionType):
        raise KeyError(name)
    hints = typing.get_type_hints(method)
    answer = hints.pop("return")
    wanted: Any = tuple(_Result if hint == Reading | Rejection else hint for hint in hints.values())
    return CallForm(arguments=tuple.__class_getitem__(wanted), answer=answer)


def encode_call(arguments: tuple[object, ...]) -> bytes:
    """The arguments of a call."""
    return _pack(msgspec.msgpack.encode([_wrap(argument) for argument in arguments]))


def decode_call(name: str, message: bytes) -> tuple[Any, ...]:
    """The arguments of the call `name`; raises KeyError for an unknown call and ValueError for other bytes."""
    found = msgspec.msgpack.decode(_unpack(message), type=describe_call(name).arguments)
    return tuple(_unwrap(argument) for argument in found)


def encode_answer(value: object) -> bytes:
    """What a call gave."""
    return _pack(msgspec.msgpack.encode([value, None]))


def encode_error(error: Exception) -> bytes:
    """Why a call gave nothing; of a fault of the desk's own its kind alone, for its words may name what is private."""
    kind = next((kind for kind, known in _ERRORS.items() if isinstance(error, known)), None)
    told = ("database", f"a fault at the desk: {type(error).__name__}") if kind is None else (kind, str(error))
    return _pack(msgspec.msgpack.encode([None, told]))


def decode_answer(name: str, message: bytes) -> Any:
    """What the call `name` gave; raises what it raised, and ValueError for other bytes."""
    value, error = msgspec.msgpack.decode(_unpack(message), type=tuple[msgspec.Raw, tuple[str, str] | None])
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


def _pack(message: bytes) -> bytes:
    return _PLAIN + message if len(message) <= _SHORT else _PACKED + zlib.compress(message, 1)


def _unpack(message: bytes) -> bytes:
    """Raises ValueError for what is damaged, or unpacks to more than `LARGEST`."""
    kind, body = message[:1], message[1:]
    if kind == _PLAIN:
        return body
    if kind != _PACKED:
        raise ValueError("a malformed message: its first byte says neither plain nor packed")
    packer = zlib.decompressobj()
    try:
        found = packer.decompress(body, LARGEST)
    except zlib.error as error:
        raise ValueError(f"a malformed message: {error}") from error
    if not packer.eof:
        raise ValueError(f"a malformed message: cut off, or more than {LARGEST} bytes")
    return found
