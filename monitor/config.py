"""config.toml as values: read, checked, explained; it must not touch the network or the database.

Precedence: command-line option, then environment (SEEDWATCH_CONFIG, SEEDWATCH_DB), then file, then default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitor.core import outlets, rules
from monitor.core.rules import Trial
from monitor.errors import ConfigError
from monitor.model import Source

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(value: object) -> object:
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
Every = Annotated[int, BeforeValidator(seconds)]
Address = Annotated[str, AfterValidator(_http)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Chat = Annotated[str, BeforeValidator(_chat), Field(json_schema_extra={"type": ["integer", "string"]})]
Server = Annotated[str, Field(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?(?::\d{1,5})?$")]
MailAddress = Annotated[str, Field(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,250}$")]
Topic = Annotated[str, Field(pattern=r"^[-_A-Za-z0-9]{1,64}$")]
Zone = Annotated[str, AfterValidator(_zone)]


class Section(BaseModel):
    """A table of config.toml: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SourceSection(Section):
    """`[sources.NAME]`: an outlet to watch."""

    spider: str = Field(description="Which spider reads it: tass, commonspace, feed, sitemap or listing.")
    every: Annotated[Every, Field(ge=60)] = Field(600, description="Polling interval, at least 60s.")
    enabled: bool = Field(True, description="false keeps the source and its articles but polls it no more.")
    alert_backlog: bool = Field(False, description="true: what the outlet already had when it was added may alert too.")
    address: Address | None = Field(None, description="The outlet's home; endpoints may be given relative to it.")
    title: str | None = Field(None, description="The outlet's name as people read it.")
    feeds: Strings | None = Field(None, description="RSS, Atom or JSON feeds.")
    sitemaps: Strings | None = Field(None, description="XML sitemaps or sitemap indexes.")
    listings: Strings | None = Field(None, description="Pages that list links to articles.")
    api: bool = Field(True, description="false: do not use the shipped spider's list API.")
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

    kind: Literal["webhook", "slack", "discord", "teams", "telegram", "ntfy", "mattermost", "email"] = Field(
        description="webhook (a Standard Webhook), slack, discord, teams, telegram, ntfy, mattermost or email."
    )
    url: Address | None = Field(None, description="Where to POST; telegram and ntfy know their public servers.")
    url_file: str | None = Field(None, description="File with the address, mode 0600, where the address is a secret.")
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
}


