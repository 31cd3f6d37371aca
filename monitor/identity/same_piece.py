"""Whether a page found by what it says of its address is the piece known by that name; pure.

Requirements: an outlet whose pages share one canonical address or shortlink must not lose an article to it; a piece
that moved, or is listed under a second address, stays one piece. Theory of operation: a name that a page states counts
while the texts agree: the same text, one the piece has had, or an edit of the present one, dated on the same day. What
it will miss: a piece that moved and was rewritten at once (a second article, mostly a near-copy of the first); two
bulletins of one day in the same words under one canonical address (one piece with an edit).
"""

from __future__ import annotations

from monitor.identity.decide import DAYS_APART
from monitor.identity.edits import compare_versions
from monitor.model.identity import Recall, Version
from monitor.model.page import Reading

# Share of the earlier text's words that still stand there. Of 3,210 pairs of different articles, each with the likest
# one of its outlet (eight sets of gold/subjects), 2.1 % reach .5, in the worst set 6.8 % (.4: 3.1 and 10.2 %; .6: 1.6
# and 6.3 %); of 162 lightly edited reports (gold/duplicates) 94 % do. What falls short is a second article and then
# mostly a near-copy; what reaches it falsely would be an article lost, so it is not lower.
SAME_TEXT = 0.5


def is_same_piece(reading: Reading, recall: Recall) -> bool:
    """Whether `reading` is the known article of `recall`, as its page says; `recall` has one."""
    known, before = recall.known, recall.before
    if known is None or before is None:
        raise ValueError("nothing is known to compare with")
    if any(text.content_hash == reading.content_hash for text in recall.texts):
        return True
    article = reading.article
    at = article.published.at if article.published else None
    if at is not None and known.published_at is not None:
        other_day = at.date() != known.published_at.date() and abs(at - known.published_at) >= DAYS_APART
        if other_day:
            return False
    later = Version(title=article.title, lead=article.lead, text=article.text)
    return compare_versions(before, later, article.language).kept >= SAME_TEXT
