"""`init` lays what is missing and never touches what is there."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from monitor.config import starter
from monitor.config.load import load_config, resolve_sources
from monitor.config.schema import Config
from monitor.config.starter import WrittenFile, format_schema, list_starter_files, write_files
from monitor.errors import SeedwatchError

ROOT = Path(__file__).resolve().parents[2]


def test_an_empty_folder_gets_everything_and_a_second_run_keeps_it(tmp_path: Path) -> None:
    folder = tmp_path / "watch"
    first = write_files(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    second = write_files(folder)
    after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert first == [WrittenFile(path=path, written=True) for path, _ in list_starter_files()]
    assert second == [WrittenFile(path=path, written=False) for path, _ in list_starter_files()]
    assert before == after
    assert {path.relative_to(folder) for path in before} == {laid.path for laid in first}


def test_what_is_there_is_kept_whatever_it_holds(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("mine")
    (tmp_path / "db").mkdir()
    (tmp_path / "db/metadata.yaml").write_text("title: mine\n")
    written = {laid.path: laid.written for laid in write_files(tmp_path)}
    assert (written[Path("config.toml")], written[Path("db/metadata.yaml")]) == (False, False)
    assert ((tmp_path / "config.toml").read_text(), (tmp_path / "db/metadata.yaml").read_text()) == (
        "mine",
        "title: mine\n",
    )


def test_seeds_of_ones_own_are_not_mixed_with_ours(tmp_path: Path) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/mine.txt").write_text("A headline\n\nA text.")
    laid = write_files(tmp_path)
    assert list((tmp_path / "seeds").iterdir()) == [tmp_path / "seeds/mine.txt"]
    assert not [item for item in laid if item.path.parts[0] == "seeds"]


def test_a_database_is_never_laid() -> None:
    assert [path for path, _ in list_starter_files() if path.suffix in (".db", ".lock", ".secret")] == []


def test_the_laid_configuration_loads_and_knows_its_schema(tmp_path: Path) -> None:
    write_files(tmp_path)
    config = load_config(tmp_path / "config.toml", environment={})
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert config.store.path == str(tmp_path / "db/seedwatch.db")
    assert {name: section.spider for name, section in config.sources.items()} == {
        "tass": "tass",
        "commonspace": "commonspace",
        "milligazete": "listing",
        "unseenzen": "wordpress",
    }
    assert [source.every for source in resolve_sources(config)] == [300, 900, 21600, 900]
    assert text.splitlines()[0] == f"#:schema {starter.SCHEMA}"
    assert (tmp_path / starter.SCHEMA).is_file()


def test_the_commented_example_is_valid_once_its_marks_are_taken_away() -> None:
    text = (ROOT / "config.toml").read_text("utf-8")
    example = text[text.index("# [channels.desk]") : text.index("# --- Manners")]
    opened = re.sub(r"^# ", "", example, flags=re.MULTILINE)
    config = Config.model_validate({**tomllib.loads(text), **tomllib.loads(opened)})
    assert config.alerts["desk"].model_dump(exclude_unset=True) == {
        "topics": ("karabakh",),
        "channels": ("desk",),
        "per": "story",
        "on": ("new", "edit"),
        "cooldown": 3600,
        "quiet": "22:00-07:00",
        "zone": "Europe/Berlin",
    }


def test_a_folder_that_cannot_be_written_is_an_error_with_a_cure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SeedwatchError, match="choose a folder you may write to"):
        write_files(tmp_path / "file")


def test_the_schema_file_is_current() -> None:
    assert (ROOT / "monitor/config/config.schema.json").read_text("utf-8") == format_schema()


def test_durations_are_text_for_an_editor() -> None:
    schema = json.loads(format_schema())
    durations = {
        f"{section}.{key}"
        for section, model in schema["$defs"].items()
        for key, value in model["properties"].items()
        if value.get("pattern") == r"^\d{1,6}[smhd]$" and value["type"] == "string"
    }
    assert durations == {
        "SourceSection.every",
        "FetchSection.timeout",
        "StoreSection.keep",
        "StoreSection.captures_age",
    }
