"""The recipes of docs/receivers.md, as they stand there: accepted, and filled as the golden files say.

`GOLDEN=write pytest tests/config/test_documented_recipes.py` writes them anew; read the diff before you keep it.
"""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from monitor.alerting.body.body_samples import sample_documents
from monitor.config.load import parse_config
from monitor.delivery.request_options import read_options

HERE = Path(__file__).resolve().parent
DOCS = (HERE.parents[1] / "docs/receivers.md").read_text(encoding="utf-8")
RECIPES = {
    re.sub(r"\W+", "-", name.lower()): code
    for name, code in re.findall(r"^### ([^\n]+)\n(?:(?!^### ).)*?```toml\n(.*?)```", DOCS, re.DOTALL | re.MULTILINE)
}
SAMPLES = sample_documents(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def sent(name: str, folder: Path) -> dict[str, Any]:
    """The headers that a recipe adds and its body for a piece, a problem and a digest."""
    [section] = parse_config(RECIPES[name], "receivers.md").channels.values()
    for value in (*(section.headers or {}).values(), *(section.secrets or {}).values()):
        if not isinstance(value, str) and value.file is not None:
            (folder / value.file).write_text(f"the-{value.file}")
            (folder / value.file).chmod(0o600)
    found = read_options(section, folder=folder, environ={})
    assert (found.error, found.warnings) == (None, ())
    bodies: dict[str, Any] = {}
    for kind in ("article.matched", "source.problem", "digest"):
        if found.dress.template is None:
            continue
        body = found.dress.template.fill(SAMPLES.documents[kind], found.dress.secrets)
        bodies[kind] = (
            dict(parse_qsl(body.decode(), keep_blank_values=True)) if section.body == "form" else json.loads(body)
        )
    return {"headers": dict(found.dress.headers), "bodies": bodies}


def test_every_recipe_is_there() -> None:
    assert sorted(RECIPES) == [
        *("github-dispatch", "gotify", "home-assistant", "matrix", "n8n", "opsgenie", "pagerduty", "pushover"),
        *("signal", "zapier"),
    ]


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_a_recipe_is_sent_as_its_golden_file_says(name: str, tmp_path: Path) -> None:
    path = HERE / "golden" / f"recipe-{name}.json"
    found = sent(name, tmp_path)
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))
