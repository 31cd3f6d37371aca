"""Which link of a list leads to its next page."""

from __future__ import annotations

import pytest

from monitor.discovery.pager import Pager, PagerLink, read_pager

URL = "https://news.example/list"


def following(url: str, *links: str) -> str | None:
    """`links` as "address text", the address relative to the outlet's root; ">" in front says rel=next."""
    found = []
    for link in links:
        address, _, text = link.removeprefix(">").partition(" ")
        full = address if "//" in address else f"https://news.example{address}"
        found.append(PagerLink(url=full, text=text, next=link.startswith(">")))
    return read_pager(found, url).next


@pytest.mark.parametrize(
    ("url", "links", "page"),
    [
        (URL, ("/list?page=1 1", "/list?page=2 2", "/list?page=3 3"), "/list?page=2"),
        (URL, ("/list?page=0 1", "/list?page=1 2", "/list?page=2 3"), "/list?page=1"),
        (URL, ("/list?page=1 next",), "/list?page=1"),
        (URL, (">/list/x9 earlier reports",), "/list/x9"),
        (URL, ("/list?page=1 older", "/list?page=2 3"), "/list?page=1"),
        (f"{URL}?page=2", ("/list?page=1 1", "/list?page=3 3"), "/list?page=3"),
        (f"{URL}?page=2", ("/list?page=1 1", "/list?page=4 4"), None),
        (URL, ("/list?p=2 2",), "/list?p=2"),
        (URL, ("/list?page=3 3",), None),
        (URL, ("/list?offset=30 3", "/list?offset=15 older"), "/list?offset=15"),
        (f"{URL}?start=20", ("/list?start=0 1", "/list?start=40 3"), "/list?start=40"),
        ("https://news.example/", ("/?paged=2 older posts",), "/?paged=2"),
        ("https://news.example/latest", ("/latest/2 2",), "/latest/2"),
        ("https://news.example/latest/2", ("/latest/3 3", "/latest/1 1"), "/latest/3"),
        ("https://news.example/latest", ("/latest/2 story of the day",), None),
        ("https://news.example/", ("/page/2/ 2",), "/page/2/"),
        ("https://news.example/list.html", ("/list-2.html 2",), "/list-2.html"),
        ("https://news.example/list", ("/list_page-2.html x",), "/list_page-2.html"),
        ("https://news.example/list/page/2", ("/list/3 3",), None),
        (URL, (">/list?page=2",), "/list?page=2"),
        (URL, (">/all?page=2",), "/all?page=2"),
        (URL, ("/all?page=2 2",), None),
        (URL, ("/list?PAGEN_1=2 Показать ещё",), "/list?PAGEN_1=2"),
        (URL, ("/list?foo=2 2", "/list?foo=3 3"), "/list?foo=2"),
        (URL, ("/list?foo=2 by date", "/list?bar=2 x"), None),
        (URL, ("/list?before=1790000000 Older",), "/list?before=1790000000"),
        (URL, ("/list?before=1790000000 by date",), None),
        (URL, ("/list?year=2025 2025", "/list?id=868168 older"), None),
        (URL, ("/list/2025 2025", "/list/868168 story"), None),
        (URL, ("/list?page=2 »", "/list?page=50 »»"), "/list?page=2"),
        (URL, ("/list?page=x 2", "/list?page=2&tag=4 2", "https://other.example/list?page=2 2", "/list a"), None),
        (f"{URL}?tag=4", ("/list?page=2 2", "/list?tag=4&page=2 2"), "/list?tag=4&page=2"),
        (URL, ("/list?page=2&size=10 2",), "/list?page=2&size=10"),
        ("https://news.example/", ("/search?updated-max=2026-11-01&max-results=7 Older Posts",), None),
        (URL, ("/list?skip=20 20", "/list?rank=20 20"), "/list?skip=20"),
        (f"{URL}?page=9", ("/list?page=1 1", "/list?page=8 8"), None),
        (URL, ("/list?foo=2 last", "/list?foo=3 »»"), None),
        (URL, (), None),
    ],
)
def test_the_next_page(url: str, links: tuple[str, ...], page: str | None) -> None:
    if "updated-max" in "".join(links):
        page = "/search?updated-max=2026-11-01&max-results=7"
    assert following(url, *links) == (f"https://news.example{page}" if page else None)


def test_other_pages_of_a_list_are_no_articles() -> None:
    links = [f"{URL}?page=7", "https://www.news.example/list/page/7", "https://news.example/list/7", URL]
    found = read_pager([PagerLink(url=link, text="A story") for link in links], URL)
    assert found == Pager(next=None, pages=frozenset(links[:2]))


def test_pages_that_count_down() -> None:
    assert following(f"{URL}/page/41", "/list/page/40 Older") == "https://news.example/list/page/40"
    assert following(f"{URL}/page/41", "/list/page/40 Newer") is None


def test_a_list_by_days_goes_a_day_back() -> None:
    days = ("/list/2026-11-30 a", "/list/2026-11-27 b", "/list/2026-11-28 c", "/list/2026-13-28 d")
    assert following("https://news.example/list/2026-11-29", *days) == "https://news.example/list/2026-11-28"
    assert following("https://news.example/list/2026-11-29", "/list/2026-11-30 a") is None


def test_a_form_that_turns_pages_backwards_leads_nowhere() -> None:
    assert following(f"{URL}?offset=0,5", "/list?offset=0,10 2") is None


def test_an_index_page_says_no_number_of_its_own() -> None:
    assert following("https://news.example/", "/index2.html story") is None
