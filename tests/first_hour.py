"""The first hour as a person has it: an empty folder, articles of one's own, two outlets, and the README's commands.

The commands are read from README.md, section "Your first hour", and typed as they stand there; only the addresses of
the outlets are put in, and loopback, the receiver and its secret into config.toml, as a person would with an editor.
"""

from __future__ import annotations

import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.newsroom.newsroom import Newsroom
from monitor.newsroom.receiver import ReceivedDelivery, Receiver

ROOT = Path(__file__).resolve().parents[1]
SECRET = "whsec_" + "c2VlZHdhdGNo" * 4
OUTLETS = ("tass", "wordpress")
PLACEHOLDERS = ("https://outlet.example/", "https://other.example/")
MOST = 7  # commands until an alert has come
_PROGRAM = (
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'seedwatch'; from monitor.commands.cli import main; main()",
)
_LOOK = 0.2  # seconds between two looks at the receiver

SEEDS = {
    "rotterdam.txt": (
        "Dockers' strike shuts container terminals in Rotterdam\n\n"
        "Lashers and crane drivers walked out on Monday and two container terminals stood still.\n\n"
        "The dockworkers' union wants seven percent more pay and a limit on automated cranes. The port authority said "
        "forty ships wait at anchor. The terminal operator called the strike a breach of the agreement, and the union "
        "said dockers would picket the gates until talks resume. Shippers reroute boxes to Antwerp.\n"
    ),
    "santos.txt": (
        "Port workers in Santos vote to strike over hiring pool\n\n"
        "Stevedores at the largest port of Brazil will stop work for 24 hours, their union said.\n\n"
        "The dispute is about a hiring pool for casual dockworkers that terminal operators want to end. Coffee and "
        "sugar cargo piles up on the quays. The port authority asked a labour court to order a minimum of crews, and "
        "the stevedores' union said the walkout goes on unless the operators negotiate.\n"
    ),
    "vancouver.txt": (
        "Strike of longshore workers halts cargo at Vancouver port\n\n"
        "Seven thousand longshore workers set up picket lines at dawn after talks broke down.\n\n"
        "The union of dockworkers rejects contracting out maintenance work. Containers and grain are stuck, terminals "
        "turned trucks away, and ships queue in the bay. The employers' association of the ports asked for mediation; "
        "the union says the strike lasts until wages and automation are settled.\n"
    ),
    "felixstowe.txt": (
        "Felixstowe dockers begin eight-day strike over pay\n\n"
        "Crane drivers and stevedores at the container port began a walkout after refusing a pay offer.\n\n"
        "The union says the port made record profits while wages of dockworkers fell behind prices. Shipping lines "
        "diverted vessels, and the port operator regretted the strike. Pickets stand at both gates. No talks between "
        "the union and the terminal are planned this week.\n"
    ),
    "durban.txt": (
        "Durban port strike leaves ships at anchor, exporters warn\n\n"
        "Citrus growers count losses as dockworkers of the state port company strike for a second week.\n\n"
        "The union turned down a pay rise of five percent. Cargo handling fell by two thirds, container terminals work "
        "with managers at the cranes, and fifty ships wait. Unions and the port company meet a mediator on Thursday; "
        "pickets of stevedores remain at the harbour.\n"
    ),
}
EARLIER = {  # out already when the watch begins: it would have matched, and alerts nothing
    "title": "Piraeus dockers strike and picket the container piers",
    "lead": "Ferries and cargo ships stay in the port of Piraeus while stevedores walk out for a day.",
    "paragraphs": (
        (
            "The union of dockworkers protests against a new shift plan of the terminal operator. Pickets blocked both "
            "gates of the container terminals, and twenty ships wait in the roads."
        ),
        (
            "The port authority asked the union for a minimum of crews at the cranes. Wages and automation are next, "
            "the union said, if mediation fails."
        ),
    ),
    "tags": ("ports",),
}
NEWS = {  # what the outlet puts out while the watch runs
    "title": "Dockworkers strike at Genoa container terminals",
    "lead": "Stevedores and crane drivers walked out after pay talks with terminal operators failed.",
    "paragraphs": (
        (
            "The dockworkers' union put pickets at the gates of the port, and the port authority counted thirty ships "
            "at anchor. The union rejects automated cranes and wants a pay rise of six percent."
        ),
        (
            "Shipping lines reroute containers to Savona. Operators of the terminals called the strike unlawful and "
            "asked for mediation, while dockers said the walkout goes on until talks resume."
        ),
    ),
    "tags": ("ports",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCommand:
    """A line of the README as it was typed, how it ended and what it said; `seconds` of `run` end with the alert.

    `busy` are the seconds of CPU that it and its processes took, by which a time on a busy machine can be judged.
    """

    line: str
    seconds: float
    busy: float
    code: int
    out: str
    err: str


@dataclass(slots=True, kw_only=True)
class FirstHour:
    """What was typed, and the first alert on a piece that came of it, if one came."""

    commands: list[TypedCommand] = field(default_factory=list)
    alert: ReceivedDelivery | None = None

    def said(self, name: str) -> TypedCommand:
        """The last of the commands of that name."""
        return next(one for one in reversed(self.commands) if one.line.split()[1] == name)


def read_lines() -> list[str]:
    """The commands of the README's first hour, in order, without their remarks."""
    text = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"^## Your first hour\n.*?^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.partition("  #")[0].strip() for line in block.splitlines()]


def play_first_hour(
    folder: Path, *, pieces: int, quick: bool, until: str = "run", patience: float = 400.0
) -> FirstHour:
    """Type the README's commands in `folder`, an empty one, until the first alert or the command named `until` is done.

    Each outlet has `pieces` pieces out. `quick` takes the pause between two requests away and shortens the interval of
    polls; without it a config.toml as `init` lays it is used.
    """
    (folder / "articles").mkdir()
    for name, text in SEEDS.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    played = FirstHour()
    with Newsroom(now=_now, seed=11) as room, Receiver(now=_now, secret=SECRET) as receiver:
        for name in OUTLETS:
            for number in range(pieces):
                room.publish(name, at=_now() - timedelta(minutes=1.2 * number + 1))
        room.publish(OUTLETS[1], at=_now() - timedelta(minutes=1), **EARLIER)
        homes = [f"{room.outlets[name].address}/" for name in OUTLETS]
        for line in read_lines():
            typed = line
            for placeholder, home in zip(PLACEHOLDERS, homes, strict=True):
                typed = typed.replace(placeholder, home)
            if typed.split()[1] == "run":
                _watch(folder, line, typed, played, room, receiver, patience)
                break
            played.commands.append(_type(folder, line, typed))
            if typed.split()[1] == "init":  # refused: outlets on this machine have to be allowed first
                edit_config(folder / "config.toml", receiver.address, quick=quick)
                (folder / "desk.secret").write_text(SECRET)
                (folder / "desk.secret").chmod(0o600)
                played.commands.append(_type(folder, line, typed))
                if quick:
                    _shorten(folder / "config.toml")
            if typed.split()[1] == until:
                break
    return played


def edit_config(config: Path, receiver: str, *, quick: bool) -> None:
    """What a person edits: the channel and its rule uncommented, the receiver's address, loopback allowed."""
    text = config.read_text("utf-8")
    begin, end = text.index("# [channels.desk]"), text.index("# --- Manners")
    text = text[:begin] + re.sub(r"^# ", "", text[begin:end], flags=re.MULTILINE) + text[end:]
    text = text.replace("https://desk.example/hook", receiver).replace("[fetch]", '[fetch]\nallow = ["127.0.0.1"]')
    text = text.replace("port = 8001", "port = 0")  # 8001 may be taken where this runs
    if quick:
        text = text.replace("delay = 1.5 ", "delay = 0 ")
    config.write_text(text, "utf-8")


def _shorten(config: Path) -> None:
    config.write_text(
        re.sub(r'^every = ".*?"', 'every = "60s"', config.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )


def _busy() -> float:
    """Seconds of CPU that ended processes of this one took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _now() -> datetime:
    return datetime.now(UTC)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEEDWATCH_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "200"}


def _type(folder: Path, line: str, typed: str) -> TypedCommand:
    begin, busy = time.monotonic(), _busy()
    done = subprocess.run(
        [*_PROGRAM, *shlex.split(typed)[1:]],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    seconds = time.monotonic() - begin
    return TypedCommand(
        line=line, seconds=seconds, busy=_busy() - busy, code=done.returncode, out=done.stdout, err=done.stderr
    )


def _watch(
    folder: Path, line: str, typed: str, played: FirstHour, room: Newsroom, receiver: Receiver, patience: float
) -> None:
    """Start the watch, let an outlet put out a piece on the subject, and wait for its alert."""
    begin, busy = time.monotonic(), _busy()
    words = shlex.split(typed)[1:]
    room.publish(OUTLETS[0], **NEWS)
    with (folder / "run.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen([*_PROGRAM, *words], cwd=folder, env=_environment(), stdout=log, stderr=log)
        try:
            played.alert = _await(lambda: _find_alert(receiver), process, begin + patience)
        finally:
            seconds = time.monotonic() - begin
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            code = process.wait(60)
        log.seek(0)
        played.commands.append(
            TypedCommand(line=line, seconds=seconds, busy=_busy() - busy, code=code, out="", err=log.read())
        )


def _find_alert(receiver: Receiver) -> ReceivedDelivery | None:
    """The first accepted alert on a piece: a test is none."""
    return next((one for one in receiver.accepted if one.body["type"] == "article.matched"), None)


def _await(
    find: Callable[[], ReceivedDelivery | None], process: subprocess.Popen[bytes], end: float
) -> ReceivedDelivery | None:
    while process.poll() is None and time.monotonic() < end:
        if (found := find()) is not None:
            return found
        time.sleep(_LOOK)
    return find()
