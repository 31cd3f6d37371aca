"""What an edit changed is told in many languages: negations, opposites, numbers, corrections, retractions."""

from __future__ import annotations

import time

import pytest

from monitor.identity.edits import compare_versions
from monitor.model.identity import Version

# Language: a report; then what stands in it and what it gives way to: a denial, an opposite, another number; the line
# by which its outlet corrects it, and the one by which it takes it back.
CASES = {
    "hy": (
        "Նախարարությունը հաստատել է, որ նավահանգստում երեք բանվոր է տուժել։ Կամուրջը բացվել է առավոտյան։",
        ("հաստատել է", "չի հաստատել"),
        ("բացվել", "փակվել"),
        ("երեք", "չորս"),
        "Ուղղում՝ տուժածների թիվն ավելի փոքր է։",
        "Հոդվածը հեռացվել է խմբագրության որոշմամբ։",
    ),
    "ar": (
        "قال وزير النقل إن ثلاثة عمال أصيبوا في الميناء يوم الثلاثاء. وافتتح الجسر صباح اليوم أمام السيارات.",
        ("أصيبوا", "لم يصابوا"),
        ("وافتتح", "وأغلق"),
        ("ثلاثة", "أربعة"),
        "تصحيح: عدد المصابين أقل مما ورد.",
        "تم سحب هذا الخبر من الموقع.",
    ),
    "he": (
        "משרד התחבורה הודיע כי שלושה עובדים נפצעו בנמל ביום שלישי. הגשר נפתח הבוקר לתנועת כלי רכב.",
        ("נפצעו", "לא נפצעו"),
        ("נפתח", "נסגר"),
        ("שלושה", "ארבעה"),
        "תיקון: מספר הפצועים נמוך יותר.",
        "הידיעה בוטלה: המקור לא אומת.",
    ),
    "fa": (
        "وزیر راه گفت سه کارگر در بندر زخمی شدند و کار ادامه دارد. این پل صبح امروز برای خودروها باز شد.",
        ("ادامه دارد", "ادامه ندارد"),
        ("باز شد", "بسته شد"),
        ("سه کارگر", "چهار کارگر"),
        "اصلاحیه: شمار زخمی‌ها کمتر بود.",
        "لغو خبر: منبع تایید نشد.",
    ),
    "ka": (
        "სამინისტრომ განაცხადა, რომ პორტში სამი მუშა დაშავდა სამშაბათს. ხიდი დილით გაიხსნა მანქანებისთვის.",
        ("დაშავდა", "არ დაშავებულა"),
        ("გაიხსნა", "დაიხურა"),
        ("სამი მუშა", "ოთხი მუშა"),
        "შესწორება: დაშავებულთა რიცხვი ნაკლებია.",
        "სტატია წაიშალა რედაქციის გადაწყვეტილებით.",
    ),
    "el": (
        "Το υπουργείο ανακοίνωσε ότι τρεις εργάτες τραυματίστηκαν στο λιμάνι. Η γέφυρα άνοιξε το πρωί για τα οχήματα.",
        ("τραυματίστηκαν", "δεν τραυματίστηκαν"),
        ("άνοιξε", "έκλεισε"),
        ("τρεις", "τέσσερις"),
        "Διόρθωση: ο αριθμός είναι μικρότερος.",
        "Το άρθρο αποσύρθηκε από τη σύνταξη.",
    ),
    "zh": (
        "交通部表示，星期二港口有三名工人受伤。大桥今天早上开放通车，警方同意延长开放时间。",
        ("同意", "不同意"),
        ("早上开放", "早上关闭"),
        ("三名", "四名"),
        "更正：受伤人数有误。",
        "撤稿：消息来源未能核实。",
    ),
    "ja": (
        "国土交通省によると、港で三人の作業員がけがをした。橋は今朝開通し、警察は計画に合意した。",
        ("合意した", "合意しなかった"),
        ("合意した", "計画を否決した"),
        ("三人", "四人"),
        "訂正：けが人の数に誤りがありました。",
        "この記事を取り消します。",
    ),
    "ko": (
        "국토교통부는 화요일 항구에서 노동자 세 명이 다쳤다고 밝혔다. 다리는 오늘 아침 차량에 개방됐다.",
        ("다쳤다고", "다치지 않았다고"),
        ("개방됐다", "폐쇄됐다"),
        ("세 명", "네 명"),
        "정정: 부상자 수가 잘못됐습니다.",
        "이 기사는 삭제되었습니다.",
    ),
    "hi": (
        "परिवहन मंत्रालय ने कहा कि मंगलवार को बंदरगाह पर तीन मजदूर घायल हुए। पुल आज सुबह वाहनों के लिए खोला गया।",
        ("घायल हुए", "घायल नहीं हुए"),
        ("खोला गया", "बंद हो गया"),
        ("तीन", "चार"),
        "भूल सुधार: घायलों की संख्या कम है।",
        "यह खबर हटा दी गई है।",
    ),
    "es": (
        "El ministerio dijo que tres obreros resultaron heridos en el puerto. El puente abrió por la mañana.",
        ("resultaron", "no resultaron"),
        ("abrió", "cerró"),
        ("tres", "cuatro"),
        "Corrección: el número de heridos es menor.",
        "La nota fue retirada por la redacción.",
    ),
    "pt": (
        "O ministério disse que três operários ficaram feridos no porto. A ponte abriu de manhã ao trânsito.",
        ("ficaram", "não ficaram"),
        ("abriu", "fechou"),
        ("três", "quatro"),
        "Correção: o número de feridos é menor.",
        "A notícia foi retirada pela redação.",
    ),
    "pl": (
        "Ministerstwo podało, że trzech robotników zostało rannych w porcie. Most otwarto rano dla samochodów.",
        ("zostało", "nie zostało"),
        ("otwarto", "zamknięto"),
        ("trzech", "czterech"),
        "Sprostowanie: liczba rannych jest mniejsza.",
        "Artykuł został wycofany przez redakcję.",
    ),
    "uk": (
        "Міністерство заявило, що троє робітників постраждали в порту. Міст відкрили вранці для автомобілів.",
        ("постраждали", "не постраждали"),
        ("відкрили", "закрили"),
        ("троє", "четверо"),
        "Виправлення: кількість постраждалих менша.",
        "Матеріал було видалено редакцією.",
    ),
    "ru": (
        "Министерство заявило, что трое рабочих пострадали в порту. Мост открыли утром для автомобилей.",
        ("пострадали", "не пострадали"),
        ("открыли", "закрыли"),
        ("трое", "четверо"),
        "Исправление: пострадавших меньше.",
        "Материал был удалён редакцией.",
    ),
    "de": (
        "Das Ministerium sagte, dass drei Arbeiter im Hafen verletzt wurden. Die Brücke wurde am Morgen geöffnet.",
        ("verletzt wurden", "nicht verletzt wurden"),
        ("geöffnet", "geschlossen"),
        ("drei", "vier"),
        "Korrektur: Es waren weniger Verletzte.",
        "Der Artikel wurde zurückgezogen.",
    ),
    "fr": (
        "Le ministère a déclaré que trois ouvriers ont été blessés au port. Le pont a été ouvert le matin.",
        ("ont été", "n'ont pas été"),
        ("ouvert", "fermé"),
        ("trois", "quatre"),
        "Rectificatif : le nombre de blessés est moindre.",
        "Cet article a été supprimé par la rédaction.",
    ),
    "it": (
        "Il ministero ha detto che tre operai sono rimasti feriti nel porto. Il ponte è stato aperto al mattino.",
        ("sono rimasti", "non sono rimasti"),
        ("aperto", "chiuso"),
        ("tre", "quattro"),
        "Rettifica: i feriti sono meno.",
        "La notizia è stata ritirata dalla redazione.",
    ),
    "tr": (
        "Bakanlık limanda üç işçinin yaralandığını açıkladı ve çalışma başladı. Köprü sabah trafiğe açıldı.",
        ("başladı", "başlamadı"),
        ("açıldı", "kapatıldı"),
        ("üç", "dört"),
        "Düzeltme: yaralı sayısı daha azdır.",
        "Haber yayından kaldırıldı.",
    ),
    "az": (
        "Nazirlik limanda üç fəhlənin yaralandığını təsdiqlədi və iş başladı. Körpü səhər maşınlar üçün açıldı.",
        ("təsdiqlədi", "təsdiqləmədi"),
        ("açıldı", "bağlandı"),
        ("üç", "dörd"),
        "Düzəliş: yaralıların sayı azdır.",
        "Xəbər silinib, mənbə təsdiqlənməyib.",
    ),
    "nl": (
        "Het ministerie zei dat drie arbeiders gewond raakten in de haven. De brug werd in de ochtend geopend.",
        ("gewond raakten", "niet gewond raakten"),
        ("geopend", "gesloten"),
        ("drie", "vier"),
        "Correctie: er waren minder gewonden.",
        "Dit artikel is verwijderd door de redactie.",
    ),
    "sv": (
        "Ministeriet sade att tre arbetare skadades i hamnen på tisdagen. Bron öppnades och vägen är öppen i dag.",
        ("skadades", "inte skadades"),
        ("är öppen", "är stängd"),
        ("tre", "fyra"),
        "Rättelse: antalet skadade var lägre.",
        "Artikeln har tagits bort av redaktionen.",
    ),
    "cs": (
        "Ministerstvo uvedlo, že v přístavu byli zraněni tři dělníci a práce skončily. Most byl ráno otevřen.",
        ("byli zraněni", "nebyli zraněni"),
        ("otevřen", "uzavřen"),
        ("tři", "čtyři"),
        "Oprava: zraněných bylo méně.",
        "Článek byl stažen redakcí.",
    ),
    "ro": (
        "Ministerul a declarat că trei muncitori au fost răniți în port. Podul a fost deschis dimineață.",
        ("au fost", "nu au fost"),
        ("deschis", "închis"),
        ("trei", "patru"),
        "Rectificare: numărul răniților este mai mic.",
        "Articolul a fost retras de redacție.",
    ),
    "hu": (
        "A minisztérium közölte, hogy három munkás megsérült a kikötőben. A híd reggel nyitva volt az autóknak.",
        ("megsérült", "nem sérült meg"),
        ("nyitva", "zárva"),
        ("három", "négy"),
        "Helyesbítés: kevesebb a sérült.",
        "A cikket visszavontuk, mert téves volt.",
    ),
    "fi": (
        "Ministeriö kertoi, että kolme työntekijää loukkaantui satamassa. Silta avattiin aamulla liikenteelle.",
        ("loukkaantui", "ei loukkaantunut"),
        ("avattiin", "suljettiin"),
        ("kolme", "neljä"),
        "Oikaisu: loukkaantuneita oli vähemmän.",
        "Juttu on poistettu toimituksen päätöksellä.",
    ),
    "bg": (
        "Министерството съобщи, че трима работници са ранени на пристанището. Мостът беше отворен тази сутрин.",
        ("са ранени", "не са ранени"),
        ("отворен", "затворен"),
        ("трима", "четирима"),
        "Уточнение: ранените са по-малко.",
        "Статията е оттеглена от редакцията.",
    ),
    "sr": (
        "Министарство је саопштило да су три радника повређена у луци. Мост је отворен јутрос за возила и пешаке.",
        ("су три радника повређена", "нису три радника повређена"),
        ("отворен", "затворен"),
        ("три", "четири"),
        "Исправка: повређених је мање.",
        "Чланак је уклоњен одлуком редакције.",
    ),
    "id": (
        "Kementerian mengatakan tiga pekerja terluka di pelabuhan pada Selasa. Jembatan itu dibuka pagi ini.",
        ("terluka", "tidak terluka"),
        ("dibuka", "ditutup"),
        ("tiga", "empat"),
        "Ralat: jumlah korban lebih sedikit.",
        "Berita ini telah dihapus oleh redaksi.",
    ),
}


