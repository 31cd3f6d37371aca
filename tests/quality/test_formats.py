"""Floors of the parsers of feeds and addresses on other projects' test data (tests/bench/formats.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reference_material import ABSENT, SHARED

ROOT = Path(__file__).resolve().parents[2]
PEERS = SHARED / "peers"
# How many may be read otherwise than a peer expects. Of feedparser's, 15 sanitize markup otherwise (a page of scripts,
# what follows an <object> never closed), and a caption is never a lead here; gofeed takes the last of three links.
WRONG = {"feedparser": 18, "feedparser dates": 0, "gofeed": 5, "WHATWG URL": 0}
RIGHT = {"feedparser": 788, "feedparser dates": 10, "gofeed": 137, "WHATWG URL": 431}


@pytest.mark.skipif(not PEERS.is_dir(), reason=ABSENT)
def test_floors_on_the_test_data_of_peers() -> None:
    command = [sys.executable, str(ROOT / "tests" / "bench" / "formats.py")]
    environment = {name: value for name, value in os.environ.items() if name != "PEERS"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found = json.loads(done.stdout.splitlines()[-1])
    worse = {name: one for name, one in found.items() if one["wrong"] > WRONG[name] or one["right"] < RIGHT[name]}
    assert (set(found), worse) == (set(WRONG), {}), done.stdout
