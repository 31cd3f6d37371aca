"""How outlets of many languages correct a piece or take it back, as patterns for folded lines; it must not match any.

Formulas of desks' public practice: a heading at the start of a line ("Correction:", "Исправление —"), and what a
sentence says of its own page ("an earlier version of this article", "der Artikel wurde zurückgezogen"). By script, so
that a line is held against those only that it could say. A heading ends at a mark (`HEADED`); Arabic, Hebrew, Indic,
Chinese, Japanese and Korean letters have no case, and what is written together with them is part of the pattern.
"""

from __future__ import annotations

HEADED = r"\s*[:：՝(—–.\-\]】)]"

_PIECE = r"(?:article|story|report|item|dispatch|post|piece|headline|text|page|version)"

CORRECTED_HEADINGS = {
    "latin": (
        "correction|clarification|corrected|corrigendum|erratum|editor's note|editors' note"  # en
        "|korrektur|berichtigung|richtigstellung|klarstellung|anmerkung der redaktion|korrigiert"  # de
        "|rectificatif|précision|note de la rédaction|corrigé"  # fr
        "|corrección|rectificación|fe de errores|aclaración|nota del editor|nota de la redacción"  # es
        "|correzione|rettifica|errata corrige|precisazione|nota della redazione"  # it
        "|correção|errata|erramos|esclarecimento|nota da redação|nota do editor"  # pt
        "|correcció|fe d'errades|rectificació|düzeltme|tashih|düzəliş|dəqiqləşdirmə"  # ca, tr, az
        "|sprostowanie|korekta|errata|od redakcji|oprava|opravujeme|upřesnění|upresnenie|korekce"  # pl, cs, sk
        "|correctie|rectificatie|rechtzetting|verduidelijking|rättelse|förtydligande"  # nl, sv
        "|rettelse|præcisering|berigtigelse|retting|presisering|oikaisu|korjaus|tarkennus"  # da, no, fi
        "|helyesbítés|helyreigazítás|pontosítás|rectificare|erată|corectură|precizare|ispravak|ispravka"  # hu, ro, hr
        "|ralat|koreksi|pembetulan|đính chính|cải chính|pataisymas|patikslinimas|atitaisymas"  # id, vi, lt
    ),
    "cyrillic": (
        "исправление|исправлено|уточнение|поправка|от редакции|виправлення|виправлено|уточнення"
        "|від редакції|выпраўленне|удакладненне|поправка от редакцията|корекция|уточнение|исправка|исправак"
    ),
    "greek": "διόρθωση|διευκρίνιση|επανόρθωση|ορθή επανάληψη|σημείωση της σύνταξης",
    "armenian": "ուղղում|ճշտում|ճշգրտում|շտկում|խմբագրության կողմից",
    "georgian": "შესწორება|დაზუსტება|განმარტება|რედაქციისგან",
    "arabic": "تصحيح|تصويب|توضيح|استدراك|تنويه|اصلاحیه|تصحیح|توضیح|پوزش و اصلاح|تصحیح خبر|وضاحت",
    "hebrew": "תיקון|תיקון טעות|הבהרה|טעות לעולם חוזרת|הערת המערכת",
    "indic": "शुद्धिपत्र|स्पष्टीकरण|भूल सुधार|সংশোধনী|সংশোধন|ভুল সংশোধন|স্পষ্টীকরণ",
    "cjk": (
        "更正|勘误|勘誤|更正启事|更正啟事|澄清|編按|编者按|訂正|お詫びと訂正|修正|おわび|정정|정정보도"
        "|바로잡습니다|알려드립니다|고침"
    ),
    "thai": "แก้ไข|แก้ไขข่าว|แก้ข่าว|ชี้แจง",
}

