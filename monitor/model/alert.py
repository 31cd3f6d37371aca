"""Alerts on their way: requests, mails, replies, policies and the history they act on; no logic, no IO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel of the configuration as its kind needs it; `url` may itself be a secret."""

    name: str
    kind: str
    url: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    chat: str | None = None
    topic: str | None = None
    priority: int | None = None
    server: str | None = None
    user: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()


# The window of "more than N a minute"; what is over it is told together when the window ends.
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietWindow:
    """Hours in which nothing is sent, as the wall clock of the policy's zone shows them; may span midnight."""

    start: time
    end: time

    def contains(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTime:
    """When a rule's report goes out: every day, or on one `weekday` (0 is Monday), at a time of the wall clock."""

    at: time
    weekday: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The limits of one alert rule; the default has none.

    `rules` are names of topic rules: where there are some, only a match by one of them counts. `zone` is the zone of
    quiet hours, digest times, the day of the budget and of the `report`. `per_minute` counts for each channel.
    """

    rules: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    minimum: float = 0.0
    cooldown: timedelta = timedelta(0)
    quiet: QuietWindow | None = None
    budget: int | None = None
    digest: tuple[time, ...] = ()
    zone: str = "UTC"
    per_minute: int | None = None
    report: ReportTime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistory:
    """What one rule has told one channel so far.

    `told_at`: its last alert on this story. `sent` and `seen`: the scores of what it sent today, and of all that asked
    to be sent today. `minute`: how many went out in the last minute; `window`: when those it holds for that are told.
    """

    told_at: datetime | None = None
    sent: Sequence[float] = ()
    seen: Sequence[float] = ()
    minute: int = 0
    window: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedSource:
    """An enabled source: its interval in seconds, and when it last answered well."""

    every: int
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChannel:
    """A channel with alerts owed: since when the oldest waits, and when the channel last took one."""

    channel: str
    since: datetime
    last_ok_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptVerdict:
    """What one answer of a receiver leads to.

    `state` of the alert: "delivered", "pending" or "dead". `next_at`: when the alert itself is due again, None where
    the failure is not counted as its own and it stays due as it was. `pause_until`: the whole channel waits until then.
    `failing`: the channel counts as one that takes nothing; with `detour` its next probe is another alert. `disable`:
    the channel is switched off until a person switches it on. `reason` in words, None for a delivery.
    """

    state: str
    next_at: datetime | None = None
    pause_until: datetime | None = None
    failing: bool = False
    detour: bool = False
    disable: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a channel's server is reached: through an HTTP proxy with its "user:password", trusting a further authority.

    `authority` is PEM text of certificates that are trusted beside the usual ones.
    """

    proxy: str | None = None
    proxy_login: str | None = field(default=None, repr=False)
    authority: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a channel wants sent: exact bytes, not yet signed for an attempt."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    way: Way = Way()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What an e-mail channel wants sent: exact bytes to a mail server, over TLS or not at all."""

    host: str
    port: int
    starttls: bool  # else TLS from the first byte
    user: str | None
    password: str | None = field(repr=False)
    sender: str
    recipients: tuple[str, ...]
    message: bytes
    way: Way = Way()


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What an Apprise channel wants sent, by a process of its own; `url` is Apprise's address, and a secret."""

    url: str = field(repr=False)
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of sending a `Request`: a status with at most the first 16 KB, or an error in words.

    Both where a service says in its body what its status hides; with an `error` it is never a delivery. `reached`: the
    request may have got to a server (a refused connection, for one, never did).
    """

    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None
    seconds: float = 0.0
    reached: bool = True
