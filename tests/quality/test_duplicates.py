"""Pinned floors of copies and near-copies: lowering one needs a reason in docs/decisions.md."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from monitor.model.moment import Moment, Precision
from monitor.model.page import Article, Outcome, PageToSettle
from monitor.model.source import NAMELESS
from monitor.pipeline.ingest.read_page import judge_article
from monitor.pipeline.ingest.settle import SettledPage, Watch, store_reading
from monitor.storage import Store

DOCUMENTS = "86438b888c0d7174c8da2722ea2b8f16720c567593a86caae1c50fb70b05c699"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WATCH = Watch(sources={}, topics=(), rules=(), kinds={})


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from monitor.commands.cli import main; main()", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=True)
    return done.stdout


def score(shared: Path, gold: Path, result: Path) -> dict[str, float]:
    command = [sys.executable, str(shared / "gold/score.py"), "duplicates", str(gold), str(result)]
    found: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(
    ("heading", "named", "precision", "recall", "f1"),
    [
        ("Related articles", True, 0.993, 0.972, 0.983),  # reached: .9939, .9733, .9835
        ("Related articles", False, 0.993, 0.972, 0.983),  # the same where no document names its source
        # A heading that nothing ends a text at: bars, teasers and imprint stay in, and repetition alone finds them.
        ("More from our newsroom", True, 0.99, 0.929, 0.96),  # reached: .9943, .9307, .9614
    ],
)
def test_floors_on_labelled_documents_one_at_a_time(
    shared: Path, tmp_path: Path, heading: str, named: bool, precision: float, recall: float, f1: float
) -> None:
    gold = shared / "gold" / "duplicates" / "neardup_dev.jsonl.gz"
    raw = gzip.decompress(gold.read_bytes())
    assert hashlib.sha256(raw).hexdigest() == DOCUMENTS
    given = raw.replace(b"\\nRelated articles\\n", rf"\n{heading}\n".encode())
    rows = [json.loads(line) for line in given.splitlines()]
    kept = [row if named else {key: value for key, value in row.items() if key != "source"} for row in rows]
    (tmp_path / "given.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    run(tmp_path, "init")
    (tmp_path / "lines.jsonl").write_text(run(tmp_path, "--db", "new.db", "backfill", "given.jsonl", "--nl"))
    got = score(shared, gold, tmp_path / "lines.jsonl")
    assert got["missing"] == 0
    assert got["precision"] >= precision
    assert got["recall"] >= recall
    assert got["f1"] >= f1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "test.db") as store, store.write():
        yield store


class Desk:
    """Puts texts through the line one after the other."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number = 0

    def settle(
        self, text: str, *, title: str = "Report", source: str = "wire", at: datetime | None = NOON
    ) -> SettledPage:
        self.number += 1
        published = None
        if at is not None:
            published = Moment(at=at, raw="", zone="offset", precision=Precision.SECOND, carrier="feed")
        url = f"https://{source}.example/{self.number}"
        article = Article(url=url, identity=None, title=title, lead=None, text=text, published=published)
        page = PageToSettle(reading=judge_article(article, (), source=source), source=source, first_seen_at=NOON)
        return store_reading(self.store, WATCH, page, NOON)

    def outcome(self, text: str, **given: object) -> Outcome:
        return self.settle(text, **given).outcome  # type: ignore[arg-type]


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


# The shapes of SOURCES.md, "What the real data teaches", in words of our own.
def bulletin(day: int, *, violations: int, hour: str) -> str:
    return (
        f"OSTERHAVEN, March {day}. /WIRE/. Observers of the lake mission recorded {violations} breaches of the truce "
        f"in the northern sector of the Mirror Lakes at {hour} on March {day}, the mission said in its daily bulletin."
        "\n\nNobody was hurt. The mission is looking into the matter together with both sides, as it does whenever "
        "shots are heard along the line of contact. Observation posts keep watching the truce around the clock.\n\n"
        "The observers have been stationed at the lakes since the ceasefire, with posts along the road and the canal."
    )


def test_seven_daily_look_alikes_stay_seven(desk: Desk) -> None:
    for day in range(7):
        text = bulletin(2 + day, violations=1 + day % 3, hour=f"{8 + day}:{10 + day}")
        assert desk.outcome(text, title="Truce breached at Mirror Lakes", at=NOON + timedelta(days=day)) is Outcome.NEW