CORRECTED = {
    "latin": (
        r"^\W{0,3}corrects\b"
        rf"|\b(?:earlier|previous|original|initial|prior) version of (?:this|the) {_PIECE}\b"
        rf"|\bthis {_PIECE} (?:has been|was) (?:corrected|amended|clarified|updated to correct)\b"
        r"|\bin einer (?:früheren|vorherigen|ersten|ursprünglichen) (?:version|fassung)\b"
        r"|\b(?:artikel|beitrag|text|meldung) wurde (?:korrigiert|berichtigt)\b"
        r"|\bune version (?:précédente|antérieure|initiale)\b|\bdans une (?:première|précédente) version\b"
        r"|\b(?:article|dépêche) a été (?:corrigé|modifié|rectifié)e?\b"
        r"|\b(?:una|la) versión (?:anterior|previa|inicial)\b|\b(?:artículo|nota|noticia) (?:ha sido"
        r"|fue) corregid[oa]\b"
        r"|\b(?:una|la) (?:versione precedente|precedente versione)\b|\barticolo è stato corretto\b"
        r"|\b(?:uma|a) versão (?:anterior|inicial)\b|\b(?:artigo|reportagem|texto) foi corrigid[oa]\b"
        r"|\buna versió anterior\b|\bhaberin (?:önceki|ilk) (?:versiyon|sürüm|hal)|\b(?:haber|yazı) düzeltilmiştir\b"
        r"|\bxəbərin (?:əvvəlki|ilkin) variant|\b(?:wcześniejsz|poprzedni|pierwotn)\w+ wersj\w+\b"
        r"|\b(?:dřívější|původní|předchozí) verz[ei]\b|\b(?:predchádzajúc|pôvodn)\w+ verzi\w+\b"
        r"|\been eerdere versie van dit (?:artikel|bericht)\b|\ben tidigare version av (?:artikeln|texten)\b"
        r"|\ben tidligere (?:version|versjon) af? ?(?:av )?(?:artiklen|denne artiklen|artikkelen|saken|denne saken)\b"
        r"|\b(?:jutun|artikkelin|uutisen) aiemmassa versiossa\b|\bcikkünk (?:korábbi|eredeti) (?:változat|verzió)"
        r"|\bo versiune (?:anterioară|inițială) a\b|\bu (?:ranijoj|prethodnoj|prvobitnoj) verziji\b"
        r"|\bversi sebelumnya dari (?:artikel|berita)\b|\bphiên bản trước (?:đó )?của bài\b|\bankstesnėje versijoje\b"
    ),
    "cyrillic": (
        r"\bв (?:более ранней|первоначальной|предыдущей|прежней) версии\b"
        r"|\b(?:текст|заголовок|материал) (?:был )?(?:исправлен|уточнен|уточнён)\b"
        r"|\b[ву] (?:попередній|початковій|першій|більш ранній) версії\b|\b(?:текст|заголовок"
        r"|матеріал) (?:було )?виправлено\b"
        r"|\bу (?:папярэдняй|ранейшай) версіі\b|\bв (?:предишна|по-ранна|първоначална) версия\b"
        r"|\bу (?:ранијој|претходној|првобитној) верзији\b"
    ),
    "greek": r"\bσε (?:προηγούμενη|αρχική) (?:έκδοση|εκδοχή)\b|\bτο (?:άρθρο|κείμενο) διορθώθηκε\b",
    "armenian": (
        r"\b(?:նախորդ|նախնական|սկզբնական) տարբերակ\w*|\b(?:հոդվածը|նյութը|լուրը) (?:ուղղվել|ճշգրտվել"
        r"|շտկվել) է"
    ),
    "georgian": r"\b(?:წინა|თავდაპირველ|ადრინდელ)\w* ვერსია\w*|\b(?:სტატია|მასალა|ტექსტი) (?:შესწორდა|დაზუსტდა)",
    "arabic": (
        r"\b(?:نسخة|صيغة) (?:سابقة|أولى) من (?:هذا|هذه)\b|\bتم تصحيح (?:هذا|هذه|الخبر|المقال|التقرير)"
        r"|\b(?:نسخه|متن) (?:قبلی|پیشین|اولیه)\b|\bاین (?:خبر|مطلب|گزارش) (?:اصلاح|تصحیح) شد"
    ),
    "hebrew": r"\bבגרסה (?:קודמת|מוקדמת|ראשונה)\b|\b(?:הכתבה|הידיעה|הכותרת) תוקנה\b",
    "indic": (
        r"(?:इस|इसके) (?:खबर|ख़बर|लेख|रिपोर्ट|समाचार)?\s?(?:के )?(?:पहले|पिछले|पूर्व) संस्करण"
        r"|এই প্রতিবেদনের আগের সংস্করণ"
    ),
    "cjk": (
        r"(?:本文|此文|本报道|本報導|报道|報導)(?:的)?(?:早前|较早|較早|先前|此前|初始)的?版本|(?:本文"
        r"|标题|標題)已(?:更正|修正|订正|訂正)"
        r"|(?:当初|以前|過去)の(?:記事|版|バージョン)|記事(?:の一部)?を(?:訂正|修正)(?:しました|いたしました|します)"
        r"|(?:이전|당초|최초) (?:버전|기사)에서|기사(?:를|가) (?:정정|수정)(?:합니다|했습니다|됐습니다|되었습니다)"
    ),
    "thai": r"(?:ข่าว|บทความ)ฉบับก่อนหน้า|ได้แก้ไข(?:ข่าว|บทความ)นี้",
}

