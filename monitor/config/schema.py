"""The tables of config.toml as models: what each key may hold and means; it must not read a file.

`config` reads them. Each description is printed in docs/configuration.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor.extraction.css_rules import check_selector

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: object) -> object:
    """`"90s"`, `"5m"`, `"2h"`, `"1d"` in seconds; anything else is left for pydantic to refuse.

    A bare number is refused on purpose: nobody can tell seconds from minutes in `every = 5`.
    """
    if isinstance(value, str) and (found := re.fullmatch(r"(\d{1,6})([smhd])", value.strip())):
        return int(found[1]) * _UNITS[found[2]]
    raise ValueError('write a number and a unit, as in "90s", "5m", "2h" or "1d"')


def _http(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write a full address that begins with https:// or http://")
    if parts.username or parts.password:
        raise ValueError("an address carries no user name or password; put secrets into a file")
    return value


def _public(value: str) -> str:
    # Nothing that a chat service reads as markup, and short: two links of it go into every message.
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?(/[A-Za-z0-9._~-]+)*/?", value) or len(value) > 120:
        raise ValueError(
            'write where browsers reach the pages, as in "https://watch.example.org": at most 120 characters, and '
            "nothing after a path of letters and digits"
        )
    return value.rstrip("/")


def _proxy(value: str) -> str:
    parts = urlsplit(_http(value))
    if parts.scheme != "http" or parts.path not in ("", "/") or parts.query:
        raise ValueError("write the proxy's address alone, as in http://proxy.example:3128")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        near = get_close_matches(value, available_timezones(), 1)
        raise ValueError("unknown time zone" + (f", did you mean {near[0]}?" if near else ""))
    return value


def _chat(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,20}|@\w{4,64}", value):
        return value
    raise ValueError("write the chat's number, as in -1001234567890, or a public channel's @name")


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Strings = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Every = Annotated[int, BeforeValidator(parse_duration)]
Address = Annotated[str, AfterValidator(_http)]
PublicAddress = Annotated[str, AfterValidator(_public)]
ProxyAddress = Annotated[str, AfterValidator(_proxy)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Selector = Annotated[str, AfterValidator(check_selector)]
Selectors = Annotated[tuple[Selector, ...], BeforeValidator(_listed)]
Chat = Annotated[str, BeforeValidator(_chat), Field(json_schema_extra={"type": ["integer", "string"]})]
Server = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?$")]
MailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}$")]
Topic = Annotated[str, Field(pattern=r"^[-_A-Za-z0-9]{1,64}$")]
Zone = Annotated[str, AfterValidator(_zone)]
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
QuietHours = Annotated[str, Field(pattern=f"^{_CLOCK}-{_CLOCK}$")]
ClockTimes = Annotated[tuple[Annotated[str, Field(pattern=f"^{_CLOCK}$")], ...], BeforeValidator(_listed)]
Languages = Annotated[tuple[Annotated[str, Field(pattern="^[a-z]{2}$")], ...], BeforeValidator(_listed)]


class Section(BaseModel):
    """A table of config.toml: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PageSection(Section):
    """`[sources.NAME.rules]`: where its pages hold the article, as CSS selectors; what is not said is learned."""

    container: Selector | None = Field(None, description="Elements that hold the text, as in div.article-body.")
    title: Selector | None = Field(None, description="Element that holds the headline.")
    remove: Selectors = Field((), description="Elements that are none of the article, as in .teaser.")


class SourceSection(Section):
    """`[sources.NAME]`: an outlet to watch."""

    spider: str = Field(
        description="Which spider reads it: tass, commonspace, wordpress, drupal, feed, sitemap or listing."
    )
    every: Annotated[Every, Field(ge=60)] = Field(600, description="Polling interval, at least 60s.")
    enabled: bool = Field(True, description="false keeps the source and its articles but polls it no more.")
    alert_backlog: bool = Field(False, description="true: what the outlet already had when it was added may alert too.")
    address: Address | None = Field(None, description="The outlet's home; endpoints may be given relative to it.")
    title: str | None = Field(None, description="The outlet's name as people read it.")
    feeds: Strings | None = Field(None, description="RSS, Atom or JSON feeds.")
    sitemaps: Strings | None = Field(None, description="XML sitemaps or sitemap indexes.")
    listings: Strings | None = Field(None, description="Pages that list links to articles.")
    api: bool | Strings = Field(
        True,
        description="false: do not use the spider's list API; addresses: use these (wordpress, drupal).",
    )
    article: Pattern | None = Field(
        None,
        description="Regular expression that a link to an article matches; named groups feed `identity`.",
    )
    identity: str | None = Field(None, description='Template of the outlet\'s own id, as in "tass:{id}".')
    canonical: str | None = Field(None, description="Template of the one true address, over the same groups.")
    language: str | None = Field(None, description="Language of the outlet, ISO 639-1.")
    zone: Zone | None = Field(None, description="Time zone of dates that state none, as in Europe/Moscow.")
    cut: Strings | None = Field(None, description="Lines at which an article's text ends.")
    pages: Annotated[int, Field(ge=0, le=50)] | None = Field(
        None, description="How many further pages of a listing or parts of a sitemap index one poll follows."
    )
    proxy: ProxyAddress | None = Field(
        None, description="HTTP proxy it is asked through, as in http://proxy.example:3128, where it answers some only."
    )
    proxy_login_file: str | None = Field(None, description="File with the proxy's user:password, mode 0600.")
    rules: PageSection | None = Field(None, description="Where its pages hold the article; see below.")


