"""What every command shares: where things are, how it prints and how it fails; it must not know a command."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from monitor.config import Config
    from monitor.store import Store

EX_CONFIG = 78  # sysexits.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """The options every command shares."""

    config: Path | None
    database: Path | None

    def path(self) -> Path:
        from monitor.config import config_path

        return config_path(self.config)

    def load(self, *, examples: bool = True) -> Config:
        from monitor.config import load

        return load(self.path(), database=self.database, examples=examples)

    def store(self) -> Store:
        from monitor.store import Store

        return Store(Path(self.load().store.path))


def fail(message: str, code: int = 1) -> NoReturn:
    """One clear message on stderr and out."""
    click.echo(message, err=True)
    sys.exit(code)


def document(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def tell(line: str) -> None:
    """A line for the person watching."""
    click.echo(line, err=True)


as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document.")
