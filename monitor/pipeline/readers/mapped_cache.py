"""Maps what the user's cache holds for readers, and tidies the cache; it must not know what is read."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from monitor.pipeline.readers.language_model import map_language_model, name_language_model
from monitor.pipeline.readers.own_cache import locate_cache, tidy_cache
from monitor.pipeline.readers.word_counts import map_word_counts, name_word_counts

log = logging.getLogger(__name__)


def map_cache() -> None:
    """Map the model of languages and the word counts; one warning says why they are not, for it is mostly one cause."""
    found = (map_language_model(), map_word_counts())
    if reasons := dict.fromkeys(reason for reason in found if reason is not None):
        log.warning("event=cache-not-used reason=%r it costs each start a second and 60 MB", "; ".join(reasons))
    with suppress(OSError):  # there is no cache
        tidy_cache(locate_cache(None), (name_language_model(), name_word_counts()), time.time())
