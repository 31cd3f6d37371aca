"""Measures the pages on archives of growing size: how long the server takes for each, as a reader waits for it.

usage: pages.py [--sizes N[,N…]] [--rounds N] [--folder FOLDER]

Each archive (tests/archive.py: twelve outlets, six topics, 200 days) is served by the real pages' process; every page
is asked for `--rounds` times after one that warms it. A folder keeps the archives from one run to the next. The last
line is one JSON object: for each size the 95th percentile in milliseconds of each page, and the slowest of them.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from archive import MADE, ArchiveSize, fill_archive

from monitor.config.load import parse_config
from monitor.daemon.pages_process import Pages, start_pages
from monitor.storage.connection import connect_database


def list_addresses(articles: int) -> dict[str, str]:
    """One address of each kind of page; the article and the story are among the newest."""
    made = min(articles, MADE)  # a larger archive holds copies, whose numbers go on
    edited = articles - made + made // 23 * 23
    return {
        "overview": "/",
        "matches": "/matches",
        "matches of a topic and source": "/matches?topic=ports&source=el-mirador",
        "search, common word": "/search?q=freight",
        "search, rare word": f"/search?q={made - 7}",
        "search, narrowed": "/search?q=freight&topic=ports&period=7d",
        "article": f"/article/{edited}",
        "changes": f"/article/{edited}/changes/1/2",
        "story": "/story/1",
        "source": "/source/capital-wire",
        "topic": "/topic/ports",
        "feed of a topic": "/topic/ports.atom",
        "health": "/health.json",
    }


def ask(pages: Pages, address: str) -> float:
    """Milliseconds from the request to the last byte; raises RuntimeError for anything but 200."""
    begin = time.perf_counter()
    with closing(http.client.HTTPConnection(pages.host, pages.port, timeout=120)) as connection:
        connection.request("GET", address)
        reply = connection.getresponse()
        reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{address}: {reply.status}")
    return 1000 * (time.perf_counter() - begin)


def measure(folder: Path, articles: int, rounds: int) -> dict[str, float]:
    """The 95th percentile of each page on an archive of that size, made in `folder` where it is not there."""
    path = folder / f"pages-{articles}.db"
    if not path.exists():
        begin = time.perf_counter()
        fill_archive(path, ArchiveSize(articles=articles))
        print(f"{articles} articles laid in {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    else:
        connect_database(path).close()  # one kept from before gets the migrations that came since
    config = parse_config(f"[store]\npath = {json.dumps(str(path))}\n[pages]\nport = 0\n", "config.toml")
    found = {}
    with start_pages(config) as pages:
        for name, address in list_addresses(articles).items():
            ask(pages, address)
            times = sorted(ask(pages, address) for _ in range(rounds))
            found[name] = round(times[min(len(times) - 1, int(0.95 * len(times)))], 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedwatch-pages-") as aside:
        folder = options.folder or Path(aside)
        folder.mkdir(parents=True, exist_ok=True)
        result = {size: measure(folder, int(size), options.rounds) for size in options.sizes.split(",")}
    for size, pages in result.items():
        for name, milliseconds in pages.items():
            print(f"{size:>9}  {name:32} {milliseconds:8.1f} ms", file=sys.stderr)
    print(json.dumps({size: {"p95_ms": pages, "slowest_ms": max(pages.values())} for size, pages in result.items()}))


if __name__ == "__main__":
    main()