def kinds_of(before: str, after: str) -> tuple[tuple[str, ...], bool]:
    found = compare_versions(Version(title="", lead=None, text=before), Version(title="", lead=None, text=after))
    return found.kinds, found.substance


@pytest.mark.parametrize("language", CASES)
def test_kinds_of_edits(language: str) -> None:
    text, denied, turned, counted, corrected, retracted = CASES[language]
    for old, _ in (denied, turned, counted):
        assert old in text
    assert [
        kinds_of(text, text.replace(*denied, 1)),
        kinds_of(text, text.replace(*turned, 1)),
        kinds_of(text, text.replace(*counted, 1)),
        kinds_of(text, f"{text}\n{corrected}"),
        kinds_of(text, f"{text}\n{retracted}"),
        kinds_of(text, f"{text} "),
    ] == [
        (("reversal",), True),
        (("reversal",), True),
        (("numbers",), True),
        (("correction",), True),
        (("retraction",), True),
        (("trivial",), False),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Swahili has no table: another word may be a negation.
        (
            "Wizara ya uchukuzi ilisema kwamba wafanyakazi walijeruhiwa bandarini Jumanne na kazi inaendelea.",
            "Wizara ya uchukuzi ilisema kwamba wafanyakazi hawakujeruhiwa bandarini Jumanne na kazi inaendelea.",
        ),
        # In scripts without capitals another word may be another name.
        (
            "قال وزير النقل إن العمال أصيبوا في ميناء بيروت يوم الثلاثاء وإن العمل مستمر هناك.",
            "قال وزير النقل إن العمال أصيبوا في ميناء طرابلس يوم الثلاثاء وإن العمل مستمر هناك.",
        ),
        (
            "交通部长星期二表示，北京的工人已经回到港口继续工作。",
            "交通部长星期二表示，上海的工人已经回到港口继续工作。",
        ),
        (
            "სამინისტრომ განაცხადა, რომ ბათუმის პორტში მუშები დაშავდნენ სამშაბათს და სამუშაო გრძელდება.",
            "სამინისტრომ განაცხადა, რომ ფოთის პორტში მუშები დაშავდნენ სამშაბათს და სამუშაო გრძელდება.",
        ),
    ],
)
def test_what_nobody_can_weigh_is_told(before: str, after: str) -> None:
    assert kinds_of(before, after) == (("unknown",), True)


