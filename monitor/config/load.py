"""config.toml as values: read, checked, explained; it must not touch the network or the database.

Precedence: command-line option, then environment (SEEDWATCH_CONFIG, SEEDWATCH_DB), then file, then default.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from pydantic import ValidationError

from monitor.address_policy import Allow
from monitor.config.channel_check import (
    find_channel_faults,
    find_fallback_faults,
    find_template_faults,
    find_template_file_faults,
)
from monitor.config.schema import ChannelSection, Config, RuleSection, Section, SourceSection, ValueSection
from monitor.config.schema_types import describe_fault
from monitor.discovery.source_defaults import build_source, parse_outlets
from monitor.errors import ConfigError, describe_read_error
from monitor.model.source import Source
from monitor.process_limits import pause_collector
from monitor.text.error_words import describe_toml_error

if TYPE_CHECKING:
    from monitor.topics.rules.rule import RuleTrial

_VALUE_KINDS = ("str", "ValueSection")  # how the validation names the two that a header may be
_SOURCE_FILES = ("proxy_login_file", "headers_file", "cookies_file")  # paths in [sources.NAME]


def locate_config(option: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration is: `--config`, else SEEDWATCH_CONFIG, else config.toml here."""
    return option or Path(environment.get("SEEDWATCH_CONFIG") or "config.toml")


