"""A command of the product without one of its rules, for agents.py.

usage: agents_ablated.py RULE WORDS…

RULE is "" for the whole product, or `lease`, `recover` or `reconnect` (see agents.py).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def run_ablated(ablate: str) -> None:
    """Leave out a rule, and run the command that `sys.argv` holds."""
    from nats.aio.client import Client

    from monitor.commands.cli import main
    from monitor.fetching.agents.lease_clock import LeaseClock
    from monitor.storage.leases.host_leases import HostLeases

    if ablate == "lease":
        LeaseClock.lasts = lambda self, seconds: True  # type: ignore[method-assign]
    if ablate == "recover":
        recover = HostLeases.recover

        def free_all(self: HostLeases, now: Any) -> int:
            self.db.execute("UPDATE polls SET agent = NULL WHERE outcome = 'open'")
            return recover(self, now)

        HostLeases.recover = free_all  # type: ignore[method-assign]
    if ablate == "reconnect":
        connect = Client.connect

        async def connect_slowly(self: Client, *servers: Any, **options: Any) -> None:
            await connect(self, *servers, **{**options, "reconnect_time_wait": 8})

        Client.connect = connect_slowly  # type: ignore[method-assign]
    main()


if __name__ == "__main__":
    run_ablated(sys.argv.pop(1))
