"""Fills the generated parts of the documents from what they describe; `--check` only says whether they are current.

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. `make docs` runs it; a test runs the check.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import yaml

from monitor.config.schema_types import format_duration_key
from monitor.config.starter import is_duration, list_sections

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("docs/data.md", "docs/configuration.md", "docs/commands.md", "docs/operations.md")
_PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def tables() -> Iterator[str]:
    """The data dictionary, from db/metadata.yaml."""
    described = yaml.safe_load((ROOT / "db/metadata.yaml").read_text("utf-8"))
    for name, table in described["databases"]["seedwatch"]["tables"].items():
        if table.get("hidden"):
            continue
        yield f"### `{name}`\n\n{_cell(table['description'])}\n\n| column | meaning |\n|---|---|"
        yield from (f"| `{column}` | {_cell(meaning)} |" for column, meaning in table["columns"].items())
        yield ""


def queries() -> Iterator[str]:
    """The ready-made questions, from db/metadata.yaml."""
    described = yaml.safe_load((ROOT / "db/metadata.yaml").read_text("utf-8"))
    yield "| question | address | what it shows |\n|---|---|---|"
    for name, query in described["databases"]["seedwatch"]["queries"].items():
        yield f"| {query['title']} | `/seedwatch/{name}` | {_cell(query['description'])} |"


def keys() -> Iterator[str]:
    """Every table and key of config.toml, from the models that check it."""
    for section in list_sections():
        heading, _, purpose = (section.__doc__ or "").splitlines()[0].partition(": ")
        yield f"### {heading}\n\n{purpose[0].upper()}{purpose[1:]}\n\n| key | default | meaning |\n|---|---|---|"
        for key, field in section.model_fields.items():
            yield f"| `{key}` | {_default(field)} | {_cell(field.description or '')} |"
        yield ""


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value == {}:
        return "none"
    if is_duration(field):
        return f"`{format_duration_key(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f'`"{value}"`'
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return f"`{value}`"


def commands() -> Iterator[str]:
    """What `--help` says of every command."""
    from monitor.commands.cli import main as cli

    yield from _help(cli, "seedwatch", None)


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    known = {**command.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=name.split()[-1], parent=parent, **known)
    yield f"### `{name}`\n\n```\n{textwrap.dedent(command.get_help(context)).strip()}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None and not found.hidden:
                yield from _help(found, f"{name} {child}", context)


def rows() -> Iterator[str]:
    """What must hold, from docs/rows.toml, and what says of itself that it shows it."""
    yield "| row | what holds | shown by |\n|---|---|---|"
    shown = find_shown()
    for name, row in tomllib.loads((ROOT / "docs/rows.toml").read_text("utf-8")).items():
        yield f"| {name} | {_cell(row['goal'])} | {', '.join(f'`{one}`' for one in shown[name]) or 'nothing yet'} |"


def find_shown() -> dict[str, list[str]]:
    """By row, the test files and tests with its marker (`@pytest.mark.row("S1")`), and the benches whose ROW it is."""
    shown: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        name = path.relative_to(ROOT).as_posix()
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for row in _marked(node.decorator_list):
                    shown[row].append(f"{name}::{node.name}")
            elif isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Name):
                if target.id == "pytestmark":
                    for row in _marked(node.value.elts if isinstance(node.value, ast.List) else [node.value]):
                        shown[row].append(name)
                elif target.id == "ROW" and isinstance(node.value, ast.Constant):
                    shown[str(node.value.value)].append(name)
    return shown


def _marked(marks: Sequence[ast.expr]) -> Iterator[str]:
    """The rows that markers name."""
    for mark in marks:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.row":
            yield from (str(row.value) for row in mark.args if isinstance(row, ast.Constant))


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "tables": tables,
    "queries": queries,
    "keys": keys,
    "commands": commands,
    "rows": rows,
}


def filled(text: str) -> str:
    """A document with its generated parts as they should be."""
    return _PART.sub(lambda found: found[1] + "\n".join(PARTS[found[2]]()).rstrip() + "\n" + found[3], text)


def main(*, check: bool) -> int:
    """Write the documents, or only compare; the exit code."""
    stale = []
    for name in DOCUMENTS:
        path = ROOT / name
        text = path.read_text("utf-8")
        if (new := filled(text)) != text:
            stale.append(name)
            if not check:
                path.write_text(new, "utf-8")
    if check and stale:
        sys.stderr.write(f"not current: {', '.join(stale)}: run make docs\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
