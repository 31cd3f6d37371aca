"""What `run` says first."""

from __future__ import annotations

from monitor.commands.output.start_lines import describe_start
from monitor.config.load import parse_config

OUTLET = "[sources.{name}]\nspider = 'feed'\nfeeds = ['https://{name}.example/rss']\n"
TOPIC = "[topics.{name}.rules.all]\nquery = 'ice AND strait'\n"

INIT = "(`seedwatch init --topic 'port strikes' --seeds FOLDER` makes one)"


def describe(text: str, *, pages: bool = False) -> tuple[str, ...]:
    return describe_start(parse_config(text, "config.toml"), pages=pages)


def test_what_is_watched_where_it_is_kept_and_that_polls_begin() -> None:
    off = OUTLET.format(name="tern") + "enabled = false\n"
    assert describe(OUTLET.format(name="gull") + off + TOPIC.format(name="strait"), pages=True) == (
        "watching 1 outlet (gull) for 1 topic (strait)",
        "database db/seedwatch.db; pages on 127.0.0.1:8001; stop with Ctrl-C",
        "loading; polls begin in a few seconds",
    )


def test_of_many_a_few_are_named() -> None:
    text = "".join(OUTLET.format(name=f"o{n}") for n in range(1_200)) + "[pages]\nport = 0\n"
    assert describe(text, pages=True) == (
        f"watching 1,200 outlets (o0, o1, o2, o3, o4, o5, o6, o7 and 1,192 more) for no topic {INIT}",
        "database db/seedwatch.db; pages on 127.0.0.1; stop with Ctrl-C",
        "loading; polls begin in a few seconds",
    )


def test_who_has_no_outlet_is_told_how_to_add_one() -> None:
    assert describe("[sources]\n" + TOPIC.format(name="strait")) == (
        "watching no outlet (`seedwatch init https://outlet.example/` adds one) for 1 topic (strait)",
        "database db/seedwatch.db; stop with Ctrl-C",
    )
