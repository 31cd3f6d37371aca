"""Small words that turn or weigh a sentence, for a few languages; it must not know any topic.

General knowledge of these languages, folded as `fold_text` does: negations and verbs that deny (English
grammar calls them inherently negative), cardinal numbers, verbs of speech, and opposites of which a sentence says
one. Words that are common ones of another of these languages (Turkish "on", ten) are left out.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# en, ru, uk, de, fr, es, it, pt, tr, az
NEGATIONS = _set(
    """
    no not never neither nor none nobody nothing cannot without unable false untrue
    deny denies denied denying denial refuse refuses refused refusing reject rejects rejected rejecting rejection
    refute refutes refuted refuting
    не нет ни никогда никто ничего без нельзя отрицает отрицают отрицал отрицала отрицали опроверг опровергла опровергли
    опровергает опровергают опровержение отказался отказалась отказались отказывается отказ отверг отвергла отвергли
    отвергает
    відмовився відмовилася відмовилися заперечує заперечив заперечили спростував спростувала спростували ні немає
    nicht kein keine keinen keiner keinem nie niemals ohne bestreitet bestritt dementiert dementierte lehnt
    ne pas jamais aucun aucune sans dément démenti refuse refusé rejette rejeté
    nunca sin niega negó rechaza rechazó desmiente desmintió
    non senza nega negato smentisce smentito rifiuta rifiutato respinge
    não sem negou desmentiu recusou rejeitou
    değil yok hayır reddetti reddediyor yalanladı
    deyil yox xeyr təkzib
    """
)

_NUMBERS = {
    "2": "two два две двое zwei deux dos dois iki",
    "3": "three три трое drei trois tres tre três üç",
    "4": "four четыре четверо vier quatre cuatro quattro quatro dört dörd",
    "5": "five пять пятеро fünf cinq cinco cinque beş",
    "6": "six шесть шестеро sechs seis altı",
    "7": "seven семь семеро sieben siete sette sete yedi yeddi",
    "8": "eight восемь acht huit ocho otto oito sekiz səkkiz",
    "9": "nine девять neun nueve nove dokuz doqquz",
    "10": "ten десять zehn dix diez dieci dez",
    "11": "eleven одиннадцать elf onze undici",
    "12": "twelve двенадцать zwölf douze doce dodici doze",
    "13": "thirteen тринадцать dreizehn treize trece tredici",
    "14": "fourteen четырнадцать vierzehn quatorze catorce quattordici",
    "15": "fifteen пятнадцать fünfzehn quinze quince quindici",
    "16": "sixteen шестнадцать sechzehn seize dieciséis sedici",
    "17": "seventeen семнадцать siebzehn dix-sept diecisiete diciassette",
    "18": "eighteen восемнадцать achtzehn dix-huit dieciocho diciotto",
    "19": "nineteen девятнадцать neunzehn dix-neuf diecinueve diciannove",
    "20": "twenty двадцать zwanzig vingt veinte venti vinte yirmi iyirmi",
    "30": "thirty тридцать dreißig trente treinta trenta trinta otuz",
    "40": "forty сорок vierzig quarante cuarenta quaranta quarenta kırk qırx",
    "50": "fifty пятьдесят fünfzig cinquante cincuenta cinquanta elli əlli",
    "60": "sixty шестьдесят sechzig soixante sesenta sessanta",
    "70": "seventy семьдесят siebzig setenta settanta",
    "80": "eighty восемьдесят achtzig ochenta ottanta",
    "90": "ninety девяносто neunzig noventa novanta",
    "dozen": "dozen dozens десятки десятков dutzende dizaines decenas decine",
    "hundred": "hundred hundreds сто сотни сотен hundert hunderte centaines cien cientos cento centinaia yüz",
    "thousand": "thousand thousands тысяча тысячи тысяч tausend tausende mille milliers miles mila",
    "million": "million millions миллион миллиона миллионов millionen millón millones milione milioni milyon",
    "billion": "billion billions миллиард миллиарда миллиардов milliarde milliarden milliard milliards milyar milyard",
    "half": "half половина половину",
}
FIGURES = {word: figure for figure, words in _NUMBERS.items() for word in words.split()}

SPEECH = _set(
    """
    said says say told tells stated states announced announces confirmed confirms reported reports added claimed claims
    сказал сказала сказали заявил заявила заявили сообщил сообщила сообщили сообщает отметил отметила подтвердил
    подтвердила подтвердили рассказал рассказала заявив повідомив повідомила повідомили заявив
    sagte sagten erklärte erklärten mitteilte déclaré dit affirmé annoncé
    dijo dijeron declaró afirmó anunció detto dichiarato disse afirmou
    dedi söyledi açıkladı bildirdi deyib bildirib
    """
)
ABOUT = frozenset({"according", "согласно", "laut", "selon", "según", "secondo", "segundo", "словам", "данным"})

# One pair a line, parted by a bar.
_PAIRS = """
rise rises rose risen rising increase increases increased up higher |\
 fall falls fell fallen falling decrease decreases decreased drop drops dropped decline declines declined down lower
win wins won victory | lose loses lost defeat
open opens opened reopen reopens reopened | close closes closed shut shuts
begin begins began start starts started resume resumes resumed |\
 end ends ended stop stops stopped halt halts halted suspend suspends suspended
support supports supported back backs backed | oppose opposes opposed
accept accepts accepted agree agrees agreed approve approves approved |\
 decline declines declined disagree disagrees disagreed veto vetoes vetoed
allow allows allowed permit permits permitted |\
 ban bans banned forbid forbids prohibit prohibits prohibited block blocks blocked
guilty convicted | innocent acquitted
alive survived | dead killed died
true genuine | fake
possible likely | impossible unlikely
join joins joined enter enters entered | leave leaves left quit quits withdraw withdraws withdrew
вырос выросла выросли растет увеличился увеличилось | упал упала упали снизился снизилась снизилось сократился
открыт открыли открыла открыл | закрыт закрыли закрыла закрыл
начал начали началось началась | прекратил прекратили прекратилось закончил закончили
поддержал поддержала поддержали | осудил осудила осудили
разрешил разрешили разрешено | запретил запретили запрещено
"""
OPPOSITES = tuple(
    (frozenset(one.split()), frozenset(other.split()))
    for one, other in (line.split("|") for line in _PAIRS.strip().splitlines())
)
