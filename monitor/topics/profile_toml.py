"""profile.toml: a profile as text that a person reads and edits, and back; it must not touch files or learn.

Written by hand rather than through a TOML library, since order, comments and one row per term are the point; the
same profile gives the same bytes.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from typing import Any

from monitor.errors import SeedError
from monitor.text.error_words import describe_toml_error
from monitor.topics.profile import NAME, WORD, Calibration, Conjunction, DroppedLine, Group, Profile, Term, UserEdits
from monitor.topics.user_edits import apply_user_edits, normalize_phrase

VERSION = 1
_LEARNED = (
    *("threshold", "seeds", "hash", "registers", "languages", "expected", "shares", "calibration", "marks"),
    *("terms", "groups", "conjunctions", "dropped", "schema"),
)

_HEAD = """\
# A topic as `seedwatch learn` read it out of the seed articles. Edit [yours]: it survives the next `learn`, which
# writes everything under [learned] anew.
"""
_YOURS = """
# Words are compared without case, accents, hyphens or possessive 's. For example:
#   threshold = 0.6                        instead of the learned one
#   pin  = ["ceasefire"]                   keep a term with the weight it has below, whatever is learned later
#   ban  = ["minsk group", "Russia"]       never use a term, a name or a group
#   together = [["Armenia", "Turkey"]]     groups that mean the topic when a text names them all
#   [yours.add]                            terms of your own, weight above 0 and up to 1
#   "lachin corridor" = 0.8
#   [yours.names]                          further names of a group, or a group of your own
#   "Armenia" = ["Hayastan"]
[yours]
"""
_SEEDS = """
[learned]
# The score, 0-1, from which a text matches.
threshold = {threshold}
# The seeds, counted from 1 below, and a hash of their content.
seeds = [
{seeds}]
hash = {hash}
# Manners of speaking that the seeds use themselves; a name in another one (a sports page) counts less.
registers = {registers}
# The languages that the seeds were read in; terms are stems of the first, where no other is named.
languages = {languages}
# What a seed of so many words scores when the others are learned from: the score of a text is its share of that.
expected = [{expected}]
# What each seed says of what the others say, in their order; one of less than 0.5 is of another subject, or short.
shares = {shares}
"""
_CALIBRATION = """\
# The archive of its outlets that the terms and the threshold were weighed against: pieces read, those left out because
# they look like the topic, the score that a twentieth of them exceeds, and the day.
calibration = {{ pieces = {pieces}, left_out = {left_out}, tail = {tail!r}, day = {day} }}
"""
_MARKS = """\
# Marked pieces that it heeds: relevant, irrelevant. Terms that only they say have no seed.
marks = {marks}
"""
_TERMS = """
# Terms, most telling first, and the seeds that say them. A "name" can carry a match alone, a "word" helps names.
"""
_GROUPS = """
# Groups: all names of one thing. A group alone never makes a match.
"""
_CONJUNCTIONS = """
# Conjunctions: groups that most seeds name together and other texts seldom do.
"""
_DROPPED = """
# Lines of the seeds that taught nothing, and why.
"""
_SCHEMA = """
# The baseline schema: in how many of the seeds each field stands.
[learned.schema]
"""


def _value(value: object) -> str:
    """A TOML value; basic strings escape like JSON's but for DEL."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)


def _rows(name: str, rows: Iterable[dict[str, object]]) -> str:
    lines = ["  { " + ", ".join(f"{key} = {_value(v)}" for key, v in row.items()) + " },\n" for row in rows]
    return f"{name} = [\n{''.join(lines)}]\n"


