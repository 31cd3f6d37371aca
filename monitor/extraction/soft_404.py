"""What a site answers for an address that does not exist, and whether a page looks like that; it must not fetch.

Theory of operation: some sites answer 200 to everything, with a front page, a list or an apology (a soft 404). Asked
for an address nobody ever published, such a site shows what it shows for a piece that is gone. Where that answer
passes for an article, it is kept – headline and the sketch of its text – and a page whose own headline is not the one
that was announced is held against it. What it will miss: a front page whose texts have all changed since, and sites
that answer differently per section. An announced headline on the page always speaks for the page.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from urllib.parse import urlsplit, urlunsplit

from monitor.model.identity import Absence
from monitor.model.moment import Moment
from monitor.model.page import Article
from monitor.text.near_duplicates import compare_signatures, hash_lines, sign_text
from monitor.text.title_likeness import compare_titles, split_title_words

# Share of a page's text that stands on the learned page: so much of an article's own text never does, unless it is
# a flash of two lines that the learned front page quotes, and then its headline is the one announced.
_ALIKE = 0.6
_ALIKE_UNDER_ONE_HEADLINE = 0.3
_ALIKE_UNANNOUNCED = 0.8  # where nobody said what the headline should be
# Likeness of headlines from which the page is taken at its word. `refusal` asks for a fifth, which one "the" gives
# two short headlines; with a likeness to what the site shows for nothing, more must speak for the page.
_ANNOUNCED = 0.5
_VAGUE = frozenset({"text", "htmldate"})  # carriers of dates that any page may have


def make_missing_address(article: str, token: str) -> str:
    """An address beside that of an article which nobody published: same site and folder, same ending.

    `token` (any text) decides its letters, so that the same one gives the same address.
    """
    parts = urlsplit(article)
    folder, _, last = parts.path.rstrip("/").rpartition("/")
    ending = re.search(r"\.[a-z]{3,5}$", last)
    word = "".join(chr(ord("a") + byte % 26) for byte in blake2b(token.encode(), digest_size=12).digest())
    slash = "/" if parts.path.endswith("/") and folder + last else ""
    path = f"{folder}/no-such-page-{word}{ending[0] if ending else ''}{slash}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def learn_absence(article: Article) -> Absence:
    """What is kept of an answer that passed for an article; nobody announced it, so its headline is its own."""
    return Absence(title=article.title, signature=sign_text(hash_lines(article.text)))


def find_absence_reason(
    title: str | None, text: str, published: Moment | None, expected: str | None, absence: Absence
) -> str | None:
    """Why a page is what its site shows for addresses that do not exist; None where it may be an article.

    `title` is the headline that the page itself shows, `expected` the one that an endpoint announced.
    """
    if expected is not None and title is not None and compare_titles(expected, title) >= _ANNOUNCED:
        return None
    same = (
        title is not None and absence.title is not None and split_title_words(title) == split_title_words(absence.title)
    )
    signature = sign_text(hash_lines(text))
    share = 1 - compare_signatures(signature, absence.signature).added
    if signature.sketch and signature.sketch == absence.signature.sketch:  # too short to compare, but the very words
        share = 1.0
    if expected is not None:
        alike = share >= (_ALIKE_UNDER_ONE_HEADLINE if same else _ALIKE)
    else:
        alike = same and share >= _ALIKE_UNANNOUNCED and (published is None or published.carrier in _VAGUE)
    if not alike:
        return None
    shown = f"headline {title!r}, " if same else ""
    return f"soft 404: {shown}{share:.0%} of its text is what the site shows for an address that does not exist"
