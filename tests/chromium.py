"""Debian's chromium without a window, driven over its debugging pipe: no driver and no further package.

Messages are JSON texts that end in a zero byte, on file descriptors 3 (to the browser) and 4 (from it), as
`--remote-debugging-pipe` has them (https://chromedevtools.github.io/devtools-protocol/).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

# What finds barriers: axe-core, which CI installs beside the checkout.
AXE = Path(os.environ.get("AXE_CORE", Path(__file__).resolve().parents[1] / "node_modules/axe-core/axe.min.js"))
_SECONDS = 60.0
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions", "--mute-audio"),
    *("--hide-scrollbars", "--force-color-profile=srgb", "--remote-debugging-pipe"),
)


def find_chromium() -> str | None:
    """The browser's program, None where none is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Tab:
    """One page of a browser; what it logged and what it was refused stand in `complaints`."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        self.complaints: list[str] = []
        self.status: int | None = None

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def open(self, address: str) -> None:
        """Load a page and wait until it has; `status` is then its HTTP status."""
        self.status = None
        self._browser.seen.clear()
        self.call("Page.navigate", url=address)
        self._browser.wait_for(self._session, "Page.loadEventFired")

    def submit(self, script: str) -> None:
        """Run a script that leads to another page, and wait until that is there."""
        self._browser.seen.clear()
        self.call("Runtime.evaluate", expression=script)
        self._browser.wait_for(self._session, "Page.loadEventFired")

    def evaluate(self, script: str) -> Any:
        """The value of a script run in the page (a promise is awaited), which no policy of the page forbids."""
        found = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def look(self, *, width: int, height: int = 900, dark: bool = False, media: str = "screen") -> None:
        """Set the size of the window, the wished colours, and screen or print."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def heard(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(f"console: {params['args']}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(f"exception: {params['exceptionDetails'].get('text')}")
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"log: {params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append(f"dialog: {params['message']}")
            self._browser.send("Page.handleJavaScriptDialog", self._session, accept=True)
        elif method == "Network.responseReceived" and params["type"] == "Document":
            self.status = int(params["response"]["status"])


class Browser:
    """A running chromium with a profile of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        program = find_chromium()
        if program is None:
            raise FileNotFoundError("chromium is not installed")
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()

        def place() -> None:
            # Both are moved out of the way first, for either may be 3 or 4 already.
            one, other = os.dup(to_read), os.dup(from_write)
            spare = [os.dup(one), os.dup(other)]
            os.dup2(spare[0], 3)
            os.dup2(spare[1], 4)

        self._process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=place,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
        os.close(to_read)
        os.close(from_write)
        self._out, self._in = to_write, from_read
        self._buffer = b""
        self._number = 0
        self._tabs: dict[str, Tab] = {}
        self.seen: list[tuple[str, str]] = []

    def tab(self) -> Tab:
        """A new page."""
        target = self.call("Target.createTarget", None, url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", None, targetId=target, flatten=True)["sessionId"]
        tab = self._tabs[session] = Tab(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            tab.call(f"{domain}.enable")
        return tab

    def send(self, method: str, session: str | None, **params: Any) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        return self._number

    def call(self, method: str, session: str | None, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; raises AssertionError for a refusal."""
        number = self.send(method, session, **params)
        for message in self._messages():
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                found: dict[str, Any] = message["result"]
                return found
        raise AssertionError("unreachable")

    def wait_for(self, session: str, event: str) -> None:
        """Wait until a page has told of an event since `seen` was cleared."""
        if (session, event) in self.seen:
            return
        for _ in self._messages():
            if (session, event) in self.seen:
                return

    def _messages(self) -> Iterator[dict[str, Any]]:
        end = time.monotonic() + _SECONDS
        while True:
            while b"\0" in self._buffer:
                text, _, self._buffer = self._buffer.partition(b"\0")
                message = json.loads(text)
                if "method" in message and message.get("sessionId") in self._tabs:
                    self.seen.append((message["sessionId"], message["method"]))
                    self._tabs[message["sessionId"]].heard(message["method"], message["params"])
                yield message
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._in, 1 << 16) if ready else b""
            if not data:
                raise AssertionError("chromium said nothing for a minute, or ended")
            self._buffer += data

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def open_browser(folder: Path) -> Iterator[Tab]:
    """A browser with one page; it ends with the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with Browser(folder) as browser:
        yield browser.tab()


def list_barriers(tab: Tab, axe: str) -> list[str]:
    """What axe-core finds serious or critical on the page that is open."""
    tab.evaluate(f"{axe};0")
    report = tab.evaluate(
        "axe.run().then(r => JSON.stringify(r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ': ' + v.nodes[0].html)))"
    )
    found: list[str] = json.loads(report)
    return found
