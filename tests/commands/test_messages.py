"""What a person reads where input is wrong: whole messages with place, cure and example, none of a library's words."""

# ruff: noqa: E501  each message stands on one line, as it is read

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.commands.cli import main
from monitor.config.load import parse_config
from monitor.errors import ConfigError

CONFIG = '[topics.a]\nseeds = "seeds"\n[store]\npath = "t.db"\n'
SOURCE = '[sources.a]\nspider = "feed"\naddress = "https://a.example/"\nfeeds = ["/rss"]\n'
RULE = '[topics.a]\nseeds = ""\n[topics.a.rules.x]\n'
ALERT = '[topics.a]\n[channels.x]\nkind = "webhook"\nurl = "https://a.example/"\n[alerts.d]\nchannels = ["x"]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[channels.m]\nto = "x@y"\n', '2: channels.m.to: write a list in brackets, as in to = ["…", "…"]'),
        ("[channels.m]\nurl = 5\n", '2: channels.m.url: write a text in quotes, as in url = "…" (is 5)'),
        ('[channels.m]\nserver = "a b"\n', '2: channels.m.server: write the host, or host:port, as in "mail.example.org:465" (is \'a b\')'),
        ("[channels.m]\nheaders = {X = 5}\n", '2: channels.m.headers.X: write a text, as in "…", or { file = "…" } or { env = "…" }'),
        ('[channels.m]\nheaders = ["X"]\n', "2: channels.m.headers: write a table: keys below a line [channels.m.headers] (is ['X'])"),
        (f'{SOURCE}every = "30s"\n', "5: sources.a.every: must be at least \"1m\" (is '30s')"),
        (f"{SOURCE}every = 300\n", '5: sources.a.every: write a number and a unit, as in "90s", "5m", "2h" or "1d" (is 300)'),
        (f'{SOURCE}enabled = "yes"\n', "5: sources.a.enabled: write true or false without quotes, as in enabled = true (is 'yes')"),
        (f'{SOURCE}language = "english"\n', "5: sources.a.language: write its code of ISO 639, as in \"en\" (is 'english')"),
        ('[sources.a]\nspider = "feed"\nfeeds = "/rss"\n', "3: sources.a.feeds: write a list in brackets, as in feeds = [\"…\", \"…\"] (is '/rss')"),
        ("sources = []\n", "1: sources: write a table: keys below a line [sources.NAME] (is empty)"),
        ("pages = 5\n", "1: pages: write a table: keys below a line [pages] (is 5)"),
        ("[pages]\nport = 99999\n", "2: pages.port: must be at most 65535 (is 99999)"),
        ('[pages]\nport = "8001"\n', "2: pages.port: write a whole number without quotes, as in port = 8001 (is '8001')"),
        ("[pages]\nport = 80.5\n", "2: pages.port: write a whole number without quotes, as in port = 8001 (is 80.5)"),
        ("[topics.a]\nthreshold = 1.5\n", "2: topics.a.threshold: must be less than 1 (is 1.5)"),
        ("[topics.a]\nthreshold = 0\n", "2: topics.a.threshold: must be more than 0 (is 0)"),
        ('[topics.a]\nthreshold = "x"\n', "2: topics.a.threshold: write a number without quotes, as in threshold = 0.5 (is 'x')"),
        ('[topics.a]\nlanguages = ["eng"]\n', "2: topics.a.languages, item 1: write the two letters of ISO 639-1, as in \"en\" (is 'eng')"),
        (f"{RULE}query = 5\n", '4: topics.a.rules.x.query: write a text in quotes, as in query = "…" (is 5)'),
        (f'{ALERT}quiet = "22-7"\n', "7: alerts.d.quiet: write two times of day, as in \"22:00-07:00\" (is '22-7')"),
        (f'{ALERT}digest = ["07:00", "25:00"]\n', "7: alerts.d.digest, item 2: write a time of day, as in \"07:00\" (is '25:00')"),
        (f'{ALERT}on = ["nwe"]\n', "7: alerts.d.on, item 1: must be 'new', 'edit', 'retracted', 'grew' or 'problem', did you mean new?"),
        ('[alerts.d]\nchannels = []\n', "2: alerts.d.channels: name at least one (is empty)"),
        ('[store]\npath = ""\n', "2: store.path: write something (is '')"),
        (f'{SOURCE}every = "{"9" * 90}"\n', f'5: sources.a.every: write a number and a unit, as in "90s", "5m", "2h" or "1d" (is \'{"9" * 58}…)'),
    ],
)  # fmt: skip
def test_a_wrong_value_is_said_in_plain_words(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml")
    assert f"config.toml:{message}" in str(caught.value).splitlines()
    for jargon in ("input should", "valid tuple", "string should match", "dictionary", "instance of"):
        assert jargon not in str(caught.value)


RAW = bytes(range(128, 256)) * 30
PROFILE = "seeds/profile.toml"


@pytest.mark.parametrize(
    ("files", "words", "message"),
    [
        ({}, "backfill none.ndjson --nl", "none.ndjson: there is no such file, and --nl prints the documents of a file"),
        ({}, "explain none.html --url https://a.example/1", "none.html: there is no such file"),
        ({}, "explain seeds --url https://a.example/1", "seeds: is a folder, where a file is meant"),
        ({}, "backfill seeds --nl", 'seeds/index.jsonl: not found: write it, a line per page: {"page": "a.html", "url": "…"}'),
        ({"a.warc": RAW}, "backfill a.warc --nl", (
            "a.warc: broken WARC, at its beginning, where a line WARC/1.0 or WARC/1.1 belongs: download it again, or look at it "
            "with `warcio check a.warc`")),
        ({"a.warc": b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 9999999\r\n\r\n" + RAW}, "backfill a.warc --nl", (
            "a.warc: broken WARC, at its beginning, where a line WARC/1.0 or WARC/1.1 belongs: download it again, or look at it "
            "with `warcio check a.warc`")),
        ({"a.warc.gz": b"\x1f\x8b\x08\x00garbage"}, "backfill a.warc.gz --nl", "a.warc.gz: broken WARC: no record stands in it"),
        ({"a.ndjson.gz": b"not packed"}, "backfill a.ndjson.gz --nl", "a.ndjson.gz: is not packed by gzip, as its name says"),
        ({PROFILE: b"threshold = [\n"}, "learn", (
            "{0}/seeds/profile.toml:1: is not TOML: Invalid value; mend that line, or put the file aside and learn again, "
            "which loses what you wrote under [yours]")),
        ({PROFILE: b"version = 1\ntopic = = 2\n"}, "learn", (
            "{0}/seeds/profile.toml:2: is not TOML: Invalid value; mend that line, or put the file aside and learn again, "
            "which loses what you wrote under [yours]")),
        ({PROFILE: RAW}, "learn", (
            "{0}/seeds/profile.toml: is not UTF-8 text (byte 0); mend it, or move it away and run `seedwatch learn`")),
        ({"seeds/b.txt": RAW}, "learn", (
            "{0}/seeds/b.txt: is not UTF-8 at byte 0; save it again as UTF-8")),
        ({"config.toml": b""}, "learn", "there is no topic yet: `seedwatch init --topic 'port strikes' --seeds FOLDER` makes one"),
        ({"config.toml": RAW}, "learn", "config.toml: is not UTF-8 text (byte 0)"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_what_to_do(
    files: dict[str, bytes], words: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/a.txt").write_text("Ice in the strait\n\nIce closed the strait on Monday.\n")
    (tmp_path / "config.toml").write_text(CONFIG)
    runner = CliRunner()
    if PROFILE not in files and "seeds/b.txt" not in files:
        assert runner.invoke(main, ["learn"]).exit_code == 0
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    done = runner.invoke(main, ["--db", "t.db", *words.split()])
    said = done.stderr.strip().splitlines()[-1].removeprefix("Error: ")
    assert (said, done.exit_code > 0) == (message.replace("{0}", str(tmp_path)), True)
    assert done.stdout == ""
    assert not any(letter in done.stderr for letter in "\x80\xff\ufffd")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--topic", " "], "Error: --topic is empty; name your subject, as in --topic 'port strikes'"),
        (["--topic", "ice", "--seeds", "none"], "none: no such file or folder"),
        (
            ["--topic", "ice", "--seeds", "empty"],
            "empty: no .txt file in it; save each article as plain text, headline first",
        ),
        (
            ["--topic", "ice", "--seeds", "raw"],
            "raw/a.txt: is not text; save the article as plain text (UTF-8), or move the file out of the folder",
        ),
        (
            ["--topic", "ice", "--seeds", "raw/b.txt"],
            "raw/b.txt: has no headline with a text under it; paste the whole article, headline first",
        ),
    ],
)
def test_seeds_that_are_none_are_named_as_they_were_given_and_leave_nothing_behind(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_bytes(b"\x00" + RAW)
    (tmp_path / "raw/b.txt").write_text("Ice\n")
    done = CliRunner().invoke(main, ["init", *words])
    assert (done.stderr.splitlines()[0 if "raw" in words else -1], done.stdout, done.exit_code > 0) == (
        message,
        "",
        True,
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "raw"]
