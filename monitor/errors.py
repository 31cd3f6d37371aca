"""The exceptions of seedwatch, one small tree; expected bad input is a value (`Outcome`), never one of these.

SeedwatchError                 anything a person can mend; its text says what and how
├── ConfigError                config.toml, outlets.toml or the environment: file, line, cure (exit 78)
├── SeedError                  a seed article or profile.toml that cannot be read
├── StoreError                 the database: too old, too new, locked, broken
│   └── StoreTooOld            an SQLite that must not write in WAL mode beside others
├── AlreadyRunning             another daemon holds the lock on this database
└── AddressRefused             an outbound connection the address policy forbids
    └── NameRefused            because of what a name resolves to at the moment
"""

from __future__ import annotations


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


class AlreadyRunning(SeedwatchError):
    """A second daemon on the same database."""


class AddressRefused(SeedwatchError):
    """The address policy forbids this connection."""


class NameRefused(AddressRefused):
    """A name leads to a forbidden address. A captive portal or a broken resolver says so, too: it may pass."""
