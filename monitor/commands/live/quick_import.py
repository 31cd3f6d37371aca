"""Loads the daemon in two thirds of the CPU time that plain imports take; it must not run anything."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

from monitor.pipeline.early_server import fork_early_server
from monitor.pipeline.readers import PRELOADED

# At its import it looks through the whole stack and all modules loaded so far, several times (Scrapy's
# `create_deprecated_class`): 1 s where it comes last and from deep inside, .3 s where it comes first.
_FIRST = "scrapy.core.downloader.contextfactory"
# httpx loads its command line where it can, with rich and pygments: 70 modules and 5 MB that no daemon looks at.
_NEVER = "httpx._main"


def import_daemon(meanwhile: Callable[[], None] | None = None) -> ModuleType:
    """The module `monitor.daemon.run`, loaded without the garbage collector, which would find nothing in a fifth of the
    time; nor does it ever look through what has been loaded. Its readers' server is forked on the way; `meanwhile` is
    called after that and before most is loaded."""
    gc.disable()
    sys.modules.setdefault(_NEVER, None)  # type: ignore[arg-type]  # an ImportError for whoever asks, as httpx expects
    try:
        fork_early_server(PRELOADED)
        import_module(_FIRST)
        if meanwhile is not None:
            meanwhile()
        found = import_module("monitor.daemon.run")
    finally:
        gc.enable()
    gc.freeze()
    return found
