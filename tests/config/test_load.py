"""Every fault of a configuration is named with its file, line, key and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.load import load_config, parse_config, resolve_sources
from monitor.config.schema import Config
from monitor.errors import ConfigError
from monitor.model.source import Selectors
from monitor.text.addresses.address_encoding import LOGIN_HINT

GOOD = """
[sources.example]
spider = "feed"
feeds = ["https://news.example/rss"]
every = "15m"

[topics.karabakh]

[channels.desk]
kind = "webhook"
url = "https://desk.example/hook"
secret_file = "desk.secret"

[alerts.desk]
topics = ["karabakh"]
channels = ["desk"]
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml")
    return str(caught.value).splitlines()


def test_a_good_configuration_is_read_with_its_defaults():
    config = parse_config(GOOD, "config.toml")
    source = config.sources["example"]
    assert (source.every, source.enabled, source.alert_backlog) == (900, True, False)
    assert (config.alerts["desk"].per, config.alerts["desk"].on) == ("story", ("new",))
    assert config.topics["karabakh"].seeds == "seeds"
    assert config.fetch.timeout == 30
    assert (config.workers.count, parse_config("[workers]\ncount = 1", "config.toml").workers.count) == (None, 1)


def test_an_empty_configuration_is_one_of_defaults():
    assert parse_config("", "config.toml") == Config()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("every = ", "evry = ", "config.toml:5: sources.example.evry: unknown key, did you mean every?"),
        ('"15m"', "15", ('config.toml:5: sources.example.every: write a number and a unit, as in "90s", "5m", "2h" '
                        'or "1d" (is 15)')),
        ('"15m"', '"5s"', "config.toml:5: sources.example.every: must be at least \"1m\" (is '5s')"),
        ('kind = "webhook"', 'kind = "webhok"', ("config.toml:10: channels.desk.kind: must be 'webhook', 'slack', "
         "'discord', 'teams', 'telegram', 'ntfy', 'mattermost', 'email' or 'apprise', did you mean webhook?")),
        ('kind = "webhook"', 'kind = "slack"', ("config.toml:12: channels.desk.secret_file: channels of kind slack "
                                               "have no such key")),
        ("url =", "chat = 1\nurl =", "config.toml:11: channels.desk.chat: channels of kind webhook have no such key"),
        ("url =", "url_file = 'a'\nurl =", "config.toml:11: channels.desk.url_file: give url or url_file, not both"),
        ('url = "https://desk.example/hook"', "", ("config.toml:9: channels.desk: a channel of kind webhook needs url "
                                                  "or url_file or url_env")),
        ("https://desk.example/hook", "desk.example/hook", ("config.toml:11: channels.desk.url: write a full address "
         "that begins with https:// or http:// (is 'desk.example/hook')")),
        ("https://desk.example/hook", "https://u:p@desk.example/", f"config.toml:11: channels.desk.url: {LOGIN_HINT}"),
        ('topics = ["karabakh"]', 'topics = ["karabak"]', ("config.toml:15: alerts.desk.topics: no topic is called "
                                                          "'karabak', did you mean karabakh?")),
        ('channels = ["desk"]', 'channels = ["phone"]', ("config.toml:16: alerts.desk.channels: no channel is called "
                                                        "'phone', add a table [channels.phone]")),
        ('channels = ["desk"]', "", "config.toml:14: alerts.desk.channels: is missing: Channels they go to."),
        ('spider = "feed"', 'spider = "fed"', ('config.toml:3: sources.example.spider: no spider is called "fed"; '
                                              "did you mean feed?")),
        ("[alerts.desk]", "[alert.desk]", "config.toml:14: alert: unknown key, did you mean alerts?"),
        ("secret_file =", "secret_env = 'A'\nsecret_file =", ("config.toml:12: channels.desk.secret_env: give "
                                                             "secret_file or secret_env, not both")),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_cure(old: str, new: str, expected: str):
    assert old in GOOD
    assert faults(GOOD.replace(old, new)) == [expected]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ('kind = "telegram"\ntoken_env = "T"\nchat = -1001', []),
        ('kind = "telegram"\ntoken_env = "T"\nchat = "@desk_news"', []),
        ('kind = "telegram"\nchat = "desk"\ntoken_env = "T"', [("config.toml:3: channels.c.chat: write the chat's "
         "number, as in -1001234567890, or a public channel's @name (is 'desk')")]),
        ('kind = "telegram"', ["config.toml:1: channels.c: a channel of kind telegram needs chat",
                               "config.toml:1: channels.c: a channel of kind telegram needs token_file or token_env"]),
        ('kind = "email"\nserver = "mail.example:587"\nsender = "a@b.example"\nto = ["c@d.example"]', []),
        ('kind = "email"\nserver = "mail.example"\nsender = "a@b.example"', [
            "config.toml:1: channels.c: a channel of kind email needs to"]),
        ('kind = "email"\nserver = "mail.example"\nto = ["c@d.example"]\nsender = "a b.example"', [
            'config.toml:5: channels.c.sender: write one address, as in "desk@example.org" (is \'a b.example\')']),
        ('kind = "ntfy"\ntopic = "desk"\npriority = 5', []),
        ('kind = "ntfy"\ntopic = "a b"', [("config.toml:3: channels.c.topic: write at most 64 letters, digits, - "
                                          "and _ (is 'a b')")]),
        ('kind = "ntfy"\ntopic = "desk"\npriority = 6', [
            "config.toml:4: channels.c.priority: must be at most 5 (is 6)"]),
    ],
)  # fmt: skip
def test_a_channel_needs_what_its_kind_needs(keys: str, expected: list[str]):
    text = f"[channels.c]\n{keys}\n"
    if expected:
        assert sorted(faults(text)) == expected
    else:
        assert parse_config(text, "config.toml").channels["c"].kind in keys


