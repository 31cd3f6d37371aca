"""What is kept of a page: its shape, never its words."""

from __future__ import annotations

import random

from lxml import html

from monitor.extraction.templates.page_sample import (
    PageSample,
    SampledBlock,
    pack_sample,
    take_page_sample,
    unpack_sample,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PROMPT = "Get the five best stories in your inbox every morning"


def words(seed: object, count: int = 20) -> str:
    chance = random.Random(str(seed))
    return " ".join("".join(chance.choices(LETTERS, k=6)) for _ in range(count))


def page(number: int, body: str, around: str = "") -> str:
    return (
        f"<html><head><title>Story {words(number, 3)} | The Gull</title></head><body><ul class='menu'><li>"
        f"<a>Home</a></li></ul><article class='post'>{around}<div class='entry'>{body}</div></article></body></html>"
    )


def paragraphs(number: int, count: int = 3) -> list[str]:
    return [words(f"{number} {part}") for part in range(count)]


def marked(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def taken(number: int, body: str, article: list[str], around: str = "") -> PageSample:
    tree = html.document_fromstring(page(number, body, around))
    return take_page_sample(tree, f"https://gull.example/{number}", "\n".join(article))


def test_a_sample_has_the_shape_of_a_page_and_none_of_its_words() -> None:
    first, second = paragraphs(1, 2)
    found = taken(1, f"<p>{first}</p><p>Ad</p><img><p>{second} tail</p>", [first, second])
    assert (found.url, found.title, found.container) == (
        "https://gull.example/1",
        f"Story {words(1, 3)} | The Gull",
        "article.post/div.entry",
    )
    assert [(spot.path, spot.words, spot.kept, spot.pictured) for spot in found.spots] == [
        ("ul.menu/li@a", 1, False, False),
        ("article.post/div.entry/p", 20, True, False),
        ("article.post/div.entry/p", 1, False, False),
        ("article.post/div.entry/p", 21, True, False),
    ]
    assert first.split()[0].encode() not in pack_sample(found)
    assert unpack_sample(pack_sample(found)) == found


def test_a_caption_is_the_only_text_beside_its_picture() -> None:
    body = "<div class='pic'><img><div><p>In the harbour</p></div></div><p>{text} and more <img></p><div>{text}</div>"
    found = taken(1, body.format(text=words(1)), [words(1)])
    assert [spot.pictured for spot in found.spots if "entry" in spot.path] == [True, True, False]
    bare = take_page_sample(html.fragment_fromstring("<p>alone</p>"), "", "alone")
    assert bare.spots == (SampledBlock(path="", key=bare.spots[0].key, words=1, kept=True),)


def test_paths_and_blocks_of_a_hostile_page_are_bounded() -> None:
    deep = "".join(f"<div class='{'x' * 40} {'y' * 40}'>" for _ in range(30)) + "<p>down</p>"
    many = "<p>x</p>" * 900
    found = taken(1, many + deep, [])
    assert len(found.spots) == 400
    assert all(len(spot.path) <= 1000 for spot in taken(1, deep, ["down"]).spots)
