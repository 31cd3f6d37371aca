"""What an outlet can be told to do wrong, and for how long; it must not answer requests itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime

from monitor.newsroom.loopback import LoopbackAnswer, LoopbackRequest

# Our own imitation of a Servicepipe wall: the marks by which one knows it (SOURCES.md, "Blocking") in a page
# written for this newsroom.
CHALLENGE = """<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<noscript><meta http-equiv="refresh" content="0; url=/exhkqyad"></noscript>
<style>.wait { display: flex; align-items: center; justify-content: center; min-height: 100vh; color: #777; }
.wheel { width: 48px; height: 48px; background: url('//servicepipe.ru/loaders/simulated.gif'); }</style>
</head>
<body>
<div id="id_spinner" class="wait"><div class="wheel"></div></div>
<div id="id_captcha_frame_div" style="display: none; height: 100vh;"></div>
<script type="text/javascript">
// PADDING
function get_options() { return JSON.parse('{"is_captcha":false}'); }
function get_location() { return "/xpvnsulc/?back_location=simulated&request_id=simulated"; }
</script>
<script type="text/javascript" src="//servicepipe.ru/static/checkjs/simulated.js"></script>
</body>
</html>
""".replace("// PADDING", "\n".join(f"var part_{n} = '{'0' * 48}';" for n in range(16)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong on addresses matching `path` (searched in path and query).

    It lasts for `times` requests, or until it is cleared where that is None. `method` narrows it. Fields that
    are given work together, a `status` with a `delay` for instance:
    `status` with optional `retry_after` (seconds, a moment, or a literal string); `delay` seconds before the
    status line; `pace` bytes per second of body; `truncate` closes after so many bytes; `redirect` sends there,
    `{path}` in it is the path asked for, with `status` or 302; `charset` recodes the body while the header goes
    on claiming UTF-8; `challenge` answers the wall page with 200; `reset` closes the connection unanswered;
    `not_modified` answers 304 to any conditional request, whatever has changed.
    """

    path: str = ""
    method: str | None = None
    times: int | None = None
    status: int | None = None
    retry_after: int | str | datetime | None = None
    delay: float = 0.0
    pace: float | None = None
    truncate: int | None = None
    redirect: str | None = None
    charset: str | None = None
    challenge: bool = False
    reset: bool = False
    not_modified: bool = False

    def hits(self, asked: LoopbackRequest) -> bool:
        """Whether this request suffers it."""
        if self.method is not None and asked.method != self.method:
            return False
        if self.not_modified and not {"if-none-match", "if-modified-since"} & asked.headers.keys():
            return False
        return re.search(self.path, asked.target) is not None

    def spoil(self, asked: LoopbackRequest, answer: LoopbackAnswer) -> LoopbackAnswer:
        """The answer as it goes out; `answer` is what the outlet would have said."""
        if self.not_modified:
            answer = replace(answer, status=304, body=b"")
        elif self.redirect is not None:
            to = self.redirect.replace("{path}", asked.path)
            answer = LoopbackAnswer(status=self.status or 302, headers={"Location": to})
        elif self.challenge:
            answer = LoopbackAnswer(headers={"Content-Type": "text/html; charset=UTF-8"}, body=CHALLENGE.encode())
        elif self.status is not None:
            headers = {"Content-Type": "text/html; charset=UTF-8"}
            if self.retry_after is not None:
                headers["Retry-After"] = _retry_after(self.retry_after)
            answer = LoopbackAnswer(
                status=self.status, headers=headers, body=f"<html><h1>{self.status}</h1></html>".encode()
            )
        elif self.charset is not None:
            # Other bytes, so none of the validators that stand for the right ones.
            headers = {k: v for k, v in answer.headers.items() if k not in ("ETag", "Last-Modified")}
            body = answer.body.decode().encode(self.charset, "replace")
            answer = replace(answer, headers=headers, body=body)
        return replace(answer, delay=self.delay, pace=self.pace, keep=self.truncate, reset=self.reset)


def _retry_after(wish: int | str | datetime) -> str:
    return format_datetime(wish, usegmt=True) if isinstance(wish, datetime) else str(wish)
