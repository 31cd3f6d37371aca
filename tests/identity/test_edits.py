"""Kinds of edit: every kind by itself, with its passages, in several languages; and what is no edit at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.identity.edits import CHANGES, KINDS, PASSAGE, compare_versions
from monitor.model.identity import Edit, TextChange, Version

TITLE = "Shelling near Hollow Ford kills 12 people"
TEXT = """\
ALDERBY, April 8. /AFP/. Shelling near the village of Hollow Ford killed 12 people on Thursday, the ministry said.

Prime Minister Nils Aramond said the talks would go on. "We will not leave the table while there is hope," he said.

The two sides agreed to meet in Brackwater. Officials confirmed the agenda in a statement.

The road between the towns has been open since March, and buses run twice a day."""


def edit(old: str = "", new: str = "", *, title: str = TITLE, more: str = "") -> Edit:
    """The edit that puts `new` for `old`, another headline, or `more` at the end."""
    assert old in TEXT
    text = TEXT.replace(old, new) if old else TEXT
    return compare_versions(
        Version(title=TITLE, lead=None, text=TEXT), Version(title=title, lead=None, text=text + more)
    )


def test_a_figure_changed_with_its_passages() -> None:
    assert edit("killed 12", "killed 17") == Edit(
        kinds=("numbers",),
        changes=(
            TextChange(
                kind="numbers",
                before="Shelling near the village of Hollow Ford killed 12 people on Thursday, the ministry said.",
                after="Shelling near the village of Hollow Ford killed 17 people on Thursday, the ministry said.",
                substance=True,
            ),
        ),
        substance=True,
    )


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("killed 12", "killed dozens of", ("numbers",)),
        ("would go on", "would not go on", ("reversal",)),
        ("would go on", "wouldn't go on", ("reversal",)),
        ("has been open", "has been closed", ("reversal",)),
        ("Officials confirmed", "Officials denied", ("reversal",)),
        ("Brackwater", "Osterly", ("names",)),
        ("Brackwater", "Brackwater and Osterly", ("names",)),
        ("Prime Minister Nils Aramond", "Foreign Minister Ada Petersund", ("names",)),
        ("Officials confirmed", "Residents confirmed", ("names",)),
        (' "We will not leave the table while there is hope," he said.', "", ("quote",)),
        ("while there is hope", "as long as hope lasts", ("quote",)),
        ("the agenda in a statement.", 'the agenda in a statement: "We come to sign."', ("quote",)),
        (
            "The road between the towns has been open since March, and buses run twice a day.",
            "",
            ("removal",),
        ),
    ],
)
def test_one_kind_of_substance(old: str, new: str, kinds: tuple[str, ...]) -> None:
    found = edit(old, new)
    assert (found.kinds, found.substance) == (kinds, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("killed 12", "killed twelve"),
        ("has been open since", "has stayed open since"),
        ("agreed to meet", "have agreed to meet"),
        ("Nils Aramond", "Nils Aramont's"),
    ],
)
def test_other_words_for_the_same_are_minor(old: str, new: str) -> None:
    found = edit(old, new)
    assert [(change.kind, change.substance) for change in found.changes][-1][0] in ("minor", "names")
    assert found.kinds == ("minor",) or "Aramont" in new


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ('\n\n"Nobody knows what comes next for us," teacher Ada Sund told reporters.', "quote"),
        ("\n\nRescuers from Osterly pulled 5 survivors out of a collapsed house on Friday.", "addition"),
        ("\n\nCorrection: an earlier version of this article named the wrong village.", "correction"),
        ("\n\nThis article has been retracted because its source could not be verified.", "retraction"),
    ],
)
def test_what_is_added_by_kind(more: str, kind: str) -> None:
    assert edit(more=more) == Edit(
        kinds=(kind,),
        changes=(TextChange(kind=kind, before=None, after=more.strip(), substance=True),),
        substance=True,
    )


def test_a_word_is_the_same_with_a_comma_after_it() -> None:
    """As the one that is cited, as an opposite, as a name that stands elsewhere."""
    cited = "Aramond, for his part, said the door is open for {} treaty."
    assert edit(more=f"\n\n{cited.format('a')}") != edit(more=f"\n\n{cited.format('one')}")
    texts = [Version(title=TITLE, lead=None, text=f"{TEXT}\n\n{cited.format(word)}") for word in ("a", "one")]
    assert compare_versions(*texts).kinds == ("minor",)
    turned = edit("has been open since March,", "has been closed, since March,")
    assert turned.kinds == ("reversal",)


def test_a_quote_that_goes_is_one_though_a_like_one_stays() -> None:
    like = '\n\n"We will not leave the table while there is talk of hope," a second envoy said.'
    texts = [Version(title=TITLE, lead=None, text=text) for text in (TEXT + like, TEXT)]
    assert compare_versions(*texts).kinds == ("quote",)
    assert compare_versions(*reversed(texts)).kinds == ("quote",)


def test_what_brings_no_fact_is_no_substance() -> None:
    assert (edit(more="\n\nThe wind was calm and the road was dry.").substance) is False
    subheading = edit(more="\n\nWhat comes next")
    assert (subheading.kinds, subheading.substance) == (("minor",), False)


@pytest.mark.parametrize(
    ("title", "kinds", "substance"),
    [
        ("Village of Hollow Ford comes under fire", ("headline",), True),
        ("Shelling near Hollow Ford kills 17 people", ("numbers", "headline"), True),
        ("Shelling near Hollow Ford does not kill 12 people", ("reversal", "headline"), True),
        ("UPDATE 2: Shelling near Hollow Ford kills 12 people", ("headline",), False),
        ("Shelling near Hollow Ford kills 12 peoples", ("headline",), False),
        ("RETRACTED: Shelling near Hollow Ford kills 12 people", ("retraction",), True),
        ("Shelling near  Hollow Ford kills 12 people", ("trivial",), False),
    ],
)
def test_headlines(title: str, kinds: tuple[str, ...], substance: bool) -> None:
    found = edit(title=title)
    assert (found.kinds, found.substance) == (kinds, substance)
    if kinds != ("trivial",):
        assert {(change.before, change.after) for change in found.changes} == {(TITLE, title)}


@pytest.mark.parametrize(
    ("word", "telling"),
    [("hold", True), ("keap", False), ("keeps", False), ("kep", False), ("be at", False)],
)
def test_another_word_in_a_long_headline_is_no_typo(word: str, telling: bool) -> None:
    title = "Group co-chairs urge Osterhaven and Linnea to keep truce along the road to Brackwater and the Mirror Lakes"
    versions = [Version(title=found, lead=None, text=TEXT) for found in (title, title.replace("keep", word))]
    found = compare_versions(*versions)
    assert (found.kinds, found.substance) == (("headline",), telling)


def test_a_retraction_is_told_from_other_edits() -> None:
    assert (edit(more="\n\nThis story has been withdrawn.").retracted, edit("killed 12", "killed 17").retracted) == (
        True,
        False,
    )


@pytest.mark.parametrize(
    "more",
    [
        "",
        "\n\nViews: 1,234",
        "\n\n3 comments | 45 shares",
        "\n\nUpdated: 8 April 2021, 14:33 (GMT+4)",
        "\n\nRead also\n\nOil prices climb in Osterly\n\nTennis: Petersund in the final",
        "\n\nRelated: Oil prices climb in Osterly",
    ],
)
def test_what_is_not_of_the_piece_is_trivial(more: str) -> None:
    found = edit("people on", "people  on", more=more)
    assert (found.kinds, found.substance, found.trivial) == (("trivial",), False, True)


def test_paragraphs_that_only_moved_changed_nothing() -> None:
    first, *rest = TEXT.split("\n\n")
    moved = Version(title=TITLE, lead=None, text="\n\n".join((first, *rest[::-1])))
    assert compare_versions(Version(title=TITLE, lead=None, text=TEXT), moved).trivial


def test_names_that_change_places_are_an_edit() -> None:
    texts = [
        f"On Monday {one} accused {other} of firing first." for one, other in (("Alder", "Brack"), ("Brack", "Alder"))
    ]
    found = compare_versions(*(Version(title="Fire", lead=None, text=text) for text in texts))
    assert found.kinds == ("names",)


def test_a_text_written_anew_is_a_rewrite() -> None:
    new = "Rain kept the fleet in port. Nobody sailed. The harbour master expects calm on Sunday. Fish is dear."
    found = compare_versions(Version(title=TITLE, lead=None, text=TEXT), Version(title=TITLE, lead=None, text=new))
    assert (found.kinds, found.substance) == (("rewrite",), True)
    assert found.changes[0].after == new


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("Погибли 12 человек, сообщили в полиции.", "Погибли 17 человек, сообщили в полиции.", "numbers"),
        ("Погибли 12 человек, сообщили в полиции.", "Погибли 12 человек, сообщили в больнице.", "names"),
        ("Переговоры в городе состоятся завтра утром.", "Переговоры в городе не состоятся завтра утром.", "reversal"),
        ("Встреча пройдет утром в Ольхове под Брянском.", "Встреча пройдет утром в Вязове под Брянском.", "names"),
        (
            "Вчера это признал сам Ольховский в письме суду.",
            "Вчера это признал сам Ольховского в письме суду.",
            "minor",
        ),
        (
            "Der Minister bestätigt den Plan für die Brücke.",
            "Der Minister bestätigt den Plan für die Brücke nicht.",
            "reversal",
        ),
        ("Le pont a été fermé par la mairie mardi.", "Le pont n'a pas été fermé par la mairie mardi.", "reversal"),
    ],
)
def test_other_languages(before: str, after: str, kind: str) -> None:
    found = compare_versions(Version(title="T", lead=None, text=before), Version(title="T", lead=None, text=after))
    assert found.kinds == (kind,)


def test_passages_are_bounded_and_show_where_they_part() -> None:
    long = "It rained on " + "and on " * 120
    found = compare_versions(
        Version(title="T", lead=None, text=long + "for 3 days."),
        Version(title="T", lead=None, text=long + "for 4 days."),
    )
    (change,) = found.changes
    assert change.before is not None
    assert change.after is not None
    assert change.before.endswith("for 3 days.")
    assert change.after.endswith("for 4 days.")
    assert change.after.startswith("…")
    assert max(len(change.before), len(change.after)) <= PASSAGE


def test_what_stands_beyond_any_article_is_not_weighed() -> None:
    texts = ["It rained. " * 20_000 + more for more in ("5 boats sank.", "6 boats sank.")]
    found = compare_versions(*(Version(title="T", lead=None, text=text) for text in texts))
    assert (found.kinds, found.substance) == (("minor",), False)


def test_many_changes_are_told_by_the_heaviest() -> None:
    texts = [
        "\n".join(f"Mast number {n} stood {n + more} metres tall in the wind." for n in range(40)) for more in (0, 100)
    ]
    found = compare_versions(*(Version(title="T", lead=None, text=text) for text in texts))
    assert (found.kinds, len(found.changes)) == (("numbers",), CHANGES)


WORDS = st.sampled_from(
    ["Alder", "Brack", "12", "17", "not", "said", '"', "the", "road", ".", "\n", "open", "closed", "Views: 3"]
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_stands_there_the_edit_is_well_formed(title: str, text: str, later: str, anew: str) -> None:
    before, after = Version(title=title, lead=None, text=text), Version(title=later, lead=None, text=anew)
    found = compare_versions(before, after)
    assert set(found.kinds) <= set(KINDS)
    assert found.kinds
    assert len(found.changes) <= CHANGES
    assert found.substance == any(change.substance for change in found.changes)
    assert found.trivial == (found.kinds == ("trivial",))
    assert compare_versions(before, before) == Edit(
        kinds=("trivial",),
        changes=(TextChange(kind="trivial", before=None, after=None, substance=False),),
        substance=False,
    )
