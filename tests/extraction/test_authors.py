"""People among what is stated or printed as an author."""

from __future__ import annotations

import pytest
from lxml import html

from monitor.extraction.fields.authors import clean_names, read_visible_byline


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["Abby Gooding and Robert Pier"], ("Abby Gooding", "Robert Pier")),
        (["By Abby Gooding, Robert Pier and Ines Varga"], ("Abby Gooding", "Robert Pier", "Ines Varga")),
        (["Abby Gooding, Harbour Correspondent"], ("Abby Gooding",)),
        (["Von Anna Kai und Uwe Deich"], ("Anna Kai", "Uwe Deich")),
        (["Ana Ruiz y Juan Gil"], ("Ana Ruiz", "Juan Gil")),
        (["Анна Речная и Пётр Причал"], ("Анна Речная", "Пётр Причал")),
        (["記者：山田太郎、佐藤花子"], ("山田太郎", "佐藤花子")),
        (["Posted by Abby Gooding"], ("Abby Gooding",)),
        (["Abby Gooding", "ABBY GOODING", "Abby Gooding"], ("Abby Gooding", "ABBY GOODING")),
        (["admin"], ()),
        (["dennis2020", "desk@herald.example", "https://herald.example/me", "jsmith"], ()),
        (["Harbour Herald", "Editorial Staff", "Newsroom"], ()),
        (["", "·", "A" * 70], ()),
        (["Yusif Ağayev"], ("Yusif Ağayev",)),
    ],
)
def test_names(values: list[str], names: tuple[str, ...]) -> None:
    assert clean_names(values, ("Harbour Herald",)) == names


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<div class=byline>By <a rel=author href=/ag>Abby Gooding</a></div>", ("Abby Gooding",)),
        ("<p itemprop=author><span itemprop=name>Abby Gooding</span>, Lindmoor</p>", ("Abby Gooding",)),
        ("<span itemprop='author'>Abby Gooding</span>", ("Abby Gooding",)),
        ("<div class='post-author'>By Abby Gooding</div>", ("By Abby Gooding",)),
        ("<div class='author'>Abby Gooding</div>", ()),
        (f"<div class='byline'>By {'Abby Gooding ' * 12}</div>", ()),
        ("<div class='byline'></div>", ()),
        ("<footer><span class=byline>By the outlet</span></footer>", ()),
        ("<div class=comments><span class=byline>By Reader</span></div>", ()),
        ("<div class='comment-author'>By Reader</div>", ()),
    ],
)
def test_visible_bylines(markup: str, found: tuple[str, ...]) -> None:
    assert read_visible_byline(html.document_fromstring(f"<article><h1>x</h1>{markup}</article>")) == found
