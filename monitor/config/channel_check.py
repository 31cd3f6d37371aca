"""What is wrong with `[channels.NAME]` tables beyond the form of each key; reads the template files that they name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.alerting.request_headers import find_header_fault
from monitor.config.schema import CHANNEL_KEYS, ChannelSection, Config

if TYPE_CHECKING:
    from monitor.alerting.body.body_samples import Samples

# Keys that may stand beside the file of the same name.
_BOTH = frozenset({"headers"})
# Keys that mean nothing without another.
_WITH = {"fallback_after": "fallback", "proxy_login": "proxy", "body": "template", "secrets": "template"}

ChannelFault = tuple[tuple[str, ...], str]


def find_channel_faults(channel: ChannelSection) -> list[ChannelFault]:
    """Keys that a kind needs and has not, has and does not know, or has twice; the key may be missing."""
    needed, optional = CHANNEL_KEYS[channel.kind]
    given = [key for key in type(channel).model_fields if key != "kind" and getattr(channel, key) is not None]
    nouns = dict.fromkeys(key.removesuffix("_file").removesuffix("_env") for key in given)
    found: list[ChannelFault] = []
    for noun in nouns:
        ways = [key for key in given if key in (noun, f"{noun}_file", f"{noun}_env")]
        if noun not in needed + optional:
            found.append(((ways[0],), f"channels of kind {channel.kind} have no such key"))
        elif len(ways) > 1 and noun not in _BOTH:
            found.append(((ways[-1],), f"give {ways[0]} or {ways[-1]}, not both"))
        elif noun in _WITH and _WITH[noun] not in nouns:
            found.append(((ways[0],), f"it needs {_WITH[noun]} beside it"))
    for key in ("headers", "secrets"):
        for name, value in (getattr(channel, key) or {}).items():
            if not isinstance(value, str) and (value.file is None) == (value.env is None):
                found.append(((key, name), "give file or env, one of them"))
            elif key == "headers" and (fault := find_header_fault(name, value if isinstance(value, str) else None)):
                found.append(((key, name), fault))
    for noun in needed:
        ways = [key for key in type(channel).model_fields if key in (noun, f"{noun}_file", f"{noun}_env")]
        if not any(way in given for way in ways):
            found.append(((), f"a channel of kind {channel.kind} needs {' or '.join(ways)}"))
    return found


def find_fallback_faults(config: Config) -> Iterator[ChannelFault]:
    """Fallbacks that are no channel, and those that lead back to where they began."""
    for name, channel in config.channels.items():
        way, at = [name], channel.fallback
        while at is not None and at in config.channels and at not in way:
            way.append(at)
            at = config.channels[at].fallback
        if channel.fallback is not None and channel.fallback not in config.channels:
            near = get_close_matches(channel.fallback, config.channels, 1)
            cure = f"did you mean {near[0]}?" if near else f"add a table [channels.{channel.fallback}]"
            yield ("channels", name, "fallback"), f"no channel is called {channel.fallback!r}, {cure}"
        elif at == name:
            yield ("channels", name, "fallback"), f"it leads back to {name}: {' → '.join([*way, name])}"


def find_template_faults(config: Config) -> Iterator[ChannelFault]:
    """Tables under `template` that cannot be filled with any sample alert."""
    given = {name: channel for name, channel in config.channels.items() if channel.template is not None}
    if not given:
        return
    from monitor.alerting.body.body_template import BodyError, BodyTemplate, check_body  # late: it brings Jinja2 along

    for name, channel in given.items():
        template = BodyTemplate(table=channel.template, form=channel.body == "form")
        try:
            check_body(template, _samples(), channel.secrets or ())
        except BodyError as error:
            yield ("channels", name, "template", *error.key), str(error)


def find_template_file_faults(config: Config) -> Iterator[str]:
    """A line for each template file that cannot be read or filled: file, its line, what is wrong."""
    given = {name: channel for name, channel in config.channels.items() if channel.template_file is not None}
    if not given:
        return
    from monitor.alerting.body.body_template import BodyError, BodyTemplate, check_body  # late, as above

    for name, channel in given.items():
        path = Path(channel.template_file or "")
        try:
            text = path.read_text("utf-8")
            check_body(BodyTemplate(text=text, form=channel.body == "form"), _samples(), channel.secrets or ())
        except OSError as error:
            yield f"{path}: cannot be read: {error.strerror} (template_file of [channels.{name}])"
        except UnicodeError:
            yield f"{path}: is not UTF-8 (template_file of [channels.{name}])"
        except BodyError as error:
            yield f"{path}:{error.line or 1}: {error}"


@cache
def _samples() -> Samples:
    from monitor.alerting.body.body_samples import sample_documents

    return sample_documents(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
