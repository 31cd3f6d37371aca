"""The published schema of alerts, and what a document has that it forbids."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "docs/alert.schema.json").read_text(encoding="utf-8"))


def violations(value: Any, schema: dict[str, Any], at: str = "$") -> list[str]:
    """What of `value` the schema forbids; knows exactly the keywords that docs/alert.schema.json uses."""
    if "$ref" in schema:
        schema = {**SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], **schema}
    if "anyOf" in schema:
        return min((violations(value, each, at) for each in schema["anyOf"]), key=len)
    found = []
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "number": (int, float),
        "integer": int,
        "boolean": bool,
        "null": type(None),
    }
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, kinds[k]) and isinstance(value, bool) is (k == "boolean") for k in types):
        return [f"{at}: {value!r} is not {types}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not one of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']}")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not match {schema['pattern']}")
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: {value} is out of range")
    if isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            found.append(f"{at}: too many items")
        for number, item in enumerate(value):
            found += violations(item, schema["items"], f"{at}[{number}]")
    if isinstance(value, dict):
        found += [f"{at}: {key} is missing" for key in schema["required"] if key not in value]
        for key, item in value.items():
            if key in schema["properties"]:
                found += violations(item, schema["properties"][key], f"{at}.{key}")
            else:
                found.append(f"{at}: {key} is unknown")
    return found
