"""Templates that try to loop for ever, to fill the memory or to reach what is not theirs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.alerting.body.body_samples import sample_documents
from monitor.alerting.body.body_template import BodyError, BodyTemplate

BODY = sample_documents(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)).whole
GROW = '{%% set n = namespace(s="0123456789") %%}{%% for i in range(70) %%}{%% set n.s = %s %%}{%% endfor %%}{{ n.s }}'
COSTLY = {
    "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a long loop body": "{% for a in range(99999) %}" + "{% if a == 1 %}{% endif %}" * 50 + "{% endfor %}",
    "a loop over a generator": "{% for a in range(99999)|map('string') %}"
    + "{% if a %}{% endif %}" * 50
    + "{% endfor %}",
    "a long range": "{{ range(10 ** 9)|list }}",
    "a long text": "{{ 'x' * 10 ** 9 }}",
    "a long list": "{{ [0] * 10 ** 9 }}",
    "a long product": "{% set a = 'x' * 1000 * 1000 %}{% set b = a * 1000 %}",
    "a power": "{{ 10 ** (10 ** 10) }}",
    "factors": "{% set n = namespace(s=7) %}{% for i in range(70) %}{% set n.s = n.s * n.s %}{% endfor %}",
    "a width": "{{ '%1000000000d' % 1 }}",
    "a width of a value": "{{ '%*d' % (1000000000, 1) }}",
    "a width in braces": "{{ '{:1000000000}'.format(1) }}",
    "a width of a value in braces": "{{ '{:{}}'.format(1, 1000000000) }}",
    "the format filter": "{{ '%1000000000d'|format(1) }}",
    "center": "{{ 'x'|center(1000000000) }}",
    "ljust": "{{ 'x'.ljust(1000000000) }}",
    "bytes of a number": "{{ (5).to_bytes(1000000000, 'big') }}",
    "batches": "{{ [1]|batch(1000000000, 'x')|list }}",
    "slices": "{{ [1]|slice(1000000000)|list }}",
    "indentation": "{{ 'x'|indent(1000000000, true) }}",
    "a replacement": "{% set a = 'x' * 100000 %}{{ a|replace('', a) }}",
    "a joint": "{% set a = 'x' * 100000 %}{{ a.join(a) }}",
    "tabs": "{% set a = 'x' * 100000 %}{{ a.expandtabs(100000) }}",
    "growth by ~": GROW % "n.s ~ n.s",
    "growth by +": GROW % "n.s + n.s",
    "growth by join": GROW % "[n.s, n.s]|join",
    "growth by lists": GROW % "[n.s, n.s]",
    "growth by tables": GROW % "{'a': n.s, 'b': n.s}",
    "growth by tuples": GROW % "(n.s, n.s)",
    "growth by namespaces": GROW % "namespace(a=[n.s, n.s], b=n.s)",
    "growth by captures": "{% set s = 'x' %}" + "{% set s %}{{ s }}{{ s }}{% endset %}" * 70,
    "macros": "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(70) }}",
    "a macro for ever": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "parentheses": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "a recursive loop": "{% for a in [1] recursive %}{{ loop([1, 1]) }}{% endfor %}",
    "filler": "{{ lipsum(n=100000) }}",
}
FOREIGN = (
    "{{ ''.__class__.__mro__ }}",
    "{{ data.__class__ }}",
    "{{ ''|attr('__class__') }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ data.article.title.format.__globals__ }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ ''['__class__'] }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{{ data.update({'a': 1}) }}",
)


def fill(text: str, *, strict: bool = True) -> str:
    found = json.loads(BodyTemplate(table={"a": f"x {text}"}).fill(BODY, {}, strict=strict))["a"]
    return str(found).removeprefix("x ")


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_a_template_that_does_too_much_is_refused(text: str) -> None:
    with pytest.raises(BodyError):
        fill(text, strict=False)


def test_so_is_a_file_that_does() -> None:
    with pytest.raises(BodyError, match="it makes a text or a list that is too long"):
        BodyTemplate(text='{"a": "{{ \'x\' * 1000000000 }}"}').fill(BODY, {})


@pytest.mark.parametrize("text", FOREIGN)
def test_a_template_reaches_its_values_alone(text: str) -> None:
    with pytest.raises(BodyError):
        fill(text)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{ 'x' * 3 ~ (2 + 1) }}", "xxx3"),
        ("{{ 2 ** 10 * 3 % 7 }} {{ 2.5 * 2 }} {{ 2 ** 0.5 > 1 }}", "6 5.0 true"),
        ("{{ '%s-%03d' % ('a', 7) }} {{ '%.1f'|format(2.25) }} {{ '{:>4}'.format('b') }}", "a-007 2.2    b"),
        ("{{ 'a b'|title|center(7)|trim }} {{ 'abc'.replace('b', 'x') }}", "A B axc"),
        ("{% for a in [1, 2] %}{{ loop.length }}{{ a }}{% if not loop.last %},{% endif %}{% endfor %}", "21,22"),
        ("{% for a, b in {'k': 1}.items() %}{{ a }}{{ b }}{% endfor %}", "k1"),
        (
            "{{ range(4)|map('string')|join('-') }} {{ (1, 2)|sum }} {{ dict(a=1767323045)|tojson }}",
            '0-1-2-3 3 {"a": 1767323045}',
        ),
        ("{{ 1767323045|string }} {% set n = namespace(x=1767323045) %}{{ n.x }}", "1767323045 1767323045"),
        (
            "{% for a in [[1], [2]] recursive %}{{ loop(a) if a is iterable else a }}{% endfor %}",
            "12",
        ),
    ],
)
def test_what_templates_are_for_goes_on_working(text: str, filled: str) -> None:
    assert fill(text) == filled
