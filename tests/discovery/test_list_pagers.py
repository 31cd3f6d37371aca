"""Pagers as content systems and people by hand make them: each leads to the next page, and none is an article."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.discovery.formats.listing import parse_listing
from monitor.model.source import Endpoint, Listing, Source

SOURCE = Source(name="s", spider="listing", title="S", address=None, every=600, endpoints=())
PAGERS = [
    line.split("\t")
    for line in Path(__file__).with_name("pagers.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
STORIES = "".join(f'<li><a href="/news/{n}">The story of number {n}</a></li>' for n in range(88120, 88126))


def read(url: str, pager: str, article: str | None = None) -> tuple[tuple[str, ...], list[str]]:
    """The further pages of a list of stories with a pager, and what else than the stories is taken for one."""
    source = SOURCE if article is None else replace(SOURCE, article=article)
    body = f"<html><body><ul>{STORIES}</ul>{pager}</body></html>".encode()
    found = parse_listing(body, "text/html", url=url, endpoint=Endpoint(kind="listing", url=url), source=source)
    assert isinstance(found, Listing)
    urls = [entry.url for entry in found.entries]
    return tuple(more.url for more in found.more), [each for each in urls if "/news/881" not in each]


@pytest.mark.parametrize(("url", "pager", "page"), [pytest.param(*row[1:], id=row[0]) for row in PAGERS])
def test_the_next_page_of_a_list_is_found(url: str, pager: str, page: str) -> None:
    assert read(url, pager)[0] == ((page,) if page else ())
    # A rule that is as wide as the list itself takes no page of the list for an article.
    assert read(url, pager, "news.example/")[0] == ((page,) if page else ())


def test_posts_whose_number_is_a_parameter_are_articles() -> None:
    posts = '<a href="/?p=4711">A post</a><a href="/?p=4712">Another post</a><a href="/?paged=2">Older posts</a>'
    assert read("https://news.example/", posts) == (
        ("https://news.example/?paged=2",),
        ["https://news.example/?p=4711", "https://news.example/?p=4712"],
    )


def test_pages_of_the_list_are_no_articles() -> None:
    pages = (
        '<a href="/list">1</a><a href="/list?page=3">3</a><a href="/list?page=4">4</a><a href="/list?page=99">last</a>'
    )
    assert read("https://news.example/list?page=2", pages) == (("https://news.example/list?page=3",), [])


def test_a_form_that_sends_or_leads_nowhere_is_no_pager() -> None:
    fields = '<input type="hidden" name="page" value="2"><button>Next</button></form>'
    forms = f'<form method="post" action="/list">{fields}<form action="mailto:desk@news.example">{fields}'
    assert read("https://news.example/list", forms)[0] == ()