class AlertSection(Section):
    """`[alerts.NAME]`: which matches go to which channels."""

    topics: Strings = Field((), description='Topics whose matches alert; on = ["problem"] alone needs none.')
    channels: Strings = Field(min_length=1, description="Channels they go to.")
    per: Literal["story", "article"] = Field(
        "story",
        description="story: a copy of a piece already alerted stays quiet; article: every piece alerts.",
    )
    on: Annotated[tuple[Literal["new", "edit", "problem"], ...], BeforeValidator(_listed)] = Field(
        ("new",),
        min_length=1,
        description="new: a piece first seen; edit: its text or headline changed; problem: a source or channel "
        "stops working, or works again.",
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


class PagesSection(Section):
    """`[pages]`: the Datasette pages that `seedwatch run --pages` and `seedwatch ui` serve."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8001, description="Port; 0 takes a free one.")


class Config(Section):
    """The whole of config.toml."""

    sources: dict[str, SourceSection] = Field(default_factory=dict)
    topics: dict[str, TopicSection] = Field(default_factory=dict)
    channels: dict[str, ChannelSection] = Field(default_factory=dict)
    alerts: dict[str, AlertSection] = Field(default_factory=dict)
    fetch: FetchSection = Field(default_factory=lambda: FetchSection.model_validate({}))
    store: StoreSection = Field(default_factory=lambda: StoreSection.model_validate({}))
    pages: PagesSection = Field(default_factory=lambda: PagesSection.model_validate({}))


def config_path(option: Path | None, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the configuration is: `--config`, else SEEDWATCH_CONFIG, else config.toml here."""
    return option or Path(environment.get("SEEDWATCH_CONFIG") or "config.toml")


def load(
    path: Path,
    *,
    database: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    examples: bool = True,
) -> Config:
    """Read and check a configuration; paths in it are relative to its folder.

    `examples=False` leaves the examples of rules untried, for the command that shows which fail.
    Raises ConfigError with one line per fault, each with file, line, key, what is wrong and the cure.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: not found: `seedwatch init` writes one here, or name yours with --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    config = parse(text, str(path), examples=examples)
    folder = path.resolve().parent
    chosen = database or (Path(found) if (found := environment.get("SEEDWATCH_DB")) else None)
    store = config.store.model_copy(update={"path": str(chosen.resolve() if chosen else folder / config.store.path)})
    topics = {
        name: topic.model_copy(update={"seeds": str(folder / topic.seeds)}) if topic.seeds else topic
        for name, topic in config.topics.items()
    }
    channels = {
        name: channel.model_copy(
            update={
                key: str(folder / file)
                for key in ("url_file", "secret_file", "token_file")
                if (file := getattr(channel, key))
            }
        )
        for name, channel in config.channels.items()
    }
    return config.model_copy(update={"store": store, "topics": topics, "channels": channels})


def parse(text: str, name: str, *, examples: bool = True) -> Config:
    """A configuration from its text; `name` stands for the file in messages. Raises ConfigError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+)", str(error))
        raise ConfigError(f"{name}:{where[1] if where else 1}: not TOML: {error}") from None
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        faults = [_fault(fault["loc"], fault, data) for fault in error.errors()]
        lines = sorted({(line_of(text, key), ".".join(key), what) for key, what in faults})
        raise ConfigError("\n".join(f"{name}:{line}: {key}: {what}" for line, key, what in lines)) from None
    if wrong := [*_contradictions(config), *_rule_faults(config, examples=examples)]:
        raise ConfigError("\n".join(f"{name}:{line_of(text, key)}: {'.'.join(key)}: {what}" for key, what in wrong))
    return config


def sources(config: Config) -> tuple[Source, ...]:
    """The configured outlets, each with what spiders/outlets.toml ships for its spider; raises ValueError."""
    shipped = outlets.parse(resources.files("spiders").joinpath("outlets.toml").read_text("utf-8"))
    return tuple(
        outlets.source(name, section.spider, section.model_dump(), shipped) for name, section in config.sources.items()
    )


def trials(name: str, section: RuleSection) -> tuple[Trial, ...]:
    """A rule run on its examples, the wanted ones first; raises ValueError where it is no query."""
    must, must_not = ([example.model_dump() for example in given] for given in (section.must, section.must_not))
    return rules.trials(rules.rule(name, section.query), must, must_not)


def _rule_faults(config: Config, *, examples: bool) -> list[tuple[tuple[str, ...], str]]:
    """Rules that are no queries or fail their examples, and topics with nothing to match by."""
    found: list[tuple[tuple[str, ...], str]] = []
    for topic, section in config.topics.items():
        if not section.seeds and not section.rules:
            cure = f"add a table [topics.{topic}.rules.NAME]"
            found.append((("topics", topic, "seeds"), f"no seeds and no rules: {cure}"))
        for name, rule in section.rules.items():
            place = ("topics", topic, "rules", name)
            try:
                tried = trials(name, rule)
            except ValueError as error:
                found.append(((*place, "query"), str(error)))
                continue
            bad = [trial for trial in tried if examples and not trial.good]
            found += [((*place, "must" if trial.example.wanted else "must_not"), trial.fault) for trial in bad]
    return found


