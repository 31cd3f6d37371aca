"""Jinja2's sandbox with a budget: what a template may reach, and how much it may make; it must not know what is filled.

The sandbox keeps a template to its values, but lets it loop for hours and make gigabytes. Here every step of a loop,
every call and every value made is counted, and what multiplies sizes is refused before it is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

# A unit is a letter, or an expression evaluated in a loop: a second at most in all. A filled body has a million bytes.
_UNITS = 3_000_000
_MEMBER, _CALL = 20, 200  # units of a member of a list and of a call, which take so much longer
_PRODUCT = 50_000_000  # letters or members that one call may make on its way, as "x".center(10) makes ten
_BITS = 10_000  # of a whole number
_WIDE = re.compile(r"\d{5,}")  # a width or a precision of a format

_Node = TypeVar("_Node", bound=nodes.Expr)


class TemplateTooCostly(ValueError):
    """A template that makes or does more than any message needs."""


class Budget:
    """What one filling of a template has left."""

    def __init__(self) -> None:
        self._left = _UNITS

    def spend(self, units: int) -> None:
        """Raises TemplateTooCostly where nothing is left."""
        self._left -= units
        if self._left < 0:
            raise TemplateTooCostly("it does too much: too many steps, or too long texts")

    def weigh(self, value: Any) -> Any:
        """The value, whose letters and members are spent, each as often as it stands there."""
        waiting = [value]
        while waiting:
            each = waiting.pop()
            self.spend(_MEMBER + (len(each) if isinstance(each, str | bytes | range) else 0))
            if isinstance(each, Namespace):
                waiting.append(getattr(each, "_Namespace__attrs"))  # noqa: B009  what it shows when it is printed
            elif isinstance(each, Mapping):
                waiting += [*each.keys(), *each.values()]
            elif isinstance(each, list | tuple | set | frozenset):
                waiting += each
        return value


def _product(values: tuple[Any, ...]) -> int:
    found = 1
    for each in values:
        size = abs(each) if isinstance(each, int) else len(each) if isinstance(each, str | bytes | list | tuple) else 1
        found *= max(1, size)
    return found


def _check_product(values: tuple[Any, ...]) -> None:
    """Raises TemplateTooCostly where a number or a text among arguments could multiply others beyond measure."""
    if _product(values) > _PRODUCT:
        raise TemplateTooCostly("it makes a text or a list that is too long")


def _check_format(form: str) -> None:
    if _WIDE.search(form) or "*" in form or re.search(r"\{[^{}]*\{", form):
        raise TemplateTooCostly("a format has a width that is too large, or comes from a value")


class _Counted(NodeTransformer):
    """Puts the budget where a template makes values or repeats itself, apart from filters, calls and operators."""

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        cost = nodes.Const(sum(1 for _ in node.find_all(nodes.Node)))
        node.iter = nodes.Filter(node.iter, "_steps", [cost], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "_concat", [], [], None, None, lineno=node.lineno)

    def visit_List(self, node: nodes.List) -> nodes.Expr:
        return self._weighed(node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Expr:
        return self._weighed(node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        return self._weighed(node) if node.ctx == "load" else node

    def _weighed(self, node: _Node) -> nodes.Filter:
        self.generic_visit(node)
        return nodes.Filter(node, "_weigh", [], [], None, None, lineno=node.lineno)


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """An environment for one filling; `data.digest.items` is the document's field, not a method of Python's."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, *, finalize: Callable[[Any], Any], **options: Any) -> None:
        self._budget = budget = Budget()
        super().__init__(finalize=lambda value: budget.weigh(finalize(value)), optimized=False, **options)
        del self.globals["lipsum"]
        self.filters = {name: self._count(filter_) for name, filter_ in self.filters.items()}
        self.filters |= {"_steps": self._steps, "_concat": self._concat, "_weigh": budget.weigh}

    def add_filter(self, name: str, filter_: Callable[[Any], Any]) -> None:
        self.filters[name] = self._count(filter_)

    def _count(self, filter_: Callable[..., Any]) -> Callable[..., Any]:
        first = 1 if hasattr(filter_, "jinja_pass_arg") else 0  # a context, an environment

        @wraps(filter_)
        def counted(*values: Any, **named: Any) -> Any:
            given = (*values[first:], *named.values())
            first_given = "" if isinstance(given[0], int) else given[0]  # a number multiplies nothing by being filtered
            if filter_.__name__ == "do_format":
                _check_format(str(given[0]))
            else:
                _check_product((first_given, *given[1:]))
            return self._budget.weigh(filter_(*values, **named))

        return counted

    def _steps(self, values: Any, cost: int) -> Any:
        """What a loop goes through, each step at its cost."""
        if isinstance(values, list | tuple | range | Mapping):
            self._budget.spend(cost * len(values))
            return values
        return self._paid(values, cost)

    def _paid(self, values: Any, cost: int) -> Any:
        for value in values:
            self._budget.spend(cost)
            yield value

    def _concat(self, parts: list[Any]) -> str:
        self._budget.weigh(parts)
        return str(self._budget.weigh("".join(map(str, parts))))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None:
            _check_format(value.__self__)
        return wrapped

    def call(__self, __context: Context, __obj: Any, *values: Any, **named: Any) -> Any:
        __self._budget.spend(_CALL)
        __self._budget.weigh(values)
        of = getattr(__obj, "__self__", None)
        if isinstance(of, str | bytes | int | float | list | tuple | dict):
            _check_product((of if isinstance(of, str | bytes) else "", *values, *named.values()))
        return __self._budget.weigh(super().call(__context, __obj, *values, **named))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "%" and isinstance(left, str):
            _check_format(left)
        elif operator in ("*", "**") and isinstance(left, int) and isinstance(right, int):
            bits = left.bit_length() * abs(right) if operator == "**" else left.bit_length() + right.bit_length()
            if bits > _BITS:
                raise TemplateTooCostly("a number is too large")
        elif operator == "*":
            _check_product((left, right))
        return self._budget.weigh(super().call_binop(context, operator, left, right))

    def _generate(self, source: nodes.Template, *place: Any, **options: Any) -> str:
        return str(super()._generate(_Counted().visit(source), *place, **options))
