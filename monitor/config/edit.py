"""A table for one more outlet goes into a person's config.toml, whose every other byte stays; it must not judge it.

The new text is read back as a configuration before it takes the old one's place, in one step.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import tomli
import tomlkit

from monitor.config.load import parse_config
from monitor.errors import ConfigError

_HEADER = re.compile(r"^\s*\[")
_SOURCE = re.compile(r"^\s*\[\s*[\"']?sources[\"']?\s*\.")


def format_source_table(name: str, table: Mapping[str, Any], remarks: Iterable[str]) -> str:
    """`[sources.NAME]` as TOML with its remarks above it, as it would stand in config.toml."""
    lists = tomlkit.table()
    for key, value in table.items():
        plain = isinstance(value, str) and key == "article" and "'" not in value and "\n" not in value
        lists.add(key, tomlkit.string(value, literal=True) if plain else tomlkit.item(value))
    document = tomlkit.document()
    sources = tomlkit.table(is_super_table=True)
    sources.add(name, lists)
    document.add("sources", sources)
    lines = (
        line
        for remark in remarks
        for line in textwrap.wrap(" ".join(remark.split()), 116, break_long_words=False, break_on_hyphens=False)
    )
    head = "".join(f"# {line}\n" for line in lines)
    return head + tomlkit.dumps(document).rstrip("\n") + "\n"


def add_source(path: Path, name: str, table: Mapping[str, Any], remarks: Iterable[str]) -> None:
    """Add `[sources.NAME]` to the configuration at `path`, after the sources it has.

    Raises ConfigError, with nothing changed, where a source of that name is there or the result would not load.
    """
    file = path.resolve()  # a link stays a link
    old = file.read_bytes().decode("utf-8")  # as it is: read_text would make \r\n into \n
    before = tomli.loads(old)
    if name in before.get("sources", {}):
        raise ConfigError(f"{path}: [sources.{name}] is there already; it is left as it is")
    wanted = {**before, "sources": {**before.get("sources", {}), name: dict(table)}}
    text = format_source_table(name, table, remarks)
    for new in (_after_the_others(old, text), f"{old.rstrip(chr(10))}\n\n{text}"):
        if _reads_as(new, wanted):
            break
    else:
        raise ConfigError(
            f"{path}: no table can be added to how `sources` is written there; write it yourself:\n{text}"
        )
    parse_config(new, str(path), examples=False)
    _replace(file, new)


def add_topic(path: Path, name: str, seeds: str) -> bool:
    """Add `[topics.NAME]` with its folder of seeds at the end of the configuration; False where it is there already.

    Raises ConfigError, with nothing changed, where the result would not load.
    """
    file = path.resolve()
    old = file.read_bytes().decode("utf-8")
    before = tomli.loads(old)
    if name in before.get("topics", {}):
        return False
    new = f"{old.rstrip(chr(10))}\n\n[topics.{name}]\nseeds = {json.dumps(seeds)}\n"
    if not _reads_as(new, {**before, "topics": {**before.get("topics", {}), name: {"seeds": seeds}}}):
        raise ConfigError(
            f"{path}: no table can be added to how `topics` is written there; write [topics.{name}] yourself"
        )
    parse_config(new, str(path), examples=False)
    _replace(file, new)
    return True


def add_agents_section(path: Path, server: str) -> bool:
    """Add `[agents]` with its server at the end of the configuration; False where it is there already.

    Raises ConfigError, with nothing changed, where the result would not load.
    """
    file = path.resolve()
    old = file.read_bytes().decode("utf-8")
    before = tomli.loads(old)
    if "agents" in before:
        return False
    new = f"{old.rstrip(chr(10))}\n\n[agents]\nserver = {json.dumps(server)}\n"
    if not _reads_as(new, {**before, "agents": {"server": server}}):
        raise ConfigError(f"{path}: no table can be added there; write [agents] yourself")
    parse_config(new, str(path), examples=False)
    _replace(file, new)
    return True


def _reads_as(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomli.loads(text) == wanted
    except tomli.TOMLDecodeError:
        return False


def _after_the_others(text: str, table: str) -> str:
    """The text with the table after the last line of its last `[sources.…]`, before what stands above the next one."""
    lines = text.splitlines(keepends=True)
    last = max((number for number, line in enumerate(lines) if _SOURCE.match(line)), default=None)
    if last is None:
        return ""
    end = next((n for n in range(last + 1, len(lines)) if _HEADER.match(lines[n])), len(lines))
    while lines[end - 1].strip() == "" or lines[end - 1].lstrip().startswith("#"):
        end -= 1
    head = "".join(lines[:end])
    return f"{head}{'' if head.endswith(chr(10)) else chr(10)}\n{table}{''.join(lines[end:])}"


def _replace(file: Path, text: str) -> None:
    """The new text takes the old one's place in one step, with its permissions; raises ConfigError."""
    draft = file.with_name(f".{file.name}.new")
    try:
        with draft.open("wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        draft.chmod(file.stat().st_mode & 0o7777)
        draft.replace(file)
    except OSError as error:
        if draft.is_file():
            draft.unlink()
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from error
