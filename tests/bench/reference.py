"""Where the reference material lies that some benches measure on; it is not part of the project."""

from __future__ import annotations

import argparse
import os
from pathlib import Path


def option(parser: argparse.ArgumentParser) -> None:
    """--shared, by default what SEEDWATCH_SHARED names, else `shared` beside the project."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("SEEDWATCH_SHARED") or beside))


def folder(parser: argparse.ArgumentParser, options: argparse.Namespace, *parts: str) -> Path:
    """A file or folder of it; ends the program with a word on what to do where it is not there."""
    found: Path = options.shared.joinpath(*parts)
    if not found.exists():
        parser.error(f"{found} is missing: name the folder of the reference material with --shared or SEEDWATCH_SHARED")
    return found
