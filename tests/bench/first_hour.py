"""Measures the first hour: an empty folder, the README's commands, two outlets on loopback, until a signed alert came.

usage: first_hour.py [--pieces N] [--quick]

Without --quick the watch keeps the pauses and intervals that `init` writes. The last line is one JSON object: seconds
of each command (`run` until the alert), their sum, the seconds of CPU they took, the machine's load before and after,
and whether the alert's signature is right. Editing config.toml is done by the bench at once; a person takes a minute or
two.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from first_hour import play_first_hour


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pieces", type=int, default=52, metavar="N", help="pieces that each of the outlets has out")
    parser.add_argument("--quick", action="store_true", help="no pause between requests, polls every minute")
    options = parser.parse_args()
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(prefix="seedwatch-first-hour-") as folder:
        played = play_first_hour(Path(folder), pieces=options.pieces, quick=options.quick)
    for one in played.commands:
        print(f"{one.seconds:7.1f} s  CPU {one.busy:5.1f} s  exit {one.code}  {one.line}", file=sys.stderr)
    print(
        json.dumps(
            {
                "commands": len(played.commands),
                "seconds": [round(one.seconds, 1) for one in played.commands],
                "total_seconds": round(sum(one.seconds for one in played.commands), 1),
                "cpu_seconds": [round(one.busy, 1) for one in played.commands],
                "load": [round(one, 1) for one in (*load, os.getloadavg()[0])],
                "alert": played.alert is not None,
                "signature_ok": played.alert is not None and played.alert.signature_ok,
            }
        )
    )


if __name__ == "__main__":
    main()