def test_a_sentence_that_came_in_a_language_without_tables_is_told() -> None:
    text = "Wizara ya uchukuzi ilisema kwamba wafanyakazi walijeruhiwa bandarini Jumanne na kazi inaendelea."
    assert kinds_of(text, f"{text} Waziri hakusema lolote.") == (("unknown",), True)
    assert kinds_of(text, f"{text}\nHabari zaidi") == (("minor",), False)  # a heading


def test_a_sentence_that_came_in_a_script_without_capitals_is_told() -> None:
    """It may bring a name; a short one hardly does."""
    text = CASES["ar"][0]
    assert kinds_of(text, f"{text} وقال مدير المستشفى في المدينة إن الأطباء يعالجون الجرحى منذ الصباح.") == (
        ("unknown",),
        True,
    )
    assert kinds_of(text, f"{text} وصل الأطباء صباحا.") == (("addition",), False)
    german = CASES["de"][0]
    assert kinds_of(german, f"{german} So war es auch schon im vergangenen Jahr und davor.") == (("addition",), True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (  # a word spelled otherwise
            "قال وزير النقل إن العمال أصيبوا في ميناء بيروت يوم الثلاثاء وإن العمل مستمر هناك.",
            "قال وزير النقل إن العمّال أصيبوا في ميناء بيروت يوم الثلاثاء وإن الأعمال مستمرة هناك.",
        ),
        (  # another verb of speech
            "सड़क मंत्रालय ने कहा कि मंगलवार को बंदरगाह पर मजदूर काम पर लौट आए हैं और काम जारी है।",
            "सड़क मंत्रालय ने बताया कि मंगलवार को बंदरगाह पर मजदूर काम पर लौट आए हैं और काम जारी है।",
        ),
        (  # a particle
            "国土交通省によると、港の作業員は火曜日から仕事に戻っている。",
            "国土交通省によると、港の作業員が火曜日から仕事に戻っている。",
        ),
        (  # a mark, in a language without tables
            "Wizara ya uchukuzi ilisema kwamba wafanyakazi walirudi bandarini siku ya Jumanne na kazi inaendelea.",
            "Wizara ya uchukuzi ilisema, kwamba wafanyakazi walirudi bandarini siku ya Jumanne na kazi inaendelea.",
        ),
    ],
)
def test_other_spellings_are_minor(before: str, after: str) -> None:
    assert kinds_of(before, after) == (("minor",), False)


def test_sentences_of_one_letter_cost_no_more_than_others() -> None:
    """Pages are hostile: what compares letters must not be cubic."""
    before, after = ("".join(f"{letter * 550}{n}。" for n in range(30)) for letter in ("的", "了"))
    started = time.process_time()
    kinds_of(before, after)
    kinds_of(before, before.replace("的0", "了了0").replace("的7", "了了7"))
    assert time.process_time() - started < 5
