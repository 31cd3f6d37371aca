"""What it costs to begin: processor time of commands that only print, and of collecting the suite.

usage: startup.py [--runs N] [--other FOLDER MODULE]

`--other` is a checkout of another version and the module of its command line (`monitor.cli` in 0.1.0), run in the same
environment, in turn with this one. The last line is one JSON object: the median of user and system time in ms,
by version and command. Processor time, since a machine that has other things to do changes it least.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (("--version",), ("--help",), ("explain", "--help"), ("status", "--help"))


def measure_run(tree: Path, words: list[str]) -> float:
    """Milliseconds of processor time that a Python process takes in a checkout, its children included."""
    before = os.times()
    subprocess.run(
        [sys.executable, *words],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree)},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    after = os.times()
    return 1000 * (after.children_user + after.children_system - before.children_user - before.children_system)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, metavar="N")
    parser.add_argument("--other", nargs=2, metavar=("FOLDER", "MODULE"))
    options = parser.parse_args()
    trees = {"this": (ROOT, "monitor.commands.cli")}
    if options.other:
        trees["other"] = (Path(options.other[0]).resolve(), options.other[1])
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(options.runs):
        for name, (tree, module) in trees.items():
            code = f"import sys; sys.argv[0] = 'seedwatch'; from {module} import main; main()"
            for words in COMMANDS:
                times.setdefault((name, " ".join(words)), []).append(measure_run(tree, ["-c", code, *words]))
            if number == 0:
                collect = ["-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
                times[name, "collect the suite"] = [measure_run(tree, collect)]
    print(
        json.dumps(
            {
                name: {what: round(statistics.median(found)) for (of, what), found in times.items() if of == name}
                for name in trees
            }
        )
    )


if __name__ == "__main__":
    main()