def _examples(value: object) -> object:
    """A bare text is a headline and, after its first line, a body."""
    if not isinstance(value, list):
        return value
    parts = [item.strip().partition("\n") if isinstance(item, str) else item for item in value]
    return tuple({"title": p[0], "text": p[2]} if isinstance(p, tuple) else p for p in parts)


class ExampleSection(Section):
    """`must = [{ … }]`: an example of a rule, where its first line as a headline is not enough."""

    title: str = Field("", description="Headline.")
    lead: str = Field("", description="Summary or first paragraph.")
    text: str = Field("", description="Body.")
    place: str = Field("", description="Place of the dateline, as in BAKU.")
    source: str = Field("", description="The outlet's NAME in [sources.NAME].")
    lang: str = Field("", description="Language, ISO 639-1.")


Examples = Annotated[
    tuple[ExampleSection, ...], BeforeValidator(_examples, json_schema_input_type=list[str | ExampleSection])
]


class RuleSection(Section):
    """`[topics.NAME.rules.RULE]`: a query in Lucene syntax; a piece it matches belongs to the topic."""

    query: str = Field(description="The query, as in 'title:\"peace talks\" AND (Baku OR Yerevan)'.")
    must: Examples = Field((), description="Texts it must match, or the rule is refused: headline, then body.")
    must_not: Examples = Field((), description="Texts it must not match.")


class TopicSection(Section):
    """`[topics.NAME]`: a subject, learned from a folder of seed articles, told by rules, or both."""

    seeds: str = Field(
        "seeds", description='Folder with the seed articles and profile.toml; "" for a topic of rules only.'
    )
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="Score from which a text matches; the profile's own where absent."
    )
    rules: dict[str, RuleSection] = Field(
        default_factory=dict, description="Tables [topics.NAME.rules.RULE]; one that matches is enough."
    )

    @property
    def folder(self) -> Path | None:
        """The folder of seeds, None for a topic of rules only."""
        return Path(self.seeds) if self.seeds else None


class ChannelSection(Section):
    """`[channels.NAME]`: where alerts go."""

    kind: Literal["webhook", "slack", "discord", "teams", "telegram", "ntfy", "mattermost", "email", "apprise"] = Field(
        description="webhook (a Standard Webhook), slack, discord, teams, telegram, ntfy, mattermost, email or apprise."
    )
    url: Address | None = Field(None, description="Where to POST; telegram and ntfy know their public servers.")
    url_file: str | None = Field(
        None, description="File with the address, mode 0600, where the address is a secret, as each of apprise's is."
    )
    url_env: str | None = Field(None, description="Environment variable with the address.")
    secret_file: str | None = Field(None, description="File with the signing secret (whsec_…), mode 0600.")
    secret_env: str | None = Field(None, description="Environment variable with the signing secret.")
    token_file: str | None = Field(
        None, description="File with telegram's bot token, ntfy's access token or the mail password, mode 0600."
    )
    token_env: str | None = Field(None, description="Environment variable with that token.")
    chat: Chat | None = Field(None, description="telegram: the chat's number, or a public channel's @name.")
    topic: Topic | None = Field(None, description="ntfy: the topic to publish to.")
    server: Server | None = Field(
        None, description="email: the mail server, host or host:port; 465 (TLS) by default, others need STARTTLS."
    )
    user: str | None = Field(None, description="email: the account to log in with, where the server asks for one.")
    sender: MailAddress | None = Field(None, description="email: the address it comes from.")
    to: Annotated[tuple[MailAddress, ...], BeforeValidator(_listed), Field(min_length=1)] | None = Field(
        None, description="email: the addresses it goes to."
    )
    priority: Annotated[int, Field(ge=1, le=5)] | None = Field(None, description="ntfy: 1 (silent) to 5 (urgent).")


# What each kind of channel needs and what it may have; "url" is url, url_file or url_env.
CHANNEL_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "webhook": (("url",), ("secret",)),
    "slack": (("url",), ()),
    "discord": (("url",), ()),
    "teams": (("url",), ()),
    "telegram": (("token", "chat"), ("url",)),
    "ntfy": (("topic",), ("url", "token", "priority")),
    "mattermost": (("url",), ()),
    "email": (("server", "sender", "to"), ("user", "token")),
    "apprise": (("url",), ()),
}


