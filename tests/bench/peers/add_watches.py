"""Adds a watch for each list to a fresh changedetection.io by its API.

usage: add_watches.py DATASTORE PORT RECEIVER SECONDS URL…
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


def find_token(datastore: Path) -> str:
    """The API's token, once the service has written its settings."""
    for _ in range(120):
        for path in (datastore / "changedetection.json", datastore / "url-watches.json"):
            if path.exists():
                token = json.loads(path.read_text("utf-8"))["settings"]["application"].get("api_access_token")
                if token:
                    return str(token)
        time.sleep(0.5)
    raise SystemExit("changedetection.io wrote no settings")


def add_watch(port: int, token: str, document: dict[str, object]) -> None:
    """POST /api/v1/watch; tried until the service answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/watch", data=json.dumps(document).encode(),
        headers={"x-api-key": token, "Content-Type": "application/json"},
    )  # fmt: skip
    for _ in range(60):
        try:
            with urllib.request.urlopen(request, timeout=10):
                return
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{error.code}: {error.read()[:400]!r}") from None
        except OSError:
            time.sleep(1)
    raise SystemExit("changedetection.io does not answer")


if __name__ == "__main__":
    token = find_token(Path(sys.argv[1]))
    for url in sys.argv[5:]:
        add_watch(int(sys.argv[2]), token, {
            "url": url, "fetch_backend": "html_requests", "time_between_check": {"seconds": int(sys.argv[4])},
            "time_between_check_use_default": False, "trigger_text": ["/velmora|вельмор/i"],
            "filter_text_added": True, "filter_text_removed": False, "filter_text_replaced": True,
            "notification_urls": [sys.argv[3].replace("http://", "json://")],
            "notification_body": "{{watch_url}}\n{{diff_added}}",
            "notification_title": "{{watch_url}}",
        })  # fmt: skip
