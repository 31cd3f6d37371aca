"""One SVG element as escaped markup; all charts are made of these."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape


def draw_shape(name: str, *children: Markup | str, css: str = "", title: str = "", **attributes: float | str) -> Markup:
    """An element with its attributes (`text_anchor` is written text-anchor, numbers with at most one decimal).

    `title` is what a pointer shows; texts are escaped, Markup is not.
    """
    words = [f' class="{escape(css)}"'] if css else []
    words += [f' {key.replace("_", "-")}="{escape(_number(value))}"' for key, value in attributes.items()]
    inside = [Markup("<title>{}</title>").format(title)] if title else []
    inside += [escape(child) for child in children]
    return Markup(f"<{name}{''.join(words)}>{''.join(inside)}</{name}>")  # noqa: S704  each part is escaped above


def draw_chart(
    css: str, label: str, wide: float, tall: float, shapes: Iterable[Markup], *, fixed: bool = False
) -> Markup:
    """The chart as a whole, read out as `label`; `fixed` gives it its own size on the page."""
    size = Markup(' width="{}" height="{}"').format(_number(wide), _number(tall)) if fixed else ""
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}"{}>{}</svg>').format(
        css, _number(wide), _number(tall), label, size, Markup("").join(shapes)
    )


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
