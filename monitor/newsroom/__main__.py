"""The newsroom as a process of its own, for tests that kill the monitor; it must not outlive its purpose.

    python -m monitor.newsroom --port-file F [--seed 7] [--tass 12] … [--ledger FILE] [--deliveries FILE]

Once every outlet answers, F holds one JSON document: `outlets` (name → address), `receiver` (address), `sources`
(the tables for config.toml), `sources_toml`, `pid`, and "ready" is printed. It serves until SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.newsroom.newsroom import OUTLETS, Newsroom
from monitor.newsroom.receiver import Receiver


def serve_newsroom(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; returns the exit code."""
    options = _parser().parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with (
        Newsroom(now=_now, seed=options.seed) as newsroom,
        Receiver(now=_now, secret=options.secret, path=options.deliveries) as receiver,
    ):
        _publish(newsroom, {name: getattr(options, name) for name in OUTLETS}, options.on_topic)
        if options.ledger is not None:
            lines = "".join(f"{record.line()}\n" for record in newsroom.ledger)
            options.ledger.write_text(lines, encoding="utf-8")
        _announce(options.port_file, newsroom, receiver)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m monitor.newsroom", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--port-file", type=Path, required=True, help="where to write the addresses")
    parser.add_argument("--seed", type=int, default=7, help="fixes every text and number")
    parser.add_argument("--ledger", type=Path, help="where to write what was published, a line of JSON each")
    parser.add_argument("--deliveries", type=Path, help="where to append what the receiver gets, likewise")
    parser.add_argument("--secret", help="signing secret the receiver checks (whsec_...)")
    parser.add_argument("--on-topic", type=int, default=3, help="every so manieth piece is on topic")
    for name, number in zip(OUTLETS, (12, 4, 4, 4), strict=True):
        parser.add_argument(f"--{name}", type=int, default=number, help=f"how many pieces {name} has out")
    return parser


def _publish(newsroom: Newsroom, numbers: dict[str, int], every: int) -> None:
    """The same pieces for the same numbers, the latest a minute old, five minutes apart."""
    latest = _now() - timedelta(minutes=1)
    for name, number in numbers.items():
        for n in reversed(range(number)):
            newsroom.publish(name, on_topic=n % every == 0, at=latest - timedelta(minutes=5 * n))


def _announce(path: Path, newsroom: Newsroom, receiver: Receiver) -> None:
    """Write the port file whole or not at all: a reader polls for it."""
    document = {
        "outlets": {name: outlet.address for name, outlet in newsroom.outlets.items()},
        "receiver": receiver.address,
        "sources": newsroom.sources(),
        "sources_toml": newsroom.sources_toml(),
        "pid": os.getpid(),
    }
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(document, indent=1), encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(serve_newsroom())
