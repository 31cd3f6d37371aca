"""A topic accepts what its profile or one of its rules accepts, and says which."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.moment import Dateline
from monitor.model.page import Article
from monitor.model.topic import Evidence, Match
from monitor.topics.profile import NAME, Profile, Term
from monitor.topics.rules.rule import parse_rule
from monitor.topics.score import match_text
from monitor.topics.topic import Topic, judge_topics

PROFILE = Profile(
    topic="learned",
    threshold=0.5,
    hash="h",
    seeds=("1",),
    terms=(Term(term="condor valley", weight=1.0, kind=NAME, seeds=("1",)),),
    groups=(),
    conjunctions=(),
    schema=(),
)
ARTICLE = Article(
    url="https://a.example/1",
    identity=None,
    title="Condor Valley talks in Lima",
    lead=None,
    text="LIMA, March 2. Envoys met.",
    dateline=Dateline(place="LIMA", month=3, day=2, agency=None, raw="LIMA, March 2."),
    language="en",
)


def one(topic: Topic, article: Article = ARTICLE) -> Match:
    (found,) = judge_topics(article, "tass", (topic,))
    return found


def found(term: str, found: str, part: str, start: int) -> Evidence:
    return Evidence(term=term, found=found, part=part, start=start, end=start + len(found), weight=1.0)


def test_a_profile_alone_is_what_match_says_under_the_topics_own_name() -> None:
    got = one(Topic(name="condor", profile=PROFILE))
    plain = match_text(ARTICLE.title, None, ARTICLE.text, PROFILE)
    assert (got.topic, got.score, got.evidence) == ("condor", plain.score, plain.evidence)
    assert got.matched
    assert one(Topic(name="learned", profile=PROFILE)) == plain


def test_a_rule_alone_sees_every_field() -> None:
    query = "talks AND place:lima AND source:tass AND lang:en"
    assert one(Topic(name="t", profile=None, rules=(parse_rule("all", query),))) == Match(
        topic="t",
        score=1.0,
        threshold=1.0,
        matched=True,
        evidence=(
            found("rule all: talks", "talks", "title", 14),
            found("rule all: place:lima", "LIMA", "place", 0),
            found("rule all: source:tass", "tass", "source", 0),
            found("rule all: lang:en", "en", "lang", 0),
        ),
    )


def test_fields_an_article_does_not_have_are_empty() -> None:
    bare = Article(url="https://a.example/2", identity=None, title="Talks", lead="Lead", text="", dateline=None)
    placeless = Article(
        url="https://a.example/2",
        identity=None,
        title="Talks",
        lead=None,
        text="",
        dateline=Dateline(place=None, month=3, day=2, agency=None, raw="March 2."),
    )
    topic = Topic(name="t", profile=None, rules=(parse_rule("all", "talks AND NOT place:/.*/ AND NOT lang:/.*/"),))
    assert (one(topic, bare).matched, one(topic, placeless).matched) == (True, True)


def test_a_rule_lifts_what_the_profile_leaves_and_takes_nothing_away() -> None:
    away = ARTICLE.__class__(url="https://a.example/3", identity=None, title="Lima waits", lead=None, text="")
    topic = Topic(name="condor", profile=PROFILE, rules=(parse_rule("lima", "lima"), parse_rule("zz", "zz")))
    assert one(topic, away) == Match(
        topic="condor",
        score=1.0,
        threshold=0.5,
        matched=True,
        evidence=(found("rule lima: lima", "Lima", "title", 0),),
    )
    both = one(topic)
    assert both.evidence[0] == found("rule lima: lima", "Lima", "title", 23)
    assert [item.term for item in both.evidence[1:]] == ["condor valley"]
    without = Topic(name="condor", profile=PROFILE, rules=(parse_rule("zz", "zz"),))
    assert one(without) == one(Topic(name="condor", profile=PROFILE))


def test_a_near_miss_of_rules_comes_before_that_of_the_profile() -> None:
    rules = (parse_rule("a", "talks AND quito"), parse_rule("b", "zz"), parse_rule("c", "lima NOT envoys"))
    assert one(Topic(name="t", profile=None, rules=rules)) == Match(
        topic="t",
        score=0.0,
        threshold=1.0,
        matched=False,
        missing=("rule a lacks quito", "rule c holds envoys"),
    )


def test_the_hash_names_what_a_topic_matches_by() -> None:
    plain = Topic(name="t", profile=PROFILE)
    ruled = Topic(name="t", profile=PROFILE, rules=(parse_rule("a", "lima"),))
    other = Topic(name="t", profile=PROFILE, rules=(parse_rule("a", "quito"),))
    bare = Topic(name="t", profile=None, rules=(parse_rule("a", "lima"),))
    assert plain.hash == "h"
    assert len({plain.hash, ruled.hash, other.hash, bare.hash}) == 4


def test_of_many_topics_those_that_say_something_have_a_verdict() -> None:
    ruled = Topic(
        name="t", profile=None, rules=(parse_rule("talks", "talks NOT quito"), parse_rule("zz", "talks AND zz"))
    )
    learned = Topic(name="condor", profile=PROFILE, rules=(parse_rule("quito", "quito"),))
    quiet = Topic(name="quiet", profile=replace(PROFILE, terms=()))
    others = tuple(Topic(name=f"o{n}", profile=None, rules=(parse_rule("x", f"talks AND w{n}"),)) for n in range(20))
    few = judge_topics(ARTICLE, "tass", (ruled, learned))
    many = (*others, ruled, quiet, learned)
    assert judge_topics(ARTICLE, "tass", many) == few
    assert judge_topics(ARTICLE, "tass", many) == few  # from the panel made before
    assert judge_topics(replace(ARTICLE, title="", text="Nothing"), "tass", many) == ()


def test_of_many_topics_with_few_rules_these_tell_near_misses() -> None:
    topics = tuple(
        Topic(name=f"p{n}", profile=replace(PROFILE, terms=(replace(PROFILE.terms[0], term=f"name{n}"),)))
        for n in range(20)
    )
    ruled = Topic(name="t", profile=None, rules=(parse_rule("a", "talks AND quito"),))
    learned = Topic(name="condor", profile=PROFILE)
    assert judge_topics(ARTICLE, "tass", (*topics, ruled, learned)) == judge_topics(ARTICLE, "tass", (ruled, learned))


def test_a_topic_is_judged_by_its_own_profile_however_many_were_asked_about() -> None:
    for n in range(10):
        profile = replace(PROFILE, terms=(replace(PROFILE.terms[0], term=f"condor {'valley' if n % 2 else 'hill'}"),))
        assert one(Topic(name="t", profile=profile)).matched == bool(n % 2)


def test_the_threshold_is_the_profiles_and_without_one_only_a_rule_reaches_it() -> None:
    assert Topic(name="t", profile=PROFILE).threshold == 0.5
    assert Topic(name="t", profile=None, rules=(parse_rule("a", "lima"),)).threshold == 1.0


def test_what_the_outlet_repeats_counts_less_for_few_topics_and_for_many() -> None:
    text = "Envoys of the Condor Valley met. Copper rose."
    article = replace(ARTICLE, title="Copper rises", text=text, background=((0, 32),))
    learned = Topic(name="condor", profile=PROFILE)
    others = tuple(Topic(name=f"o{n}", profile=replace(PROFILE, topic=f"o{n}", terms=())) for n in range(20))
    assert one(learned, replace(article, background=())).matched
    assert not one(learned, article).matched
    assert [found.matched for found in judge_topics(article, "tass", (*others, learned))] == [False]


def test_a_topic_of_some_languages_refuses_pieces_in_others() -> None:
    topic = Topic(name="condor", profile=PROFILE, languages=frozenset({"hy", "ru"}))
    refused = one(topic)
    assert (refused.matched, refused.missing) == (False, ("its language en is not among the languages of this topic",))
    assert refused.score == one(Topic(name="condor", profile=PROFILE)).score
    for language in ("ru-RU", None):
        assert one(topic, replace(ARTICLE, language=language)).matched


def test_a_topic_of_words_warms_up_until_it_was_weighed() -> None:
    told_by_words = replace(PROFILE, expected=((0, 1.0),))
    assert Topic(name="condor", profile=told_by_words, warm_up=True).is_warming_up
    assert not Topic(name="condor", profile=told_by_words).is_warming_up
    assert not Topic(name="condor", profile=PROFILE, warm_up=True).is_warming_up
    assert not Topic(name="condor", profile=None, warm_up=True).is_warming_up
