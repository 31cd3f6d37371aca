"""What every command shares: the options, how to print and how to fail; it must stay light to import.

Data goes to stdout, the rest to stderr. Exit codes: 0 good, 1 failed, 2 usage, 74 database gone, 78 configuration.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from monitor.errors import ConfigError, DatabaseError, SeedError, SeedwatchError, StoreError, StoreGone

if TYPE_CHECKING:
    from monitor.config.schema import Config
    from monitor.storage import Store

EX_CONFIG = 78  # sysexits.h
EX_IOERR = 74  # sysexits.h; a service manager must not start again on it: a new, empty database would be made
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOptions:
    """The options every command shares."""

    config: Path | None
    database: Path | None

    def path(self) -> Path:
        """Where the configuration is."""
        from monitor.config.load import locate_config

        return locate_config(self.config)

    def load(self, database: Path | None = None, *, examples: bool = True) -> Config:
        """The configuration; `database` is a command's own --db, `examples` tries the rules'. Raises ConfigError."""
        from monitor.config.load import load_config

        return load_config(self.path(), database=database or self.database, examples=examples)

    def store(self, config: Config | None = None) -> Store:
        """The database as it is; raises StoreError where there is none yet, for looking must not make one.

        `config` is the configuration where it has been read already.
        """
        from monitor.storage import Store

        return Store(self.find_database(config))

    def find_database(self, config: Config | None = None) -> Path:
        """The path of the database; raises StoreError where there is none yet, StoreGone where there was one."""
        path = Path((config or self.load()).store.path)
        if not path.is_file():
            from monitor.storage.daemon_lock import Lock

            if (loss := Lock(path).find_loss()) is not None:
                raise StoreGone(loss)
            raise StoreError(f"{path}: no database yet: `seedwatch run` or `seedwatch once` makes it")
        return path


def fail_command(message: str, code: int = 1) -> NoReturn:
    """One clear message on stderr and out."""
    print_progress(message)
    sys.exit(code)


def print_progress(line: str) -> None:
    """A line for the person watching."""
    click.echo(line, err=True)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(_json(value, indent=2))


def print_json_line(value: Any) -> None:
    """One line of JSON on stdout."""
    click.echo(_json(value))


def _json(value: Any, indent: int | None = None) -> bytes:
    """JSON as UTF-8 whatever the locale; half a surrogate pair, which has no UTF-8, comes as an escape."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent, default=str).encode()
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=str).encode()


def build_unknown_error(kind: str, name: str, known: Iterable[str]) -> click.UsageError:
    """What to raise for a name that is none of the `known` ones, with the nearest of them."""
    from difflib import get_close_matches

    names = tuple(known)
    near = get_close_matches(name, names, 1)
    cure = f"did you mean {near[0]}?" if near else f"known: {', '.join(names) or 'none'}"
    return click.UsageError(f"no {kind} is called {name!r}; {cure}")


def count_progress(items: Iterable[T], noun: str) -> Iterator[T]:
    """`items`, with their count and pace on stderr while a terminal is there to see it and stdout goes elsewhere."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {noun}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(items, total=None)


def follow_progress(items: Iterable[T], noun: str, total: int) -> Iterable[T]:
    """`items`, with a bar on stderr while a terminal is there; for what prints nothing before the last of them."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(noun), TimeRemainingColumn())

    def watched() -> Iterator[T]:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield from progress.track(items, total=total)

    return watched()


as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON document.")


class Commands(click.Group):
    """Turns our errors into one message and an exit code; anything else is a fault of ours and shows its trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigError, SeedError) as error:
            fail_command(str(error), EX_CONFIG)
        except StoreGone as error:
            fail_command(str(error), EX_IOERR)
        except DatabaseError as error:
            fail_command(f"database: {error}; `seedwatch doctor` looks closer")
        except SeedwatchError as error:
            fail_command(str(error))
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has enough: click ends quietly
                raise
            fail_command(f"{error.filename or 'seedwatch'}: {error.strerror or error}")
