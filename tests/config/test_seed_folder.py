"""Reading a folder of seeds, and a seed as an article."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.seed_folder import article_from_seed, read_seeds
from monitor.errors import SeedError
from monitor.model.moment import Dateline
from monitor.model.page import Article

SHIPPED = Path(__file__).resolve().parents[2] / "seeds"


def test_shipped_seeds() -> None:
    got = read_seeds(SHIPPED)
    assert [(s.name[:3], s.headline, s.standfirst, s.outlet, s.published and s.published.raw) for s in got] == [
        ("000", "Russia PM to visit Baku to hold talks with Azerbaijan’s leadership", True, "TASS", None),
        ("001", "Moscow to help Baku, Yerevan arrange meetings on Nagorno-Karabakh — Lavrov", True, "TASS", None),
        (
            "002",
            "Armenia and Azerbaijan to attend Moscow negotiations on Nagorno-Karabakh: Russian Foreign Ministry",
            False,
            None,
            None,
        ),
        ("003", "Karabakh at Putin's table", False, "Milli Gazete", "12.1.2021 14:00"),
        (
            "004",
            "Putin says Karabakh conflict should be solved through political means.",
            False,
            "Commonspace",
            "13 August 2013",
        ),
    ]
    assert [s.dateline and (s.dateline.place, s.dateline.month, s.dateline.day, s.dateline.agency) for s in got] == [
        ("BAKU", 4, 8, "TASS"),
        ("MOSCOW", 12, 30, "TASS"),
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "boilerplate",
    [
        "All news",
        "Related",
        "Leave a Reply",
        "will not be published",
        "Back to top",
        "zoom",
        "Date:",
        "All Rights Reserved",
        "source:",
        "photo:",
        "Editor's choice",
        "Popular",
        "Borrell",
        "Unexploded",
    ],
)
def test_no_boilerplate_reaches_the_text(boilerplate: str) -> None:
    assert [s.name for s in read_seeds(SHIPPED) if boilerplate in f"{s.headline}\n{s.lead}\n{s.text}"] == []


def test_every_unreadable_seed_is_named_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("River rises\nThe river rose.", encoding="utf-8")
    (tmp_path / "b.txt").write_bytes("Fluß\nsteigt".encode("latin-1"))
    (tmp_path / "c.txt").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "d.txt").write_text("  \n\n", encoding="utf-8")
    (tmp_path / "notes.md").write_bytes(b"\xff")
    with pytest.raises(SeedError) as refused:
        read_seeds(tmp_path)
    assert str(refused.value).split("\n") == [
        f"{tmp_path}/b.txt: is not UTF-8 at byte 3; save it again as UTF-8",
        f"{tmp_path}/c.txt: is not text; save the article as plain text (UTF-8), or move the file out of the folder",
        f"{tmp_path}/d.txt: has no headline with a text under it; paste the whole article, headline first",
    ]


def test_a_seed_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_text("River rises\nThe river rose.", encoding="utf-8")
    with pytest.raises(SeedError, match=r"a\.txt: cannot be read"):
        read_seeds(tmp_path)


def test_missing_and_empty_folders(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="no such folder; make it"):
        read_seeds(tmp_path / "none")
    with pytest.raises(SeedError, match="no seed articles; put a few"):
        read_seeds(tmp_path)


def test_article(tmp_path: Path) -> None:
    text = "\ufeffRiver rises — mayor\n\nOSLO, May 4. /TASS/. The river rose.\n\nphoto: bridge, 3 February 2021\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (seed,) = read_seeds(tmp_path)
    assert article_from_seed(seed) == Article(
        url="seed:a.txt",
        identity="seed:a.txt",
        title="River rises — mayor",
        lead="OSLO, May 4. /TASS/. The river rose.",
        text="OSLO, May 4. /TASS/. The river rose.",
        published=seed.published,
        dateline=Dateline(place="OSLO", month=5, day=4, agency="TASS", raw="OSLO, May 4. /TASS/."),
        attribution="mayor",
        agency="TASS",
        notes=("photo: bridge, 3 February 2021",),
        rungs={"title": "seed", "text": "seed", "published": "seed"},
    )
    assert article_from_seed(read_seeds(SHIPPED)[4]).agency == "Commonspace.eu with agencies"