def load_config(
    path: Path,
    *,
    database: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    examples: bool = True,
) -> Config:
    """Read and check a configuration; paths in it are relative to its folder.

    `examples=False` leaves the examples of rules untried, for the command that shows which fail.
    Raises ConfigError with one line per fault, each with file, line, key, what is wrong and the cure.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: not found: `seedwatch init` writes one here, or name yours with --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {describe_read_error(error)}") from error
    with pause_collector():  # ten thousand sources are a third of a million values, none of which goes
        return _load_text(text, path, database, environment, examples=examples)


def _load_text(
    text: str, path: Path, database: Path | None, environment: Mapping[str, str], *, examples: bool
) -> Config:
    config = parse_config(text, str(path), examples=examples)
    folder = path.resolve().parent
    chosen = database or (Path(found) if (found := environment.get("SEEDWATCH_DB")) else None)
    store = config.store.model_copy(update={"path": str(chosen.resolve() if chosen else folder / config.store.path)})
    topics = {
        name: topic.model_copy(update={"seeds": str(folder / topic.seeds)}) if topic.seeds else topic
        for name, topic in config.topics.items()
    }
    channels = {name: _channel_at(folder, channel) for name, channel in config.channels.items()}
    sources = {name: _source_at(folder, source) for name, source in config.sources.items()}
    heartbeat = config.heartbeat
    if heartbeat is not None and heartbeat.url_file:
        heartbeat = heartbeat.model_copy(update={"url_file": str(folder / heartbeat.url_file)})
    agents = config.agents
    if agents is not None:
        agents = agents.model_copy(update={"key": str(folder / agents.key)})
    tables = {
        "heartbeat": heartbeat,
        "agents": agents,
        "store": store,
        "sources": sources,
        "topics": topics,
        "channels": channels,
    }
    if not sources:  # what a file does not say is not to look as if it did: a reload asks whether it is meant
        del tables["sources"]
    whole = config.model_copy(update=tables)
    if faults := list(find_template_file_faults(whole)):
        raise ConfigError("\n".join(faults))
    return whole


def _source_at(folder: Path, source: SourceSection) -> SourceSection:
    """A source whose files are looked for in a folder; most name none."""
    if source.model_fields_set.isdisjoint(_SOURCE_FILES):
        return source
    files = {key: str(folder / file) for key in _SOURCE_FILES if (file := getattr(source, key))}
    return source.model_copy(update=files) if files else source


def _channel_at(folder: Path, channel: ChannelSection) -> ChannelSection:
    """A channel whose files are looked for in a folder."""

    def placed(value: str | ValueSection) -> str | ValueSection:
        if isinstance(value, str) or value.file is None:
            return value
        return value.model_copy(update={"file": str(folder / value.file)})

    files = {
        key: str(folder / file)
        for key in ChannelSection.model_fields
        if key.endswith("_file") and (file := getattr(channel, key))
    }
    values = {
        key: {name: placed(value) for name, value in given.items()}
        for key in ("headers", "secrets")
        if (given := getattr(channel, key))
    }
    return channel.model_copy(update={**files, **values})


def parse_config(text: str, name: str, *, examples: bool = True) -> Config:
    """A configuration from its text; `name` stands for the file in messages. Raises ConfigError."""
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line, words = describe_toml_error(str(error), text)
        raise ConfigError(f"{name}:{line}: not TOML: {words}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, tables nested without end
        raise ConfigError(f"{name}: not TOML that can be read: {error}") from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        faults = [_fault(fault["loc"], fault) for fault in error.errors()]
        lines = sorted({(find_key_line(text, key), _show_key(key), what) for key, what in faults})
        raise ConfigError("\n".join(f"{name}:{line}: {key}: {what}" for line, key, what in lines)) from None
    if wrong := [*_contradictions(config), *_rule_faults(config, examples=examples), *find_template_faults(config)]:
        raise ConfigError(
            "\n".join(f"{name}:{find_key_line(text, key)}: {'.'.join(key)}: {what}" for key, what in wrong)
        )
    return config


@cache
def load_outlet_defaults() -> Mapping[str, Mapping[str, Any]]:
    """What spiders/outlets.toml says, by spider."""
    return parse_outlets(resources.files("spiders").joinpath("outlets.toml").read_text("utf-8"))


def resolve_sources(config: Config) -> tuple[Source, ...]:
    """The configured outlets, each with what spiders/outlets.toml ships for its spider; raises ValueError."""
    with pause_collector():
        return tuple(_resolve_source(name, section) for name, section in config.sources.items())


def _resolve_source(name: str, section: SourceSection) -> Source:
    """One outlet; raises ValueError. What the section does not say is a default, which it need not be asked for."""
    said = {key: getattr(section, key) for key in section.model_fields_set}
    if section.rules is not None:
        said["rules"] = section.rules.model_dump()
    return build_source(name, section.spider, said, load_outlet_defaults())


def try_rule(name: str, section: RuleSection) -> tuple[RuleTrial, ...]:
    """A rule run on its examples, the wanted ones first; raises ValueError where it is no query."""
    from monitor.topics.rules.rule import parse_rule, run_trials  # late: it brings the query language's parser along

    must, must_not = ([example.model_dump() for example in given] for given in (section.must, section.must_not))
    return run_trials(parse_rule(name, section.query), must, must_not)


def _rule_faults(config: Config, *, examples: bool) -> list[tuple[tuple[str, ...], str]]:
    """Rules that are no queries or fail their examples, and topics with nothing to match by."""
    found: list[tuple[tuple[str, ...], str]] = []
    for topic, section in config.topics.items():
        if not section.seeds and not section.rules:
            cure = f"add a table [topics.{topic}.rules.NAME]"
            found.append((("topics", topic, "seeds"), f"no seeds and no rules: {cure}"))
        for name, rule in section.rules.items():
            place = ("topics", topic, "rules", name)
            try:
                tried = try_rule(name, rule)
            except ValueError as error:
                found.append(((*place, "query"), str(error)))
                continue
            bad = [trial for trial in tried if examples and not trial.passed]
            found += [((*place, "must" if trial.example.wanted else "must_not"), trial.fault) for trial in bad]
    return found


def _show_key(key: tuple[str, ...]) -> str:
    """A key's path; what stands in a list is counted from one."""
    if len(key) > 2 and key[-1].isdigit():
        return f"{'.'.join(key[:-1])}, item {int(key[-1]) + 1}"
    return ".".join(key)


