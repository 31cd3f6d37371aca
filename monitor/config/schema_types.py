"""What a key of config.toml may hold: durations, addresses, times, patterns, each with the words for what is wrong.

`describe_fault` puts the validation library's words, which are its programmers', in plain ones with an example.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.alerting.report_times import format_report_time, parse_report_time
from monitor.text.addresses.address_encoding import LOGIN_HINT, encode_address
from monitor.text.urls import is_plain_url

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: object) -> object:
    """`"90s"`, `"5m"`, `"2h"`, `"1d"` in seconds; anything else is left for pydantic to refuse.

    A bare number is refused on purpose: nobody can tell seconds from minutes in `every = 5`.
    """
    if isinstance(value, str) and (found := re.fullmatch(r"(\d{1,6})([smhd])", value.strip())):
        return int(found[1]) * _UNITS[found[2]]
    raise ValueError('write a number and a unit, as in "90s", "5m", "2h" or "1d"')


def _http(value: str) -> str:
    if is_plain_url(value):
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write a full address that begins with https:// or http://")
    if parts.username or parts.password:
        raise ValueError("an address carries no user name or password; put secrets into a file")
    return value


def _receiver(value: str) -> str:
    if "@" in urlsplit(value).netloc:
        raise ValueError(LOGIN_HINT)
    encode_address(value)
    return _http(value)


def _public(value: str) -> str:
    # Nothing that a chat service reads as markup, and short: two links of it go into every message.
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?", value) or len(value) > 120:
        raise ValueError(
            'write where browsers reach the pages, as in "https://watch.example.org": at most 120 characters, and '
            "nothing after a path of letters and digits"
        )
    return value.rstrip("/")


def _selector(value: str) -> str:
    from monitor.extraction.css_rules import check_selector  # late: lxml, for the few that write a selector

    return check_selector(value)


def _proxy(value: str) -> str:
    parts = urlsplit(_http(value))
    if parts.scheme != "http" or parts.path not in ("", "/") or parts.query:
        raise ValueError("write the proxy's address alone, as in http://proxy.example:3128")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        near = get_close_matches(value, available_timezones(), 1)
        raise ValueError("unknown time zone" + (f", did you mean {near[0]}?" if near else ""))
    return value


def _chat(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,20}|@\w{4,64}", value):
        return value
    raise ValueError("write the chat's number, as in -1001234567890, or a public channel's @name")


def _report(value: str) -> str:
    return format_report_time(parse_report_time(value))


def as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def parse_examples(value: object) -> object:
    """A bare text is a headline and, after its first line, a body."""
    if not isinstance(value, list):
        return value
    parts = [item.strip().partition("\n") if isinstance(item, str) else item for item in value]
    return tuple({"title": p[0], "text": p[2]} if isinstance(p, tuple) else p for p in parts)


def check_template(value: object) -> object:
    """Texts, numbers, true and false, lists and tables; a date is none that JSON knows."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        check_template(part)
    if not isinstance(value, str | int | float | bool | dict | list):
        raise ValueError("write a text, a number, true or false, a list or a table")
    return value


def _agent_server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("tls", "wss", "nats") or not parts.hostname or parts.username or parts.password:
        raise ValueError("write the server's address, as in tls://desk.example.org:4222")
    if parts.scheme == "nats" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("nats:// is for this machine only; write tls:// or wss://")
    return value


