"""The workers' part of `seedwatch reextract`: what one kept page says; it must not know of any store."""

from __future__ import annotations

from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.model.page import Page, Reading, Rejection
from monitor.model.source import Source
from monitor.pipeline.ingest.read_page import judge_page
from monitor.pipeline.shared_value import SharedValue
from monitor.topics.topic import Topic

_Task = tuple[Page, Source | None, SharedValue[tuple[Topic, ...]], Knowledge]


def read_capture(task: _Task) -> Reading | Rejection:
    """The workers' part of one kept page."""
    page, source, topics, known = task
    return judge_page(page, source, topics.value, known)