def test_look_alikes_of_two_outlets_are_told_apart_by_their_numbers(desk: Desk) -> None:
    monday = desk.settle(bulletin(2, violations=4, hour="9:15"))
    tuesday = desk.settle(bulletin(3, violations=7, hour="11:40"), source="daily", at=NOON + timedelta(days=1))
    reprint = desk.settle(
        "Good morning, here is what the agencies have.\n\n" + bulletin(3, violations=7, hour="11:40"),
        source="herald",
        at=NOON + timedelta(days=1),
    )
    assert (monday.outcome, tuesday.outcome, reprint.outcome) == (Outcome.NEW, Outcome.NEW, Outcome.NEAR_COPY)
    assert reprint.decision is not None
    assert reprint.decision.of is not None
    assert reprint.decision.of.id == tuesday.article_id


@pytest.mark.parametrize("hour", [12, 23.5])  # the second issue comes an hour later, and may come on another day
def test_eight_reissues_of_the_same_day_are_linked(desk: Desk, hour: float) -> None:
    noon = NOON.replace(hour=0) + timedelta(hours=hour)
    for number in range(8):
        subject = ("wheat", "timber", "copper", "cotton", "salt", "glass", "honey", "wool")[number]
        text = (
            f"The port of Linnea loaded {12 + number} ships with {subject} on Friday, twice as many as in all of last "
            f"month, the harbour office said. {subject.title()} is what the town lives on in a winter without herring, "
            f"and {subject} prices rose to {300 + number} crowns on the exchange of the capital within hours.\n\n"
            f"The mayor called it the best day for {subject} since the canal was dug through the moor."
        )
        title = f"Record day for {subject} in Linnea"
        first = desk.settle(text, title=title, at=noon)
        again = desk.settle(text.replace("dug through the moor", "dug"), title=title, at=noon + timedelta(hours=1))
        assert (first.outcome, again.outcome) == (Outcome.NEW, Outcome.NEAR_COPY)
        assert desk.store.articles.story_of(first.article_id or 0) == desk.store.articles.story_of(
            again.article_id or 0
        )


def test_a_text_issued_again_is_no_furniture_of_its_outlet_whoever_had_it_first(desk: Desk) -> None:
    text = bulletin(2, violations=4, hour="9:15")
    ours = [desk.settle(text, source=source) for source in ("herald", "wire", "wire")]
    assert [settled.outcome for settled in ours] == [Outcome.NEW, Outcome.COPY, Outcome.COPY]
    assert desk.store.fingerprints.list_repeated("wire") == frozenset()
    later = desk.settle(text.replace("Nobody was hurt", "No one was hurt"), source="daily")
    assert later.decision is not None
    assert (later.outcome, later.decision.added < 0.1) == (Outcome.NEAR_COPY, True)


@pytest.mark.parametrize(
    ("text", "word", "other"),
    [
        (
            (
                "两国外长星期二在湖边酒店会晤，就边界谈判的时间表达成一致。官员表示，工作组将在三周内开始工作。\n\n"
                "中立国家的观察员应邀从第一天起参加，首都的报纸对此表示欢迎。"
            ),
            "会晤",
            "举行会谈",
        ),
        (
            (
                "รัฐมนตรีต่างประเทศของทั้งสองประเทศพบกันที่โรงแรมริมทะเลสาบเมื่อวันอังคารและตกลงเรื่องกำหนดการเจรจาชายแดน\n\n"
                "เจ้าหน้าที่กล่าวว่าคณะทำงานจะเริ่มภายในสามสัปดาห์"
            ),
            "พบกัน",
            "หารือกัน",
        ),
    ],
)
def test_a_reprint_with_a_word_edited_is_a_near_copy_without_spaces_too(
    desk: Desk, text: str, word: str, other: str
) -> None:
    whole = desk.settle(text)
    reprint = desk.settle(text.replace(word, other), source="daily")
    assert reprint.outcome is Outcome.NEAR_COPY
    assert reprint.decision is not None
    assert reprint.decision.of is not None
    assert reprint.decision.of.id == whole.article_id


