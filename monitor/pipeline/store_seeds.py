"""Registers topics and stores their seeds as baseline articles, which never alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from monitor.config.seed_folder import article_from_seed, read_seeds
from monitor.model.page import PageToSettle
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import Watch, store_reading
from monitor.pipeline.resolve_config import list_terms
from monitor.pipeline.retire import follow_renamed_topics
from monitor.storage import Store


def register_topics(store: Store, watch: Watch, now: datetime) -> None:
    """Note the topics and their profiles, without which no verdict can be kept; in the caller's transaction.

    One that is known by another name keeps its record.
    """
    follow_renamed_topics(store, watch.topics, now)
    for found in watch.topics:
        terms = len(found.profile.terms) if found.profile else 0
        store.topics.record_profile(found.name, found.hash, found.threshold, terms, now)
        store.topics.replace_terms(found.name, list_terms(found))


def store_seeds(store: Store, watch: Watch, folders: Mapping[str, Path], now: datetime) -> int:
    """Keep the seed articles of every topic as baseline articles, which never alert; how many are new or changed.

    `folders` maps topics to their folders. Runs inside the caller's transaction. Raises SeedError.
    """
    register_topics(store, watch, now)
    quiet = replace(watch, rules=())
    changed = 0
    for owner, folder in folders.items():
        seeds = read_seeds(folder)
        store.seed_rows.remove_absent(owner, {seed.name for seed in seeds})
        for seed in seeds:
            name = f"seed:{owner}/{seed.name}"  # two topics may each have a seed of that file name
            article = replace(article_from_seed(seed), url=name, identity=name)
            page = PageToSettle(
                reading=judge_article(article, watch.topics, source="seeds"),
                source="seeds",
                first_seen_at=now,
                keys=(name,),
                quiet="it is a seed",
                baseline=True,
            )
            settled = store_reading(store, quiet, page, now)
            changed += settled.outcome != "unchanged"
    return changed
