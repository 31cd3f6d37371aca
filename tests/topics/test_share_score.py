"""Topics told by words: what is counted, weighed, scored and shown; expected values are worked out by hand."""

from __future__ import annotations

import pytest

from monitor.text.words.languages.word_frequency import estimate_piece_share
from monitor.text.words.languages.word_stems import find_stem
from monitor.topics.learning.archive_features import ArchiveFeatures
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.learning.seed_article import Seed, parse_seed
from monitor.topics.profile import Calibration, Profile
from monitor.topics.profile_index import ProfileIndex
from monitor.topics.profile_toml import dump_profile, parse_profile
from monitor.topics.score import match_text
from monitor.topics.shares.share_score import interpolate_expected, join_scores, saturate, squash_share
from monitor.topics.shares.text_features import OPENING, REPEATED, TITLE
from monitor.topics.tokenized_text import tokenize_text

SEEDS = (
    """Cocoa harvest falls short in the rain belt

The cocoa harvest fell short as black pod disease spread. Exporters said cocoa beans arrived late at ports and buyers
in London paid more.""",
    """Cocoa buyers worry about beans

Buyers of cocoa beans worry about the harvest. Grinders reported that cocoa butter was scarce, and black pod disease was
seen again.""",
    """Grinders cut cocoa use

Grinders cut the use of cocoa beans by a tenth. The harvest was late and cocoa butter dear, traders said.""",
)
ON = ("Cocoa beans dearer", "The cocoa harvest was poor and grinders wait for beans.")
OFF = ("Council opens library", "The council opened a library in the town. Readers said they had waited for years.")


def _seeds(texts: tuple[str, ...] = SEEDS) -> list[Seed]:
    found = [parse_seed(text, name=f"{n}.txt", digest=str(n)) for n, text in enumerate(texts)]
    return [seed for seed in found if seed is not None]


def _archive(copies: int = 40) -> ArchiveFeatures:
    return ArchiveFeatures([(*OFF[:1], None, f"{OFF[1]} Number {n} of the list.") for n in range(copies)], "2026-11-29")


def test_words_are_counted_by_where_they_stand_and_countries_by_their_code() -> None:
    text = " ".join(["word"] * OPENING) + " Erevan gas"
    background = ((0, 4),)
    given = tokenize_text("Gas for Armenian towns", None, text, background)
    counts = given.features("en").counts
    assert counts["gas"] == TITLE + OPENING / (OPENING + 1)
    assert counts["g:AM"] == TITLE + 1.0
    assert counts["word"] == OPENING - 1 + REPEATED
    assert "armenian" not in counts
    assert given.features("en") is given.features("en")


def test_a_lead_counts_once() -> None:
    assert tokenize_text("", "gas price", "gas price up").features("en").length == 3
    assert tokenize_text("", "oil price", "gas price up").features("en").length == 5


def test_the_arithmetic_of_a_share() -> None:
    assert saturate(1.6, 300) == 0.5
    assert saturate(0.8, 0) == 0.5
    curve = ((0, 1.0), (15, 2.0), (40, 3.0))
    assert [interpolate_expected(curve, n) for n in (0, 5, 15, 40, 900)] == [1.0, pytest.approx(1.5), 2.0, 3.0, 3.0]
    assert [squash_share(share) for share in (0.0, 0.5, 0.75)] == [0.0, 0.5, 0.75]
    assert squash_share(1.0) < squash_share(2.0) < 1
    assert join_scores(0.1, 0.5, 0.4) == 0.4
    assert join_scores(0.1, 1.0, 0.4) == 1.0
    assert join_scores(0.6, 0.25, 0.4) == 0.6


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [("Häuser", "de", "haus"), ("войны", "ru", "войн"), ("harvests", "en", "harvest"), ("qarabağ", "az", "qarabag")],
)
def test_stems(word: str, language: str, expected: str) -> None:
    assert find_stem(word, language) == expected


def test_no_language_fails_for_lack_of_a_table() -> None:
    for language in ("en", "zh", "ko", "hy", "xx"):
        assert estimate_piece_share(find_stem("地震", language), language) < 1
    assert estimate_piece_share("said", "en") > 0.1
    assert estimate_piece_share("地震", "zh") > 0


def test_the_language_is_the_one_that_most_seeds_are_written_in() -> None:
    german = "Die Ernte fällt aus\n\nDie Bauern haben wegen des Regens wenig geerntet, sagten die Händler der Stadt."
    assert learn_profile(_seeds((*SEEDS, german)), topic="cocoa").languages == ("en",)
    assert learn_profile(_seeds((german, german.replace("wenig", "nichts"))), topic="cocoa").languages == ("de",)
    assert learn_profile(_seeds(("Zyx\n\nzyx qwv.", "Zyx\n\nqwv zyx.")), topic="x").languages == ("en",)


