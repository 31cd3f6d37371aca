"""Has a fresh worker ready to read: what the libraries load or compile at their first page is loaded beforehand.

The model of languages and word counts are mapped, the list of public suffixes is read, patterns are compiled. The month
names of all languages are not, which take 2 s and 26 MB: of 577 labelled pages one comes to them, for a date that
nothing but its prose has. The process that reads such a page loads them then, on that page's clock.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from monitor.model.page import Page
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.readers.mapped_cache import map_cache

_ADDRESS = "https://www.gull.example/news/the-quay"
_SENTENCE = "The council of Leith met on the matter of the quay, and the port has until spring to answer. "
_HEAD = '<link rel="canonical" href="https://m.gull.example/news/the-quay"><meta name="description" content="{lead}">'
_DATED = '<meta property="article:published_time" content="May 3, 2024 at 10:00 am">'
_BODY = "<body><h1>The quay of Leith</h1><article>{text}</article></body>"


def prepare_reading() -> None:
    """Read two small pages, one with a date and one without, and spare the garbage collector what is loaded then."""
    map_cache()
    text = f"<p>{_SENTENCE * 3}</p>" * 3
    for head in (_HEAD + _DATED, _HEAD):
        markup = f"<html><head>{head.format(lead=_SENTENCE)}</head>{_BODY.format(text=text)}</html>"
        page = Page(
            url=_ADDRESS,
            final_url=_ADDRESS,
            status=200,
            headers={"content-type": "text/html"},
            body=markup.encode(),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        judge_page(page, None, ())
    gc.collect()
    gc.freeze()
