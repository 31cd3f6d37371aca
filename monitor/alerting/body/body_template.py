"""A body of the receiver's own form: a table of texts with placeholders, or a Jinja2 file, over the alert document.

Jinja2's sandbox evaluates what a person wrote into config.toml; what outlets wrote only ever comes in as values. In a
table the values become JSON strings after all placeholders are filled; in a file every placeholder is escaped for the
inside of a JSON string, and the whole has to be JSON. No value can therefore add a key or end a string.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChainableUndefined, StrictUndefined, Template, TemplateSyntaxError, Undefined

from monitor.alerting.body.body_samples import Samples
from monitor.alerting.body.template_sandbox import TemplateSandbox
from monitor.alerting.message.chat_text import Notice, build_notice
from monitor.alerting.message.document import encode_json

_LARGEST = 1_000_000  # bytes of a filled body; the document itself has 20 kB at most
_PLACES = tuple(field.name for field in fields(Notice))


class BodyError(ValueError):
    """Why a template cannot be used; `key` is its place in a table, `line` its line in a text, from 1."""

    def __init__(self, reason: str, *, key: tuple[str, ...] = (), line: int | None = None) -> None:
        super().__init__(reason)
        self.key = key
        self.line = line


class _Json(str):
    """JSON that a filter has made: not to be escaped once more."""


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _inside_a_string(value: Any) -> Any:
    """A placeholder's value as it may stand between two quotation marks; numbers and lists also outside of them."""
    if isinstance(value, _Json | Undefined):
        return value
    if value is None:
        return ""
    return _dump(str(value))[1:-1] if isinstance(value, str) else _dump(value)


def _as_text(value: Any) -> Any:
    """A placeholder's value as text among other text."""
    if value is None:
        return ""
    return value if isinstance(value, str | Undefined) else _dump(value)


def _environment(*, strict: bool, escape: bool) -> TemplateSandbox:
    environment = TemplateSandbox(
        undefined=StrictUndefined if strict else ChainableUndefined,
        finalize=_inside_a_string if escape else _as_text,
        autoescape=False,
        keep_trailing_newline=False,
    )
    environment.add_filter("tojson", lambda value: _Json(_dump(None if isinstance(value, Undefined) else value)))
    return environment


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTemplate:
    """A body to be filled: `table` or the `text` of a file. With `form` it is sent as a web form, else as JSON."""

    table: Mapping[str, Any] | None = None
    text: str | None = None
    form: bool = False

    @property
    def content_type(self) -> str:
        return "application/x-www-form-urlencoded" if self.form else "application/json"

    def fill(self, body: bytes, secrets: Mapping[str, str], *, strict: bool = False) -> bytes:
        """The bytes to send for a stored alert document; `secrets` are the channel's, by name.

        What a document does not have is empty, or, if `strict`, an error. Raises BodyError, and ValueError, LookupError
        or TypeError for bytes that are no alert.
        """
        document = json.loads(body)
        short = build_notice(body)
        values = {
            **document,
            "alert": {name: getattr(short, name) for name in _PLACES},
            "secret": dict(secrets),
        }
        found = self._fill_text(values, strict) if self.table is None else _fill_table(self.table, values, strict, ())
        filled = self._form(found) if self.form else encode_json(found)
        if len(filled) > _LARGEST:
            raise BodyError(f"the filled body has {len(filled)} bytes")
        return filled

    def _fill_text(self, values: Mapping[str, Any], strict: bool) -> Any:
        filled = _render(self.text or "", values, _environment(strict=strict, escape=True), ())
        try:
            return json.loads(filled)
        except ValueError as error:
            line = getattr(error, "lineno", None)
            raise BodyError(
                f"filled with values it is no JSON ({error}): a value stands in quotation marks, or ends in |tojson",
                line=line,
            ) from None

    def _form(self, found: Any) -> bytes:
        if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
            raise BodyError("a form is a flat table of texts")
        pairs = [(name, value if isinstance(value, str) else _dump(value)) for name, value in found.items()]
        return urlencode(pairs).encode("ascii")


def _fill_table(value: Any, values: Mapping[str, Any], strict: bool, key: tuple[str, ...]) -> Any:
    if isinstance(value, Mapping):
        return {name: _fill_table(part, values, strict, (*key, str(name))) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_fill_table(part, values, strict, key) for part in value]
    if not isinstance(value, str):
        return value
    environment = _environment(strict=strict, escape=False)
    alone = value.strip()
    if alone.startswith("{{") and alone.endswith("}}") and alone.count("{{") == 1 and "{%" not in alone:
        return _evaluate(alone[2:-2].strip(" -+"), values, environment, key)
    return _render(value, values, environment, key)


def _evaluate(expression: str, values: Mapping[str, Any], environment: Any, key: tuple[str, ...]) -> Any:
    """The value of a lone placeholder, with its type: a number stays one, a list a list."""
    try:
        found = environment.compile_expression(expression, undefined_to_none=False)(**values)
        if isinstance(found, Undefined):
            return str(found)
        return json.loads(_dump(found))
    except Exception as error:
        raise BodyError(_words(error), key=key) from None


def _render(text: str, values: Mapping[str, Any], environment: Any, key: tuple[str, ...]) -> str:
    try:
        template: Template = environment.from_string(text)
        return template.render(values)
    except TemplateSyntaxError as error:
        raise BodyError(_words(error), key=key, line=error.lineno) from None
    except Exception as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        raise BodyError(_words(error), key=key, line=lines[-1] if lines else None) from None


def _words(error: Exception) -> str:
    """The library's own words, but for a name that no document has."""
    said = str(error) or type(error).__name__
    return re.sub(r"'dict object' has no attribute ('.*')", r"no alert has a field \1", said)


def check_body(template: BodyTemplate, samples: Samples, secrets: Iterable[str]) -> None:
    """Raise BodyError where a template cannot be filled with the samples; `secrets` are the names of the channel's.

    Every name has to be known, every filled body to be JSON (or a form), and texts have to leave its shape alone.
    """
    known = dict.fromkeys(secrets, "x")
    plain = template.fill(samples.whole, known, strict=True)
    broken = template.fill(samples.hostile, known, strict=True)
    if not template.form and _shape(json.loads(plain)) != _shape(json.loads(broken)):
        raise BodyError(
            "an outlet's words could change its form: put placeholders into quotation marks, or add |tojson"
        )
    for name, document in samples.documents.items():
        try:
            template.fill(document, known)
        except BodyError as error:
            raise BodyError(f"for an alert of type {name}: {error}", key=error.key, line=error.line) from None


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_shape(part) for part in value]
    return type(value).__name__
