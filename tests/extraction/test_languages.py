"""A page in each language and script of the labelled sets and of the outlets we know, with words of our own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.extraction.extract import extract_article
from monitor.model.page import Article, Outcome, Page, Rejection

# Headline, two paragraphs, and a paragraph that offers a subscription where the rest of a report would stand.
TEXTS = {
    "en": (
        "Ferry vote put off",
        "The harbour council met on Monday and put off its vote on the new ferry line, its chairman told reporters.",
        "A new date was not named, and the yard that builds the two boats wants an answer before the end of the month.",
    ),
    "de": (
        "Abstimmung über die Fähre vertagt",
        "Der Hafenrat hat am Montag getagt und die Abstimmung über die neue Fährlinie vertagt, sagte der Vorsitzende.",
        "Ein neuer Termin wurde nicht genannt, und die Werft verlangt noch vor dem Ende des Monats eine Antwort.",
    ),
    "fr": (
        "Le vote sur le bac est reporté",
        "Le conseil du port s'est réuni lundi et a reporté le vote sur la nouvelle ligne de bac, a dit son président.",
        "Aucune nouvelle date n'a été fixée, et le chantier naval demande une réponse avant la fin du mois.",
    ),
    "es": (
        "Aplazada la votación sobre el transbordador",
        "El consejo del puerto se reunió el lunes y aplazó la votación sobre la nueva línea, dijo su presidente.",
        "No se ha fijado una nueva fecha, y el astillero pide una respuesta antes de que termine el mes.",
    ),
    "pt": (
        "Votação sobre a balsa é adiada",
        "O conselho do porto reuniu-se na segunda-feira e adiou a votação sobre a nova linha, disse o presidente.",
        "Não foi marcada uma nova data, e o estaleiro que constrói os dois barcos quer uma resposta até ao fim do mês.",
    ),
    "it": (
        "Rinviato il voto sul traghetto",
        "Il consiglio del porto si è riunito lunedì e ha rinviato il voto sulla nuova linea, ha detto il presidente.",
        "Non è stata fissata una nuova data, e il cantiere chiede una risposta prima della fine del mese.",
    ),
    "nl": (
        "Stemming over de veerboot uitgesteld",
        "De havenraad kwam maandag bijeen en stelde de stemming over de nieuwe veerlijn uit, zei de voorzitter.",
        "Een nieuwe datum werd niet genoemd, en de werf wil nog voor het einde van de maand een antwoord hebben.",
    ),
    "da": (
        "Afstemningen om færgen er udskudt",
        "Havnerådet mødtes mandag og udskød afstemningen om den nye færgerute, sagde formanden efter mødet.",
        "Der blev ikke nævnt en ny dato, og værftet, som bygger de to både, vil have svar inden månedens udgang.",
    ),
    "no": (
        "Avstemningen om fergen er utsatt",
        "Havnerådet møttes mandag og utsatte avstemningen om den nye fergeruten, sa lederen etter seks timers møte.",
        "Det ble ikke nevnt noen ny dato, og verftet som bygger de to båtene, vil ha svar før måneden er over.",
    ),
    "sv": (
        "Omröstningen om färjan skjuts upp",
        "Hamnrådet möttes på måndagen och sköt upp omröstningen om den nya färjelinjen, sade ordföranden efteråt.",
        "Något nytt datum nämndes inte, och varvet som bygger de två båtarna vill ha svar före månadens slut.",
    ),
    "is": (
        "Atkvæðagreiðslu um ferjuna frestað",
        "Hafnarráðið kom saman á mánudag og frestaði atkvæðagreiðslu um nýju ferjuleiðina, sagði formaðurinn.",
        "Ný dagsetning var ekki nefnd og skipasmíðastöðin vill fá svar áður en mánuðurinn er á enda.",
    ),
    "tr": (
        "Feribot oylaması ertelendi",
        "Liman meclisi pazartesi günü toplandı ve yeni feribot hattı için yapılacak oylamayı erteledi, dedi başkan.",
        "Yeni bir tarih açıklanmadı, iki tekneyi yapan tersane ise ay sonuna kadar bir yanıt bekliyor.",
    ),
    "id": (
        "Pemungutan suara tentang feri ditunda",
        "Dewan pelabuhan bertemu pada hari Senin dan menunda pemungutan suara tentang jalur feri yang baru.",
        "Tanggal yang baru belum disebutkan, dan galangan kapal menginginkan jawaban sebelum akhir bulan ini.",
    ),
    "pl": (
        "Głosowanie w sprawie promu odłożone",
        "Rada portu zebrała się w poniedziałek i odłożyła głosowanie w sprawie nowej linii, powiedział prezes.",
        "Nowego terminu nie podano, a stocznia, która buduje obie łodzie, chce odpowiedzi przed końcem miesiąca.",
    ),
    "ru": (
        "Голосование по парому отложено",
        "Совет порта собрался в понедельник и отложил голосование по новой паромной линии, сообщил председатель.",
        "Новую дату не назвали, а верфь, которая строит два судна, ждёт ответа до конца месяца.",
    ),
    "uk": (
        "Голосування щодо порома відкладено",
        "Рада порту зібралася в понеділок і відклала голосування щодо нової поромної лінії, повідомив голова.",
        "Нової дати не назвали, а верф, яка будує два судна, чекає на відповідь до кінця місяця.",
    ),
    "az": (
        "Bərə üzrə səsvermə təxirə salındı",
        "Liman şurası bazar ertəsi toplaşdı və yeni bərə xətti üzrə səsverməni təxirə saldı, sədr bildirib.",
        "Yeni tarix açıqlanmadı, iki gəmini inşa edən tərsanə isə ayın sonuna qədər cavab gözləyir.",
    ),
    "hy": (
        "Լաստանավի քվեարկությունը հետաձգվեց",
        "Նավահանգստի խորհուրդը հավաքվեց երկուշաբթի և հետաձգեց նոր գծի քվեարկությունը, ասաց նախագահը։",
        "Նոր օր չնշվեց, իսկ նավաշինարանը պատասխան է ուզում մինչև ամսի վերջը։",
    ),
    "ka": (
        "ბორნის კენჭისყრა გადაიდო",
        "ნავსადგურის საბჭო ორშაბათს შეიკრიბა და ახალი ხაზის კენჭისყრა გადადო, განაცხადა თავმჯდომარემ.",
        "ახალი თარიღი არ დასახელებულა, გემთმშენებელი კი პასუხს თვის ბოლომდე ელოდება.",
    ),
    "el": (
        "Αναβλήθηκε η ψηφοφορία για το πλοίο",
        "Το συμβούλιο του λιμανιού συνήλθε τη Δευτέρα και ανέβαλε την ψηφοφορία για τη νέα γραμμή, είπε ο πρόεδρος.",
        "Νέα ημερομηνία δεν ανακοινώθηκε, και το ναυπηγείο ζητεί απάντηση πριν από το τέλος του μήνα.",
    ),
    "ar": (
        "تأجيل التصويت على العبارة",
        "اجتمع مجلس الميناء يوم الاثنين وأجل التصويت على خط العبارات الجديد، كما قال رئيس المجلس للصحفيين.",
        "لم يحدد موعد جديد، ويريد حوض بناء السفن الذي يبني القاربين جوابا قبل نهاية الشهر.",
    ),
    "fa": (
        "رأی‌گیری درباره کشتی به تعویق افتاد",
        "شورای بندر روز دوشنبه تشکیل جلسه داد و رأی‌گیری درباره خط تازه را به تعویق انداخت، رئیس شورا گفت.",
        "تاریخ تازه‌ای اعلام نشد و کارگاه کشتی‌سازی پیش از پایان ماه پاسخ می‌خواهد.",
    ),
    "he": (
        "ההצבעה על המעבורת נדחתה",
        "מועצת הנמל התכנסה ביום שני ודחתה את ההצבעה על קו המעבורת החדש, כך אמר יושב הראש לכתבים.",
        "מועד חדש לא נקבע, והמספנה שבונה את שתי הסירות רוצה תשובה לפני סוף החודש.",
    ),
    "hi": (
        "नौका पर मतदान टल गया",
        "बंदरगाह परिषद की बैठक सोमवार को हुई और नई नौका सेवा पर मतदान टाल दिया गया, अध्यक्ष ने पत्रकारों को बताया।",
        "नई तारीख नहीं बताई गई, और दो नावें बनाने वाला कारखाना महीने के अंत से पहले उत्तर चाहता है।",
    ),
    "th": (
        "เลื่อนการลงมติเรื่องเรือข้ามฟาก",
        "สภาท่าเรือประชุมเมื่อวันจันทร์และเลื่อนการลงมติเรื่องเส้นทางเรือข้ามฟากสายใหม่ ประธานกล่าวกับผู้สื่อข่าว",
        "ยังไม่มีการกำหนดวันใหม่ และอู่ต่อเรือที่สร้างเรือสองลำต้องการคำตอบก่อนสิ้นเดือนนี้",
    ),
    "zh": (
        "渡轮表决推迟",
        "港口委员会周一开会，推迟了对新渡轮航线的表决，主席在会后对记者表示，委员们未能就费用达成一致。",
        "新的日期没有公布，建造两艘船的船厂希望在月底之前得到答复，否则价格将会上涨。",
    ),
    "ja": (
        "連絡船の採決を延期",
        "港湾委員会は月曜日に会合を開き、新しい連絡船の航路についての採決を延期したと委員長が記者団に語った。",
        "新しい日程は示されておらず、二隻の船を造る造船所は月末までに回答を求めている。",
    ),
    "ko": (
        "여객선 표결 연기",
        "항만 위원회는 월요일 회의를 열고 새 여객선 노선에 대한 표결을 연기했다고 위원장이 기자들에게 말했다.",
        "새 날짜는 정해지지 않았으며, 두 척의 배를 짓는 조선소는 월말까지 답을 달라고 요구하고 있다.",
    ),
}
OFFERS = {
    "en": "Subscribe to read the full article",
    "de": "Weiterlesen mit einem Abo: Jetzt abonnieren und den ganzen Artikel lesen",
    "fr": "Cet article est réservé aux abonnés",
    "es": "Contenido exclusivo para suscriptores",
    "ru": "Полный текст доступен только по подписке",
    "ja": "この記事は有料会員限定です",
}


def read(body: str, declared: str = "") -> Article | Rejection:
    address = "https://herald.example/news/868168"
    return extract_article(
        Page(
            url=address,
            final_url=address,
            status=200,
            headers={"content-type": "text/html; charset=utf-8"},
            body=f"<!DOCTYPE html><html{declared}><head></head><body>{body}</body></html>".encode(),
            fetched_at=datetime(2026, 11, 29, 12, tzinfo=UTC),
        )
    )


@pytest.mark.parametrize("language", TEXTS)
def test_a_report_in_any_script_is_read_whole(language: str) -> None:
    """Beside comments and teasers in the same language, on a page that declares another one."""
    title, first, second = TEXTS[language]
    menu = f"<nav><a href='/'>{title[:4]}</a></nav>"
    comments = "".join(f"<div class='c'><b>{title[:5]}</b><p>{second} {first}</p></div>" for _ in range(3))
    teaser = f"<ul><li><a href='/a'>{second}</a></li><li><a href='/b'>{first}</a></li></ul>"
    story = f"<main><article><h1>{title}</h1><p>{first}</p><p>{second}</p></article></main>"
    found = read(f"{menu}{story}<section>{comments}</section>{teaser}", " lang='en'")
    assert isinstance(found, Article), found
    assert (found.title, found.text, found.language) == (title, f"{first}\n\n{second}", language)


@pytest.mark.parametrize("language", OFFERS)
def test_an_offer_in_the_article_s_place_is_a_wall(language: str) -> None:
    title, first, _ = TEXTS[language]
    found = read(f"<main><article><h1>{title}</h1><p>{first}</p><p>{OFFERS[language]}</p></article></main>")
    assert isinstance(found, Rejection), found
    assert found.outcome is Outcome.PAYWALL