class AlertSection(Section):
    """`[alerts.NAME]`: which matches go to which channels."""

    topics: Strings = Field((), description='Topics whose matches alert; on = ["problem"] alone needs none.')
    channels: Strings = Field(min_length=1, description="Channels they go to.")
    per: Literal["story", "article"] = Field(
        "story",
        description="story: a copy of a piece already alerted stays quiet; article: every piece alerts.",
    )
    on: Annotated[tuple[Literal["new", "edit", "retracted", "grew", "problem"], ...], BeforeValidator(_listed)] = Field(
        ("new",),
        min_length=1,
        description="new: a piece first seen; edit: its text or headline changed in substance; retracted: its outlet "
        "takes it back or down, or puts it up again; grew: further reports on a story that alerted say what is new "
        "(without it they alert like a first one); problem: a source or channel stops working, or works again.",
    )
    rules: Strings = Field((), description="Rules of these topics: only what one of them matches alerts.")
    sources: Strings = Field((), description="Only pieces of these sources alert; all where empty.")
    languages: Languages = Field((), description="Only pieces in these languages (ISO 639-1), or in an unknown one.")
    min_score: Annotated[float, Field(ge=0, le=1)] = Field(0.0, description="Only pieces that score this or more.")
    cooldown: Annotated[Every, Field(ge=60, le=604_800)] | None = Field(
        None, description="After an alert on a story its further reports wait this long, then go as one."
    )
    quiet: QuietHours | None = Field(
        None, description='Hours in which nothing is sent, as in "22:00-07:00"; at their end a digest tells what came.'
    )
    budget: Annotated[int, Field(ge=0, le=10_000)] | None = Field(
        None, description="Alerts a day and channel; the weaker go into the digest. 0: all do."
    )
    digest: ClockTimes = Field(
        (),
        description='When the digest of what the budget held back goes out, as in ["07:00", "18:00"]; else midnight.',
    )
    zone: Zone = Field("UTC", description="Time zone of quiet hours, digest times and the day, as in Europe/Berlin.")
    per_minute: Annotated[int, Field(ge=1, le=10_000)] | None = Field(
        None,
        description="More alerts than this in a minute go into a digest; 20 (ntfy 12) where absent, webhooks no limit.",
    )


class FetchSection(Section):
    """`[fetch]`: manners and limits towards the outlets."""

    contact: str | None = Field(
        None, description="Address or e-mail for the user agent, so that outlets can reach you."
    )
    allow: Strings = Field(
        (), description="Hosts or networks that the address policy lets through though they are private."
    )
    timeout: Annotated[Every, Field(ge=1, le=300)] = Field(30, description="Total time for one fetch.")
    max_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = Field(
        10_000_000, description="Largest answer, after decompression."
    )
    delay: Annotated[float, Field(ge=0, le=600)] = Field(
        1.5, description="Seconds between two requests to one host; a longer Crawl-delay in robots.txt wins."
    )
    concurrency: Annotated[int, Field(ge=1, le=100)] = Field(16, description="Sources polled at the same time.")


class StoreSection(Section):
    """`[store]`: the database."""

    path: str = Field("db/seedwatch.db", description="SQLite file; made where it does not exist.")
    captures: bool = Field(
        False, description="true keeps fetched pages, packed, so that `seedwatch reextract` can read them again."
    )
    captures_age: Every = Field(90 * 86400, description="How long a kept page stays.")
    captures_size: Annotated[int, Field(ge=1_000_000)] = Field(
        2_000_000_000, description="Bytes, packed, beyond which the oldest kept pages go."
    )


class HeartbeatSection(Section):
    """`[heartbeat]`: a dead man's switch, called once a minute while polls succeed and alerts move."""

    url: Address | None = Field(None, description="Address to GET, of a service that speaks up when no call comes.")
    url_file: str | None = Field(None, description="File with the address, mode 0600, where the address is a secret.")
    url_env: str | None = Field(None, description="Environment variable with the address.")


class PagesSection(Section):
    """`[pages]`: the Datasette pages that `seedwatch run --pages` and `seedwatch ui` serve."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8001, description="Port; 0 takes a free one.")
    public: PublicAddress | None = Field(
        None,
        description="Where people reach the pages, through a proxy with TLS, better with a login: every alert then "
        "carries two links that mark its piece. Without it none does.",
    )


class Config(Section):
    """The whole of config.toml."""

    sources: dict[str, SourceSection] = Field(default_factory=dict)
    topics: dict[str, TopicSection] = Field(default_factory=dict)
    channels: dict[str, ChannelSection] = Field(default_factory=dict)
    alerts: dict[str, AlertSection] = Field(default_factory=dict)
    heartbeat: HeartbeatSection | None = None
    fetch: FetchSection = Field(default_factory=lambda: FetchSection.model_validate({}))
    store: StoreSection = Field(default_factory=lambda: StoreSection.model_validate({}))
    pages: PagesSection = Field(default_factory=lambda: PagesSection.model_validate({}))
