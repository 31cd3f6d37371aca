"""The `init` command's work: lays config.toml, seeds/ and db/ in a folder; it never overwrites what is there.

The starter files travel in the wheel as monitor/starter/; in a checkout they are the checkout's own. What is laid
beside them, config.schema.json, lets an editor complete and check config.toml.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from monitor.config.own_config import format_own_config
from monitor.config.schema import Config, Section
from monitor.config.schema_types import parse_duration
from monitor.errors import SeedwatchError

SCHEMA = "config.schema.json"
_HERE = Path(__file__).resolve().parent
# What of a checkout is shipped; the wheel is told the same in pyproject.toml, and a test compares the two.
STARTER = (
    "config.toml",
    "seeds/*.txt",
    "seeds/*.toml",
    "seeds/*.md",
    "db/metadata.yaml",
    "db/settings.json",
    "db/README.md",
    "db/plugins/*.py",
    "db/static/*",
    "db/templates/*",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """What became of one file: `path` is relative to the folder; `written` is False where one was there."""

    path: Path
    written: bool


def find_starter_root() -> Path:
    """The folder that holds the starter files: the checkout where we run from one, else monitor/starter.

    Raises SeedwatchError when neither is there.
    """
    checkout = _HERE.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "config.toml").is_file():
        return checkout
    packaged = _HERE.parent / "starter"
    if (packaged / "config.toml").is_file():
        return packaged
    raise SeedwatchError(f"{packaged}: the starter files are missing: install seedwatch again")


def list_starter_files() -> Iterator[tuple[Path, bytes]]:
    """Every starter file: its path relative to the working folder, and its content."""
    origin = find_starter_root()
    for pattern in STARTER:
        for path in sorted(origin.glob(pattern)):
            if path.is_file():
                yield path.relative_to(origin), path.read_bytes()
    yield Path(SCHEMA), format_schema().encode()


def write_own_files(folder: Path, topic: str | None) -> list[WrittenFile]:
    """Lay a config.toml for a person's own subject and what it needs, but nothing of the example; safe to run twice.

    `topic` is the name of a topic whose seeds are in seeds/TOPIC. What is there is kept. Raises SeedwatchError when
    the folder cannot be written.
    """
    files = {Path("config.toml"): format_own_config(topic).encode()}
    files |= {path: content for path, content in list_starter_files() if path.parts[0] in ("db", SCHEMA)}
    return [_write(folder, path, content) for path, content in files.items()]


def write_files(folder: Path) -> list[WrittenFile]:
    """Lay the example with its outlets and seeds in `folder`, which is made where it is missing; safe to run twice.

    A file that is there is kept as it is, whatever it holds. Where the folder has seed articles of its own, ours
    stay out: a topic learned from both would be neither. Raises SeedwatchError when the folder cannot be written.
    """
    own_seeds = any((folder / "seeds").glob("*.txt"))
    result: list[WrittenFile] = []
    for path, content in list_starter_files():
        target = folder / path
        if own_seeds and path.parts[0] == "seeds" and not target.exists():
            continue
        if path.name == "config.toml":
            content = content.replace(b"#:schema monitor/config/", b"#:schema ", 1)
        result.append(_write(folder, path, content))
    return result


def _write(folder: Path, path: Path, content: bytes) -> WrittenFile:
    """Write one file below `folder` unless it is there."""
    target = folder / path
    try:
        target.parent.mkdir(mode=0o700 if target.parent.name == "db" else 0o777, parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError:
        return WrittenFile(path=path, written=False)
    except OSError as error:
        raise SeedwatchError(f"{target}: {error.strerror}: choose a folder you may write to") from error
    return WrittenFile(path=path, written=True)


def build_schema() -> dict[str, Any]:
    """JSON Schema of config.toml, for editors; durations are strings there ("5m"), not the seconds they become."""
    found = Config.model_json_schema()
    found["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    found["title"] = "seedwatch config.toml"
    for section in list_sections():
        properties = found["$defs"][section.__name__]["properties"]
        for name, field in section.model_fields.items():
            if is_duration(field):
                properties[name] = {
                    "type": "string",
                    "pattern": r"^\d{1,6}[smhd]$",
                    "description": field.description,
                    "title": properties[name]["title"],
                }
            properties[name].pop("default", None)  # some defaults are an outlet's own; the description says them
    return found


def format_schema() -> str:
    """`schema` as the file holds it."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def list_sections() -> list[type[Section]]:
    """The tables of config.toml, in the order a person meets them."""
    return [kind for kind in Section.__subclasses__() if kind is not Config]


def is_duration(field: FieldInfo) -> bool:
    """Whether a key is written as "5m" and held in seconds."""
    return any(isinstance(mark, BeforeValidator) and mark.func is parse_duration for mark in field.metadata)


if __name__ == "__main__":  # `make docs` writes monitor/config/config.schema.json with it
    sys.stdout.write(format_schema())
