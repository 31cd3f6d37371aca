"""The config.toml and the seed folder of a person's own subject, as `init` lays them; nothing of the example in it."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from monitor.config.seed_folder import read_seeds
from monitor.errors import SeedError, SeedwatchError

_HEAD = """\
#:schema config.schema.json
# seedwatch: what to watch, what for, whom to tell. Every key: docs/configuration.md of the project.
# A running daemon takes changes on SIGHUP; `seedwatch doctor` checks them first.

# --- Outlets ------------------------------------------------------------------------------------------------------
# `seedwatch init https://outlet.example/` finds where an outlet lists its articles and adds its table here.

# --- Topics -------------------------------------------------------------------------------------------------------
# A topic is learned from a folder of articles on it: `seedwatch learn` writes profile.toml beside them.

"""
_TOPIC = """\
[topics.{name}]
seeds = {seeds}

"""
_NO_TOPIC = """\
# seedwatch init --topic "port strikes" --seeds FOLDER    adds one, or by hand:
# [topics.port-strikes]
# seeds = "seeds/port-strikes"

"""
_REST = """\
# --- Alerts -------------------------------------------------------------------------------------------------------
# A channel is where alerts go, an alert rule which matches go there. Take the # away, put the signing secret into
# the file (one line, whsec_…, mode 0600), then try it: seedwatch test-alert desk

# [channels.desk]
# kind = "webhook"
# url = "https://desk.example/hook"
# secret_file = "desk.secret"

# [alerts.desk]
# topics = ["{name}"]
# channels = ["desk"]
# per = "story"          # "article": copies of a piece already alerted alert too
# on = ["new", "edit"]   # "edit": a changed headline or text alerts again

# --- Manners, database, pages -------------------------------------------------------------------------------------

[fetch]
# contact = "you@example.org"   # goes into the user agent, so that an outlet can reach you: please set it
# allow = ["news.intranet"]     # hosts at private addresses that you trust; others are never asked
delay = 1.5                     # seconds between two requests to one host; a longer Crawl-delay wins
timeout = "30s"

[store]
path = "db/seedwatch.db"

[pages]
host = "127.0.0.1"
port = 8001
"""


def name_topic(words: str) -> str:
    """The name of a topic in config.toml for what a person calls it: "Port strikes!" is port-strikes.

    Raises SeedwatchError where nothing of it can be written in a name.
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64].rstrip("-")
    if not name:
        raise SeedwatchError(f"{words!r}: a topic's name needs letters a to z or digits, as in --topic port-strikes")
    return name


def format_own_config(topic: str | None) -> str:
    """config.toml with no outlet, and with one topic whose seeds are in seeds/TOPIC, or with none."""
    middle = _NO_TOPIC if topic is None else _TOPIC.format(name=topic, seeds=json.dumps(f"seeds/{topic}"))
    return _HEAD + middle + _REST.format(name=topic or "port-strikes")


def copy_seeds(given: Sequence[Path], folder: Path) -> list[Path]:
    """Copy articles (files, or every .txt of a folder) into a topic's folder; the new files, in order.

    A file that is there with the same bytes is left alone. Raises SeedError where one is there with others, where
    there is nothing to copy, and where what is copied cannot be used as seeds, by the name it was given with; then
    nothing new stays.
    """
    files: list[Path] = []
    for path in given:
        if path.is_dir():
            files += sorted(path.glob("*.txt"))
        elif path.is_file():
            files.append(path)
        else:
            raise SeedError(f"{path}: no such file or folder")
    if not files:
        raise SeedError(f"{given[0]}: no .txt file in it; save each article as plain text, headline first")
    written: list[Path] = []
    origins: dict[Path, Path] = {}
    made = [place for place in (folder, folder.parent) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            target = folder / file.with_suffix(".txt").name
            origins[target] = file
            if target.exists():
                if target.read_bytes() != file.read_bytes():
                    raise SeedError(f"{target}: is there already with another text; rename {file}")
                continue
            written.append(target)
            shutil.copyfile(file, target)
        read_seeds(folder)
    except OSError as error:
        _remove(written, made)
        raise SeedError(f"{error.filename}: {error.strerror}") from error
    except SeedError as error:
        _remove(written, made)
        said = str(error)
        for target in written:
            said = said.replace(f"{target}:", f"{origins[target]}:")
        raise SeedError(said) from error
    return written


def _remove(files: Sequence[Path], folders: Sequence[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
    for folder in folders:
        if folder.exists():
            folder.rmdir()
