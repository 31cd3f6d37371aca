"""Which links of a home page lead to its list of all news, by their words; pure.

The phrases are those that outlets write on such links, by language: first those that say "all" or "latest", then those
that say "news" alone, which may be one section's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from monitor.text.html_text import normalize_line

_MOST = 3  # each costs a request
_LONGEST = 200  # characters, with the blanks of its markup: a longer link is a teaser
_PUNCTUATION = re.compile(r"[\W_]+")

_ALL = """
all news|all articles|all stories|all posts|latest|latest news|latest articles|latest stories|more news
|news archive|все новости|лента новостей|последние новости|лента|усі новини|всі новини|останні новини
|стрічка новин|всички новини|последни новини|усе навіны|све вести|najnovije vesti|sve vesti|sve vijesti
|alle nachrichten|alle meldungen|alle artikel|neueste nachrichten|toutes les actualités|toute l actualité
|toutes les actus|dernières nouvelles|en continu|todas las noticias|últimas noticias|lo último|todas as notícias
|últimas notícias|tutte le notizie|ultime notizie|wszystkie wiadomości|najnowsze wiadomości|al het nieuws
|alle nieuws|laatste nieuws|alla nyheter|senaste nytt|alle nyheder|seneste nyt|alle nyheter|siste nytt
|kaikki uutiset|tuoreimmat|kõik uudised|visas ziņas|visos naujienos|všechny zprávy|aktuální zprávy|všetky správy
|összes hír|friss hírek|toate știrile|ultimele știri|të gjitha lajmet|tüm haberler|son haberler|son dakika
|bütün xəbərlər|son xəbərlər|бүгінгі жаңалықтар|барлық жаңалықтар|barcha yangiliklar|բոլոր նորությունները
|վերջին նորությունները|լրահոս|ყველა სიახლე|ახალი ამბები|όλα τα νέα|όλες οι ειδήσεις|τελευταία νέα|كل الأخبار
|جميع الأخبار|آخر الأخبار|همه اخبار|آخرین اخبار|תמام خبریں|کل خبریں|تازہ ترین|כל החדשות|חדשות אחרונות|全部新闻
|最新新闻|最新消息|滚动新闻|即時新聞|全部新聞|最新記事|新着記事|新着ニュース|最新ニュース|ニュース一覧|記事一覧
|전체기사|전체 기사|최신기사|최신뉴스|सभी समाचार|ताज़ा खबरें|ताज़ा समाचार|সব খবর|সর্বশেষ|அனைத்து செய்திகள்
|ข่าวทั้งหมด|ข่าวล่าสุด|tất cả tin|tin mới nhất|semua berita|berita terbaru|berita terkini|habari zote
"""
_NEWS = """
news|newsroom|articles|stories|archive|press releases|новости|новини|архив|архів|вести|vesti|vijesti|nachrichten
|meldungen|aktuelles|archiv|actualités|actus|archives|noticias|actualidad|notícias|notizie|attualità|wiadomości
|aktualności|nieuws|nyheter|nyheder|uutiset|uudised|ziņas|naujienos|zprávy|správy|hírek|știri|lajme|haberler
|xəbərlər|жаңалықтар|yangiliklar|նորություններ|სიახლეები|νέα|ειδήσεις|أخبار|الأخبار|اخبار|خبریں|חדשות|新闻|新聞
|ニュース|뉴스|समाचार|সংবাদ|செய்திகள்|ข่าว|tin tức|berita|habari
"""


def _key(words: str) -> str:
    return _PUNCTUATION.sub(" ", normalize_line(words)).strip().casefold()


_RANK = {_key(phrase): rank for rank, phrases in enumerate((_ALL, _NEWS)) for phrase in phrases.split("|")}


def find_list_links(links: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Of links (address, words) those called "all news" or the like: three at most, the surest first.

    Links to one address under other parameters or fragments are one.
    """
    found: dict[str, tuple[int, str]] = {}
    for url, words in links:
        rank = _RANK.get(_key(words)) if len(words) <= _LONGEST else None
        if rank is not None:
            place = urlsplit(url)._replace(fragment="").geturl()
            found[place] = min(found.get(place, (rank, place)), (rank, place))
    return tuple(sorted(found, key=lambda place: found[place][0])[:_MOST])
