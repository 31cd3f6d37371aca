"""`status --levels` for people: each level, how it is computed and what it cannot see."""

from __future__ import annotations

from rich.text import Text

from monitor.commands.console import print_json
from monitor.commands.output.terminal import format_duration, indent_text, open_console
from monitor.model.service_levels import LEVEL_NOTES, ServiceLevels, build_level_document, say_levels
from monitor.storage.timestamps import format_stamp


def print_levels(levels: ServiceLevels, *, as_document: bool) -> None:
    """The levels, one after another, or as one JSON document."""
    if as_document:
        return print_json(build_level_document(levels, format_stamp))
    console = open_console()
    console.print(f"service levels since {levels.since:%Y-%m-%d %H:%M} UTC")
    for name, said in say_levels(levels, format_duration).items():
        note = LEVEL_NOTES[name]
        console.print(Text(f"\n{note.title}: ", "bold") + Text(said))
        console.print(indent_text(f"how: {note.how}"))
        console.print(indent_text(f"cannot see: {note.blind}"))
    if levels.discovery.alone:
        console.print(indent_text(f"recall not known of: {', '.join(levels.discovery.alone)}"))
    return None
