"""What walls say in the languages of the outlets: offers to subscribe, requests for consent; it must not judge a page.

One expression a line, matched anywhere in a text without regard to case. Each is what stands on a wall and hardly in a
report: a report that quotes one is longer than any wall.
"""

from __future__ import annotations

import re

_PAYWALL = r"""
subscribe (?:now |today )?to (?:continue|read|keep)
to (?:continue|keep) reading
(?:for|to) subscribers only|subscribers[- ]only|subscriber[- ]only
(?:is|are) (?:only |exclusively )?(?:for|available to) (?:our )?subscribers
already a (?:subscriber|member)|log in to (?:read|continue)|sign in to (?:read|continue)
nur für abonnenten|exklusiv für abonnenten|jetzt (?:weiterlesen|abonnieren)|um weiterzulesen|weiterlesen mit
bereits abonnent
réservé aux abonnés|pour lire la suite|déjà abonné|abonnez-vous pour|il vous reste .{1,12} à lire
(?:solo|exclusivo) para suscriptores|suscríbete para (?:leer|seguir)|para seguir leyendo|ya eres suscriptor
(?:riservato|solo) (?:agli|per gli) abbonati|abbonati per (?:leggere|continuare)|per continuare a leggere
sei già abbonato
(?:exclusivo|só|apenas) para assinantes|assine para (?:ler|continuar)|para continuar a ler|já é assinante
alleen voor abonnees|om verder te lezen|abonneer u|al abonnee
(?:tylko|dostępne) dla (?:prenumeratorów|subskrybentów)|aby czytać dalej|czytaj dalej po zalogowaniu
endast för prenumeranter|för att läsa vidare|redan prenumerant|for å lese videre|kun for abonnenter
for at læse videre
(?:только|доступн\w+) (?:для|по) подписчик\w+|чтобы (?:читать дальше|продолжить чтение)|оформите подписку
уже подписаны|(?:только|доступ\w*) по подписке|(?:лише|тільки|доступн\w+) за передплатою
(?:тільки|доступно) для передплатник\w+|щоб (?:читати далі|продовжити читання)|оформіть підписку
abonelere özel|okumaya devam etmek için|abone olun ve|zaten abone
yalnız abunəçilər|oxumağa davam etmək üçün|abunə olun
միայն բաժանորդների|շարունակելու համար բաժանորդագրվեք
მხოლოდ გამომწერებისთვის|წაკითხვის გასაგრძელებლად
للمشتركين فقط|لمتابعة القراءة|اشترك (?:الآن )?(?:لقراءة|لمتابعة)
ویژه مشترکان|برای ادامه مطلب مشترک شوید|برای ادامه خواندن
למנויים בלבד|להמשך קריאה
सिर्फ सब्सक्राइबर|पढ़ना जारी रखने के लिए
会員限定|有料会員|この記事は有料|続きを読むには|ログインして続き
订阅后(?:阅读|继续)|仅限订阅|登录后继续阅读|訂閱後
구독자 전용|유료회원|계속 읽으려면|로그인 후 계속
""".strip()
_CONSENT = r"""
before you continue|we value your privacy|\baccept (?:all )?cookies\b|\bmanage consent\b
we and our (?:\d+ )?partners store
wir schätzen ihre privatsphäre|alle cookies akzeptieren|alle akzeptieren|cookies zustimmen
datenschutzeinstellungen
nous respectons votre vie privée|accepter (?:tous les )?cookies|gérer (?:mes|les) cookies|tout accepter
valoramos (?:su|tu) privacidad|aceptar (?:todas las )?cookies|gestionar cookies
teniamo alla tua privacy|accetta (?:tutti i )?cookie|gestisci (?:i )?cookie
valorizamos a sua privacidade|aceitar (?:todos os )?cookies
wij waarderen uw privacy|(?:alle )?cookies accepteren|szanujemy twoją prywatność
akceptuj (?:wszystkie )?(?:pliki )?cookie
vi värnar om din integritet|acceptera (?:alla )?(?:cookies|kakor)|godta alle (?:informasjonskapsler|cookies)
accepter alle cookies
мы ценим вашу (?:приватность|конфиденциальность)|принять (?:все )?(?:файлы )?cookie|использует файлы cookie
ми цінуємо вашу приватність|прийняти (?:всі )?(?:файли )?cookie
gizliliğinize değer veriyoruz|(?:tüm )?çerezleri kabul et|məxfiliyinizə dəyər|bütün kukiləri qəbul
نحن نقدر خصوصيتك|قبول (?:جميع )?ملفات تعريف الارتباط|حریم خصوصی شما|כל העוגיות
すべての(?:クッキー|cookie)を(?:受け入れ|許可)|cookieの使用に同意|接受(?:所有|全部)?cookie|모든 쿠키 (?:허용|수락)
""".strip()


def _joined(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(lines.splitlines()), re.I)


PAYWALL = _joined(_PAYWALL)
CONSENT = _joined(_CONSENT)
