"""What a key of config.toml may hold: durations, addresses, times, patterns, each with the words for what is wrong."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.alerting.report_times import format_report_time, parse_report_time
from monitor.extraction.css_rules import check_selector
from monitor.text.addresses.address_encoding import LOGIN_HINT, encode_address

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: object) -> object:
    """`"90s"`, `"5m"`, `"2h"`, `"1d"` in seconds; anything else is left for pydantic to refuse.

    A bare number is refused on purpose: nobody can tell seconds from minutes in `every = 5`.
    """
    if isinstance(value, str) and (found := re.fullmatch(r"(\d{1,6})([smhd])", value.strip())):
        return int(found[1]) * _UNITS[found[2]]
    raise ValueError('write a number and a unit, as in "90s", "5m", "2h" or "1d"')


def _http(value: str) -> str:
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


Strings = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Every = Annotated[int, BeforeValidator(parse_duration)]
Address = Annotated[str, AfterValidator(_http)]
ReceiverAddress = Annotated[str, AfterValidator(_receiver)]
PublicAddress = Annotated[str, AfterValidator(_public)]
ProxyAddress = Annotated[str, AfterValidator(_proxy)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(check_selector)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(as_tuple)]
Chat = Annotated[str, BeforeValidator(_chat), Field(json_schema_extra={"type": ["integer", "string"]})]
Server = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?$")]
MailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}$")]
Topic = Annotated[str, Field(pattern=r"^[-_A-Za-z0-9]{1,64}$")]
Zone = Annotated[str, AfterValidator(_zone)]
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
QuietHours = Annotated[str, Field(pattern=f"^{_CLOCK}-{_CLOCK}$")]
ReportSchedule = Annotated[str, AfterValidator(_report)]
ClockTimes = Annotated[tuple[Annotated[str, Field(pattern=f"^{_CLOCK}$")], ...], BeforeValidator(as_tuple)]
Languages = Annotated[tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...], BeforeValidator(as_tuple)]