def test_only_a_rule_for_problems_needs_no_topics():
    without = GOOD.replace('topics = ["karabakh"]\n', "")
    assert faults(without) == ["config.toml:14: alerts.desk.topics: is missing: topics whose matches alert"]
    rule = parse_config(without + 'on = ["problem"]\n', "config.toml").alerts["desk"]
    assert (rule.topics, rule.on) == ((), ("problem",))


def test_a_report_has_a_day_and_a_time_and_may_be_all_that_a_rule_tells():
    rule = parse_config(GOOD + 'report = "Monday 07:00"\non = []\n', "config.toml").alerts["desk"]
    assert (rule.report, rule.on) == ("monday 07:00", ())
    assert faults(GOOD + 'report = "7 am"\n') == [
        (
            'config.toml:17: alerts.desk.report: write a day and a time, as in "daily 07:00" or "monday 07:00" '
            "(is '7 am')"
        )
    ]
    assert faults(GOOD + "on = []\n") == [
        (
            "config.toml:17: alerts.desk.on: is empty: nobody is told of anything; name an event, or give a report, "
            'as in report = "daily 07:00"'
        )
    ]
    without = GOOD.replace('topics = ["karabakh"]\n', "") + 'on = ["problem"]\nreport = "daily 07:00"\n'
    assert faults(without) == ["config.toml:14: alerts.desk.topics: is missing: topics whose matches alert"]


def test_all_faults_are_named_at_once():
    broken = GOOD.replace("every", "evry").replace('"webhook"', '"x"')
    assert [line.split(" ")[0] for line in faults(broken)] == ["config.toml:5:", "config.toml:10:"]


def test_broken_toml_names_its_line():
    (fault,) = faults(GOOD.replace('["karabakh"]', '["karabakh"'))
    assert fault.startswith("config.toml:16: not TOML: ")


