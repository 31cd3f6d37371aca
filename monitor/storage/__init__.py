"""The only SQL: one writing connection on SQLite, used from one thread; it must not decide anything.

`Store` is all of it. It is imported when it is first asked for: a command that only looks at one table or at the lock
file does not pay for the others (about half a second of CPU).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.storage.store import Store

__all__ = ["Store"]


def _import_sqlite_utils() -> None:
    """Import sqlite-utils without numpy and pandas, whose values it could store.

    numpy is there for detecting languages; taken along it costs each command 0.13 s of CPU and 25 MB. None in place
    of a module lets an import of it fail (https://docs.python.org/3/reference/import.html#the-module-cache).
    """
    absent = [name for name in ("numpy", "pandas") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        import sqlite_utils  # noqa: F401
    finally:
        for name in absent:
            del sys.modules[name]


_import_sqlite_utils()


def __getattr__(name: str) -> object:
    """`Store`, from its module (PEP 562)."""
    if name != "Store":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from monitor.storage.store import Store

    globals()[name] = Store
    return Store