@pytest.mark.parametrize("edit", ["Nobody", "No one"])
def test_a_correction_by_reversed_headline_is_news(desk: Desk, edit: str) -> None:
    text = bulletin(2, violations=4, hour="9:15")
    assert desk.outcome(text, title="Norland wants to refuse seed wheat, premier says") is Outcome.NEW
    assert (
        desk.outcome(text.replace("Nobody", edit), title="Norland not going to refuse seed wheat — PM") is Outcome.NEW
    )


def test_background_that_every_report_ends_with_makes_no_copies(desk: Desk) -> None:
    background = (
        "Fighting over the Mirror Lakes broke out in the autumn after the dam gave way and the two governments blamed "
        "one another for the flood. A truce was signed under the eyes of the neighbours, who sent observers, opened "
        "the road to convoys and promised to rebuild the dam within a decade, which has not begun to this day."
    )
    leads = (
        "A convoy with flour and medicine reached the northern shore after a night on the icy road.",
        "The parliament in Osterhaven voted to pay the ferrymen a pension that they had asked for since spring.",
        "Two schools on the eastern bank opened again and children came by boat with lanterns and skates.",
        "Engineers measured the ruins of the dam with balloons and said that the foundations would still carry it.",
    )
    assert {desk.outcome(f"{lead}\n\n{background}") for lead in leads} == {Outcome.NEW}


def test_a_cut_is_a_near_copy_without_a_date_too(desk: Desk) -> None:
    text = bulletin(2, violations=4, hour="9:15")
    whole = desk.settle(text)
    cut = desk.settle(text.rsplit("\n\n", 1)[0], source="daily", at=None)
    assert cut.outcome is Outcome.NEAR_COPY
    assert cut.decision is not None
    assert (cut.decision.of.id if cut.decision.of else None, cut.decision.similarity) == (whole.article_id, 1.0)


def _groups(folder: Path, given: list[tuple[str, str, datetime]]) -> frozenset[frozenset[str]]:
    """Which of these (name, text, date), all of nobody's, the line takes for one text."""
    with Store(folder) as store, store.write():
        desk, original = Desk(store), dict[int, str]()
        found: dict[str, set[str]] = {}
        for name, text, at in given:
            settled = desk.settle(text, title=name, source=NAMELESS, at=at)
            assert settled.decision is not None
            of = settled.decision.of
            first = original[of.id] if of is not None else name
            original[settled.article_id or 0] = first
            found.setdefault(first, set()).add(name)
    return frozenset(frozenset(names) for names in found.values())


def test_documents_of_nobody_are_grouped_alike_in_whatever_order_they_come(tmp_path: Path) -> None:
    monday, tuesday = bulletin(2, violations=4, hour="9:15"), bulletin(3, violations=7, hour="11:40")
    harbour = (
        "The port of Linnea loaded twelve ships with wheat on Friday, twice as many as in all of last month, the "
        "harbour office said. Wheat is what the town lives on in a winter without herring, and prices rose at once.\n\n"
        "The mayor called it the best day since the canal was dug through the moor, and the bells were rung at noon."
    )
    given = [
        ("monday", monday, NOON),
        ("monday again", monday, NOON + timedelta(hours=30)),
        ("monday with a greeting", f"Good morning, here is what the agencies have.\n\n{monday}", NOON),
        ("monday, cut", monday.rsplit("\n\n", 1)[0], NOON + timedelta(hours=1)),
        ("monday, edited", monday.replace("Nobody was hurt", "No one was hurt"), NOON + timedelta(hours=2)),
        ("tuesday", tuesday, NOON + timedelta(days=1)),
        ("tuesday, cut", tuesday.rsplit("\n\n", 1)[0], NOON + timedelta(days=1)),
        ("harbour", harbour, NOON),
        ("harbour, edited", harbour.replace("at noon", "at dusk"), NOON + timedelta(days=2)),
    ]
    wanted = frozenset(
        frozenset(name for name, _, _ in given if name.startswith(subject))
        for subject in ("monday", "tuesday", "harbour")
    )
    random = Random(3)
    for number in range(8):
        assert _groups(tmp_path / f"{number}.db", given) == wanted, [name for name, _, _ in given]
        random.shuffle(given)
