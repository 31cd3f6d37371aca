"""Has a fresh worker ready to judge texts: models are mapped and patterns compiled, nothing of pages is loaded."""

from __future__ import annotations

import gc

from monitor.model.page import Article
from monitor.pipeline.archive.document_reading import build_article
from monitor.pipeline.archive.documents import InputDocument
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.readers.mapped_cache import map_cache
from monitor.process_limits import RELAXED
from monitor.topics.profile import Group, Profile
from monitor.topics.topic import Topic

_TEXT = "The council of Leith met on the matter of the quay, and the port has until spring to answer."
# The names of all countries are read once a text names something that a topic has names for.
_GROUP = Group(name="Leith", weight=1.0, aliases=("Leith",), seeds=())
_PROFILE = Profile(
    topic="quay", threshold=1.0, hash="", seeds=(), terms=(), groups=(_GROUP,), conjunctions=(), schema=()
)
_FIELDS = {"title": "The quay of Leith", "text": _TEXT, "published_at": "2024-05-03T10:00:00Z"}


def prepare_texts() -> None:
    """Judge a small text by a topic, and spare the garbage collector what is loaded then, and most of its rounds."""
    map_cache()
    address = "https://www.gull.example/news/the-quay"
    found = build_article(InputDocument(echo=0, address=address, fields=_FIELDS), None)
    assert isinstance(found, Article)  # noqa: S101  it has a text
    judge_article(found, (Topic(name="quay", profile=_PROFILE),), source="")
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RELAXED)
