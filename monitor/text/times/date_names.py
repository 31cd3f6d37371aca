"""Names of months and weekdays in the languages of the web's news; it must not guess between languages.

The exact names are those of the Unicode CLDR 47 (wide and abbreviated, in a date and standing alone; taken through
Babel 2.18 for 57 languages), lower case, without their full stop. They are kept here because Babel reads a file for
each language, which takes more than a second for all of them. A word that is no such name may still be the beginning
of one ("ноя", "thurs"). A name that two languages give to different months ("listopada") has both.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_LEAST = 3  # letters of an abbreviation that is no name of its own

# January to December.
_MONTHS = (
    (
        "ean eanáir ene enero gen gener gennaio ian ianuarie ion ionawr jaan jaanuar jan janar janeiro jannar "
        "januar jän jänner januari januarie january január januára janv janvier janvāris janúar led leden "
        "ledna oca ocak saus sausio sausis sij siječanj siječnja sty styczeń stycznia tammi tammikuu "
        "tammikuuta urt urtarrila xan xaneiro yan yanvar ýan ýanwar ιαν ιανουάριοσ ιανουαρίου сту студзень "
        "студзеня січ січень січня янв январ январь января яну януари јан јанвар јануар јануари қаң қаңтар "
        "հնվ հունվար հունվարի ינואר جنوری يناير ژانویه ژانویهٔ जनवरी জানু জানুয়ারী იან იანვარი"
    ),
    (
        "chw chwef chwefror feabh feabhra feb febbraio febr febreiro febrer febrero februar februari "
        "februarie february február februára februāris febrúar fev fevereiro fevral few fewral fra frar févr "
        "février helmi helmikuu helmikuuta lut lutego luty ots otsaila peb pebrero shk shkurt vas vasario "
        "vasaris veebr veebruar velj veljača veljače úno únor února şub şubat φεβ φεβρουάριοσ φεβρουαρίου ақп "
        "ақпан лют лютага лютий лютого люты феб фебруар фев февр феврал февраль февраля февруари փետրվար "
        "փետրվարի փտվ פברואר فبراير فروری فوریه فوریهٔ फ़रवरी ফেব ফেব্রুয়ারী თებ თებერვალი"
    ),
    (
        "bře březen března kov kovas kovo maalis maaliskuu maaliskuuta maart mac machi mar mrz marca march "
        "marec maret mars marso mart martie marts martxoa marzec marzo marzu març março maw mawrth mrt márc "
        "március márta mär märts märz ožu ožujak ožujka μάρ μάρτιοσ μαρ μαρτίου бер березень березня мар март "
        "марта нау наурыз сак сакавік сакавіка մարտ մարտի մրտ מרץ مارس مارچ मार्च মার্চ მარ მარტი"
    ),
    (
        "abr abril aib aibreán api apirila apr aprel april aprile aprili aprilie aprill apríl apríla aprīlis "
        "avr avril bal balandis balandžio dub duben dubna ebr ebrill huhti huhtikuu huhtikuuta kwi kwiecień "
        "kwietnia nis nisan pri prill tra travanj travnja ápr április απρ απρίλιοσ απριλίου апр апрел апрель "
        "апреля април квіт квітень квітня кра красавік красавіка сәу сәуір ապր ապրիլ ապրիլի אפריל آوریل أبريل "
        "اپریل अप्रैल এপ্রি এপ্রিল აპრ აპრილი"
    ),
    (
        "beal bealtaine geg gegužė gegužės kvě květen května mag maggio mai maiatza maig maijs maio maj maja "
        "may mayo mayıs maí maý mei mej mejju máj mája május svi svibanj svibnja touko toukokuu toukokuuta "
        "μάι μάιοσ μαΐ μαΐου май мам мамыр мая мај трав травень травня մայիս մայիսի մյս מאי مئی مايو مه مهٔ "
        "मई মে მაი მაისი"
    ),
    (
        "birž birželio birželis cze czerwca czerwiec eka ekaina giu giugno haz haziran hun hunyo iun iunie "
        "iyn iyun iýun juin jun june junho juni junie junij junio juny juuni jún júna június júní jūn jūnijs "
        "kesä kesäkuu kesäkuuta lip lipanj lipnja meh mehefin meith meitheamh qer qershor xuño červen června "
        "čvn ġun ġunju ιουν ιουνίου ιούν ιούνιοσ июн июнь июня ијн ијун мау маусым черв червень червня чэр "
        "чэрвень чэрвеня юни јун јуни հնս հունիս հունիսի יוני جون يونيو ژوئن जून জুন ივნ ივნისი"
    ),
    (
        "gor gorff gorffennaf heinä heinäkuu heinäkuuta hul hulyo iul iulie iyl iyul iúil iýul juil juillet "
        "jul julai julho juli julie julij julio juliol july juuli júl júla július júlí jūl jūlijs korr korrik "
        "liep liepa liepos lip lipca lipiec lug luglio lul lulju srp srpanj srpnja tem temmuz uzt uztaila xul "
        "xullo července červenec čvc ιουλ ιουλίου ιούλ ιούλιοσ июл июль июля ијл ијул лип липень липня ліп "
        "ліпень ліпеня шіл шілде юли јул јули հլս հուլիս հուլիսի יולי جولائی يوليو ژوئیه ژوئیهٔ जुलाई জুল "
        "জুলাই ივლ ივლისი"
    ),
    (
        "abu abuztua ag ago agost agosti agosto agu agustus août aug august augusta augusti augusts augustus "
        "augusztus avg avgust avq avqust awg awgust awst aww awwissu ağu ağustos elo elokuu elokuuta gush "
        "gusht kol kolovoz kolovoza lún lúnasa ogo ogos rugp rugpjūtis rugpjūčio sie sierpień sierpnia srp "
        "srpen srpna ágú ágúst αυγ αυγούστου αύγ αύγουστοσ авг август августа жні жнівень жніўня серп серпень "
        "серпня там тамыз օգոստոս օգոստոսի օգս אוגוסט أغسطس اوت اگست अगस्त আগ আগস্ট აგვ აგვისტო"
    ),
    (
        "eyl eylül ira iraila medi mfómh rugs rugsėjis rugsėjo ruj rujan rujna sen sentabr sentyabr sentýabr "
        "sep sept septemba septembar september septembra septembre septembrie septembris septiembre set "
        "setembre setembro settembre settembru setyembre sht shtator syys syyskuu syyskuuta szept szeptember "
        "wrz wrzesień września zář září σεπ σεπτέμβριοσ σεπτεμβρίου вер верасень верасня вересень вересня сен "
        "сент сентябр сентябрь сентября сентјабр сеп септембар септември қыр қыркүйек սեպ սեպտեմբեր "
        "սեպտեմբերի ספטמבר سبتمبر ستمبر سپتامبر सितंबर সেপ সেপ্টেম্বর სექ სექტემბერი"
    ),
    (
        "dfómh eki ekim hyd hydref lis listopad listopada loka lokakuu lokakuuta oct october octobre "
        "octombrie octubre okt oktabr oktoba oktobar oktober oktobris oktoober oktubre oktyabr október "
        "októbra oktýabr ott ottobre ottubru out outubro paź październik października spal spalio spalis tet "
        "tetor urr urria říj říjen října οκτ οκτωβρίου οκτώβριοσ жовт жовтень жовтня кас кастрычнік "
        "кастрычніка окт октобар октомври октябр октябрь октября октјабр қаз қазан հոկ հոկտեմբեր հոկտեմբերի "
        "אוקטובר أكتوبر اکتبر اکتوبر अक्टूबर অক্টো অক্টোবর ოქტ ოქტომბერი"
    ),
    (
        "aza azaroa kas kasım lapkr lapkritis lapkričio lis listopad listopada listopadu marras marraskuu "
        "marraskuuta nob nobyembre noiembrie nov novemba novembar november novembra novembre novembris "
        "novembro novembru noviembre noy noyabr noý noýabr nën nëntor nóv nóvember samh samhain stu studeni "
        "studenoga tach tachwedd νοέ νοέμβριοσ νοε νοεμβρίου лист листопад листопада ліс лістапад лістапада "
        "нов новембар ное ноември ноя нояб ноябр ноябрь ноября ној нојабр қар қараша նոյ նոյեմբեր նոյեմբերի "
        "נובמבר نوامبر نوفمبر نومبر नवंबर নভে নভেম্বর ნოე ნოემბერი"
    ),
    (
        "abe abendua ara aralık dec decembar december decembra decembrie decembris decembro dek dekabr des "
        "desemba desember desembre dets detsember dez dezember dezembro dhj dhjetor dic dicembre diciembre "
        "dis disember disyembre diċ diċembru déc décembre gru grudnia grudzień gruod gruodis gruodžio joulu "
        "joulukuu joulukuuta noll nollaig pro prosinac prosinca prosince prosinec rhag rhagfyr δεκ δεκέμβριοσ "
        "δεκεμβρίου груд грудень грудня дек декабр декабрь декабря декември дец децембар жел желтоқсан сне "
        "снежань снежня դեկ դեկտեմբեր դեկտեմբերի דצמבר دسامبر دسمبر ديسمبر दिसंबर ডিসে ডিসেম্বর დეკ დეკემბერი"
    ),
)

# The same of 26 further languages and countries, wide names only; a blank within a name is a hyphen here.
_FURTHER_MONTHS = (
    (
        "janaayo jannaayo rêbendan جانفي جنوري كانون-الثاني يانۋار کانوونی-دووەم जानेवारी জানুৱাৰী ਜਨਵਰੀ જાન્યુઆરી "
        "ଜାନୁଆରୀ ஜனவரி జనవరి ಜನವರಿ ജനുവരി ජනවාරි มกราคม ມັງກອນ ဇန်နဝါရီ ጃንዋሪ មករា"
    ),
    (
        "febraayo sibat شباط شوبات فبروري فبروری فيبروري فيفري فېبروري فېۋرال फेब्रुअरी फेब्रुवारी ফেব্ৰুৱাৰী ਫ਼ਰਵਰੀ "
        "ફેબ્રુઆરી ଫେବୃଆରୀ பிப்ரவரி ఫిబ్రవరి ಫೆಬ್ರವರಿ ഫെബ്രുവരി පෙබරවාරි กุมภาพันธ์ ກຸມພາ ဖေဖော်ဝါရီ ፌብሩዋሪ កុម្ភៈ"
    ),
    ("adar maarso آذار ئازار مارت মাৰ্চ ਮਾਰਚ માર્ચ ମାର୍ଚ୍ଚ மார்ச் మార్చి ಮಾರ್ಚ್ മാർച്ച് මාර්තු มีนาคม ມີນາ မတ် ማርች មីនា"),
    (
        "abriil nîsan أفريل ئاپرېل اپريل نيسان نیسان अप्रिल एप्रिल এপ্ৰিল ਅਪ੍ਰੈਲ એપ્રિલ ଅପ୍ରେଲ ஏப்ரல் ఏప్రిల్ ಏಪ್ರಿಲ್ "
        "ഏപ്രിൽ අප්රේල් เมษายน ເມສາ ဧပြီ ኤፕሪል មេសា"
    ),
    "gulan maayo أيار ئایار مئي می مۍ मे ਮਈ મે ମଇ மே మే ಮೇ മേയ് මැයි พฤษภาคม ພຶດສະພາ မေ ሜይ ឧសភា",
    "hezîran ئىيۇن جوان حزيران حوزەیران जुन ਜੂਨ જૂન ଜୁନ ஜூன் జూన్ ಜೂನ್ ജൂൺ ජූනි มิถุนายน ມິຖຸນາ ဇွန် ጁን មិថុនា",
    (
        "luulyo tîrmeh ئىيۇل تموز تەمووز جولاءِ جولای جويلية يوليوز जुलै ਜੁਲਾਈ જુલાઈ ଜୁଲାଇ ஜூலை జులై ಜುಲೈ ജൂലൈ ජූලි "
        "กรกฎาคม ກໍລະກົດ ဇူလိုင် ጁላይ កក្កដា"
    ),
    (
        "ogosto tebax آب آگسٽ أوت ئاب ئاۋغۇست اګست غشت अगस्ट ऑगस्ट আগষ্ট ਅਗਸਤ ઑગસ્ટ ଅଗଷ୍ଟ ஆகஸ்ட் ఆగస్టు ಆಗಸ್ಟ್ "
        "ഓഗസ്റ്റ് අගෝස්තු สิงหาคม ສິງຫາ ဩဂုတ် ኦገስት សីហា"
    ),
    (
        "sebteembar sebtembar îlon أيلول ئەیلوول سيپٽمبر سپتمبر سېنتەبىر سېپتمبر شتنبر सप्टेंबर सेप्टेम्बर ছেপ্তেম্বৰ "
        "ਸਤੰਬਰ સપ્ટેમ્બર ସେପ୍ଟେମ୍ବର செப்டம்பர் సెప్టెంబర్ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റംബർ සැප්තැම්බර් กันยายน ກັນຍາ စက်တင်ဘာ "
        "ሴፕቴምበር កញ្ញា"
    ),
    (
        "cotmeh oktoobar آڪٽوبر ئۆكتەبىر تشرين-الأول تشرینی-یەکەم अक्टोबर ऑक्टोबर অক্টোবৰ ਅਕਤੂਬਰ ઑક્ટોબર ଅକ୍ଟୋବର "
        "அக்டோபர் అక్టోబర్ ಅಕ್ಟೋಬರ್ ഒക്ടോബർ ඔක්තෝබර් ตุลาคม ຕຸລາ အောက်တိုဘာ ኦክቶበር តុលា"
    ),
    (
        "mijdar noofeembar تشرين-الثاني تشرینی-دووەم نونبر نويابىر नोभेम्बर नोव्हेंबर নৱেম্বৰ ਨਵੰਬਰ નવેમ્બર ନଭେମ୍ବର "
        "நவம்பர் నవంబర్ ನವೆಂಬರ್ നവംബർ නොවැම්බර් พฤศจิกายน ພະຈິກ နိုဝင်ဘာ ኖቬምበር វិច្ឆិកា"
    ),
    (
        "berfanbar diseembar دجنبر دېكابىر كانون-الأول ڊسمبر کانونی-یەکەم डिसेंबर डिसेम्बर ডিচেম্বৰ ਦਸੰਬਰ ડિસેમ્બર "
        "ଡିସେମ୍ବର டிசம்பர் డిసెంబర్ ಡಿಸೆಂಬರ್ ഡിസംബർ දෙසැම්බර් ธันวาคม ທັນວາ ဒီဇင်ဘာ ዲሴምበር ធ្នូ"
    ),
)

# Monday to Sunday.
_WEEKDAYS = (
    (
        "al astelehena db dilluns dl du dush dushanba duş duşenbe e esmaspäev h hétfő hën is isn isnin "
        "jumatatu ll llun lu luan lun lundi lunedì lunes luni luns ma maanantai maanantaina maandag man "
        "mandag mo mon monday montag má mán mánudagur må mån måndag pazartesi pirmadienis pirmd pirmdiena po "
        "pon pondelok pondělí ponedeljak ponedeljek ponedjeljak poniedziałek pr pt pzt seg sen senin tne δε "
        "δευ δευτέρα да даваа дс душанбе дш дшб дүй дүйсенбі дүйшөмбү панядзелак пн по пон понеделник "
        "понедельник понедељак понеділок եկ երկ երկուշաբթի إثنين الاثنين دوشنبه پیر सो सोम सोमवार সোঃ সোম "
        "সোমবার ორ ორშ ორშაბათი"
    ),
    (
        "an antradienis ar asteartea di dienstag dimarts dinsdag dt jumanne k kedd ma mar mardi martedì "
        "martes marți maw má máirt ot otrd otrdiena sa sal salı sb se sel selasa sesh seshanba siş sişenbe t "
        "teisipäev ter ti tiistai tiistaina tir tirs tirsdag tis tisdag tli tor torek tu tue tuesday ty tys "
        "tysdag ut uto utorak utorok wt wto wtorek út úterý þr þri þriðjudagur τρ τρί τρίτη аў аўторак вт вто "
        "вторник вівторок мя мягмар сейсенбі сешанбе сс сшб ут уто уторак шейш шейшемби шш երեքշաբթի երք եք "
        "الثلاثاء ثلاثاء منگل मं मंगल मंगलवार মঃ মঙ্গল মঙ্গলবার სამ სამშაბათი სმ"
    ),
    (
        "asteazkena az ch chor chorshanba cé céad dc dimecres erb jumatano k ke keskiviikko keskiviikkona "
        "kolmapäev me mer mercoledì mercredi mi mie miercuri mittwoch miy miyerkules mié miércoles mið "
        "miðvikudagur mé mér mércores mër on ons onsdag qua ra rab rabu sr sre sreda sri srijeda st streda "
        "středa sze szerda tr trečiadienis trešd trešdiena we wed wednesday wo woensdag ç ça çar çarşamba "
        "çarşenbe çb çərşənbə śr śro środa τε τετ τετάρτη лх лхагва серада середа ср сре среда сряда сәрсенбі "
        "ч чоршанбе чшб чәршәнбә шарш шаршемби шр չորեքշաբթի չրք չք أربعاء الأربعاء بدھ چهارشنبه बु बुध "
        "बुधवार বুঃ বুধ বুধবার ოთ ოთხ ოთხშაბათი"
    ),
    (
        "alhamisi ce ceturtd ceturtdiena cs csütörtök czw czwartek dijous dj do donderdag donnerstag dé déar "
        "déardaoin enj fi fim fimmtudagur gio giovedì huw huwebes ia iau je jeu jeudi joi ju jue jueves kam "
        "kamis ketvirtadienis kh kha khamis kt n neljapäev og osteguna pa pay payshanba pb pe pen penşenbe "
        "per perşembe qui th thu thursday to tor tors torsdag torstai torstaina xo xov xoves če čet četrtek "
        "četvrtak čt čtvrtek ħam št štvrtok πέ πέμ πέμπτη бейсенбі бейш бейшемби бс бш панҷшанбе пшб пү пүрэв "
        "чацвер че чет четвер четверг четвртак четврток четвъртък чт чц հգ հինգշաբթի հնգ الخميس جمعرات خميس "
        "پنجشنبه गु गुरु गुरुवार বৃঃ বৃহস্পতি বৃহস্পতিবার ხთ ხუთ ხუთშაბათი"
    ),
    (
        "an ann anna ao aoine biy biyernes c cu cum cuma cümə divendres dv fr fre fredag freitag fri friday "
        "fö fös föstudagur gw gwe gwen ijumaa ju jum juma jumaat jumat or ostirala p pe penktadienis "
        "perjantai perjantaina pet petak petek pi piatok piektd piektdiena pią piątek pk pn pre pt pá pátek "
        "péntek r reede sex ve ven vendredi venerdì venres vi vie viernes vin vineri vr vrijdag vrydag ġim πα "
        "παρ παρασκευή ба баасан жм жума жұма пʼятниця пе пет петак петок петък пт пятница пятніца ҷмъ ҷумъа "
        "ҹ ҹүмә ու ուր ուրբաթ الجمعة ج جمعة جمعه جمعہ शु शुक्र शुक्रवार শুঃ শুক্র শুক্রবার პარ პარასკევი პრ"
    ),
    (
        "cmt ct cumartesi dissabte ds jumamosi l la larunbata lau lauantai lauantaina laugardagur laupäev "
        "laurdag lr lö lör lördag lø lør lørdag sa sab sabado sabato sabtu sad sam samedi samstag sat "
        "saterdag sath saturday se sestd sestdiena sh shan shanba sht sib so sob sobota su sub subota szo "
        "szombat sá sáb sábado sâ sâm sâmbătă za zaterdag ş şb şen şenbe şənbə šeštadienis št σά σάβ σάββατο "
        "бя бямба иш ишемби ишм саб сабота сб сенбі су суб суббота субота събота ш шанбе шнб шәнбә շաբաթ շբ "
        "շբթ שבת السبت سبت ش شنبه ہفتہ श शनि शनिवार শনি শনিবার შაბ შაბათი შბ"
    ),
    (
        "ah ahad ahd b bazar dg di die dim dimanche diumenge do dom domenica domh domingo du dum duminică ig "
        "igandea jumapili lin linggo min minggu ne ned nedelja nedeľa nedjelja neděle nie niedz niedziela p "
        "pa paz pazar pühapäev sekmadienis sk so sondag sonntag su sul sun sunday sunnudagur sunnuntai sv "
        "svētd svētdiena sö sön söndag sø søn søndag v vasárnap ya yak yakshanba zo zondag ýb ýek ýekşenbe "
        "ħad κυ κυρ κυριακή б базар воскресенье вс жек жексенбі жекшемби жс жш нд не нед недела неделя недеља "
        "неділя ня нядзеля ням якшанбе яшб կիր կիրակի կր أحد اتوار الأحد یکشنبه र रवि रविवार রঃ রবি রবিবার კვ "
        "კვი კვირა"
    ),
)


def months_of(word: str) -> frozenset[int]:
    """The months, 1 to 12, that `word` may name; empty where it names none.

    Hebrew writes "in" at the front of the name.
    """
    name = _fold(word)
    return _find(name, "months") or (_find(name[1:], "months") if name.startswith("ב") else frozenset())


def weekdays_of(word: str) -> frozenset[int]:
    """The weekdays, 0 for Monday to 6, that `word` may name; empty where it names none."""
    return _find(_fold(word), "weekdays")


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().strip(".,").replace("’", "")


@cache
def _exact(kind: str) -> dict[str, frozenset[int]]:
    rows, first = (_MONTHS, 1) if kind == "months" else (_WEEKDAYS, 0)
    found: dict[str, set[int]] = {}
    further = _FURTHER_MONTHS if kind == "months" else ()
    for number, row in [*enumerate(rows, first), *enumerate(further, first)]:
        for name in row.split():
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _find(word: str, kind: str) -> frozenset[int]:
    names = _exact(kind)
    if word in names:
        return names[word]
    if len(word) < _LEAST:
        return frozenset()
    return frozenset(number for name, numbers in names.items() if name.startswith(word) for number in numbers)