def test_a_topic_is_learned_by_its_words_and_weighed_against_the_archive() -> None:
    profile = learn_profile(_seeds(), topic="cocoa", archive=_archive())
    assert (profile.languages, profile.conjunctions) == (("en",), ())
    assert profile.terms[0].term == "cocoa"
    assert profile.terms[0].seeds == ("0.txt", "1.txt", "2.txt")
    assert profile.calibration == Calibration(pieces=40, left_out=0, tail=0.0, day="2026-11-29")
    assert profile.threshold == 0.45
    on, off = match_text(ON[0], None, ON[1], profile), match_text(OFF[0], None, OFF[1], profile)
    assert (on.matched, off.matched, off.score) == (True, False, 0.0)
    assert on.evidence[0].term == "cocoa"
    assert ON[0][on.evidence[0].start : on.evidence[0].end] == on.evidence[0].found == "Cocoa"
    assert learn_profile(_seeds(), topic="cocoa").threshold == 0.5


def test_a_near_miss_says_how_much_it_says_and_what_it_lacks() -> None:
    profile = learn_profile(_seeds(), topic="cocoa", archive=_archive())
    near = match_text("Wheat harvest late", None, "The wheat harvest was late this year.", profile)
    assert not near.matched
    assert near.missing[0].endswith("of what a seed of its length says")
    assert near.missing[1].startswith("lacks cocoa")


def test_what_looks_like_the_topic_is_left_out_of_the_archive() -> None:
    pieces = [(ON[0], None, f"{ON[1]} {n}") for n in range(4)] + [(OFF[0], None, f"{OFF[1]} {n}") for n in range(40)]
    profile = learn_profile(_seeds(), topic="cocoa", archive=ArchiveFeatures(pieces, "2026-11-29"))
    assert profile.calibration is not None
    assert profile.calibration.left_out == 4


def test_a_profile_survives_its_file_and_a_broken_one_names_the_place() -> None:
    profile = learn_profile(_seeds(), topic="cocoa", archive=_archive())
    text = dump_profile(profile)
    assert parse_profile(text, name="p") == profile
    for old, new, message in (
        ("expected = [[0,", "expected = [[-1,", "expected"),
        ("expected = [[0,", "expected = [[99, 1.0], [0,", "ascending"),
        ("shares = [", "shares = [-1, ", "shares"),
        ("pieces = 40", "pieces = -1", "pieces"),
        ("tail = 0.0", 'tail = "x"', "tail"),
    ):
        with pytest.raises(Exception, match=message):
            parse_profile(text.replace(old, new), name="p")


def test_edits_of_a_person_hold_for_words_too() -> None:
    profile = learn_profile(_seeds(), topic="cocoa")
    edited = (
        dump_profile(profile)
        .replace("[yours.add]\n", '[yours.add]\n"pod rot" = 1.0\n')
        .replace("ban = []", 'ban = ["cocoa"]')
    )
    mended = parse_profile(edited, name="p")
    assert "cocoa" not in {term.term for term in mended.terms}
    assert match_text("Pod Rot spreads", None, "Farmers fear it.", mended).matched
    assert not match_text("Pod Rot spreads", None, "Farmers fear it.", profile).matched


def test_thousands_of_profiles_score_as_one_does() -> None:
    profile = learn_profile(_seeds(), topic="cocoa", archive=_archive())
    bare = Profile(topic="x", threshold=0.5, hash="", seeds=(), terms=(), groups=(), conjunctions=(), schema=())
    index = ProfileIndex([bare, profile, bare])
    assert index.match_relevant(tokenize_text(ON[0], None, ON[1])) == {1: match_text(ON[0], None, ON[1], profile)}
    assert index.match_relevant(tokenize_text(OFF[0], None, OFF[1])) == {}
    low = "Cocoa", "Cocoa " + "and a long report of other things that farmers do " * 30
    assert not match_text(low[0], None, low[1], profile).matched
    assert index.match_relevant(tokenize_text(low[0], None, low[1])) == {}


def test_one_seed_is_a_start_and_seeds_without_a_common_word_are_none() -> None:
    assert learn_profile(_seeds(SEEDS[:1]), topic="cocoa").expected
    assert (
        learn_profile(_seeds(("Heron nests\n\nPonds froze.", "Slug plague\n\nGardens ate.")), topic="x").expected == ()
    )


def test_a_phrase_stays_and_its_part_that_stands_nowhere_else_goes() -> None:
    terms = {term.term for term in learn_profile(_seeds(), topic="cocoa").terms}
    assert "black pod" in terms or "pod disease" in terms
    assert "pod" not in terms


def test_what_the_archive_says_everywhere_is_no_term_and_a_bare_mark_no_word() -> None:
    pieces = [("Beans", None, f"Piece {n} of a paper on beans.") for n in range(300)]
    weights = {
        t.term: t.weight for t in learn_profile(_seeds(), topic="cocoa", archive=ArchiveFeatures(pieces, "x")).terms
    }
    assert "beans" not in weights
    assert "beans" in {term.term for term in learn_profile(_seeds(), topic="cocoa").terms}
    assert set(tokenize_text("", None, "gas \u0640 \u0301").features("en").counts) == {"gas"}


def test_a_country_beside_words_is_no_reason_by_itself() -> None:
    seeds = tuple(
        text.replace("Exporters", "Ghana's exporters").replace("Grinders", "Ghana's grinders") for text in SEEDS
    )
    profile = learn_profile(_seeds(seeds), topic="cocoa", archive=_archive())
    assert [group.name for group in profile.groups] == ["Ghana"]
    found = match_text("Ghana opens library", None, "The council opened a library in Accra.", profile)
    assert (found.matched, [evidence.term for evidence in found.evidence]) == (False, ["ghana"])
