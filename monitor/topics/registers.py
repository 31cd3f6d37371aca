"""Manners of speaking that make a known name mean something else; general lists that know no topic.

A club, a player or a ship may carry the name of a place or a politician. When a text speaks like a sports page and
the seeds never do, its names are discounted. It will miss a club named in passing without any word of sport.
"""

from __future__ import annotations

from collections.abc import Iterable

# Only words that hardly mean anything else in news: no "match", "goal", "team", "race", "win".
_SPORT_WORDS = """
fc fk afc cf sc bk uefa fifa fiba nba nhl nfl mlb atp wta ufc wimbledon football footballer footballers soccer
futsal tennis basketball volleyball handball hockey rugby cricket baseball golf judo sambo biathlon wrestling
wrestler gymnastics gymnast swimmer sprinter marathon snooker badminton motogp grandprix formula1 midfielder
striker goalkeeper winger quarterfinal quarterfinals semifinal semifinals playoff playoffs hattrick kickoff
league bundesliga laliga seriea ligue superliga premierleague championsleague europaleague conferenceleague
worldcup grandslam olympic olympics olympian medalist medallist skating skater freestyle weightlifting
weightlifter powerlifting racket racquet tiebreak
"""
# The same in Russian, Azerbaijani, Turkish and Armenian, folded as `tokens` folds them (й as и, ı as i).
_SPORT_ABROAD = """
фк уефа фифа футбол футбола футболе футбольныи футбольного футбольном футбольная футбольнои футболист футболиста
футболисты футболистов матч матча матче матчи матчеи лига лиги лиге лигу чемпионат чемпионата чемпионате вратарь
вратаря полузащитник полузащитника баскетбол баскетбола волеибол волеибола хоккеи хоккея теннис тенниса теннисист
теннисистка дзюдо
futbol futbolu futbolda futbolcu futbolcular futbolcusu futbolculari futbolcularin liqa liqasi liqasinda ligi liginde
maci macinda maclari oyuncusu qapicisi qapici kalecisi kaleci forvet basketbol voleybol
ֆուտբոլ ֆուտբոլի ֆուտբոլային ֆուտբոլիստ ֆուտբոլիստները առաջնություն առաջնության դարպասապահ բասկետբոլ
"""

REGISTERS: dict[str, frozenset[str]] = {"sport": frozenset((_SPORT_WORDS + _SPORT_ABROAD).split())}


def find_registers(keys: Iterable[str]) -> dict[str, frozenset[str]]:
    """Which distinct words of each register stand among folded `keys`; registers without a word are left out."""
    present = frozenset(keys)
    return {name: found for name, words in REGISTERS.items() if (found := words & present)}
