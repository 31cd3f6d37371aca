"""The tables of config.toml as models: what each key may hold and means; it must not read a file.

`config` reads them. Each description is printed in docs/configuration.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.config.schema_types import (
    Address,
    AgentServer,
    Chat,
    ClockTimes,
    Every,
    Label,
    Language,
    Languages,
    MailAddress,
    Pattern,
    ProxyAddress,
    PublicAddress,
    QuietHours,
    ReceiverAddress,
    ReportSchedule,
    Selector,
    Selectors,
    Server,
    Strings,
    Topic,
    Zone,
    as_tuple,
    check_template,
    parse_examples,
)


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
    language: Language | None = Field(None, description="Language of the outlet, ISO 639-1.")
    zone: Zone | None = Field(None, description="Time zone of dates that state none, as in Europe/Moscow.")
    cut: Strings | None = Field(None, description="Lines at which an article's text ends.")
    pages: Annotated[int, Field(ge=0, le=50)] | None = Field(
        None, description="How many further pages of a listing or parts of a sitemap index one poll follows."
    )
    proxy: ProxyAddress | None = Field(
        None, description="HTTP proxy it is asked through, as in http://proxy.example:3128, where it answers some only."
    )
    proxy_login_file: str | None = Field(None, description="File with the proxy's user:password, mode 0600.")
    headers_file: str | None = Field(
        None, description='Your own access to it: headers, "Name: value" a line, mode 0600; sent to its site only.'
    )
    cookies_file: str | None = Field(
        None,
        description='Your own access to it: "name=value" lines or a cookies.txt, mode 0600; sent to its site only.',
    )
    label: Label | None = Field(
        None, description="Only agents with this label ask it, as in ge; see docs/scale.md. Without agents nobody does."
    )
    rules: PageSection | None = Field(None, description="Where its pages hold the article; see below.")


class ExampleSection(Section):
    """`must = [{ … }]`: an example of a rule, where its first line as a headline is not enough."""

    title: str = Field("", description="Headline.")
    lead: str = Field("", description="Summary or first paragraph.")
    text: str = Field("", description="Body.")
    place: str = Field("", description="Place of the dateline, as in BAKU.")
    source: str = Field("", description="The outlet's NAME in [sources.NAME].")
    lang: str = Field("", description="Language, ISO 639-1.")


Examples = Annotated[
    tuple[ExampleSection, ...], BeforeValidator(parse_examples, json_schema_input_type=list[str | ExampleSection])
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
    warm_up: bool = Field(
        True,
        description="false: what a topic of words matches is told at once, before 100 pieces have shown what its "
        "outlets print.",
    )
    languages: Languages = Field((), description="Languages of pieces that may match, ISO 639-1; empty for all.")
    rules: dict[str, RuleSection] = Field(
        default_factory=dict, description="Tables [topics.NAME.rules.RULE]; one that matches is enough."
    )

    @property
    def folder(self) -> Path | None:
        """The folder of seeds, None for a topic of rules only."""
        return Path(self.seeds) if self.seeds else None


class ValueSection(Section):
    """A value of a header or of a template: `{ file = "…" }` or `{ env = "…" }`, where it is a secret."""

    file: str | None = Field(None, description="File with the value, mode 0600.")
    env: str | None = Field(None, description="Environment variable with the value.")
    prefix: str = Field("", description='What stands before it, as in "Bearer ".')


Values = dict[str, str | ValueSection]


class ChannelSection(Section):
    """`[channels.NAME]`: where alerts go."""

    kind: Literal["webhook", "slack", "discord", "teams", "telegram", "ntfy", "mattermost", "email", "apprise"] = Field(
        description="webhook (a Standard Webhook), slack, discord, teams, telegram, ntfy, mattermost, email or apprise."
    )
    url: ReceiverAddress | None = Field(None, description="Where to POST; telegram and ntfy know their public servers.")
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
    to: Annotated[tuple[MailAddress, ...], BeforeValidator(as_tuple), Field(min_length=1)] | None = Field(
        None, description="email: the addresses it goes to."
    )
    priority: Annotated[int, Field(ge=1, le=5)] | None = Field(None, description="ntfy: 1 (silent) to 5 (urgent).")
    headers: Values | None = Field(
        None, description='More headers: texts, or { file = "…" } or { env = "…" }, perhaps with prefix = "Bearer ".'
    )
    headers_file: str | None = Field(None, description='File with headers, "Name: value" a line, mode 0600.')
    login_file: str | None = Field(None, description="File with user:password for Basic auth, mode 0600.")
    login_env: str | None = Field(None, description="Environment variable with user:password.")
    method: Literal["POST", "PUT", "PATCH"] | None = Field(None, description="webhook: POST where absent.")
    template: Annotated[dict[str, Any], BeforeValidator(check_template)] | None = Field(
        None, description="webhook: a body of your own, keys and texts with {{ … }} placeholders; see alerts.md."
    )
    template_file: str | None = Field(None, description="webhook: a Jinja2 file that makes a JSON body.")
    body: Literal["json", "form"] | None = Field(None, description="webhook: what a template is sent as; json.")
    secrets: Values | None = Field(
        None, description="webhook: values for {{ secret.NAME }} in a template, as headers are given."
    )
    proxy: ProxyAddress | None = Field(None, description="HTTP proxy to send through, as in http://proxy.example:3128.")
    proxy_login_file: str | None = Field(None, description="File with the proxy's user:password, mode 0600.")
    proxy_login_env: str | None = Field(None, description="Environment variable with the proxy's user:password.")
    fallback: str | None = Field(
        None, description="Another channel, which gets a copy of what this one could not be handed in `fallback_after`."
    )
    fallback_after: Annotated[Every, Field(ge=60, le=604_800)] | None = Field(
        None, description="How long an alert waits for this channel before its copy goes to `fallback`; 30m."
    )
    ca_file: str | None = Field(
        None, description="File with certificates (PEM) of an authority that is trusted beside the usual ones."
    )


_ANY = ("fallback", "fallback_after")  # what every kind may have
_HTTP = ("headers", "login", "proxy", "proxy_login", "ca", *_ANY)  # what those may have that are sent by HTTP
# What each kind of channel needs and what it may have; "url" is url, url_file or url_env.
CHANNEL_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "webhook": (("url",), ("secret", *_HTTP, "method", "template", "body", "secrets")),
    "slack": (("url",), _HTTP),
    "discord": (("url",), _HTTP),
    "teams": (("url",), _HTTP),
    "telegram": (("token", "chat"), ("url", *_HTTP)),
    "ntfy": (("topic",), ("url", "token", "priority", *_HTTP)),
    "mattermost": (("url",), _HTTP),
    "email": (("server", "sender", "to"), ("user", "token", "ca", *_ANY)),
    "apprise": (("url",), _ANY),
}


Events = Annotated[tuple[Literal["new", "edit", "retracted", "grew", "problem"], ...], BeforeValidator(as_tuple)]


class AlertSection(Section):
    """`[alerts.NAME]`: which matches go to which channels."""

    topics: Strings = Field((), description='Topics whose matches alert; on = ["problem"] alone needs none.')
    channels: Strings = Field(min_length=1, description="Channels they go to.")
    per: Literal["story", "article"] = Field(
        "story",
        description="story: a copy of a piece already alerted stays quiet; article: every piece alerts.",
    )
    on: Events = Field(
        ("new",),
        description="new: a piece first seen; edit: its text or headline changed in substance; retracted: its outlet "
        "takes it back or down, or puts it up again; grew: further reports on a story that alerted say what is new "
        "(without it they alert like a first one); problem: a source or channel stops working, or works again. "
        "Empty: nothing is told at once, only in the report.",
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
    report: ReportSchedule | None = Field(
        None,
        description='When a report of all that happened since the last one goes out, as in "daily 07:00" or "monday '
        '07:00"; what is not in `on` is told there only.',
    )
    zone: Zone = Field(
        "UTC", description="Time zone of quiet hours, digest and report times and the day, as in Europe/Berlin."
    )
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
    ports: Annotated[tuple[Annotated[int, Field(ge=1, le=65535)], ...], BeforeValidator(as_tuple)] = Field(
        (), description="Ports at which outlets may be asked, as in [80, 443]; any where empty."
    )
    timeout: Annotated[Every, Field(ge=1, le=300)] = Field(30, description="Total time for one fetch.")
    max_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = Field(
        10_000_000, description="Largest answer, after decompression."
    )
    delay: Annotated[float, Field(ge=0, le=600)] = Field(
        1.5, description="Seconds between two requests to one host; a longer Crawl-delay in robots.txt wins."
    )
    concurrency: Annotated[int, Field(ge=1, le=100)] = Field(
        16, description="Requests on the wire at the same time; four times as many sources may be under way."
    )


class WorkersSection(Section):
    """`[workers]`: the processes that read pages, begun at the first page and given back when none comes."""

    count: Annotated[int, Field(ge=1, le=64)] | None = Field(
        None,
        description="How many at most, one a core where absent; the first begins with the first page, the others once "
        "it does not keep up. The first takes 130 MB, a second as much; more share 90 and add 30 to 60 each.",
    )


class StoreSection(Section):
    """`[store]`: the database."""

    path: str = Field("db/seedwatch.db", min_length=1, description="SQLite file; made where it does not exist.")
    keep: Annotated[Every, Field(ge=30 * 86400)] = Field(
        90 * 86400,
        description="How long polls, fetches, attempts, closed problems, what settled alerts said and what was "
        "announced of links stay; by what links and alerts are known again stays for ever.",
    )
    articles_age: Annotated[Every, Field(ge=30 * 86400)] | None = Field(
        None,
        description="How long the texts of articles stay after their story ended and nobody lists them any more; for "
        "ever where absent. Marked pieces stay, and so does by what a piece is known again.",
    )
    captures: bool = Field(
        False, description="true keeps fetched pages, packed, so that `seedwatch reextract` can read them again."
    )
    captures_age: Every = Field(90 * 86400, description="How long a kept page stays.")
    captures_size: Annotated[int, Field(ge=1_000_000)] = Field(
        2_000_000_000, description="Bytes, packed, beyond which the oldest kept pages go."
    )
    backup: Annotated[Every, Field(ge=600)] | None = Field(
        None, description="How often the daemon copies the database into `backups` beside it; never where absent."
    )
    backup_keep: Annotated[int, Field(ge=1, le=1000)] = Field(7, description="How many of these copies stay.")


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
        description="Where people reach the pages, through a proxy with TLS, better with a login: feeds have private "
        "addresses then, matches can be marked there, and every alert carries two links that mark its piece.",
    )


class HealthSection(Section):
    """`[health]`: addresses for machines that watch the daemon: /healthz, /readyz and /metrics."""

    host: str = Field("127.0.0.1", description="Address to listen on; it has no login, so let it be a private one.")
    port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        None, description="Port; 0 takes a free one. Without it nothing listens."
    )


class AgentsSection(Section):
    """`[agents]`: agents on other machines crawl, too; `seedwatch agents init` writes it. See docs/scale.md."""

    server: AgentServer = Field(description="The NATS server by which they reach the desk, as in tls://127.0.0.1:4222.")
    key: str = Field("agents/desk.key", description="File with the desk's own key, mode 0600.")
    own: bool = Field(True, description="false: the desk crawls only what agents cannot, and leaves the rest to them.")


class Config(Section):
    """The whole of config.toml."""

    sources: dict[str, SourceSection] = Field(default_factory=dict)
    topics: dict[str, TopicSection] = Field(default_factory=dict)
    channels: dict[str, ChannelSection] = Field(default_factory=dict)
    alerts: dict[str, AlertSection] = Field(default_factory=dict)
    heartbeat: HeartbeatSection | None = None
    fetch: FetchSection = Field(default_factory=lambda: FetchSection.model_validate({}))
    workers: WorkersSection = Field(default_factory=lambda: WorkersSection.model_validate({}))
    store: StoreSection = Field(default_factory=lambda: StoreSection.model_validate({}))
    pages: PagesSection = Field(default_factory=lambda: PagesSection.model_validate({}))
    health: HealthSection = Field(default_factory=lambda: HealthSection.model_validate({}))
    agents: AgentsSection | None = None
