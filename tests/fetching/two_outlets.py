"""Two outlets on loopback, the configuration that watches both, and a real receiver."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drive import HTML, START, Rig, Running, page
from quay_watch import QUAY_HOOK

from monitor.newsroom.loopback import LoopbackAnswer as Answer
from monitor.newsroom.receiver import Receiver

TITLE = "The quay is to be rebuilt"
HOUR = 60.0  # in minutes of simulated time
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WATCH = (
    QUAY_HOOK
    + """
[alerts.desk]
topics = ["quay"]
channels = ["hook"]
per = "story"
on = ["new", "edit"]

[alerts.own]
topics = ["quay"]
channels = ["hook"]
per = "article"
on = ["new"]
sources = ["{own}"]
"""
)


def source(name: str, **lists: list[str]) -> str:
    lines = "\n".join(f"{key} = {value!r}".replace("'", '"') for key, value in lists.items())
    return f'[sources.{name}]\nspider = "feed"\nevery = "1h"\n{lines}\n'


def html(title: str, head: str = "", more: str = "") -> Answer:
    return Answer(headers=HTML, body=page(title, more).replace(b"</head>", f"{head}</head>".encode()))


def dated(hours: float) -> str:
    return f"<meta property='article:published_time' content='{(START + timedelta(hours=hours)).isoformat()}'>"


class Stage:
    """Two outlets, a receiver and the configuration that watches both."""

    def __init__(self, rig: Rig, hosts: tuple[str, str] = ("owner.test", "rival.test")) -> None:
        self.rig = rig
        self.hosts = hosts
        self.owner, self.rival = (rig.outlet(host) for host in hosts)
        self.owner.feed({"path": "/0", "title": "Nothing yet"})
        self.owner.article("/0", "Nothing yet")
        self.rival.feed({"path": "/0", "title": "Nothing at all"})
        self.rival.article("/0", "Nothing at all")
        self.receiver = Receiver(now=rig.clock.now, secret=SECRET)
        self.receiver.start()
        rig._stack.callback(self.receiver.stop)
        (rig.folder / "hook.secret").write_text(SECRET)
        (rig.folder / "hook.secret").chmod(0o600)

    def configure(self, *sources: str, own: str = "owner") -> None:
        """`own` is the source that the rule `own` is for."""
        text = "".join(sources) + WATCH.format(hook=self.receiver.address, own=own)
        self.rig.config(text, allow=[*self.hosts, "127.0.0.1"])

    def both(self, **more: list[str]) -> None:
        self.configure(
            source("owner", feeds=[self.owner.url("/feed")]), source("rival", feeds=[self.rival.url("/feed")], **more)
        )

    def told(self) -> list[list[Any]]:
        """What arrived of pieces at the owner's addresses: rule, event, outlet, address."""
        found = [(d.body["type"], d.body["data"]) for d in self.receiver.accepted]
        return sorted(
            [data["rule"], event, data["outlet"]["title"], data["article"]["url"].removeprefix(self.owner.url(""))]
            for event, data in found
            if data["article"]["url"].startswith(self.owner.url(""))
        )

    async def result(self, running: Running) -> dict[str, Any]:
        where = f"WHERE url LIKE '{self.owner.url('/')}%' AND title <> 'Nothing yet'"
        return {
            "told": self.told(),
            "stored": [
                [row[0], row[1].removeprefix(self.owner.url("")), *row[2:]]
                for row in await running.rows(
                    f"SELECT source, url, title, revision, instr(text, 'altered') > 0 FROM articles {where} ORDER BY id"
                )
            ],
        }
