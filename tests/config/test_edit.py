"""One more table in a person's config.toml, and every other byte as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from monitor.config.edit import add_source, format_source_table
from monitor.config.load import load_config
from monitor.errors import ConfigError

TABLE = {"spider": "feed", "feeds": ["/rss"], "address": "https://hills.example", "article": r"/\d+$", "every": "15m"}
TEXT = """\
[sources.hills]
spider = "feed"
feeds = ["/rss"]
address = "https://hills.example"
article = '/\\d+$'
every = "15m"
"""
MINE = """\
# my outlets
[sources.tass]   # the first
spider = "tass"
every   =   "5m"
  # api = false

# --- Topics, mine ---
[topics.karabakh]
seeds = "seeds"
"""


def laid(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode())
    return path


def test_a_table_as_a_person_would_write_it() -> None:
    assert format_source_table("hills", TABLE, ["Found  today.", "A note."]) == f"# Found today.\n# A note.\n{TEXT}"


def test_a_name_and_values_are_quoted_where_they_must_be() -> None:
    text = format_source_table("the hills", {"title": 'The "Hills"', "article": "it's"}, ["x " * 80])
    assert text == (
        f"# {' '.join('x' * 58)}\n# {' '.join('x' * 22)}\n"
        '[sources."the hills"]\ntitle = "The \\"Hills\\""\narticle = "it\'s"\n'
    )


def test_it_stands_after_the_other_sources(tmp_path: Path) -> None:
    path = laid(tmp_path, MINE)
    add_source(path, "hills", TABLE, ["Found."])
    head, tail = MINE.split("  # api = false\n")
    assert path.read_text() == f"{head}\n# Found.\n{TEXT}  # api = false\n{tail}"
    assert load_config(path, environment={}).sources["hills"].every == 900


def test_without_sources_it_stands_at_the_end(tmp_path: Path) -> None:
    path = laid(tmp_path, '[topics.karabakh]\nseeds = "seeds"')
    add_source(path, "hills", TABLE, [])
    assert path.read_text() == f'[topics.karabakh]\nseeds = "seeds"\n\n{TEXT}'


def test_a_last_line_without_its_end(tmp_path: Path) -> None:
    path = laid(tmp_path, '[sources.tass]\nspider = "tass"')
    add_source(path, "hills", TABLE, [])
    assert path.read_text() == f'[sources.tass]\nspider = "tass"\n\n{TEXT}'


def test_a_text_that_looks_like_a_table_misleads_nobody(tmp_path: Path) -> None:
    mine = '[sources.odd]\nspider = "feed"\nfeeds = ["https://a.example/f"]\ntitle = """\n[sources.fake]\n"""\n'
    path = laid(tmp_path, mine)
    add_source(path, "hills", TABLE, [])
    assert path.read_text() == f"{mine}\n{TEXT}"


def test_other_line_ends_a_link_and_rights_stay(tmp_path: Path) -> None:
    mine = b'[sources.tass]\r\nspider = "tass"\r\n[fetch]\r\ndelay = 2\r\n'
    real = tmp_path / "real.toml"
    real.write_bytes(mine)
    real.chmod(0o640)
    path = tmp_path / "config.toml"
    path.symlink_to(real)
    add_source(path, "hills", TABLE, [])
    assert path.is_symlink()
    assert real.read_bytes() == mine.replace(b"[fetch]", f"\n{TEXT}[fetch]".encode())
    assert (stat.S_IMODE(real.stat().st_mode), os.listdir(tmp_path)) == (0o640, ["real.toml", "config.toml"])


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        ('[sources.hills]\nspider = "tass"\n', "[sources.hills] is there already; it is left as it is"),
        ('sources = { tass = { spider = "tass" } }\n', "no table can be added to how `sources` is written there"),
        ('[sources.tass]\nspider = "nobody"\n', 'no spider is called "nobody"'),
    ],
)
def test_refused_with_nothing_changed(tmp_path: Path, mine: str, said: str) -> None:
    path = laid(tmp_path, mine)
    with pytest.raises(ConfigError) as error:
        add_source(path, "hills", TABLE, [])
    assert said in str(error.value)
    assert (path.read_text(), os.listdir(tmp_path)) == (mine, ["config.toml"])


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    path = laid(tmp_path, MINE)
    (tmp_path / ".config.toml.new").mkdir()  # stands in the draft's way, for root too
    with pytest.raises(ConfigError, match="cannot be written: Is a directory"):
        add_source(path, "hills", TABLE, [])
    assert path.read_text() == MINE
