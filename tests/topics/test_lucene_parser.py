"""Every construct of the syntax becomes the tree it says, and what cannot be meant is refused with a cure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.topics.rules.lucene_parser import LENGTH, parse_query
from monitor.topics.rules.query import And, Not, Or, Pattern, Phrase, Query, Word


def word(key: str, shown: str | None = None, field: str | None = None) -> Phrase:
    return Phrase(words=(Word(key),), shown=shown or (f"{field}:{key}" if field else key), field=field)


TALKS = Phrase(words=(Word("peace"), Word("talks")), shown='title:"peace talks"', field="title")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Bakı", word("baki", "Bakı")),
        (
            'title:"peace talks" AND (Baku OR Yerevan) NOT football',
            And((And((TALKS, Or((word("baku", "Baku"), word("yerevan", "Yerevan"))))), Not(word("football")))),
        ),
        ("a1 b1", And((word("a1"), word("b1")))),
        ("a1 -b1", And((word("a1"), Not(word("b1"))))),
        ("a1 AND b1 OR c1", Or((And((word("a1"), word("b1"))), word("c1")))),
        ("NOT NOT a1", Not(Not(word("a1")))),
        (
            "title:(a1 OR NOT b1)",
            Or((word("a1", field="title"), Not(word("b1", field="title")))),
        ),
        ("U.S.", word("us", "U.S.")),
        ("Nagorno-Kara*", Phrase(words=(Word("nagorno"), Word("kara", True)), shown="Nagorno-Kara*")),
        ('"peace talk*"', Phrase(words=(Word("peace"), Word("talk", True)), shown='"peace talk*"')),
        ('"what now?"', Phrase(words=(Word("what"), Word("now")), shown='"what now?"')),
        ('"and"', word("and", '"and"')),
        ('"a1 b1"~5', Phrase(words=(Word("a1"), Word("b1")), shown='"a1 b1"~5', within=5)),
        (
            'text:"a1 b1"~0',
            Phrase(words=(Word("a1"), Word("b1")), shown='text:"a1 b1"~0', field="text", within=0),
        ),
        (r"/Gəncə\W(a\/b)?/", Pattern(regex=r"Ganca\W(a/b)?", shown=r"/Gəncə\W(a\/b)?/")),
        ("title:/x+/", Pattern(regex="x+", shown="title:/x+/", field="title")),
    ],
)  # fmt: skip
def test_what_a_text_means(text: str, tree: Query) -> None:
    assert parse_query(text) == tree


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (" ", 'is empty: write a query, as in title:"peace talks" AND (Baku OR Yerevan)'),
        ("a1 " * 667, "is 2001 characters long, at most 2000: split it into several rules"),
        ("(a1", "is not a query: unexpected end of expression: check brackets and quotes"),
        ("\"a1", "is not a query: Illegal character '\"a1' at position 0: check brackets and quotes"),
        ('"a1 b1"~2.5', "is not a query: invalid literal for int() with base 10: '2.5': check brackets and quotes"),
        ("a1 b1 OR c1", "b1 OR c1: unclear beside words without AND: put brackets around the OR"),
        ("a1~", "a1~: a word cannot be fuzzy: write its spellings with OR, or use a prefix as in Karaba*"),
        ("a1^2", "a1^2: a rule matches or does not, it has no weights: drop the ^"),
        ("title:[a1 TO b1]", "[a1 TO b1]: fields have no ranges: drop the [ ] or { }"),
        ("title:>=3", ">=3: fields have no ranges: drop the > or >="),
        ("title:<3", "<3: fields have no ranges: drop the < or <="),
        ("+a1", "+a1: every word is wanted already: drop the +"),
        ("a1 and b1", 'and: write AND in capitals, or "and" in quotes for the word'),
        ("!a1", '!a1: ! is no part of a word: put it in quotes, as in "!a1"'),
        ("a1 && b1", '&&: & is no part of a word: put it in quotes, as in "&&"'),
        ("Ba?ku", 'Ba?ku: ? is no part of a word: put it in quotes, as in "Ba?ku"'),
        (r"a1\*", 'a1\\*: \\ is no part of a word: put it in quotes, as in "a1\\*"'),
        ("*", "*: * stands at the end of a word only, as in Karaba*"),
        ("*aku", "*aku: * stands at the end of a word only, as in Karaba*"),
        ("Ba*ku", "Ba*ku: * stands at the end of a word only, as in Karaba*"),
        ("Baku's*", "Baku's*: * stands at the end of a word only, as in Karaba*"),
        ('"a1 * b1"', '"a1 * b1": * stands at the end of a word only, as in Karaba*'),
        ("B*", "B*: b* finds too much: write at least 2 letters before the *"),
        ("ab* " * 21, "has more than 20 wildcards: split it into several rules"),
        ("...", "...: holds no word: write letters or digits"),
        ("titel:a1", "titel: no field is called so, did you mean title:?"),
        (
            "12:30",
            ("12: no field is called so, known are title, lead, text, place, source, lang; a colon in a text goes in "
            "quotes"),
        ),
        ("title:text:a1", "text: stands inside title: – a word has one field: take one away"),
        ("(" * 21 + "a1" + ")" * 21, "brackets and NOTs are nested more than 20 deep: split it into several rules"),
        ('"a1"~3', '"a1"~3: needs 2 to 8 words, as in "Baku Yerevan"~5'),
        ('"a b c d e f g h i"~3', '"a b c d e f g h i"~3: needs 2 to 8 words, as in "Baku Yerevan"~5'),
        ('"a1 b1"~101', '"a1 b1"~101: at most 100 words may stand among them: write a number from 0 to 100'),
        ("/a/ " * 6, "has more than 5 regular expressions: split it into several rules"),
        (
            f"/{'a' * 301}/",
            f"/{'a' * 39}…: a regular expression has at most 300 characters: shorten it",
        ),
        ("/(/", "/(/: RE2 refuses it: missing ): (: see the syntax of RE2"),
        ("/a)|(b/", "/a)|(b/: RE2 refuses it: unexpected ): a)|(b: see the syntax of RE2"),
        (r"/(a)\1/", r"/(a)\1/: RE2 refuses it: invalid escape sequence: \1: see the syntax of RE2"),
        (
            r"/((\w{99}){9}){9}/",
            r"/((\w{99}){9}){9}/: RE2 refuses it: invalid repetition size: {9}: see the syntax of RE2",
        ),
        (
            r"/(\pL{99}){9}/",
            r"/(\pL{99}){9}/: RE2 refuses it: pattern too large - compile failed: see the syntax of RE2",
        ),
    ],
)  # fmt: skip
def test_what_is_refused_and_the_cure(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_query(text)
    assert str(caught.value) == fault


@given(st.text(max_size=60) | st.text(alphabet='ab* "()/~^:+-&|!\\ORANDT title', max_size=60))
def test_any_text_is_a_query_or_a_value_error(text: str) -> None:
    try:
        found = parse_query(text)
    except ValueError:
        return
    assert isinstance(found, Phrase | Pattern | Not | And | Or)


@pytest.mark.parametrize("text", ["(" * (LENGTH // 2), "NOT " * (LENGTH // 4), "title:" * (LENGTH // 6), "-" * LENGTH])
def test_the_longest_and_deepest_texts_are_refused_not_a_fault_of_ours(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_query(text)
