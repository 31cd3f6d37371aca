"""What a run achieved, from the ledger of the stand alone."""

from __future__ import annotations

import html
import json
import statistics
from typing import Any
from urllib.parse import unquote

from outlet import Outlet
from schedule import Piece, Schedule
from stand import Ledger, Told


def find_told(told: Told, pieces: list[Piece], outlets: dict[str, Outlet]) -> tuple[str, list[Piece]]:
    """The event of a message ("" where it has none) and the pieces it tells of: by address, else by headline.

    Of ours only the piece an alert is about counts, or the items of a digest.
    """
    text, event = told.text, ""
    try:
        document = json.loads(told.text)
        text = json.dumps(document, ensure_ascii=False)
        event = str(document.get("type", "")) if isinstance(document, dict) else ""
        data = document.get("data", {}) if event else {}
        if data.get("article"):
            text = json.dumps(data["article"], ensure_ascii=False)
        elif event == "digest":
            text = json.dumps(data["digest"], ensure_ascii=False)
    except ValueError:
        pass
    text = unquote(html.unescape(text))
    by_name = {outlet.name: outlet for outlet in outlets.values()}
    named = [piece for piece in pieces if by_name[piece.outlet].url(piece) in text]
    if named:
        return event, named
    # a diff of a list tells headlines without addresses; its outlet is told by the list's address
    lines = " ".join(text.split())
    origins = {outlet.name for outlet in outlets.values() if f"{outlet.origin}/" in text}
    return event, [piece for piece in pieces if piece.title in lines and (not origins or piece.outlet in origins)]


def judge_run(schedule: Schedule, ledger: Ledger, outlets: dict[str, Outlet]) -> dict[str, Any]:
    """Counts and delays of one run."""
    first: dict[int, float] = {}
    keys: dict[int, set[str]] = {}
    extra, edits, noise, past, copies = 0, set(), set(), set(), set()
    by_number = {piece.number: piece for piece in schedule.pieces}
    for told in ledger.told:
        event, found = find_told(told, list(schedule.pieces), outlets)
        for piece in found:
            if piece.at > told.at + 5:
                continue  # a headline of the same words that is not out yet
            changed = piece.edited is not None and told.at >= piece.edited
            again = piece.number in first
            if event in ("article.edited", "article.retracted") or (
                changed and again and str(piece.later) in told.text
            ):
                if changed:
                    edits.add(piece.number)
                else:
                    extra += 1
                continue
            if not again:
                first[piece.number] = told.at
                keys[piece.number] = {told.key}
            elif not told.key or told.key not in keys[piece.number]:
                extra += 1
                keys[piece.number].add(told.key)
            if piece.copy_of is not None:
                copies.add(piece.number)
            elif piece.is_backlog():
                past.add(piece.number)
            elif not piece.subject:
                noise.add(piece.number)
    wanted = schedule.wanted()
    delays = sorted(first[piece.number] - piece.reachable() for piece in wanted if piece.number in first)
    edited = [piece for piece in schedule.pieces if piece.edited is not None]
    read = [one for one in ledger.requests if one.piece in by_number and one.status == 200 and not one.fault]
    since = {piece.number: piece.edited for piece in edited if piece.edited is not None}
    before = {one.piece for one in read if one.piece in since and one.at < since[one.piece]}
    looked = {one.piece for one in read if one.piece in before and one.at >= since[one.piece]}
    lists = [one for one in ledger.requests if one.listing and one.at > 0]
    forbidden = {outlet.name: outlet.disallowed for outlet in outlets.values()}
    asked = [one for one in ledger.requests if one.at > 0]
    return {
        "seed": schedule.seed, "interval": schedule.interval, "reachable": len(wanted), "alerted": len(delays),
        "never": [f"{piece.outlet} {piece.number} at {piece.at:.0f}" for piece in wanted if piece.number not in first],
        "extra": extra, "copies": len(copies), "past": len(past), "noise": len(noise),
        "edits": len(edited), "edits_looked": len(looked), "edits_told": len(edits),
        "median": round(statistics.median(delays), 1) if delays else None,
        "p95": round(delays[min(len(delays) - 1, -(-95 * len(delays) // 100) - 1)], 1) if delays else None,
        "requests_per_host": round(len(asked) / len(outlets), 1),
        "conditional": round(sum(one.conditional for one in lists) / len(lists), 3) if lists else None,
        "disallowed": sum(one.path.startswith(forbidden[one.outlet]) for one in asked),
        "robots_read": sum(one.path == "/robots.txt" for one in ledger.requests),
        "faults": dict(sorted(ledger.faults.items())), "refused": ledger.refused,
    }  # fmt: skip
