"""`learn`: a folder in, its profile.toml replaced, what changed said."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.profiles import has_changed_seeds, load_profile
from monitor.errors import SeedError
from monitor.pipeline.learn_topic import describe_changes, learn_topic
from monitor.topics.learning.archive_features import ArchiveFeatures
from monitor.topics.profile import Conjunction, Group, UserEdits
from monitor.topics.profile_toml import dump_profile, parse_profile

SHIPPED = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in SHIPPED.glob("*.txt"):
        shutil.copy(path, tmp_path)
    return tmp_path


def test_first_and_second_learn_are_the_same_byte_for_byte(folder: Path) -> None:
    first = learn_topic(folder, topic="karabakh")
    written = (folder / "profile.toml").read_bytes()
    second = learn_topic(folder, topic="karabakh")
    assert (first.fresh, first.changes) == (True, ())
    assert (second.fresh, second.changes) == (False, ())
    assert first.profile == second.profile == load_profile(folder)
    assert [(pair.spellings, pair.group, pair.known) for pair in first.spellings] == [
        (("Aliyev", "Aliev"), "Azerbaijan", True),
        (("Sargsyan", "Sargsayan"), "Armenia", True),
    ]
    assert (folder / "profile.toml").read_bytes() == written
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".txt") == ["profile.toml"]


def test_the_shipped_profile_is_what_the_shipped_seeds_teach(folder: Path) -> None:
    learn_topic(folder, topic="karabakh")
    assert (SHIPPED / "profile.toml").read_text(encoding="utf-8") == (folder / "profile.toml").read_text(
        encoding="utf-8"
    )


def test_wishes_survive_and_changes_are_said(folder: Path) -> None:
    before = learn_topic(folder, topic="karabakh").profile
    path = folder / "profile.toml"
    wishes = UserEdits(pin=("truce",), ban=("Russia", "Minsk Group"), add=(("lachin corridor", 0.8),), threshold=0.6)
    path.write_text(dump_profile(replace(before, wishes=wishes)), encoding="utf-8")
    next(folder.glob("004*")).unlink()
    assert has_changed_seeds(folder, before)
    after = learn_topic(folder, topic="karabakh")
    assert after.profile.wishes == wishes
    assert load_profile(folder) == after.profile
    assert not has_changed_seeds(folder, after.profile)
    assert "lachin corridor" in [term.term for term in after.profile.terms]
    assert "seed gone: 004_fb030d65abe40145.txt" in after.changes


def test_that_known_seeds_are_weighed_against_stored_pieces_for_the_first_time_is_said(tmp_path: Path) -> None:
    archive = ArchiveFeatures(
        [("Ferries run late", None, f"Ferry {n} to the islands ran late.") for n in range(3)], "x"
    )
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Cocoa harvest fails\n\nWeevil {number} spoiled the cocoa harvest.\n")
    before = learn_topic(tmp_path, topic="cocoa")
    first, second = (learn_topic(tmp_path, topic="cocoa", archive=archive) for _ in range(2))
    assert [one.weighed_first for one in (before, first, second)] == [False, True, False]
    (tmp_path / "profile.toml").unlink()
    learn_topic(tmp_path, topic="cocoa")
    (tmp_path / "2.txt").unlink()
    assert not learn_topic(tmp_path, topic="cocoa", archive=archive).weighed_first  # the seeds changed: that is said


def test_changes_line_by_line(folder: Path) -> None:
    before = learn_topic(folder, topic="karabakh").profile
    assert describe_changes(before, before) == ()
    peru = Group(name="Peru", weight=0.5, aliases=("Peru",), seeds=())
    armenia = replace(before.groups[1], aliases=(*before.groups[1].aliases[:-1], "Hayastan"))
    after = replace(
        before,
        threshold=0.4,
        seeds=(*before.seeds[1:], "new.txt"),
        terms=(replace(before.terms[0], weight=0.5), replace(before.terms[1], term="artsakh"), *before.terms[2:]),
        groups=(before.groups[0], armenia, peru),
        conjunctions=(Conjunction(groups=("Armenia", "Peru"), weight=1.0, seeds=()),),
    )
    assert describe_changes(before, after) == (
        "seed gone: 000_768da0b01696805a.txt",
        "new seed: new.txt",
        "threshold: 0.5 → 0.4",
        "term gone: karabakh",
        "new term: artsakh 0.92",
        "term weight: nagorno karabakh 1.00 → 0.50",
        "group gone: Russia",
        "new group: Peru",
        "names of Armenia: +Hayastan, -Pashinyan",
        "conjunction gone: Azerbaijan + Armenia",
        "new conjunction: Armenia + Peru",
    )


def test_a_broken_profile_is_refused_and_kept(folder: Path) -> None:
    path = folder / "profile.toml"
    path.write_text("version = 1\n[yours", encoding="utf-8")
    with pytest.raises(SeedError, match="is not TOML"):
        learn_topic(folder, topic="karabakh")
    assert path.read_text(encoding="utf-8") == "version = 1\n[yours"
    path.write_bytes(b"\xff")
    with pytest.raises(SeedError, match="is not UTF-8 text"):
        load_profile(folder)


def test_no_profile_yet(folder: Path) -> None:
    with pytest.raises(SeedError, match="no profile yet; run `seedwatch learn`"):
        load_profile(folder)


def test_the_written_profile_reads_back(folder: Path) -> None:
    learned = learn_topic(folder, topic="karabakh")
    assert parse_profile(learned.path.read_text(encoding="utf-8"), name="p") == learned.profile