def dump_profile(profile: Profile) -> str:
    """`profile` as the text of profile.toml; `parse_profile` gives the same profile back."""
    wishes = profile.wishes
    number = {name: i for i, name in enumerate(profile.seeds, start=1)}

    def said(seeds: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(number[name] for name in seeds)

    out = [_HEAD, f"version = {VERSION}\ntopic = {_value(profile.topic)}\n", _YOURS]
    if wishes.threshold is not None:
        out.append(f"threshold = {wishes.threshold!r}\n")
    out.append(f"pin = {_value(wishes.pin)}\nban = {_value(wishes.ban)}\ntogether = {_value(wishes.together)}\n")
    out.append("\n[yours.add]\n" + "".join(f"{_value(term)} = {weight!r}\n" for term, weight in wishes.add))
    out.append("\n[yours.names]\n" + "".join(f"{_value(name)} = {_value(more)}\n" for name, more in wishes.names))
    out.append(
        _SEEDS.format(
            threshold=repr(profile.threshold),
            seeds="".join(f"  {_value(name)},  # {i}\n" for name, i in number.items()),
            hash=_value(profile.hash),
            registers=_value(profile.registers),
            languages=_value(profile.languages),
            expected=", ".join(f"[{length}, {score!r}]" for length, score in profile.expected),
            shares=_value(profile.shares),
        )
    )
    if (found := profile.calibration) is not None:
        out.append(
            _CALIBRATION.format(pieces=found.pieces, left_out=found.left_out, tail=found.tail, day=_value(found.day))
        )
    if profile.marks != (0, 0):
        out.append(_MARKS.format(marks=_value(profile.marks)))
    terms = (
        {"term": t.term, "weight": t.weight, "kind": t.kind, "seeds": said(t.seeds)}
        | ({"stem": t.stem} if t.stem else {})
        | ({"language": t.language} if t.language else {})
        for t in profile.terms
    )
    groups = (
        {"name": g.name, "weight": g.weight, "aliases": g.aliases, "seeds": said(g.seeds)} for g in profile.groups
    )
    pairs = ({"groups": c.groups, "weight": c.weight, "seeds": said(c.seeds)} for c in profile.conjunctions)
    dropped = ({"seed": number[d.seed], "line": d.line, "reason": d.reason} for d in profile.dropped)
    out += [_TERMS, _rows("terms", terms), _GROUPS, _rows("groups", groups), _CONJUNCTIONS]
    out += [_rows("conjunctions", pairs), _DROPPED, _rows("dropped", dropped), _SCHEMA]
    out += [f"{_value(name)} = {count}\n" for name, count in profile.schema]
    return "".join(out)


class _Reader:
    """A parsed table that refuses what it does not know, with the place and the cure."""

    def __init__(self, table: object, *, file: str, place: str) -> None:
        self.file, self.place = file, place
        if not isinstance(table, dict):
            raise self.fault("", f"must be a table, is {_kind(table)}")
        self.table: dict[str, Any] = table

    def fault(self, key: str, what: str) -> SeedError:
        where = ".".join(part for part in (self.place, key) if part)
        return SeedError(f"{self.file}: {where}: {what}; mend it, or delete the file and run `seedwatch learn` again")

    def known(self, *names: str) -> None:
        for key in self.table:
            if key not in names:
                raise self.fault(key, f"unknown key; known here are {', '.join(names)}")

    def text(self, key: str) -> str:
        value = self.table.get(key)
        if not isinstance(value, str) or not value:
            raise self.fault(key, f"must be a text in quotes, is {_kind(value)}")
        return value

    def share(self, key: str) -> float:
        """A number above 0 up to 1."""
        value = self.table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise self.fault(key, f"must be a number above 0 and up to 1, is {value!r}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(key, 'must be a list of texts, as in ["one", "two"]')
        return tuple(value)

    def pair(self, key: str) -> tuple[int, int]:
        """Two counts, none where the key is absent."""
        value = self.table.get(key, [0, 0])
        if not isinstance(value, list) or len(value) != 2 or not all(type(n) is int and n >= 0 for n in value):
            raise self.fault(key, "must be two counts, as in [3, 1]")
        return value[0], value[1]

    def curve(self, key: str) -> tuple[tuple[int, float], ...]:
        """Pairs of a length, ascending, and a score above 0; none where the key is absent."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(_is_point(point) for point in value):
            raise self.fault(key, "must be a list of lengths with their scores, as in [[0, 0.5], [100, 1.2]]")
        lengths = [length for length, _ in value]
        if lengths != sorted(set(lengths)):
            raise self.fault(key, "must be in ascending order of lengths")
        return tuple((length, float(score)) for length, score in value)

    def scores(self, key: str) -> tuple[float, ...]:
        """Numbers of 0 and more; none where the key is absent."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(type(n) in (int, float) and n >= 0 for n in value):
            raise self.fault(key, "must be a list of numbers, as in [0.9, 1.1]")
        return tuple(map(float, value))

    def count(self, key: str) -> int:
        """A whole number, 0 or more."""
        value = self.table.get(key)
        if type(value) is not int or value < 0:
            raise self.fault(key, f"must be a count, is {value!r}")
        return value

    def said(self, key: str, seeds: tuple[str, ...]) -> tuple[str, ...]:
        """Numbers of seeds, counted from 1, as their names."""
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(type(i) is int and 1 <= i <= len(seeds) for i in value):
            raise self.fault(key, f"must be a list of seed numbers from 1 to {len(seeds)}")
        return tuple(seeds[i - 1] for i in value)

    def rows(self, key: str, *names: str) -> list[_Reader]:
        value = self.table.get(key, [])
        if not isinstance(value, list):
            raise self.fault(key, f"must be a list of tables, is {_kind(value)}")
        place = f"{self.place}.{key}" if self.place else key
        rows = [_Reader(row, file=self.file, place=f"{place}[{i}]") for i, row in enumerate(value, start=1)]
        for row in rows:
            row.known(*names)
        return rows

    def sub(self, key: str, *names: str) -> _Reader:
        place = f"{self.place}.{key}" if self.place else key
        reader = _Reader(self.table.get(key, {}), file=self.file, place=place)
        if names:
            reader.known(*names)
        return reader


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and type(value[0]) is int
        and value[0] >= 0
        and type(value[1]) in (int, float)
        and value[1] > 0
    )


def _calibration(learned: _Reader) -> Calibration:
    row = learned.sub("calibration", "pieces", "left_out", "tail", "day")
    tail = row.table.get("tail")
    if isinstance(tail, bool) or not isinstance(tail, int | float) or tail < 0:
        raise row.fault("tail", f"must be a score, is {tail!r}")
    return Calibration(
        pieces=row.count("pieces"), left_out=row.count("left_out"), tail=float(tail), day=row.text("day")
    )


def _kind(value: object) -> str:
    names = {type(None): "missing", str: "a text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)


def _wishes(yours: _Reader) -> UserEdits:
    add, names = yours.sub("add"), yours.sub("names")
    for phrase in add.table:
        if not normalize_phrase(phrase):
            raise add.fault(repr(phrase), "has no word in it")
    pairs = yours.table.get("together", [])
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) > 1 and all(isinstance(name, str) for name in pair) for pair in pairs
    ):
        raise yours.fault("together", 'must be a list of lists of groups, as in [["Armenia", "Turkey"]]')
    return UserEdits(
        pin=yours.texts("pin"),
        ban=yours.texts("ban"),
        add=tuple((term, add.share(term)) for term in add.table),
        names=tuple((name, names.texts(name)) for name in names.table),
        together=tuple(map(tuple, pairs)),
        threshold=yours.share("threshold") if "threshold" in yours.table else None,
    )


