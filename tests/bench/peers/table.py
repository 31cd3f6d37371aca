"""The table of docs/service-levels.md, from the lines that run.py printed: table.py RESULT.json… [--write]"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers import NOT_RUN

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "service-levels.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->"


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


_ROWS: tuple[tuple[str, Callable[[dict[str, Any]], float | None], str], ...] = (
    ("alerted, % of reachable", lambda run: 100 * run["alerted"] / run["reachable"], "high"),
    ("never found", lambda run: len(run["never"]), "low"),
    ("extra alerts", lambda run: run["extra"], "low"),
    ("copies alerted, of 5, also where seen before the original", lambda run: run["copies"], "low"),
    ("alerts of the past", lambda run: run["past"], "low"),
    ("alerts off the subject", lambda run: run["noise"], "low"),
    ("edits told, of 10", lambda run: run["edits_told"], "high"),
    ("edits whose page it asked for afterwards", lambda run: run["edits_looked"], ""),
    ("median delay, s", lambda run: run["median"], "low"),
    ("p95 delay, s", lambda run: run["p95"], "low"),
    ("requests a host", lambda run: run["requests_per_host"], "low"),
    ("requests of lists that were conditional, %", lambda run: _percent(run["conditional"]), "high"),
    ("requests that robots.txt forbids", lambda run: run["disallowed"], "low"),
    ("robots.txt read, times", lambda run: run["robots_read"], ""),
    ("CPU seconds", lambda run: run["cpu_seconds"], "low"),
    ("peak memory, MB", lambda run: run["peak_mb"], "low"),
    ("kills", lambda run: run["killed"], ""),
    ("load average of the machine", lambda run: run.get("load"), ""),
)  # fmt: skip


def build_table(runs: list[dict[str, Any]], ours: str = "seedwatch") -> str:
    """A column a tool, the mean over its runs; a row in which another is better than ours says who."""
    tools = sorted({run["tool"] for run in runs}, key=lambda name: (name != ours, name))
    lines = [f"| | {' | '.join(tools)} | worse than |", "|---" * (len(tools) + 2) + "|"]
    for title, read, better in _ROWS:
        cells: dict[str, float | None] = {}
        for tool in tools:
            values = [value for run in runs if run["tool"] == tool and (value := read(run)) is not None]
            cells[tool] = round(statistics.mean(values), 1) if values else None
        mine, worse = cells.get(ours), []
        if mine is not None and better:
            worse = [
                tool for tool, value in cells.items()
                if value is not None and (value > mine if better == "high" else value < mine)
            ]  # fmt: skip
        shown = " | ".join("–" if value is None else f"{value:g}" for value in cells.values())
        lines.append(f"| {title} | {shown} | {', '.join(worse)} |")
    return "\n".join(lines)


def build_section(runs: list[dict[str, Any]], machine: str) -> str:
    """The table with how it came about."""
    one, seeds = runs[0], ", ".join(str(seed) for seed in sorted({run["seed"] for run in runs}))
    told = (
        f"Seeds {seeds}; {one['reachable']} reachable pieces, polls every {one['interval']:g} s, "
        f"warm-up {one['warm_up']:g} s on the backlog; {machine}."
    )
    killed, calm = [run for run in runs if run["killed"]], [run for run in runs if not run["killed"]]
    met = [
        f"- {run['tool']}, seed {run['seed']}{'' if run['killed'] else ', without kills'}: "
        + ", ".join(f"{name} {number}" for name, number in run["faults"].items())
        for run in (*killed, *calm)
    ]
    said = [f"- {tool}: {words}" for tool, words in sorted({run["tool"]: run["said"] for run in runs}.items())]
    left = [f"- {tool}: {why}" for tool, why in NOT_RUN.items()]
    parts = [
        told,
        *(("With four kills in each run:", build_table(killed)) if killed else ()),
        *(("Without kills:", build_table(calm)) if calm else ()),
        "Faults that each tool met (windows or pieces):",
        "\n".join(met),
        "How each was set up (tests/bench/peers/drivers.py has the exact files):",
        "\n".join(said),
        *(("Not run:", "\n".join(left)) if left else ()),
    ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--machine", default="the machine otherwise idle")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    section = build_section(
        [json.loads(path.read_text("utf-8").splitlines()[-1]) for path in args.results], args.machine
    )
    print(section)
    if args.write:
        document = DOCUMENT.read_text("utf-8")
        before, rest = document.split(BEGIN)
        DOCUMENT.write_text(before + BEGIN + section + END + rest.split(END, 1)[1], "utf-8")
