"""One page of every language that wordfreq or Babel knows goes through reading and verdicts without a failure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from wordfreq import available_languages, get_frequency_dict

from monitor.model.page import Page, Reading
from monitor.pipeline.ingest.read_page import judge_page
from monitor.text.words.languages.word_stems import find_stem
from monitor.topics.learning.archive_features import NO_ARCHIVE
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import parse_seed
from monitor.topics.topic import Topic

SEED = "Cocoa harvest falls short\n\nThe cocoa harvest fell short as black pod disease spread, exporters of beans said."


def words(language: str) -> list[str]:
    """Some sixty words of a language: those that wordfreq has, else names of countries and languages."""
    listed = available_languages("small")
    if language in listed:
        found = get_frequency_dict(language, "small")
        return sorted(found, key=lambda word: (-found[word], word))[40:100]
    locale = Locale(language)
    return [str(name) for table in (locale.territories, locale.languages) for name in list(table.values())[:40]]


@pytest.mark.slow
def test_no_language_fails_a_page() -> None:
    seeds = [parse_seed(text, name=name, digest=name) for name, text in (("1", SEED), ("2", SEED.lower()))]
    profile = learn_profile([seed for seed in seeds if seed is not None], topic="t", archive=NO_ARCHIVE)
    topics = (Topic(name="t", profile=profile),)
    known = {code for code in locale_identifiers() if "_" not in code} | set(available_languages("small"))
    failed = {}
    for language in sorted(known):
        said = words(language)
        if len(said) < 20:  # Babel has the code and nothing else
            continue
        stems = [find_stem(word, language) for word in said]
        assert all(isinstance(stem, str) for stem in stems)
        text = f"{' '.join(said)}. " * 3
        body = (
            f'<html lang="{language}"><h1>{" ".join(said[:8])}</h1><article><p>{text}</p><p>{text}</p></article></html>'
        )
        page = Page(
            url="https://gull.example/1",
            final_url="https://gull.example/1",
            status=200,
            headers={"content-type": "text/html; charset=utf-8"},
            body=body.encode(),
            fetched_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
        found = judge_page(page, None, topics)
        if not isinstance(found, Reading) or len(found.matches) != 1:
            failed[language] = found
    assert failed == {}