# Words that head news of recalled goods and cancelled concerts as well are left out.
RETRACTED_HEADINGS = {
    "latin": (
        "retraction|retracted|withdrawn|story withdrawn|story removed|story retracted|article removed"
        "|kill|mandatory kill"
        "|zurückgezogen|rétractation|dépêche annulée|retractación|retirado|noticia anulada|ritrattazione"
        "|notizia annullata"
        "|retratação|notícia anulada|depesza anulowana|artykuł wycofany|staženo|článek stažen|správa stiahnutá"
        "|bericht ingetrokken|artikel ingetrokken|artikeln borttagen|artikeln återkallad|artiklen er trukket tilbage"
        "|trukket tilbake|juttu poistettu|visszavont hír|visszavonva|articol retras|știre retrasă|știre anulată"
        "|vijest povučena|vest povučena|haber geri çekildi|haber iptali|xəbər ləğv edilib|berita ditarik|gỡ bài"
        "|straipsnis atšauktas|notícia retirada"
    ),
    "cyrillic": (
        "аннулировано|отозвано|опровержение|анульовано|відкликано|знято з публікації|анулявана|адклікана|анулирано"
        "|новината е оттеглена|вест повучена|повучено"
    ),
    "greek": "ακυρώνεται|ανάκληση είδησης|ανάκληση άρθρου|απόσυρση άρθρου",
    "armenian": "հետ է կանչված|չեղարկված է|լուրը չեղարկված է",
    "georgian": "ცნობა გაუქმებულია|გაუქმებულია|უკან გაწვეულია",
    "arabic": "إلغاء خبر|سحب خبر|حذف خبر|الخبر ملغى|لغو خبر|حذف خبر|خبر لغو شد",
    "hebrew": "ביטול ידיעה|ידיעה בוטלה|הידיעה בוטלה|הכתבה הוסרה",
    "indic": "खबर वापस ली गई|ख़बर वापस ली गई|खबर वापस|সংবাদ প্রত্যাহার|প্রতিবেদন প্রত্যাহার",
    "cjk": (
        "撤稿|撤稿通知|撤回稿件|撤销稿件|稿件作废|記事取り消し|取り消し|全文取り消し|전문취소|기사취소"
        "|기사 취소|기사삭제|기사 삭제"
    ),
    "thai": "ยกเลิกข่าว|ถอนข่าว|ถอดข่าว",
}

