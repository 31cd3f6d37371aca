"""The exceptions of seedwatch, one small tree; expected bad input is a value (`Outcome`), never one of these.

SeedwatchError                 anything a person can mend; its text says what and how
├── ConfigError                config.toml, outlets.toml or the environment: file, line, cure (exit 78)
├── SeedError                  a seed article or profile.toml that cannot be read
├── StoreError                 the database: too old, too new, locked, broken
│   ├── StoreTooOld            an SQLite that must not write in WAL mode beside others
│   ├── StoreGone              the file was deleted or replaced under the daemon (exit 74)
│   └── DatabaseError          what SQLite said while it read or wrote: full, locked, damaged
│       └── RowError           what it said against one row; every other one is about the database itself
├── AlreadyRunning             another daemon holds the lock on this database
├── SourceVanished             a claimed source that left the configuration before its crawl began
└── AddressRefused             an outbound connection the address policy forbids
    └── NameRefused            because of what a name resolves to at the moment
"""

from __future__ import annotations

from gzip import BadGzipFile


class SeedwatchError(Exception):
    """Root of the tree."""


class ConfigError(SeedwatchError):
    """The configuration is not usable; the text carries `file:line: key: what, cure`, a line per fault."""


class SeedError(SeedwatchError):
    """A seed article or a profile that cannot be read."""


class StoreError(SeedwatchError):
    """The database cannot be used as it is."""


class StoreTooOld(StoreError):
    """This SQLite has the WAL-reset bug and a second writer was asked for."""


class StoreGone(StoreError):
    """The database's file is no longer the one that was opened, or no longer there."""


class DatabaseError(StoreError):
    """SQLite could not read or write: a full disk, a lock held for too long, a damaged file. Nothing was committed."""


class RowError(DatabaseError):
    """SQLite refused one row: a constraint, a value it cannot hold. The next row may be taken."""


class AlreadyRunning(SeedwatchError):
    """A second daemon on the same database."""


class StopAsked(SeedwatchError):
    """The daemon was told to stop before what it was starting had begun."""


class SourceVanished(SeedwatchError):
    """A source left the configuration between its claim and its crawl; its poll is closed."""


class LeaseLapsed(SeedwatchError):
    """A poll was closed by another that took its host; what still comes of it is not written."""


class AgentRefused(SeedwatchError):
    """The desk takes no such agent: another version, or a call that is not its to make."""


class AddressRefused(SeedwatchError):
    """The address policy forbids this connection."""


class NameRefused(AddressRefused):
    """A name leads to a forbidden address. A captive portal or a broken resolver says so, too: it may pass."""


def describe_read_error(error: Exception) -> str:
    """Why a file could not be read, in plain words and without its name, which the message has already."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, where a file is meant"
    if isinstance(error, PermissionError):
        return "may not be read by you: check its permissions"
    if isinstance(error, UnicodeDecodeError):
        return f"is not UTF-8 text (byte {error.start})"
    if isinstance(error, BadGzipFile):
        return "is not packed by gzip, as its name says"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"