def _fault(loc: tuple[int | str, ...], fault: Any, data: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    key = tuple(str(part) for part in loc if isinstance(part, str) or str(part).isdigit())
    if fault["type"] == "extra_forbidden":
        near = get_close_matches(key[-1], _allowed(key[:-1]), 1)
        return key, "unknown key" + (f", did you mean {near[0]}?" if near else f", known are {_listing(key[:-1])}")
    if fault["type"] == "missing":
        return key, f"is missing: {_described(key)}"
    if fault["type"] == "literal_error":
        near = get_close_matches(str(fault["input"]), re.findall(r"'(\w+)'", fault["ctx"]["expected"]), 1)
        return key, f"must be {fault['ctx']['expected']}" + (f", did you mean {near[0]}?" if near else "")
    what = str(fault["msg"]).removeprefix("Value error, ")
    shown = "" if "@" in str(fault["input"]) else f" (is {fault['input']!r})"  # never a password
    return key, f"{what[0].lower()}{what[1:]}{shown}"


def _section(key: tuple[str, ...]) -> type[Section]:
    """The model of the table a key path names: ("sources", "tass") is a SourceSection."""
    found: type[Section] = Config
    for part in key:
        field = found.model_fields.get(part)
        if field is None:  # a name the user chose: the table's model was found one step before
            continue
        annotation: Any = field.annotation
        arguments = [a for a in (annotation, *getattr(annotation, "__args__", ())) if isinstance(a, type)]
        found = next((a for a in arguments if issubclass(a, Section)), found)
    return found


def _allowed(key: tuple[str, ...]) -> list[str]:
    return list(_section(key).model_fields)


def _listing(key: tuple[str, ...]) -> str:
    return ", ".join(_allowed(key))


def _described(key: tuple[str, ...]) -> str:
    return _section(key[:-1]).model_fields[key[-1]].description or ""


def _contradictions(config: Config) -> list[tuple[tuple[str, ...], str]]:
    """What is well formed and yet cannot be: names that point nowhere, sources with nothing to read."""
    found: list[tuple[tuple[str, ...], str]] = []
    for name, alert in config.alerts.items():
        if not alert.topics and {"new", "edit"} & set(alert.on):
            found.append((("alerts", name, "topics"), "is missing: topics whose matches alert"))
        for wanted, known, field in (
            (alert.topics, config.topics, "topics"),
            (alert.channels, config.channels, "channels"),
        ):
            for missing in (item for item in wanted if item not in known):
                near = get_close_matches(missing, known, 1)
                cure = f"did you mean {near[0]}?" if near else f"add a table [{field}.{missing}]"
                found.append((("alerts", name, field), f"no {field[:-1]} is called {missing!r}, {cure}"))
    for name, channel in config.channels.items():
        found += [(("channels", name, *key), what) for key, what in _channel_faults(channel)]
    for name, section in config.sources.items():
        try:
            sources(Config(sources={name: section}))
        except ValueError as error:
            key, what = error.args
            found.append((("sources", name, key), what))
    return found


def _channel_faults(channel: ChannelSection) -> list[tuple[tuple[str, ...], str]]:
    """Keys that a kind needs and has not, has and does not know, or has twice; the key may be missing."""
    needed, optional = CHANNEL_KEYS[channel.kind]
    given = [key for key in type(channel).model_fields if key != "kind" and getattr(channel, key) is not None]
    found: list[tuple[tuple[str, ...], str]] = []
    for noun in dict.fromkeys(key.removesuffix("_file").removesuffix("_env") for key in given):
        ways = [key for key in given if key in (noun, f"{noun}_file", f"{noun}_env")]
        if noun not in needed + optional:
            found.append(((ways[0],), f"channels of kind {channel.kind} have no such key"))
        elif len(ways) > 1:
            found.append(((ways[-1],), f"give {ways[0]} or {ways[-1]}, not both"))
    for noun in needed:
        ways = [key for key in type(channel).model_fields if key in (noun, f"{noun}_file", f"{noun}_env")]
        if not any(way in given for way in ways):
            found.append(((), f"a channel of kind {channel.kind} needs {' or '.join(ways)}"))
    return found


def line_of(text: str, key: tuple[str, ...]) -> int:
    """The line, from 1, where a key path stands in TOML text; its nearest table where the key itself is missing."""
    table: tuple[str, ...] = ()
    best, line = 0, 1
    for number, content in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", content):
            table = _path(header[1])
            here = table
        elif item := re.match(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=", content):
            here = table + _path(item[1])
        else:
            continue
        if here[: len(key)] == key:
            return number
        if here == key[: len(here)] and len(here) > best:
            best, line = len(here), number
    return line


def _path(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
