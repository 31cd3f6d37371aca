"""A body of the receiver's own form: filled, typed, and never broken by what an outlet wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerting.body.body_samples import sample_documents
from monitor.alerting.body.body_template import BodyError, BodyTemplate, check_body

SAMPLES = sample_documents(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
MATCHED = SAMPLES.documents["article.matched"]
FILE = """{
  "title": "{{ data.article.title }}",
  "score": {{ data.why.score|tojson }},
  "place": "{{ data.article.place }}",
  "found": [{% for item in data.why.evidence %}"{{ item.found }}"{% if not loop.last %}, {% endif %}{% endfor %}],
  "story": {{ data.story|tojson }}{% if type == "digest" %},
  "items": {{ data.digest.items|length }}{% endif %}
}
"""


def with_title(title: str) -> bytes:
    document = json.loads(MATCHED)
    document["data"]["article"]["title"] = title
    return json.dumps(document).encode()


def fill(template: BodyTemplate, body: bytes = MATCHED, **secrets: str) -> Any:
    return json.loads(template.fill(body, secrets))


def test_a_table_keeps_its_form_and_the_types_of_lone_placeholders() -> None:
    table = {
        "text": "{{ alert.headline }}: {{ data.outlet.title }}",
        "payload": {"score": "{{ data.why.score }}", "terms": ["{{ data.why.evidence[0].term }}", 7, True]},
        "story": "{{ data.story }}",
        "gone": "{{ data.digest.count }}",
        "none": "{{ data.article.place }}",
        "key": "{{ secret.key }}",
        "twice": "{{ type }}{{ data.why.score }}{{ data.article.place }}",
    }
    assert fill(BodyTemplate(table=table), key="s3cret") == {
        "text": "Test alert from seedwatch: your channel works: seedwatch",
        "payload": {"score": 1.0, "terms": ["test", 7, True]},
        "story": {
            "id": 0,
            "report": 1,
            "outlets": 1,
            "independent": 1,
            "first": {"outlet": "seedwatch", "at": "2026-01-02T03:04:05.000Z"},
        },
        "gone": "",
        "none": None,
        "key": "s3cret",
        "twice": "article.matched1.0",
    }


def test_a_file_is_filled_and_sent_compact() -> None:
    template = BodyTemplate(text=FILE)
    check_body(template, SAMPLES, ())
    assert fill(template) == {
        "title": "Test alert from seedwatch: your channel works",
        "score": 1.0,
        "place": "",
        "found": ["test"],
        "story": json.loads(MATCHED)["data"]["story"],
    }
    digest = BodyTemplate(text='{"n": {{ data.digest.items|length }}}')
    assert digest.fill(SAMPLES.documents["digest"], {}) == b'{"n":1}'
    assert template.content_type == "application/json"


@given(st.text())
def test_no_title_leaves_its_string(title: str) -> None:
    document = with_title(title)
    for template in (
        BodyTemplate(table={"t": "<{{ data.article.title }}>", "x": "1"}),
        BodyTemplate(text='{"t": "<{{ data.article.title }}>", "x": "1"}'),
        BodyTemplate(text='{"t": {{ ("<" ~ data.article.title ~ ">")|tojson }}, "x": "1"}'),
    ):
        assert fill(template, document) == {"t": f"<{title}>", "x": "1"}


def test_a_form_is_encoded() -> None:
    table = {"message": "{{ data.article.title }}", "n": 1, "s": "{{ data.why.score }}"}
    template = BodyTemplate(table=table, form=True)
    check_body(template, SAMPLES, ())
    assert template.fill(with_title("a&b=ü"), {}) == b"message=a%26b%3D%C3%BC&n=1&s=1.0"
    assert template.content_type == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("template", "reason", "key", "line"),
    [
        (BodyTemplate(table={"a": {"b": "{{ data.nope }}"}}), "no alert has a field 'nope'", ("a", "b"), None),
        (BodyTemplate(table={"a": "x {{ data.nope }}"}), "no alert has a field 'nope'", ("a",), 1),
        (BodyTemplate(table={"a": "{{ secret.other }}"}), "no alert has a field 'other'", ("a",), None),
        (BodyTemplate(table={"a": "{{ data. }}"}), "expected name or number", ("a",), None),
        (BodyTemplate(table={"a": "x {{ 1 / 0 }}"}), "division by zero", ("a",), 1),
        (
            BodyTemplate(table={"a": "{{ type.__class__ }}"}),
            "access to attribute '__class__' of 'str' object is",
            ("a",),
            None,
        ),
        (BodyTemplate(text='{\n"a": "{{ data.nope }}"\n}'), "no alert has a field 'nope'", (), 2),
        (BodyTemplate(text='{\n\n"a": {{ }}\n}'), "Expected an expression, got 'end of print statement'", (), 3),
        (BodyTemplate(text='{\n"a": "x",\n}'), "filled with values it is no JSON", (), 3),
        (BodyTemplate(text='{"a": {{ data.article.title }}}'), "filled with values it is no JSON", (), 1),
        (BodyTemplate(text='{"a": {{ data.article.title|safe }}}'), "filled with values it is no JSON", (), 1),
        (BodyTemplate(text='{"a": "{{ data.why }}"}'), "filled with values it is no JSON", (), 1),
        (BodyTemplate(text='{"a": "{% include "x" %}"}'), "no loader for this environment specified", (), 1),
        (BodyTemplate(table={"a": ["x"]}, form=True), "a form is a flat table of texts", (), None),
        (BodyTemplate(text="[1]", form=True), "a form is a flat table of texts", (), None),
        (BodyTemplate(text='{"a": "{{ data.digest.count + 1 }}"}'), "for an alert of type article.matched: ", (), 1),
        (BodyTemplate(text='"{{ "x" * 1100000 }}"'), "the filled body has 1100002 bytes", (), None),
        (
            BodyTemplate(text='{{ [1, "x"][data.rule|length > 9]|tojson }}'),
            "an outlet's words could change its form",
            (),
            None,
        ),
    ],
)
def test_what_cannot_be_filled_is_said_with_its_place(
    template: BodyTemplate, reason: str, key: tuple[str, ...], line: int | None
) -> None:
    with pytest.raises(BodyError) as caught:
        check_body(template, SAMPLES, ("key",))
    assert str(caught.value).startswith(reason)
    assert (caught.value.key, caught.value.line) == (key, line)


def test_samples_cover_every_type_and_hostile_words_keep_the_fields() -> None:
    assert list(SAMPLES.documents) == [
        *("article.matched", "article.edited", "article.retracted", "story.grew", "source.problem", "test", "digest"),
        "report",
    ]
    whole, hostile = json.loads(SAMPLES.whole), json.loads(SAMPLES.hostile)
    assert {"article", "why", "story", "new", "change", "problem", "digest"} <= set(whole["data"])
    assert (whole["type"], hostile["type"]) == ("article.matched", "article.matched")
    assert hostile["data"]["article"]["title"].startswith('", "x": "')