def _terms(learned: _Reader, seeds: tuple[str, ...]) -> tuple[Term, ...]:
    rows = learned.rows("terms", "term", "weight", "kind", "seeds", "stem", "language")
    for row in rows:
        if row.text("kind") not in (NAME, WORD):
            raise row.fault("kind", f'must be "{NAME}" or "{WORD}"')
    return tuple(
        Term(
            term=row.text("term"),
            weight=row.share("weight"),
            kind=row.text("kind"),
            seeds=row.said("seeds", seeds),
            stem=row.text("stem") if "stem" in row.table else "",
            language=row.text("language") if "language" in row.table else "",
        )
        for row in rows
    )


def _groups(learned: _Reader, seeds: tuple[str, ...]) -> tuple[Group, ...]:
    return tuple(
        Group(
            name=row.text("name"),
            weight=row.share("weight"),
            aliases=row.texts("aliases"),
            seeds=row.said("seeds", seeds),
        )
        for row in learned.rows("groups", "name", "weight", "aliases", "seeds")
    )


def _conjunctions(learned: _Reader, seeds: tuple[str, ...]) -> tuple[Conjunction, ...]:
    return tuple(
        Conjunction(groups=row.texts("groups"), weight=row.share("weight"), seeds=row.said("seeds", seeds))
        for row in learned.rows("conjunctions", "groups", "weight", "seeds")
    )


def _schema(learned: _Reader) -> tuple[tuple[str, int], ...]:
    schema = learned.sub("schema")
    for key, count in schema.table.items():
        if type(count) is not int or count < 0:
            raise schema.fault(key, "must be a count of seeds")
    return tuple(schema.table.items())


def _dropped(learned: _Reader, seeds: tuple[str, ...]) -> tuple[DroppedLine, ...]:
    rows = learned.rows("dropped", "seed", "line", "reason")
    for row in rows:
        row.table["seed"] = [row.table.get("seed")]
    return tuple(
        DroppedLine(seed=row.said("seed", seeds)[0], line=row.text("line"), reason=row.text("reason")) for row in rows
    )


def parse_profile(text: str, *, name: str) -> Profile:
    """The profile that `text` holds; `name` is the file's name for messages.

    What [yours] says takes effect here, before any new `learn`. Raises SeedError with the place and a cure for text
    that is no TOML, unknown keys and impossible values.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, words = describe_toml_error(str(error), text)
        raise SeedError(
            f"{name}:{line}: is not TOML: {words}; mend that line, or put the file aside and learn again, which loses "
            "what you wrote under [yours]"
        ) from None
    top = _Reader(table, file=name, place="")
    top.known("version", "topic", "yours", "learned")
    if top.table.get("version") != VERSION:
        raise top.fault("version", f"this seedwatch reads version {VERSION}, not {top.table.get('version')!r}")
    learned = top.sub("learned", *_LEARNED)
    seeds = learned.texts("seeds")
    profile = Profile(
        topic=top.text("topic"),
        threshold=learned.share("threshold"),
        hash=learned.text("hash"),
        seeds=seeds,
        terms=_terms(learned, seeds),
        groups=_groups(learned, seeds),
        conjunctions=_conjunctions(learned, seeds),
        schema=_schema(learned),
        registers=learned.texts("registers"),
        languages=learned.texts("languages"),
        expected=learned.curve("expected"),
        shares=learned.scores("shares"),
        calibration=_calibration(learned) if "calibration" in learned.table else None,
        marks=learned.pair("marks"),
        dropped=_dropped(learned, seeds),
        wishes=_wishes(top.sub("yours", "pin", "ban", "add", "names", "together", "threshold")),
    )
    return apply_user_edits(profile, profile)
