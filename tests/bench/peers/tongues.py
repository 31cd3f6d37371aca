"""Sentences in six languages, made of four parts each, so that two articles share hardly any run of words.

Every subject is masculine singular and every verb agrees with it, so any combination is grammatical. The subject of the
bench is an invented strait: only pieces about it hold its name.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

PLACES = {"en": "Velmora", "de": "Velmora", "fr": "Velmora", "es": "Velmora", "tr": "Velmora", "ru": "Вельмора"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """Parts of sentences of one language; `end` is put after the parts, where a language has its verb last."""

    subjects: tuple[str, ...]
    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    adverbs: tuple[str, ...]
    about: tuple[str, ...]  # follow a sentence on the subject; {} is the place
    figure: str  # a sentence with {n}, the number that an edit changes
    corrected: str
    verb_last: bool = False

    def say(self, chance: random.Random) -> str:
        """One sentence on nothing in particular."""
        parts = [chance.choice(self.subjects), chance.choice(self.verbs), chance.choice(self.objects)]
        if self.verb_last:
            parts[1], parts[2] = parts[2], parts[1]
        adverb = chance.choice(self.adverbs)
        return _capital(" ".join([adverb, *parts] if self.verb_last else [*parts, adverb])) + "."

    def headline(self, chance: random.Random, place: str | None) -> str:
        """A headline; with a place it is on the subject."""
        parts = [chance.choice(self.subjects), chance.choice(self.verbs), chance.choice(self.objects)]
        if self.verb_last:
            parts[1], parts[2] = parts[2], parts[1]
        line = " ".join(parts)
        return _capital(f"{place}: {line}" if place else line)


def _capital(line: str) -> str:
    return line[0].upper() + line[1:]


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


TONGUES = {
    "en": Tongue(
        subjects=_words(
            "the transport minister|a senior judge|the port authority|the teachers' union|an opposition deputy|"
            "the regional governor|a panel of engineers|the grain exporter|the coast guard|a retired admiral|the city council|"
            "the energy regulator|a parliamentary committee|the fishermen's league|the railway operator|the chief auditor"
        ),
        verbs=_words(
            "rejected|approved|criticised|postponed|defended|presented|withdrew|examined|welcomed|suspended|"
            "questioned|financed|announced|leaked|amended|endorsed"
        ),
        objects=_words(
            "the new ferry timetable|a plan to dredge the harbour|the draft budget for roads|an inquiry into fuel prices|"
            "the lease of four warehouses|a treaty on fishing quotas|the closure of two schools|an offer by foreign investors|"
            "the tender for patrol boats|a report on bridge safety|the pension reform|an agreement on border trade|"
            "the licence of a mining firm|a loan for irrigation|the evacuation drill|an appeal by residents"
        ),
        adverbs=_words(
            "after a night of talks|despite heavy rain|by a narrow margin|without further comment|in a closed session|"
            "for the third time this year|at the request of the mayor|following weeks of protest|on the advice of lawyers|"
            "against all expectations|with immediate effect|in front of a full hall|before the deadline expired|"
            "under pressure from creditors|to the surprise of observers|during a visit to the islands"
        ),
        about=_words(
            "The traffic through {} remains restricted, officials on both shores said.|"
            "Ships bound for {} waited at anchor until the afternoon.|Nobody in {} had been told in advance."
        ),
        figure="Inspectors counted {n} vessels on that day.",
        corrected="Correction: an earlier version of this article gave a wrong number of vessels; it was {n}.",
    ),
    "de": Tongue(
        subjects=_words(
            "der Verkehrsminister|ein Bundesrichter|der Hafenbetreiber|der Lehrerverband|ein Abgeordneter|der Landrat|"
            "der Gutachter|ein Getreidehändler|der Küstenschutz|ein früherer Admiral|der Stadtrat|der Netzbetreiber|"
            "der Haushaltsausschuss|ein Fischereiverein|der Bahnvorstand|der Rechnungshof"
        ),
        verbs=_words(
            "verwarf|billigte|kritisierte|verschob|verteidigte|erläuterte|stoppte|prüfte|begrüßte|beanstandete|"
            "hinterfragte|finanzierte|verkündete|veröffentlichte|änderte|unterstützte"
        ),
        objects=_words(
            "den neuen Fährplan|die Vertiefung des Hafenbeckens|den Straßenetat|eine Untersuchung der Spritpreise|"
            "die Pacht von vier Speichern|ein Abkommen über Fangquoten|die Schließung zweier Schulen|ein Angebot aus dem Ausland|"
            "die Ausschreibung für Patrouillenboote|einen Bericht zur Brückensicherheit|die Rentenreform|"
            "eine Einigung über den Grenzhandel|die Lizenz eines Bergbauunternehmens|einen Kredit für die Bewässerung|"
            "die Räumungsübung|den Einspruch der Anwohner"
        ),
        adverbs=_words(
            "nach einer langen Verhandlungsnacht|trotz starken Regens|mit knapper Mehrheit|ohne weitere Erklärung|"
            "in nichtöffentlicher Sitzung|zum dritten Mal in diesem Jahr|auf Bitten des Bürgermeisters|"
            "nach wochenlangen Protesten|auf Anraten der Juristen|entgegen allen Erwartungen|mit sofortiger Wirkung|"
            "vor vollem Saal|kurz vor Ablauf der Frist|unter dem Druck der Gläubiger|zur Überraschung der Beobachter|"
            "während eines Besuchs auf den Inseln"
        ),
        about=_words(
            "Der Verkehr durch {} bleibt eingeschränkt, hieß es an beiden Ufern.|"
            "Schiffe auf dem Weg nach {} lagen bis zum Nachmittag vor Anker.|In {} war niemand vorab unterrichtet worden."
        ),
        figure="An diesem Tag zählten die Prüfer {n} Schiffe.",
        corrected="Korrektur: In einer früheren Fassung stand eine falsche Zahl von Schiffen; richtig ist {n}.",
    ),
    "fr": Tongue(
        subjects=_words(
            "le ministre des Transports|un juge d'instruction|le port autonome|le syndicat des enseignants|"
            "un député de l'opposition|le préfet|un collège d'experts|le négociant en céréales|le service des côtes|"
            "un amiral à la retraite|le conseil municipal|le régulateur de l'énergie|un comité parlementaire|"
            "le comité des pêcheurs|l'exploitant ferroviaire|le vérificateur général"
        ),
        verbs=_words(
            "a rejeté|a approuvé|a critiqué|a reporté|a défendu|a présenté|a retiré|a examiné|a salué|a suspendu|"
            "a contesté|a financé|a annoncé|a divulgué|a modifié|a soutenu"
        ),
        objects=_words(
            "les nouveaux horaires des bacs|le dragage du bassin|le budget des routes|une enquête sur le prix du carburant|"
            "le bail de quatre entrepôts|un traité sur les quotas de pêche|la fermeture de deux écoles|"
            "une offre d'investisseurs étrangers|l'appel d'offres des vedettes|un rapport sur la sûreté des ponts|"
            "la réforme des retraites|un accord sur le commerce frontalier|la licence d'une société minière|"
            "un prêt pour l'irrigation|l'exercice d'évacuation|le recours des riverains"
        ),
        adverbs=_words(
            "après une nuit de pourparlers|malgré une pluie battante|à une courte majorité|sans autre commentaire|"
            "à huis clos|pour la troisième fois cette année|à la demande du maire|au terme de semaines de protestation|"
            "sur le conseil de ses avocats|contre toute attente|avec effet immédiat|devant une salle comble|"
            "avant l'expiration du délai|sous la pression des créanciers|à la surprise des observateurs|"
            "lors d'une visite dans les îles"
        ),
        about=_words(
            "Le passage par {} reste limité, ont indiqué les autorités des deux rives.|"
            "Des navires en route vers {} ont attendu au mouillage jusqu'à l'après-midi.|Personne à {} n'avait été prévenu."
        ),
        figure="Les inspecteurs ont compté {n} navires ce jour-là.",
        corrected="Rectificatif : une version antérieure donnait un nombre de navires erroné ; il s'agit de {n}.",
    ),
    "es": Tongue(
        subjects=_words(
            "el ministro de Transporte|un juez federal|el puerto autónomo|el sindicato de maestros|"
            "un diputado opositor|el gobernador|un grupo de ingenieros|el exportador de granos|el servicio de guardacostas|"
            "un almirante retirado|el ayuntamiento|el regulador de energía|un comité parlamentario|el gremio de pescadores|"
            "el operador ferroviario|el auditor general"
        ),
        verbs=_words(
            "rechazó|aprobó|criticó|aplazó|defendió|presentó|retiró|examinó|celebró|suspendió|cuestionó|financió|"
            "anunció|filtró|modificó|respaldó"
        ),
        objects=_words(
            "el nuevo horario de los transbordadores|un plan de dragado del puerto|el presupuesto de carreteras|"
            "una investigación sobre el combustible|el alquiler de cuatro almacenes|un tratado sobre cuotas de pesca|"
            "el cierre de dos escuelas|una oferta de inversores extranjeros|la licitación de lanchas|"
            "un informe sobre los puentes|la reforma de las pensiones|un acuerdo de comercio fronterizo|"
            "la licencia de una minera|un préstamo para el riego|el simulacro de evacuación|un recurso de los vecinos"
        ),
        adverbs=_words(
            "tras una noche de negociaciones|pese a la fuerte lluvia|por un estrecho margen|sin más comentarios|"
            "en sesión cerrada|por tercera vez este año|a petición del alcalde|después de semanas de protestas|"
            "por consejo de sus abogados|contra todo pronóstico|con efecto inmediato|ante una sala llena|"
            "antes de que venciera el plazo|bajo la presión de los acreedores|para sorpresa de los observadores|"
            "durante una visita a las islas"
        ),
        about=_words(
            "El tránsito por {} sigue restringido, según autoridades de ambas orillas.|"
            "Los barcos con destino a {} esperaron fondeados hasta la tarde.|Nadie en {} había recibido aviso."
        ),
        figure="Los inspectores contaron {n} buques aquel día.",
        corrected="Corrección: una versión anterior daba un número equivocado de buques; son {n}.",
    ),
    "tr": Tongue(
        subjects=_words(
            "ulaştırma bakanı|kıdemli bir yargıç|liman idaresi|öğretmenler sendikası|muhalefet milletvekili|vali|"
            "mühendisler kurulu|tahıl ihracatçısı|sahil güvenlik|emekli bir amiral|belediye meclisi|enerji kurumu|"
            "meclis komisyonu|balıkçılar birliği|demiryolu işletmesi|baş denetçi"
        ),
        verbs=_words(
            "reddetti|onayladı|eleştirdi|erteledi|savundu|tanıttı|geri çekti|inceledi|memnuniyetle karşıladı|durdurdu|"
            "sorguladı|finanse etti|duyurdu|sızdırdı|değiştirdi|destekledi"
        ),
        objects=_words(
            "yeni feribot tarifesini|limanın derinleştirilmesini|yol bütçesini|akaryakıt soruşturmasını|"
            "dört deponun kirasını|balıkçılık kotası anlaşmasını|iki okulun kapatılmasını|yabancı yatırımcıların teklifini|"
            "devriye botu ihalesini|köprü güvenliği raporunu|emeklilik reformunu|sınır ticareti anlaşmasını|"
            "maden şirketinin ruhsatını|sulama kredisini|tahliye tatbikatını|mahalle sakinlerinin itirazını"
        ),
        adverbs=_words(
            "uzun bir müzakere gecesinin ardından|şiddetli yağmura rağmen|az farkla|başka açıklama yapmadan|"
            "kapalı oturumda|bu yıl üçüncü kez|belediye başkanının isteğiyle|haftalarca süren protestolardan sonra|"
            "avukatların tavsiyesiyle|beklentilerin aksine|derhal geçerli olmak üzere|dolu bir salonda|süre dolmadan|"
            "alacaklıların baskısıyla|gözlemcileri şaşırtarak|adalara yaptığı ziyarette"
        ),
        about=_words(
            "{} geçişi kısıtlı kalıyor, iki kıyıdaki yetkililer böyle söyledi.|"
            "{} yolundaki gemiler öğleden sonraya kadar demirde bekledi.|{} halkına önceden haber verilmemişti."
        ),
        figure="Denetçiler o gün {n} gemi saydı.",
        corrected="Düzeltme: Haberin önceki halinde gemi sayısı yanlıştı; doğrusu {n}.",
        verb_last=True,
    ),
    "ru": Tongue(
        subjects=_words(
            "министр транспорта|федеральный судья|портовый оператор|профсоюз учителей|оппозиционный депутат|губернатор|"
            "совет инженеров|экспортёр зерна|начальник береговой охраны|отставной адмирал|городской совет|регулятор энергетики|"
            "парламентский комитет|союз рыбаков|железнодорожный перевозчик|главный аудитор"
        ),
        verbs=_words(
            "отверг|одобрил|раскритиковал|отложил|защитил|представил|отозвал|изучил|поддержал|приостановил|"
            "оспорил|оплатил|объявил|обнародовал|изменил|согласовал"
        ),
        objects=_words(
            "новое расписание паромов|план углубления гавани|проект дорожного бюджета|расследование цен на топливо|"
            "аренду четырёх складов|договор о квотах на вылов|закрытие двух школ|предложение иностранных инвесторов|"
            "тендер на сторожевые катера|доклад о безопасности мостов|пенсионную реформу|соглашение о приграничной торговле|"
            "лицензию горной компании|кредит на орошение|учебную эвакуацию|жалобу местных жителей"
        ),
        adverbs=_words(
            "после ночи переговоров|несмотря на сильный дождь|с небольшим перевесом|без дополнительных пояснений|"
            "на закрытом заседании|в третий раз за год|по просьбе мэра|после нескольких недель протестов|по совету юристов|"
            "вопреки всем ожиданиям|с немедленным вступлением в силу|при полном зале|до истечения срока|"
            "под давлением кредиторов|к удивлению наблюдателей|во время поездки на острова"
        ),
        about=_words(
            "Проход через пролив {} остаётся ограниченным, сообщили на обоих берегах.|"
            "Суда, следующие в порт {}, до вечера стояли на якоре.|В городе {} никого заранее не предупредили."
        ),
        figure="В тот день инспекторы насчитали {n} судов.",
        corrected="Исправление: в прежней версии было указано неверное число судов; правильно — {n}.",
    ),
}
