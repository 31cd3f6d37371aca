"""The language a text is written in, with what its page declares as a prior; it must not read a page.

py3langid tells languages of one script apart; a script that one language alone is printed in needs no model. How right
it is beside lingua stands in docs/decisions.md, "The language is that of the text".
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Languages told apart: those of outlets of some size. Others of the model are dialects that noise looks like.
_CODES = """
    af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ku
    ky la lo lt lv mk ml mn mr ms mt my ne nl no pa pl ps pt ro ru si sk sl so sq sr sv sw ta te tg th tk tl tr ug uk ur
    uz vi xh zh zu
"""
LANGUAGES = tuple(_CODES.split())
_READ = 600  # characters; more changes nothing
# A part of them that tells 570 of 577 labelled texts from all other languages, in half of the time: behind headline
# and lead, which may be in another.
_PEEK = slice(200, 400)
_LEAST = 40  # letters: below, a name decides
_SURE = 50.0  # natural logarithms by which a language must beat the declared one
# The same as a share of its own score, in Latin letters: at 600 characters real texts (577 labelled pages, 300
# German ones) beat a wrongly declared language by .095 and more, eleven samples of random letters English by .055.
_MARGIN = 0.08
_SCRIPTS = (
    ("hy", "\u0530-\u058f\ufb13-\ufb17"),
    ("ka", "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f"),
    ("ko", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"),
    ("ja", "\u3040-\u30ff\uff66-\uff9f"),
    ("th", "\u0e00-\u0e7f"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("km", "\u1780-\u17ff"),
    ("lo", "\u0e80-\u0eff"),
    ("my", "\u1000-\u109f"),
    ("si", "\u0d80-\u0dff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("gu", "\u0a80-\u0aff"),
    ("pa", "\u0a00-\u0a7f"),
)
_BY_SCRIPT = tuple((language, re.compile(f"[{letters}]")) for language, letters in _SCRIPTS)
_ANY_SCRIPT = re.compile(f"[{''.join(letters for _, letters in _SCRIPTS)}]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_KANA_SHARE, _SCRIPT_SHARE = 0.15, 0.5  # of the letters: Japanese mixes kana with Han
_RANKERS: list[Callable[[str], list[tuple[str, float]]]] = []  # the one in use, none before the first text


def detect_language(text: str, declared: str | None = None) -> str | None:
    """The two-letter code of the language of `text`; `declared` where the text is too short or does not contradict."""
    sample = text[:_READ]
    plain = sample.isascii()
    # ASCII, which half of all texts are, has no other script, and its letters are counted in a tenth of the time.
    letters = len(sample.encode().translate(None, _NO_LETTERS)) if plain else sum(map(str.isalpha, sample))
    if letters == 0:
        return declared
    if not plain:
        for language, pattern in _BY_SCRIPT if _ANY_SCRIPT.search(sample) is not None else ():
            share = len(pattern.findall(sample)) / letters
            if share >= (_KANA_SHARE if language == "ja" else _SCRIPT_SHARE):
                return language
        if len(_HAN.findall(sample)) >= _SCRIPT_SHARE * letters:
            return declared if declared in ("ja", "zh") else "zh"
    if letters < _LEAST:
        return declared
    if declared is not None and len(sample) == _READ and _is_plainly(sample[_PEEK], declared):
        return declared
    ranked = _rank(sample)
    best, score = ranked[0]
    known = None if declared is None else dict(ranked).get(declared)
    if known is None:
        return str(best)
    latin = plain or 2 * len(_LATIN.findall(sample)) > letters
    return declared if score - known < (max(_SURE, _MARGIN * abs(score)) if latin else _SURE) else str(best)


def _is_plainly(part: str, language: str) -> bool:
    """Whether a part of a text is so surely in a language that the rest would change nothing."""
    (best, score), (_, second) = _rank(part)[:2]
    return bool(best == language and score - second >= _SURE)


def install_language_ranker(rank: Callable[[str], list[tuple[str, float]]]) -> None:
    """Rank languages by `rank` from now on: it gives those of LANGUAGES with their scores, the likeliest first."""
    _RANKERS[:] = [rank]


def _rank(text: str) -> list[tuple[str, float]]:
    """The languages of a text with their scores, the likeliest first."""
    if not _RANKERS:
        from py3langid import rank, set_languages  # 90 MB with its model, which not every process need have

        set_languages(LANGUAGES)
        install_language_ranker(rank)
    return _RANKERS[0](text)
