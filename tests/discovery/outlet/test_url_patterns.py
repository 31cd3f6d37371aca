"""The form that article addresses share, and when there is none to be sure of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.outlet.url_patterns import infer_article_pattern, infer_page_pattern
from monitor.text.urls import normalize_url

HOME = "https://www.hills.example/"


def links(*paths: str) -> list[str]:
    return [f"https://hills.example{path}" for path in paths]


def many(form: str, number: int = 6) -> list[str]:
    return links(*(form.format(n) for n in range(number)))


def pattern(form: str) -> str:
    return rf"^https?://(?:www\.)?{{host}}/{form}/?(?:[?#]|$)"


def parameter(path: str, name: str) -> str:
    return rf"^https?://(?:www\.)?{{host}}{path}/?\?(?:[^#]*&)?{name}=\d+(?:[&#]|$)"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (many("/haber.asp?id={}&kat=7"), parameter(r"/haber\.asp", "id")),
        (many("/?p=10{}"), parameter("", "p")),
        (many("/haber.asp?id={}", 4), None),  # too few
        (many("/haber.asp?id={0}&no={0}"), None),  # which of two?
        (many("/haber.asp?name=a{}"), None),
        (many("/haber.asp?id=7&x=a{}"), None),
        (many("/a.asp?id={}") + many("/b.asp?id=1{}"), None),
        ([*many("/a.asp?id={}"), "https://gull.example/a.asp?id=99"], None),
        (many("/a.asp?id={}") + links("/a.asp"), None),
    ],
)
def test_a_parameter_may_tell_articles(found: list[str], expected: str | None) -> None:
    assert infer_article_pattern(found, HOME, slugs=False) == expected


def test_pages_of_a_list_are_no_articles_of_a_page() -> None:
    pages = many("/?page={}", 40) + many("/?p={}", 40) + many("/?cat={}", 40)
    assert infer_page_pattern(pages, HOME) is None
    assert infer_page_pattern(pages + many("/?p=10{}"), HOME) == parameter("", "p")


SLUG = r"(?:[^/?#_-]+[_-]){2,}[^/?#]*"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (many("/world/10{}"), r"[^/?#]+/\d+"),
        (many("/2026/03/0{}/bridge-opens/"), r"\d{4}/\d{1,2}/\d{1,2}/[^/?#]+"),
        (many("/2026/03/0{}/a-long-bridge-opens/"), r"\d{4}/\d{1,2}/\d{1,2}/[^/?#]+"),
        (many("/sport/bridge-run-2026030{}.html"), r"[^/?#]+/[^/?#]*\d{4,}[^/?#]*"),
        (many("/news/a-bridge-of-{}-arches"), rf"[^/?#]+/{SLUG}"),
        (many("/a_bridge_of_{}_arches"), SLUG),
        (many("/world/10{}") + links("/live/world/110"), r"(?:[^/?#]+/\d+|[^/?#]+/[^/?#]+/\d+)"),
    ],
)
def test_forms(found: list[str], expected: str) -> None:
    assert infer_article_pattern(found, HOME, slugs=True) == pattern(expected)


@pytest.mark.parametrize(
    "found",
    [
        [],
        many("/world/10{}", 4),
        many("/bridge-{}"),
        many("/{}/bridge"),
        many("/a/b") + links("/a", "/a/b/c", "/a/b/c/d"),
        many("/world/10{}") + links("/about"),
        [*many("/world/10{}"), "https://elsewhere.example/world/100"],
        many("/world/10{}") + links("/a/1000", "/a/b/1000", "/a/b/c/1000", "/a/b/c/d/1000"),
    ],
)
def test_rather_none_than_a_narrow_one(found: list[str]) -> None:
    assert infer_article_pattern(found, HOME, slugs=True) is None


def test_slugs_may_be_no_proof() -> None:
    assert infer_article_pattern(many("/news/a-bridge-of-{}-arches"), HOME, slugs=False) is None


def test_of_a_page_the_commonest_form() -> None:
    page = [
        *many("/bridge_of_stone/103{}", 7),
        *many("/gallery/the-bridge-of-{}-arches"),
        *links("/", "/about-us", "/archive/2", "/privacy-policy"),
        *(f"https://elsewhere.example/bridge/103{n}" for n in range(20)),
    ]
    assert infer_page_pattern(page, HOME) == pattern(r"[^/?#]+/\d+")


def test_of_a_page_without_any() -> None:
    assert infer_page_pattern(links("/about", "/contact"), HOME) is None


SEGMENT = st.from_regex(r"[a-z0-9]{1,8}(?:-[a-z0-9]{1,8}){0,6}", fullmatch=True)


@given(st.lists(st.lists(SEGMENT, min_size=1, max_size=4), max_size=12), st.booleans())
def test_every_example_fits_its_form(paths: list[list[str]], slugs: bool) -> None:
    examples = links(*(f"/{'/'.join(path)}" for path in paths))
    found = infer_article_pattern(examples, HOME, slugs=slugs)
    if found is not None:
        rule = re.compile(found.replace("{host}", re.escape("hills.example")))
        assert [link for link in examples if not rule.search(link)] == []


@pytest.mark.parametrize(
    ("article", "others", "pattern"),
    [
        (
            "/index.php?id=42&tx_news_pi1%5Bnews%5D={n}&cHash=ab{n}c",
            ("/index.php?id=43", "/index.php?id=44", "/index.php?id=45"),
            r"/?\?(?:[^#]*&)?tx_news_pi1(?:\[|%5B)news(?:\]|%5D)=\d+(?:[&#]|$)",
        ),
        (
            "/index.php?option=com_content&view=article&id={n}:a-slug&catid=8",
            (),
            r"/?\?(?:[^#]*&)?id=\d+(?:(?::|%3A)[^&#]*)?(?:[&#]|$)",
        ),
    ],
)
def test_articles_by_a_parameter_of_a_content_system(article: str, others: tuple[str, ...], pattern: str) -> None:
    home = "https://news.example"
    links = [f"{home}{article.format(n=n)}" for n in range(500, 507)]
    found = infer_page_pattern([*links, *(f"{home}{other}" for other in others)], f"{home}/")
    assert found == rf"^https?://(?:www\.)?{{host}}{pattern}"
    expression = re.compile(found.replace("{host}", r"news\.example"))
    assert all(expression.search(link) or expression.search(normalize_url(link)) for link in links)
