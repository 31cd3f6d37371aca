"""Parts an article's lines from what a page prints around them; it must not judge what the article says.

Every rule here is of a form (a label alone on its line, a bar of share buttons, a template placeholder), seen in
the outlets' real pages; words of a subject never decide. What an outlet repeats across pages is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.text.times.dates import parse_date

_NOTE = re.compile(
    r"(?:sources?|photos?|picture|image|cover photo|photo credit|date|дата|источник|фото)\s*:\s*\S.{0,500}", re.I
)
_DATE_NOTE = re.compile(r"(?:date|дата)\s*:\s*(?P<value>.*)", re.I)
_PLACEHOLDER = re.compile(r"\{\{.*\}\}")
_CREDIT = re.compile(r"(?:©|\(c\)\s|copyright\b).{0,200}", re.I)
_RIGHTS = re.compile(r"\ball rights reserved\b|\bwithout (?:prior |written )*permission\b", re.I)

# Labels that stand alone on a line, folded by `fold`. TASS: "All news", "N pages in this article"; Jannah: the
# comment form and the scroll button; Commonspace: "Editor's choice".
_LABEL = re.compile(
    r"all news|все новости|back to main page|(?:back|scroll) to top(?: button)?|editor's choice|editors' choice"
    r"|advertisements?|реклама|leave a (?:reply|comment)|cancel reply|post comment|(?:most )?popular|trending"
    r"|related (?:articles|posts|stories|news)|read (?:more|next)|continue reading|(?:show|load) more"
    r"|use filter|news search topics|skip to content|\d+ pages? in this article"
    r"|you (?:can|may) filter your feed,?|by choosing only interesting"
    r"|your e-?mail address will not be published.{0,80}|required fields are marked.{0,10}"
)

# A line made of these words alone is a bar of buttons ("email Print zoom+ zoom-", "Share Tweet Pin"); words that
# only join them make no bar by themselves.
_BUTTON = re.compile(
    r"shares?|tweet|pin|print|e-?mail|mail|zoom[+-]?|copy|link|facebook|twitter|x|whatsapp|telegram|viber|vk"
    r"|vkontakte|ok|odnoklassniki|linkedin|pinterest|reddit|tumblr|messenger|instagram|youtube|rss|flipboard"
    r"|pocket|save|bookmark|comments?|this|via|on|and|a[+-]|aa|\d+"
)
_BETWEEN = re.compile(r"[\s,|/·•]+")
_JOINT = re.compile(r"this|via|on|and|x|ok|link|a[+-]|aa|\d+|save|mail|copy")

# "Read also" announces the headline under it (TASS); "Read more" is a link of its own unless a colon follows.
_ANNOUNCES = frozenset({"read also", "also read", "see also", "related", "читайте также", "смотрите также"})
_ASIDE = re.compile(
    r"(?:read also|also read|see also|read more|more on this|related|don't miss|recommended|читайте также)\s*:\s*\S.*"
)
_DATE_LENGTH = 60  # "Donnerstag, 30. November 2026, 14:05 Uhr" has 40
_HEADLINE_LENGTH = 200  # the longest of 16,739 real TASS titles has 163 characters
_STORY_BEFORE_END = 200  # characters that must stand before a heading may end a text: above it is navigation

# Headings under which no article goes on: the comment form, and lists of other stories.
_ENDS = frozenset({"leave a reply", "leave a comment", "related articles", "related posts"})
# Headings of lists that stand behind an article: where it took its facts from, who took its pictures.
_LISTS = frozenset(
    {"our sources", "sources", "references", "footnotes", "photo credits", "image credits", "credits", "quellen"}
    | {"literatur", "bildnachweis", "fuentes", "referencias", "fontes", "referências", "fonti", "bronnen", "źródła"}
    | {"источники", "джерела", "kaynaklar", "kilder", "källor", "lähteet", "参考文献", "출처"}
)
_HEADING_LENGTH = 30  # characters of the longest, with a mark behind it
_LISTED = 2  # lines that must follow such a heading
_SENTENCES = 0.2  # of them that may end as sentences do: else the article goes on there
_SENTENCE_END = re.compile(r"[.!?…。؟।][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedText:
    """What became of a text.

    `text` holds the kept lines, runs of empty lines folded into one; `notes` the metadata lines taken out
    ("source: …", "photo: …", "Date: …") as they stood; `removed` every other line taken out, in order.
    """

    text: str
    notes: tuple[str, ...]
    removed: tuple[str, ...]


def fold_line(line: str) -> str:
    """A line for comparison: straight quotes, single spaces, lower case, no closing colon."""
    if not line.isascii():
        line = line.replace("\u2019", "'").replace("\u2018", "'").replace("\u201c", '"').replace("\u201d", '"')
    return " ".join(line.split()).casefold().rstrip(" :")


def is_label(line: str) -> bool:
    """Whether a line is only a label, button bar, credit or placeholder, never a sentence of an article."""
    return _is_label(line, fold_line(line))


def _is_label(line: str, folded: str) -> bool:
    return (
        _LABEL.fullmatch(folded) is not None
        or _is_button_bar(folded)
        or ("{{" in line and _PLACEHOLDER.search(line) is not None)
        or _CREDIT.fullmatch(line.strip()) is not None
        # A search that minds no case is slow: what it cannot do without is asked after first.
        or (("reserved" in folded or "perm" in folded) and _RIGHTS.search(line) is not None and len(line) < 400)
    )


def _is_button_bar(folded: str) -> bool:
    first, *_ = _BETWEEN.split(folded, 1)
    if first and _BUTTON.fullmatch(first) is None:  # as nearly always
        return False
    words = [word for word in _BETWEEN.split(folded) if word]
    return all(_BUTTON.fullmatch(word) for word in words) and not all(_JOINT.fullmatch(word) for word in words)


def _is_note(line: str) -> bool:
    if _NOTE.fullmatch(line) is None:
        return False
    dated = _DATE_NOTE.fullmatch(line)
    return dated is None or (len(dated["value"]) < 40 and any(c.isdigit() for c in dated["value"]))


def begins_with_date(lines: Sequence[str]) -> bool:
    """Whether the first of a text's lines is the date it was published, and nothing else.

    None of the 577 labelled texts begins with one. A chronicle does, and has more of them.
    """
    return len(lines) > 1 and _is_date(lines[0]) and not any(map(_is_date, lines[1:]))


def _is_date(line: str) -> bool:
    return len(line) <= _DATE_LENGTH and parse_date(line, carrier="text") is not None


def _is_headline(line: str) -> bool:
    return 0 < len(line) <= _HEADLINE_LENGTH and not line.endswith((".", "…", '."', ".”", ":", "!"))


def _find_lists(lines: list[str]) -> set[int]:
    """Where headings of `_LISTS` stand with nothing but entries behind them: hardly a line there ends a sentence."""
    headings = {
        number for number, line in enumerate(lines) if 0 < len(line) <= _HEADING_LENGTH and fold_line(line) in _LISTS
    }
    found: set[int] = set()
    entries = ended = 0
    for number in range(len(lines) - 1, min(headings, default=len(lines)) - 1, -1):  # mostly there is none
        line = lines[number]
        if number in headings and entries >= _LISTED and ended <= _SENTENCES * entries:
            found.add(number)
        entries += line != ""
        ended += _SENTENCE_END.search(line) is not None
    return found


def remove_boilerplate(text: str, *, cut: tuple[str, ...] = ()) -> CleanedText:
    """Take out of `text` (lines) what is not the article.

    `cut` are the outlet's own lines at which a text ends (`Source.cut`), compared by `fold`: all from the first of
    them on is removed. Headings of a comment form or of other stories end a text too, once a story stands above
    them. "Read also" goes together with the headline under it (TASS). Never raises; an empty text stays empty.
    """
    ends = {fold_line(line) for line in cut}
    kept: list[str] = []
    notes: list[str] = []
    removed: list[str] = []
    story = 0
    lines = [line.strip() for line in text.split("\n")]
    lists = _find_lists(lines)
    after_aside = False
    for number, line in enumerate(lines):
        if not line:
            if kept and kept[-1]:
                kept.append("")
            continue
        folded = fold_line(line)
        if folded in ends or (story >= _STORY_BEFORE_END and (folded in _ENDS or number in lists)):
            removed.extend(rest for rest in lines[number:] if rest)
            break
        if after_aside and _is_headline(line):
            removed.append(line)
            after_aside = False
        elif folded in _ANNOUNCES:
            removed.append(line)
            after_aside = True
        elif _is_label(line, folded) or (len(line) <= _HEADLINE_LENGTH and _ASIDE.fullmatch(folded)):
            removed.append(line)
        elif _is_note(line):
            notes.append(line)
        else:
            after_aside = False
            kept.append(line)
            story += len(line)
    return CleanedText(text="\n".join(kept).strip("\n"), notes=tuple(notes), removed=tuple(removed))
