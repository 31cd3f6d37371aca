"""Lines in which an outlet speaks of its own page – corrections, retractions, clocks, counters, links to other pieces;
it must not judge the news itself.

Phrases are those that news desks print, by their public corrections practice (AP "Corrects …", Reuters "(Corrects …)",
"An earlier version of this article …", TASS and Interfax "аннулируется"), for a few languages, on folded text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.text.content_hash import fold_text

_PIECE = r"(?:article|story|report|item|dispatch|post|piece|headline|text|page|version)"
_CORRECTION = re.compile(
    r"^\W{0,3}(?:(?:correction|clarification|corrected|corrigendum|erratum|editor's note|editors' note"
    r"|исправление|исправлено|уточнение|поправка|от редакции|виправлення|уточнення"
    r"|korrektur|berichtigung|richtigstellung|klarstellung|anmerkung der redaktion"
    r"|rectificatif|corrección|rectificación|fe de errores|aclaración|correzione|rettifica|errata corrige"
    r"|correção|errata|düzeltme|düzəliş)\b\s*[:(—–.-]|corrects\b)"
    rf"|\b(?:earlier|previous|original|initial|prior) version of (?:this|the) {_PIECE}\b"
    rf"|\bthis {_PIECE} (?:has been|was) (?:corrected|amended|clarified|updated to correct)\b"
    r"|\bв (?:более ранней|первоначальной|предыдущей|прежней) версии\b"
    r"|\b(?:текст|заголовок|материал) (?:был )?(?:исправлен|уточнен|уточнён)\b"
    r"|\bin einer (?:früheren|vorherigen|ersten) (?:version|fassung)\b"
    r"|\bune version (?:précédente|antérieure|initiale)\b"
    r"|\buna versión (?:anterior|previa)\b|\buna versione precedente\b|\buma versão anterior\b"
)
_RETRACTION = re.compile(
    r"^\W{0,3}(?:(?:retraction|retracted|withdrawn|story withdrawn|story removed|story retracted|article removed"
    r"|kill|mandatory kill|аннулировано|отозвано|опровержение|zurückgezogen|rétractation|retractación|retirado)"
    r"\b\s*[:(—–.\-\]])"
    rf"|\b(?:this|the) {_PIECE} (?:has been|have been|is|was) "
    r"(?:retracted|withdrawn|removed|deleted|taken down|unpublished)\b"
    r"|\b(?:retract|retracts|retracted|retracting|withdraw|withdraws|withdrawn|withdrawing) "
    rf"(?:this|the|its|our) {_PIECE}\b"
    rf"|\bthis {_PIECE} is no longer available\b"
    r"|\b(?:материал|сообщение|новость|статья|публикация|текст) (?:был[ао]? )?"
    r"(?:аннулирован|отозван|удал[её]н|снят)[ао]?\b"
    r"|\b(?:просим|просьба) (?:аннулировать|не использовать)\b|\bаннулиру(?:ет|ется)\b"
    r"|\b(?:artikel|beitrag|meldung|text) wurde (?:zurückgezogen|entfernt|gelöscht)\b"
    r"|\b(?:article|dépêche) a été (?:retiré|supprimé|annulé)e?\b"
    r"|\b(?:artículo|nota|noticia) (?:ha sido|fue) (?:retirad|eliminad)[oa]\b"
    r"|\b(?:haber|yazı) (?:kaldırılmıştır|kaldırıldı|geri çekilmiştir|yayından kaldırıldı)\b"
    r"|\b(?:xəbər|məqalə) (?:silinib|geri götürülüb|ləğv edilib)\b"
)
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
    return _CORRECTION.search(folded) is not None


def is_retraction(folded: str) -> bool:
    """Whether a folded line takes the piece back."""
    return _RETRACTION.search(folded) is not None


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
