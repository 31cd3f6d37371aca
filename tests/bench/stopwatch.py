"""Times the steps of extraction on pages that are read in the ordinary way; it must not change what is read.

A step is a function of the extractor, timed in every module that imports it. Its time is its own: what a step within it
takes is told apart. cProfile counts Python's calls and makes small functions look dear; this adds two readings of the
clock a step.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from monitor.extraction import completeness, further_parts, html_tree, rejections
from monitor.extraction.body import (
    choose_reading,
    clutter,
    embedded_state,
    generic_body,
    readings,
    repeated_boxes,
    text_source,
)
from monitor.extraction.fields import headline, lead, metadata, publication_date
from monitor.extraction.templates import page_sample, template
from monitor.text import boilerplate, refused_answers, repeated_lines
from monitor.text.times import dateline, dates
from monitor.text.words.languages import detect_language

REST = "the rest of extract"
STEPS: tuple[tuple[Any, str, str], ...] = (
    (refused_answers, "reject_answer", "refusal: walls, statuses, sizes"),
    (html_tree, "parse_page_tree", "parse: bytes to the tree, once"),
    (rejections, "reject_tree", "refusal: too many elements"),
    (metadata, "read_metadata", "metadata: JSON-LD, OpenGraph, RDFa"),
    (rejections, "reject_front_page", "refusal: front pages"),
    (text_source, "read_body", "rungs: choosing, comparing"),
    (template, "read_by_template", "template: reading by it"),
    (generic_body, "read_generic_body", "body: a copy of the tree"),
    (clutter, "prune_clutter", "clutter: teasers out of the tree"),
    (repeated_boxes, "find_hidden_parts", "clutter: what a browser hides"),
    (repeated_boxes, "find_repeated_boxes", "clutter: comments"),
    (readings, "read_fast", "reading: trafilatura, fast"),
    (readings, "read_paragraphs", "reading: all paragraphs, to compare"),
    (choose_reading, "compare_readings", "reading: whether the two agree"),
    (readings, "write_markup", "reading: markup for the other two"),
    (readings, "read_readability", "reading: readability"),
    (readings, "read_resiliparse", "reading: resiliparse"),
    (readings, "read_default", "reading: trafilatura, default"),
    (choose_reading, "choose_reading", "reading: choosing among four"),
    (embedded_state, "read_embedded_state", "body: the data of the page's script"),
    (further_parts, "read_further_parts", "further pages"),
    (completeness, "judge_completeness", "whole or not"),
    (detect_language, "detect_language", "language"),
    (page_sample, "take_page_sample", "sample: where blocks stand, for templates"),
    (page_sample, "pack_sample", "sample: packing it"),
    (rejections, "reject_shell", "refusal: shells"),
    (rejections, "reject_text", "refusal: walls in the text"),
    (headline, "choose_headline", "title"),
    (boilerplate, "remove_boilerplate", "boilerplate by form"),
    (repeated_lines, "sift_paragraphs", "boilerplate by repetition"),
    (lead, "find_lead", "lead"),
    (publication_date, "choose_publication", "time"),
    (dates, "choose_date", "time: modified"),
    (dateline, "parse_dateline", "dateline"),
)


class Stopwatch:
    """CPU seconds by step; `total` is all that ran inside `running`."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._within: list[float] = []  # for each step under way, the seconds of the steps inside it

    @property
    def total(self) -> float:
        return sum(self.spent.values())

    def timed(self, work: Callable[..., Any], name: str) -> Callable[..., Any]:
        """`work`, whose own time is added to `name`."""

        @wraps(work)
        def step(*args: Any, **options: Any) -> Any:
            self._within.append(0.0)
            start = time.process_time()
            try:
                return work(*args, **options)
            finally:
                took = time.process_time() - start
                self.spent[name] += took - self._within.pop()
                if self._within:
                    self._within[-1] += took

        return step

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time every step until the block ends."""
        patched: list[tuple[Any, str, Any]] = []
        for module, name, step in STEPS:
            work = getattr(module, name)
            timed = self.timed(work, step)
            for user in [found for key, found in sys.modules.items() if key.startswith("monitor.")]:
                for bound in [key for key, value in vars(user).items() if value is work]:
                    patched.append((user, bound, work))
                    setattr(user, bound, timed)
        try:
            yield
        finally:
            for user, bound, work in patched:
                setattr(user, bound, work)

    def lines(self, pages: int) -> list[str]:
        """A line for each step, the dearest first: share, milliseconds a page, name."""
        return [
            f"{seconds / self.total:6.1%} {1000 * seconds / pages:7.2f} ms  {name}"
            for name, seconds in self.spent.most_common()
        ]
