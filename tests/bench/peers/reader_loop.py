"""lemon24/reader with the loop that its guide suggests: update the feeds, tell of what is unread, mark it as read.

usage: reader_loop.py DATABASE RECEIVER INTERVAL FEED… ; what is there at the first update is marked as read unseen.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from post_alert import post_text
from reader import make_reader  # in the environment of its own only

SUBJECT = re.compile("velmora|вельмор", re.IGNORECASE)


def run_loop(database: str, receiver: str, interval: float, feeds: list[str]) -> None:
    """Until it is killed."""
    fresh = not Path(database).exists()
    reader = make_reader(database)
    for feed in feeds:
        reader.add_feed(feed, exist_ok=True)
    while True:
        begun = time.monotonic()
        reader.update_feeds(scheduled=False)  # else, since 3.26, once an hour whatever this loop does
        for entry in list(reader.get_entries(read=False)):
            content = entry.get_content()
            text = f"{entry.title}\n{entry.link}\n{entry.summary or ''}\n{content.value if content else ''}"
            if fresh or not SUBJECT.search(text) or post_text(receiver, text):
                reader.mark_entry_as_read(entry)
        fresh = False
        time.sleep(max(0.0, interval - (time.monotonic() - begun)))


if __name__ == "__main__":
    run_loop(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
