"""The kinds and passages of an edit as an alert carries them; it must not decide which of them matter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.core.edits import Edit

if TYPE_CHECKING:
    from monitor.channels.message import Cuts


def told(edit: Edit | None, cuts: Cuts, *, count: int, size: int) -> dict[str, Any]:
    """`kinds`, and at most `count` `changes` with passages of at most `size` bytes; both empty where none is known."""
    return {
        "kinds": list(edit.kinds) if edit else [],
        "changes": [
            {
                "kind": change.kind,
                "before": cuts.short("change", change.before, size),
                "after": cuts.short("change", change.after, size),
            }
            for change in cuts.first("change", list(edit.changes) if edit else [], count)
        ],
    }
