"""What `run` says before it has loaded anything: what it watches, where all is kept, and that polls begin."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.config.schema import Config

_NAMED = 8  # outlets and topics that are named, of more


def describe_start(config: Config, *, pages: bool) -> tuple[str, ...]:
    """Lines for a person who has just started a watch; `pages` are served beside it."""
    sources = [name for name, section in config.sources.items() if section.enabled]
    outlets = _count(sources, "outlet") or "no outlet (`seedwatch init https://outlet.example/` adds one)"
    topics = _count(list(config.topics), "topic")
    topics = topics or "no topic (`seedwatch init --topic 'port strikes' --seeds FOLDER` makes one)"
    kept = f"database {config.store.path}"
    if pages:
        free = not config.pages.port
        kept += f"; pages on {config.pages.host}" if free else f"; pages on {config.pages.host}:{config.pages.port}"
    return (
        f"watching {outlets} for {topics}",
        f"{kept}; stop with Ctrl-C",
        *(("loading; polls begin in a few seconds",) if sources else ()),
    )


def _count(names: Sequence[str], what: str) -> str | None:
    """`2 outlets (gull, tern)`; None where there is none."""
    if not names:
        return None
    more = len(names) - _NAMED
    said = ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"{len(names):,} {what}{'' if len(names) == 1 else 's'} ({said})"