def _fault(loc: tuple[int | str, ...], fault: Any) -> tuple[tuple[str, ...], str]:
    key = tuple(str(part) for part in loc)
    if key[-1] in _VALUE_KINDS:  # neither kind of value fits: one fault, not one a kind
        return key[:-1], 'write a text, as in "…", or { file = "…" } or { env = "…" }'
    key = tuple(part for part in key if part not in _VALUE_KINDS)
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(key[-1], _allowed(key[:-1]), 1)
        return key, "unknown key" + (f", did you mean {near[0]}?" if near else f", known are {_listing(key[:-1])}")
    if fault["type"] == "missing":
        return key, f"is missing: {_described(key)}"
    if fault["type"] == "literal_error":
        near = get_close_matches(str(fault["input"]), re.findall(r"'(\w+)'", fault["ctx"]["expected"]), 1)
        return key, f"must be {fault['ctx']['expected']}" + (f", did you mean {near[0]}?" if near else "")
    return key, describe_fault(key, fault)


def _section(key: tuple[str, ...]) -> type[Section]:
    """The model of the table a key path names: ("sources", "tass") is a SourceSection."""
    found: type[Section] = Config
    for part in key:
        field = found.model_fields.get(part)
        if field is None:  # a name the user chose: the table's model was found one step before
            continue
        annotation: Any = field.annotation
        arguments = [a for a in (annotation, *getattr(annotation, "__args__", ())) if isinstance(a, type)]
        found = next((a for a in arguments if issubclass(a, Section)), found)
    return found


def _allowed(key: tuple[str, ...]) -> list[str]:
    return list(_section(key).model_fields)


def _listing(key: tuple[str, ...]) -> str:
    return ", ".join(_allowed(key))


def _described(key: tuple[str, ...]) -> str:
    return _section(key[:-1]).model_fields[key[-1]].description or ""


def _contradictions(config: Config) -> list[tuple[tuple[str, ...], str]]:
    """What is well formed and yet cannot be: names that point nowhere, sources with nothing to read."""
    found: list[tuple[tuple[str, ...], str]] = []
    for name, alert in config.alerts.items():
        if not alert.topics and ({"new", "edit", "retracted"} & set(alert.on) or alert.report is not None):
            found.append((("alerts", name, "topics"), "is missing: topics whose matches alert"))
        if not alert.on and alert.report is None:
            cure = 'name an event, or give a report, as in report = "daily 07:00"'
            found.append((("alerts", name, "on"), f"is empty: nobody is told of anything; {cure}"))
        for wanted, known, field in (
            (alert.topics, config.topics, "topics"),
            (alert.channels, config.channels, "channels"),
            (alert.sources, config.sources, "sources"),
            (alert.rules, _rules_of(alert.topics, config), "rules"),
        ):
            for missing in (item for item in wanted if item not in known):
                near = get_close_matches(missing, known, 1)
                table = f"topics.{(alert.topics or ('TOPIC',))[0]}.rules" if field == "rules" else field
                cure = f"did you mean {near[0]}?" if near else f"add a table [{table}.{missing}]"
                found.append((("alerts", name, field), f"no {field[:-1]} is called {missing!r}, {cure}"))
    try:
        Allow.parse(config.fetch.allow)
    except ValueError as error:
        found.append((("fetch", "allow"), str(error)))
    if config.heartbeat is not None and len(config.heartbeat.model_fields_set) != 1:
        found.append((("heartbeat",), "give one of url, url_file and url_env"))
    for name, channel in config.channels.items():
        found += [(("channels", name, *key), what) for key, what in find_channel_faults(channel)]
    found += find_fallback_faults(config)
    for name, section in config.sources.items():
        try:
            _resolve_source(name, section)
        except ValueError as error:
            key, what = error.args if len(error.args) == 2 else (None, f"an address of it is none: {error}")
            found.append((("sources", name, *([key] if key else [])), what))
    return found


def _rules_of(topics: Iterable[str], config: Config) -> set[str]:
    return {name for topic in topics if topic in config.topics for name in config.topics[topic].rules}


def find_key_line(text: str, key: tuple[str, ...]) -> int:
    """The line, from 1, where a key path stands in TOML text; its nearest table where the key itself is missing."""
    table: tuple[str, ...] = ()
    best, line = 0, 1
    for number, content in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", content):
            table = _path(header[1])
            here = table
        elif item := re.match(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=", content):
            here = table + _path(item[1])
        else:
            continue
        if here[: len(key)] == key:
            return number
        if here == key[: len(here)] and len(here) > best:
            best, line = len(here), number
    return line


def _path(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