Strings = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Every = Annotated[int, BeforeValidator(parse_duration)]
Address = Annotated[str, AfterValidator(_http)]
ReceiverAddress = Annotated[str, AfterValidator(_receiver)]
PublicAddress = Annotated[str, AfterValidator(_public)]
ProxyAddress = Annotated[str, AfterValidator(_proxy)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(_selector)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(as_tuple)]
Chat = Annotated[str, BeforeValidator(_chat), Field(json_schema_extra={"type": ["integer", "string"]})]
_SERVER = r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?$"
_MAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}$"
_NAME = r"^[-_A-Za-z0-9]{1,64}$"
Server = Annotated[str, Field(pattern=_SERVER)]
MailAddress = Annotated[str, Field(pattern=_MAIL)]
Topic = Annotated[str, Field(pattern=_NAME)]
Zone = Annotated[str, AfterValidator(_zone)]
AgentServer = Annotated[str, AfterValidator(_agent_server)]
_LABEL = r"^[a-z][a-z0-9_]{0,31}$"
Label = Annotated[str, Field(pattern=_LABEL)]
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_HOURS, _TIME, _LANGUAGE = f"^{_CLOCK}-{_CLOCK}$", f"^{_CLOCK}$", "^[a-z]{2}$"
QuietHours = Annotated[str, Field(pattern=_HOURS)]
ReportSchedule = Annotated[str, AfterValidator(_report)]
ClockTimes = Annotated[tuple[Annotated[str, Field(pattern=_TIME)], ...], BeforeValidator(as_tuple)]
_TONGUE = "^[a-z]{2,3}$"
Language = Annotated[str, Field(pattern=_TONGUE)]
Languages = Annotated[tuple[Annotated[str, Field(pattern=_LANGUAGE)], ...], BeforeValidator(as_tuple)]
# What each pattern above means to whoever writes the file.
_PATTERN_WORDS = {
    _SERVER: 'write the host, or host:port, as in "mail.example.org:465"',
    _MAIL: 'write one address, as in "desk@example.org"',
    _NAME: "write at most 64 letters, digits, - and _",
    _LABEL: 'write a short word of small letters and digits, as in "ge"',
    _HOURS: 'write two times of day, as in "22:00-07:00"',
    _TIME: 'write a time of day, as in "07:00"',
    _TONGUE: 'write its code of ISO 639, as in "en"',
    _LANGUAGE: 'write the two letters of ISO 639-1, as in "en"',
}

_KINDS = {
    "tuple_type": 'write a list in brackets, as in {key} = ["…", "…"]',
    "list_type": 'write a list in brackets, as in {key} = ["…", "…"]',
    "string_type": 'write a text in quotes, as in {key} = "…"',
    "int_type": "write a whole number without quotes, as in {key} = {number}",
    "int_from_float": "write a whole number without quotes, as in {key} = {number}",
    "float_type": "write a number without quotes, as in {key} = 0.5",
    "bool_type": "write true or false without quotes, as in {key} = true",
    "dict_type": "write a table: keys below a line [{table}]",
    "model_type": "write a table: keys below a line [{table}]",
    "too_short": "name at least one",
    "string_too_short": "write something",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_SIZES = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
_SHOWN = 60  # characters of a value


def describe_fault(path: tuple[str, ...], fault: Mapping[str, Any]) -> str:
    """One fault of the validation as a sentence: what to write, an example, and what stands there.

    A value with an @ is never shown: it may be an address with a password.
    """
    kind, given, limits = fault["type"], fault["input"], fault.get("ctx", {})
    key = next((part for part in reversed(path) if not part.isdigit()), "")
    if kind in _BOUNDS:
        word, name = _BOUNDS[kind]
        limit = limits[name]
        words = f"must be {word} {format_duration_key(limit) if isinstance(given, str) else f'{limit:g}'}"
    elif kind == "string_pattern_mismatch" and limits["pattern"] in _PATTERN_WORDS:
        words = _PATTERN_WORDS[limits["pattern"]]
    elif kind in _KINDS:
        table = ".".join(path) + (".NAME" if kind == "dict_type" and len(path) == 1 else "")
        words = _KINDS[kind].format(key=key, table=table, number=_number(key))
    else:
        message = str(fault["msg"]).removeprefix("Value error, ")
        words = message[0].lower() + message[1:]
    return words + _shown(given)


def _number(key: str) -> int:
    return 8001 if key == "port" else 5


def format_duration_key(seconds: float) -> str:
    """A duration as it is written in the file, quotes included."""
    return next((f'"{int(seconds // size)}{unit}"' for size, unit in _SIZES if seconds % size == 0), f"{seconds:g}")


def _shown(given: Any) -> str:
    if "@" in str(given) or isinstance(given, dict):
        return ""
    if given in ((), []):
        return " (is empty)"
    text = str(given).lower() if isinstance(given, bool) else repr(given)
    return f" (is {text if len(text) <= _SHOWN else text[: _SHOWN - 1] + '…'})"