RETRACTED = {
    "latin": (
        rf"\b(?:this|the) {_PIECE} (?:has been|have been|is|was) "
        r"(?:retracted|withdrawn|removed|deleted|taken down|unpublished)\b"
        r"|\b(?:retract|retracts|retracted|retracting|withdraw|withdraws|withdrawn|withdrawing) "
        rf"(?:this|the|its|our) {_PIECE}\b"
        rf"|\bthis {_PIECE} is no longer available\b"
        r"|\b(?:artikel|beitrag|meldung|text) (?:wurde|ist) (?:zurückgezogen|entfernt|gelöscht)\b"
        r"|\b(?:article|dépêche) (?:a été|est) (?:retiré|supprimé|annulé)e?\b"
        r"|\b(?:artículo|nota|noticia) (?:ha sido|fue) (?:retirad|eliminad|anulad)[oa]\b"
        r"|\b(?:articolo|notizia) è stat[oa] (?:rimoss|ritirat|annullat|cancellat)[oa]\b"
        r"|\b(?:artigo|notícia|reportagem|texto) foi (?:retirad|removid|anulad|apagad)[oa]\b"
        r"|\b(?:article|notícia) ha estat (?:retira[dt]a?|elimina[dt]a?)\b"
        r"|\b(?:haber|yazı) (?:kaldırılmıştır|kaldırıldı|geri çekilmiştir|geri çekildi|yayından kaldırıldı|silindi)\b"
        r"|\b(?:xəbər|məqalə) (?:silinib|geri götürülüb|ləğv edilib|ləğv olunub)\b"
        r"|\b(?:artykuł|tekst|depesza|informacja) (?:został[ao]?) (?:wycofan|usunięt|anulowan|skasowan)[yae]?\b"
        r"|\b(?:článek|text|zpráva) byl[ao]? (?:stažen|smazán|odstraněn|zrušen)[ao]?\b"
        r"|\b(?:článok|text|správa) bol[ao]? (?:stiahnut|zmazan|odstránen|zrušen)[ýáé]\b"
        r"|\b(?:artikel|bericht) is (?:ingetrokken|verwijderd|offline gehaald)\b"
        r"|\b(?:artikeln|texten|nyheten) har (?:tagits bort|dragits tillbaka|avpublicerats|raderats)\b"
        r"|\b(?:artiklen|historien|artikkelen|saken) er (?:trukket tilbage|trukket tilbake|fjernet|slettet"
        r"|avpublisert)\b"
        r"|\b(?:artikkeli|juttu|uutinen) on (?:poistettu|vedetty pois|vedetty takaisin|peruttu)\b"
        r"|\b(?:cikket|hírt|anyagot) (?:visszavontuk|töröltük|eltávolítottuk)\b"
        r"|\b(?:articolul|știrea|textul) a fost (?:retras|eliminat|șters|anulat)ă?\b"
        r"|\b(?:članak|tekst|vijest|vest) je (?:povučen|uklonjen|obrisan|poništen)a?\b"
        r"|\b(?:artikel|berita) ini (?:telah )?(?:ditarik|dihapus|dicabut)\b|\bbài (?:viết"
        r"|báo) (?:này )?đã (?:được|bị) (?:gỡ|rút|xóa)"
        r"|\bstraipsnis (?:pašalintas|atšauktas|ištrintas)\b"
    ),
    "cyrillic": (
        r"\b(?:материал|сообщение|новость|статья|публикация|текст) (?:был[ао]? )?"
        r"(?:аннулирован|отозван|удал[её]н|снят)[ао]?\b"
        r"|\b(?:просим|просьба) (?:аннулировать|не использовать)\b|\bаннулиру(?:ет|ется)\b"
        r"|\b(?:матеріал|повідомлення|новину|новина|статтю|стаття|публікацію|текст) (?:було )?"
        r"(?:анульован|відкликан|видален|знят)[оаий]?\b|\bпросимо (?:анулювати|не використовувати)\b"
        r"|\b(?:материалът|статията|новината|текстът) (?:е|беше) (?:оттеглен|изтрит|премахнат|анулиран|свален)а?\b"
        r"|\b(?:чланак|текст|вест) је (?:повучен|уклоњен|обрисан|поништен)а?\b"
        r"|\b(?:матэрыял|навіна|артыкул) (?:быў |была )?(?:адкліканы?|выдалены?|адклікана|выдалена)"
    ),
    "greek": (
        r"\b(?:το άρθρο|η είδηση|το κείμενο|το δημοσίευμα) (?:αποσύρθηκε|ανακλήθηκε|διαγράφηκε|αφαιρέθηκε"
        r"|ακυρώνεται)"
    ),
    "armenian": (
        r"(?:հոդվածը|նյութը|լուրը|հաղորդագրությունը|հրապարակումը) (?:հեռացվել|չեղարկվել|հետ է կանչվել|հանվել|ջնջվել)"
        r"|խնդրում ենք (?:չօգտագործել|չեղարկել)"
    ),
    "georgian": (
        r"(?:სტატია|მასალა|ცნობა|ინფორმაცია|პუბლიკაცია) (?:წაიშალა|გაუქმდა|უკან გაიწვიეს|ამოღებულია"
        r"|წაშლილია|გაუქმებულია)"
    ),
    "arabic": (
        r"(?:تم|جرى) (?:سحب|حذف|إلغاء|إزالة) (?:هذا|هذه|الخبر|المقال|التقرير|المادة)|(?:يرجى"
        r"|نرجو) (?:إلغاء|عدم استخدام)"
        r"|(?:خبر|مطلب|گزارش|مقاله) (?:مذکور |فوق )?(?:حذف|لغو|پس گرفته) (?:شد|شده|گردید)|یہ خبر (?:واپس|حذف|ہٹا)"
    ),
    "hebrew": r"(?:הכתבה|הידיעה|הכתבה הזו|המאמר) (?:הוסרה|הוסר|בוטלה|בוטל|נמחקה|נמחק|נגנזה)",
    "indic": (
        r"(?:यह|इस) (?:खबर|ख़बर|लेख|रिपोर्ट|समाचार)(?: को)? (?:हटा|हटाई|वापस|रद्द|वापिस)|এই (?:প্রতিবেদন"
        r"|সংবাদ|খবর)(?:টি)? (?:প্রত্যাহার|সরিয়ে|বাতিল|মুছে)"
    ),
    "cjk": (
        r"(?:本文|此文|该文|該文|本稿|此稿|本报道|本報導|该报道|該報導)已(?:经|經)?(?:被)?(?:撤回|撤稿"
        r"|删除|刪除|撤销|撤銷|下架)|请勿(?:再)?(?:使用|采用)本?稿"
        r"|(?:この|本)?記事(?:を|は)(?:全文)?(?:取り消し|取消し|撤回し|削除し|削除され|取り消され|撤回され)"
        r"|(?:이|본|해당) ?기사(?:는|를|가)? ?(?:삭제|취소|철회|내려)"
    ),
    "thai": r"(?:ข่าว|บทความ)นี้ถูก(?:ถอน|ลบ|ยกเลิก|ถอด)",
}

# Letters by which a line is known to be able to say a formula of a script.
LETTERS = {
    "latin": "a-z",
    "cyrillic": "\u0400-\u052f",
    "greek": "\u0370-\u03ff",
    "armenian": "\u0531-\u0587",
    "georgian": "\u10d0-\u10ff",
    "arabic": "\u0620-\u06ff",
    "hebrew": "\u05d0-\u05ea",
    "indic": "\u0900-\u09ff",
    "cjk": "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af",
    "thai": "\u0e00-\u0e7f",
}
