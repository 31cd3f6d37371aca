"""SIGHUP: take over a valid configuration, refuse a broken one and keep the old, whatever is wrong with it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from monitor.config.load import load_config
from monitor.config.schema import Config
from monitor.daemon.engine import Engine
from monitor.errors import ConfigError, DatabaseError, SeedwatchError

log = logging.getLogger(__name__)

KIND = "config"


async def reload_on_hangup(hangup: asyncio.Event, path: Path, database: Path | None, engine: Engine) -> None:
    """Reload at every hangup until cancelled; no fault of a file, of the store or of ours ends it."""
    while True:
        await hangup.wait()
        hangup.clear()
        try:
            config = await asyncio.to_thread(load_config, path, database=database)
            check_not_emptied(engine.config, config, path)
            await engine.reload(config)
        except DatabaseError as error:
            await _refuse(engine, path, f"it could not be taken over into the database: {error}")
        except SeedwatchError as error:
            await _refuse(engine, path, str(error))
        except Exception as error:
            log.exception("event=reload-failed")
            await _refuse(engine, path, f"it could not be read: {type(error).__name__}: {error}")
        else:
            log.info("event=reloaded sources=%d", len(engine.ingest.watch.sources))
            await _record(engine, False, path)


def check_not_emptied(old: Config, new: Config, path: Path) -> None:
    """Raises ConfigError for a file that no longer names any source, unless it says so by an empty `[sources]`.

    An editor that saves onto a full disk leaves an empty file: nobody means to stop watching everything by that.
    """
    if old.sources and not new.sources and "sources" not in new.model_fields_set:
        raise ConfigError(
            f"{path}: it names no source any more, {len(old.sources)} are watched: was it cut off while it was saved? "
            "Where this is meant, write an empty table [sources]"
        )


async def _refuse(engine: Engine, path: Path, why: str) -> None:
    log.error("event=reload-refused the old configuration stays: %s", why)
    await _record(engine, True, path, why)


async def _record(engine: Engine, refused: bool, path: Path, why: str = "") -> None:
    problems, now = engine.store.problems, engine.clock.now()
    try:
        if refused:
            await engine.store.do(problems.open, KIND, str(path), why, f"mend {path} and send SIGHUP again", now)
        else:
            await engine.store.do(problems.close, KIND, str(path), now)
    except DatabaseError as error:
        log.error("event=problem-not-recorded kind=%s error=%r", KIND, str(error))