@pytest.mark.parametrize(
    ("key", "value"), [("article", '"("'), ("zone", '"Europe/Moskow"'), ("pages", "51"), ("enabled", '"yes"')]
)
def test_impossible_values_are_refused(key: str, value: str):
    (fault,) = faults(GOOD.replace("every =", f"{key} = {value}\nevery ="))
    assert fault.startswith(f"config.toml:5: sources.example.{key}: ")


def test_a_missing_file_says_what_writes_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="seedwatch init"):
        load_config(tmp_path / "config.toml", environment={})


def test_paths_are_relative_to_the_file_and_the_environment_wins_over_it(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text(GOOD)
    config = load_config(file, environment={})
    assert config.store.path == str(tmp_path / "db/seedwatch.db")
    assert config.topics["karabakh"].seeds == str(tmp_path / "seeds")
    assert config.channels["desk"].secret_file == str(tmp_path / "desk.secret")
    assert load_config(file, environment={"SEEDWATCH_DB": "/elsewhere/a.db"}).store.path == "/elsewhere/a.db"
    option = load_config(file, database=Path("/option/b.db"), environment={"SEEDWATCH_DB": "/elsewhere/a.db"})
    assert option.store.path == "/option/b.db"


def test_the_shipped_spiders_fill_in_what_a_source_leaves_out():
    (source,) = resolve_sources(parse_config('[sources.tass]\nspider = "tass"\nevery = "5m"', "config.toml"))
    assert (source.name, source.title, source.every) == ("tass", "TASS", 300)
    assert {endpoint.kind for endpoint in source.endpoints} == {"feed", "api", "sitemap"}


RULES = """
[sources.example.rules]
container = "div.article-body, main"
title = "h1.hed"
remove = [".teaser"]
"""


def test_an_outlets_pages_may_be_described_by_selectors():
    (source,) = resolve_sources(parse_config(GOOD + RULES, "config.toml"))
    assert source.rules == Selectors(container="div.article-body, main", title="h1.hed", remove=(".teaser",))
    (source,) = resolve_sources(parse_config(GOOD, "config.toml"))
    assert source.rules is None


def test_what_is_no_selector_is_named_with_its_line():
    line = GOOD.count("\n") + 3
    place, fault = "sources.example.rules", "not a CSS selector:"
    assert faults(GOOD + RULES.replace("div.article-body, main", "div[")) == [
        f"config.toml:{line}: {place}.container: {fault} Expected ident or '*', got <EOF at 4> (is 'div[')"
    ]
    assert faults(GOOD + RULES.replace(".teaser", "p::text")) == [
        f"config.toml:{line + 2}: {place}.remove, item 1: {fault} Pseudo-elements are not supported. (is 'p::text')"
    ]
    assert faults(GOOD + RULES.replace("container", "contaner")) == [
        f"config.toml:{line}: {place}.contaner: unknown key, did you mean container?"
    ]


def test_where_people_reach_the_pages_is_an_address_that_links_can_begin_with():
    given = ("https://watch.example.org/", "http://10.0.0.7:8443/desk/seedwatch", "https://watch.example.org")
    assert [parse_config(f'[pages]\npublic = "{value}"', "config.toml").pages.public for value in given] == [
        "https://watch.example.org",
        "http://10.0.0.7:8443/desk/seedwatch",
        "https://watch.example.org",
    ]
    assert parse_config("[pages]", "config.toml").pages.public is None


@pytest.mark.parametrize(
    "value",
    [
        *("watch.example.org", "ftp://watch.example.org", "https://", "https://me:x@watch.example.org"),
        *("https://watch.example.org/?a=b", "https://watch.example.org/#a", "https://watch.example.org/(a)"),
        *("https://watch.example.org/a\\nb", f"https://{'w' * 120}.example"),
    ],
)
def test_a_public_address_that_links_cannot_begin_with_is_refused(value):
    (fault,) = faults(f'[pages]\npublic = "{value}"')
    assert fault.startswith('config.toml:2: pages.public: write where browsers reach the pages, as in "https://watch.')
