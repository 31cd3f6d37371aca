"""Lines in which an outlet speaks of its own page – corrections, retractions, clocks, counters, links to other pieces;
it must not judge the news itself.

Phrases are those that news desks print, by their public corrections practice (AP "Corrects …", Reuters "(Corrects …)",
"An earlier version of this article …", TASS and Interfax "аннулируется"), on folded text: those of corrections and
retractions for some forty languages (`monitor.text.words.notice_formulas`), the others for a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.text.content_hash import fold_text
from monitor.text.words.notice_formulas import (
    CORRECTED,
    CORRECTED_HEADINGS,
    HEADED,
    LETTERS,
    RETRACTED,
    RETRACTED_HEADINGS,
)

_SCRIPTS = {script: re.compile(f"[{letters}]") for script, letters in LETTERS.items()}


def _compile(headings: Mapping[str, str], sentences: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {script: re.compile(rf"^\W{{0,3}}(?:{headings[script]}){HEADED}|{sentences[script]}") for script in headings}


_CORRECTION = _compile(CORRECTED_HEADINGS, CORRECTED)
_RETRACTION = _compile(RETRACTED_HEADINGS, RETRACTED)
_LABEL = re.compile(
    r"^(?:(?:live|breaking|urgent|flash|update|updated|exclusive|watch|video|photos?|срочно|молния|обновлено|eilmeldung"
    r"|urgente|son dakika|təcili)\s*(?:\d{1,2}|now|blog|updates)?\s*[:|—–-]\s*)+"
)
# A clock or a date, and the words around one in a line that is nothing else.
_TIME = re.compile(
    r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\b\d{1,4}(?:st|nd|rd|th)?\b|\b[ap]\.?m\b\.?"
    r"|\b(?:gmt|utc|msk|cet|cest|est|edt|bst)(?:[+-]\d{1,2})?\b|[+-]\d{1,2}\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b"
    r"|\b(?:январ|феврал|март|апрел|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]*\b|\bмая\b"
    r"|\b(?:minutes?|mins?|hours?|days?|seconds?|минут[аыу]?|час(?:а|ов)?|дн(?:я|ей)) (?:ago|read|назад)\b"
)
_STAMPED = re.compile(
    r"\b(?:last|first|updated?|published|posted|modified|created|edited|changed|date|time|at|on|by|ago|read"
    r"|обновлено|опубликовано|изменено|дата|время|назад|в|aktualisiert|veröffentlicht|stand|uhr|publié|modifié"
    r"|mis à jour|le|à"
    r"|actualizado|publicado|aggiornato|pubblicato|atualizado|güncelleme|güncellendi|yayınlanma|yenilənib|tarix|tarih)\b"
)
_COUNTED = (
    r"(?:views?|reads?|readers|comments?|shares?|likes?|reactions?|votes?|downloads?|просмотр\w*|комментари\w*|прочтени\w*"
    r"|лайк\w*|перегляд\w*|aufrufe|kommentare?|vues|commentaires?|visitas|comentarios?|visualizzazioni|commenti"
    r"|görüntülenme|okunma|yorum|baxış|oxunma|şərh)"
)
_AMOUNT = r"\d[\d.,\u00a0\u202f ]*[kmкм]?"
_COUNTER = re.compile(
    rf"^\W*(?:(?:{_AMOUNT}\s*{_COUNTED}|{_COUNTED}\s*[:(]?\s*{_AMOUNT}\)?|no {_COUNTED}(?: yet)?)(?:\s*[|·•,/]\s*|$))+$"
)
_RELATED = re.compile(
    r"^\W{0,3}(?:(?:read|see) (?:also|more|next)|also read|related(?: (?:articles?|stories|news|links|posts))?"
    r"|more (?:on|from|news|stories)|most (?:read|popular|viewed)|recommended(?: for you)?"
    r"|you (?:may|might) (?:also )?like|latest news|popular|trending|don't miss"
    r"|читайте также|читать также|по теме|материалы по теме|другие новости|популярное|смотрите также|читайте також"
    r"|lesen sie auch|mehr zum thema|lire aussi|à lire aussi|lea también|te puede interesar|leggi anche|leia também"
    r"|ilgili haberler|ayrıca okuyun|həmçinin oxuyun|əlaqəli xəbərlər)\b\s*(?P<rest>.*)$"
)
_STAMP_WORDS = 14  # a line of nothing but times is short; a sentence that names a time is longer or says more
_SAID = re.compile(r"[^\W\d_]{2,}")


def is_correction(folded: str) -> bool:
    """Whether a folded line says that the piece was corrected."""
    return _says(folded, _CORRECTION)


def is_retraction(folded: str) -> bool:
    """Whether a folded line takes the piece back."""
    return _says(folded, _RETRACTION)


def _says(folded: str, formulas: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a line says a formula of a script that it has letters of."""
    if folded.isascii():
        return formulas["latin"].search(folded) is not None
    return any(
        letters.search(folded) is not None and formulas[script].search(folded) is not None
        for script, letters in _SCRIPTS.items()
    )


def is_publisher_notice(folded: str) -> bool:
    """Whether a folded line corrects the piece or takes it back."""
    return is_correction(folded) or is_retraction(folded)


def strip_label(folded: str) -> str:
    """A folded headline without "LIVE:", "UPDATE 2:" and their like."""
    return _LABEL.sub("", folded)


def keep_essential_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines of a text that belong to the piece: not clocks, counters, or links to other pieces.

    A heading such as "Read also" takes the lines below it with it as long as they do not end like sentences.
    """
    kept: list[str] = []
    linking = False
    for line in lines:
        folded = fold_text(line)
        related = _RELATED.match(folded)
        ended = re.search(r"[.!?…][\"')\]]*$", folded) is not None
        if related is not None and (not related["rest"] or related["rest"][0] in ":|-" or not ended):
            linking = not related["rest"].strip(":|- ")
        elif linking and not ended:
            continue
        else:
            linking = False
            if not (_stamp(folded) or _COUNTER.match(folded)):
                kept.append(line)
    return tuple(kept)


def _stamp(folded: str) -> bool:
    if len(folded.split()) > _STAMP_WORDS or not (_TIME.search(folded)):
        return False
    return _SAID.search(_STAMPED.sub(" ", _TIME.sub(" ", folded))) is None
