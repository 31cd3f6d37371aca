"""One hostile and two honest outlets in random interleavings: whose pieces are stored and told, and how often.

usage: ownership.py [--rounds N] [--seed S] [--first N]

A round is a random order of what the three do. The honest put pieces out, announce and edit them, link to each other's,
and may call the address of another piece of theirs canonical. The hostile one announces their addresses before and
after they exist, with their guids, with a parameter, as backlog and as archive, redirects to them and serves an altered
text later, calls their addresses its canonical ones, names old-dated copies, and puts out altered copies before they
are announced.
Between any two of these the links that are due are fetched. The line is the daemon's from what an endpoint lists to the
alert rows, on a real store; the network is a table of addresses.

Wrong is a round in which an honest piece is not stored exactly once under its owner with a text of its own, or in which
a rule for every article, or one for its owner alone, has not exactly one match of it that is owed or sent, or an edit
that its owner did not make; and, for a piece that says when it was put out, was not copied by that moment or word for
word and was listed within two hours, in which a rule for stories holds it back. Every twenty rounds have a seed of
their own, so that a long bench can be run in parts: `--first` is the round to begin with. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from ownership_pieces import HONEST, HOSTILE, SITES, Page, Piece
from ownership_world import LETTERS, World, entry, lay_store, open_world

from monitor.model.moment import Moment, Precision
from monitor.model.source import Entry
from monitor.text.times.dates import LISTED_LATE

# Pieces of different rounds have nothing in common, but are looked at again while the store is the same.
ROUNDS_A_STORE = 20


def alter_text(text: str, chance: random.Random) -> str:
    """The text with another end, or with one more sentence."""
    kept = text if chance.random() < 0.5 else f"{text.rpartition('. ')[0]}."
    return f"{kept} All of it is altered."


class Round:
    """One interleaving: a shuffled deck of moves, the order of each player's own moves on a piece kept."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.chance
        self.pieces: list[Piece] = []
        self.did: list[str] = []

    def deck(self) -> list[Callable[[], None]]:
        hands: list[list[Callable[[], None]]] = []
        for _ in range(self.chance.choice((1, 2))):
            piece = self.piece()
            hands.append([lambda p=piece: self.publish(p), lambda p=piece: self.list_own(p)])
            if self.chance.random() < 0.4:
                hands[-1].append(lambda p=piece: self.edit(p))
            if self.chance.random() < 0.3:
                hands.append([lambda p=piece: self.list_others(p)])
            if len(self.pieces) == 2 and self.pieces[0].owner == piece.owner and self.chance.random() < 0.5:
                piece.canonical = self.pieces[0].url
            for move in self.chance.sample(self.attacks(), self.chance.choice((1, 2, 3))):
                hands.append(move(piece))
        deck = []
        while hands:
            hand = self.chance.choice(hands)
            deck.append(hand.pop(0))
            hands = [left for left in hands if left]
        return deck

    def attacks(self) -> list[Callable[[Piece], list[Callable[[], None]]]]:
        moves = [self.squat, self.guid, self.redirect, self.canonical, self.old_copy, self.archive, self.backlog]
        return [*moves, self.altered_copy, self.variant]

    def piece(self) -> Piece:
        world = self.world
        world.number += 1
        owner = self.chance.choice(HONEST)
        url = f"{SITES[owner]}/{world.number}"
        piece = Piece(
            owner=owner,
            url=url,
            guid=f"drupal:{SITES[owner].removeprefix('https://')}:{world.number}",
            title=f"Headline {''.join(self.chance.choices(LETTERS, k=9))}",
            texts=[world.text()],
        )
        self.pieces.append(piece)
        return piece

    def run(self) -> list[str]:
        """Play the round to its end; what is wrong after it. All outlets were looked at just before."""
        for source in SITES:
            self.world.announce(source)
        self.world.now += timedelta(minutes=1)
        for move in self.deck():
            move()
            self.world.now += timedelta(minutes=self.chance.choice((0, 1, 7, 45)))
            if self.chance.random() < 0.8:
                self.world.drain()
        for _ in range(3):
            self.world.now += timedelta(hours=6)
            self.world.drain()
        return [wrong for piece in self.pieces for wrong in self.judge(piece)]

    # — the honest ———————————————————————————————————————————————————————————————————————————————————————————————————

    def publish(self, piece: Piece) -> None:
        self.did.append(f"{piece.url} stands")
        piece.dated = self.world.now if self.chance.random() < 0.5 else None
        self.world.web[piece.url] = Page(
            title=piece.title, text=piece.texts[-1], published=piece.dated, canonical=piece.canonical
        )

    def list_own(self, piece: Piece) -> None:
        self.did.append(f"{piece.owner} lists it")
        piece.listed_late |= piece.dated is not None and self.world.now - piece.dated > LISTED_LATE
        key = piece.guid if self.chance.random() < 0.5 else None
        self.world.announce(piece.owner, entry(piece.owner, piece.url, key, title=piece.title))

    def edit(self, piece: Piece) -> None:
        self.did.append("it is edited")
        piece.texts.append(piece.texts[-1] + f" Corrected: {self.chance.randrange(10, 99)} of {piece.url} boats.")
        piece.edits += 1
        self.world.web[piece.url] = replace(self.world.web[piece.url], text=piece.texts[-1])
        self.world.announce(piece.owner, entry(piece.owner, piece.url, title=piece.title, lead=piece.texts[-1][-40:]))

    def list_others(self, piece: Piece) -> None:
        other = next(name for name in HONEST if name != piece.owner)
        self.did.append(f"{other} lists it")
        self.world.announce(other, entry(other, piece.url, title="Seen elsewhere"))

    # — the hostile one ——————————————————————————————————————————————————————————————————————————————————————————————

    def path(self) -> str:
        self.world.number += 1
        return f"{SITES[HOSTILE]}/{self.world.number}"

    def lists(self, *entries: Entry, kind: str = "feed", first: bool | None = None) -> None:
        first = self.chance.random() < 0.3 if first is None else first
        self.world.announce(HOSTILE, *entries, kind=kind, first=first)

    def squat(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow lists its address")
            said = {"title": "Altered", "text": "All of it is altered. " * 99}
            self.lists(entry(HOSTILE, piece.url, piece.guid if self.chance.random() < 0.5 else None, **said))

        return [move] * self.chance.choice((1, 2))

    def guid(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow has its guid")
            own = self.path()
            self.world.web[own] = Page(title="A pier", text=self.world.text())
            self.lists(entry(HOSTILE, own, piece.guid))

        return [move]

    def redirect(self, piece: Piece) -> list[Callable[[], None]]:
        own = self.path()

        def lead() -> None:
            self.did.append("crow redirects to it")
            self.world.web[own] = Page(to=piece.url)
            self.lists(entry(HOSTILE, own))

        def alter() -> None:
            self.did.append("crow serves an altered text there")
            self.copies(piece)
            self.world.web[own] = Page(title=piece.title, text=alter_text(piece.texts[-1], self.chance))
            self.lists(entry(HOSTILE, own, title="Altered"), first=False)

        def drop() -> None:
            self.did.append("crow drops it")
            self.world.web.pop(own, None)
            self.lists(entry(HOSTILE, own, title="Dropped"), first=False)

        return [lead, self.chance.choice((alter, drop))]

    def canonical(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow calls its address canonical")
            self.copies(piece)
            own = self.path()
            text = alter_text(piece.texts[-1], self.chance)
            self.world.web[own] = Page(title=piece.title, text=text, canonical=piece.url)
            self.lists(entry(HOSTILE, own))

        return [move]

    def copies(self, piece: Piece) -> None:
        """The hostile one has the text, perhaps no later than its owner put it out: no date tells them apart then."""
        piece.copied_before |= piece.url not in self.world.web or piece.dated == self.world.now

    def altered_copy(self, piece: Piece) -> list[Callable[[], None]]:
        def look() -> None:
            self.lists(first=False)

        def move() -> None:
            self.did.append("crow puts an altered copy out")
            self.copies(piece)
            own = self.path()
            ages = (None, timedelta(0), timedelta(hours=20))
            age = self.chance.choice(ages)
            dated = None if age is None else self.world.now - age
            text = alter_text(piece.texts[-1], self.chance)
            self.world.web[own] = Page(title=piece.title, text=text, published=dated)
            self.lists(entry(HOSTILE, own), first=False)

        return [look, move]

    def variant(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow lists it with a parameter")
            self.world.number += 1
            self.lists(entry(HOSTILE, f"{piece.url}?x={self.world.number}"))

        return [move] * self.chance.choice((1, 2))

    def old_copy(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow names an old copy")
            piece.copied_whole = True
            own = self.path()
            old = self.world.now - timedelta(hours=20)
            self.world.web[own] = Page(title=piece.title, text=piece.texts[-1], published=old)
            self.lists(entry(HOSTILE, own), first=True)

        return [move]

    def archive(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow calls it archive")
            old = Moment(
                at=self.world.now - timedelta(days=900),
                raw="x",
                zone="offset",
                precision=Precision.SECOND,
                carrier="sitemap",
            )
            self.lists(entry(HOSTILE, piece.url, modified=old), kind="sitemap")

        return [move]

    def backlog(self, piece: Piece) -> list[Callable[[], None]]:
        def move() -> None:
            self.did.append("crow calls it backlog")
            self.lists(entry(HOSTILE, piece.url), first=True)

        return [move]

    # — the verdict ——————————————————————————————————————————————————————————————————————————————————————————————————

    def judge(self, piece: Piece) -> Iterator[str]:
        db = self.world.store.db
        texts = ", ".join("?" * len(piece.texts))
        rows = [
            tuple(row)
            for row in db.execute(
                f"SELECT id, source, url, text IN ({texts}) FROM articles WHERE url = ? OR url LIKE ? || '?%'",
                (*piece.texts, piece.url, piece.url),
            )
        ]
        if [row[1:] for row in rows] != [(piece.owner, piece.url, 1)]:
            yield f"{piece.url}: stored as {rows}"
            return
        for rule in ("all", piece.owner):
            told = db.execute(
                "SELECT count(*) FILTER (WHERE event = 'article.matched'), "
                "count(*) FILTER (WHERE event = 'article.edited') FROM alerts "
                "WHERE article_id = ? AND rule = ? AND state <> 'held'",
                (rows[0][0], rule),
            ).fetchone()
            if told[0] != 1 or told[1] > piece.edits:
                yield f"{piece.url}: {rule} has {told[0]} matches and {told[1]} edits of {piece.edits}"
        excused = piece.copied_before or piece.copied_whole or piece.listed_late
        if piece.dated is not None and not excused:
            held = db.execute(
                "SELECT reason FROM alerts WHERE article_id = ? AND rule = 'stories' AND state = 'held'", (rows[0][0],)
            ).fetchall()
            if held:
                yield f"{piece.url}: held back from the rule for stories, {held[0][0]}"
        departed = db.execute("SELECT count(*) FROM departures WHERE article_id = ?", (rows[0][0],)).fetchone()[0]
        if departed:
            yield f"{piece.url}: called gone"


def play(rounds: int, seed: int, say: Callable[[str], None] = lambda _: None, *, first: int = 0) -> dict[str, int]:
    """So many rounds from the `first` on; how many pieces there were, and what went wrong."""
    pieces = wrong = 0
    empty = lay_store()
    for part in range(first, first + rounds, ROUNDS_A_STORE):
        chance = random.Random(f"{seed} {part // ROUNDS_A_STORE}")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "bench.db").write_bytes(empty)
            world = open_world(Path(folder) / "bench.db", chance)
            for number in range(part, min(part + ROUNDS_A_STORE, first + rounds)):
                game = Round(world)
                found = game.run()
                pieces += len(game.pieces)
                wrong += bool(found)
                for line in found:
                    say(f"round {number}: {line}; {'; '.join(game.did)}")
            world.store.close()
    return {"rounds": rounds, "pieces": pieces, "wrong": wrong}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    began = time.monotonic()
    found = play(options.rounds, options.seed, print, first=options.first)
    print(json.dumps({"bench": "ownership", **found, "seconds": round(time.monotonic() - began, 1)}))


if __name__ == "__main__":
    main()
