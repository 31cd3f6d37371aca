"""What the shell is told when somebody presses Tab, as click asks for it: by environment, of the real program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

CONFIG = """
[sources.hills]
[sources.harbour]
[topics.rope]
[topics.tar]
[channels.desk]
[alerts.night]
"""


def propose(folder: Path, *words: str, environment: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    asked = {
        "_SEEDWATCH_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("seedwatch", *words)),
        "COMP_CWORD": str(len(words)),
    }
    command = [sys.executable, "-c", "from monitor.commands.cli import main; main(prog_name='seedwatch')"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **asked, **environment}, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        (("once", ""), ["hills", "harbour"]),
        (("once", "hills", "ha"), ["harbour"]),
        (("sources", "pause", "h"), ["hills", "harbour"]),
        (("learn", "t"), ["tar"]),
        (("matches", "--topic", ""), ["rope", "tar"]),
        (("test-alert", ""), ["desk"]),
        (("alerts", "list", "--rule", ""), ["night"]),
        (("seeds", "add", "--topic", "r"), ["rope"]),
        (("--config", "other.toml", "learn", ""), ["far"]),
        (("--config", "none.toml", "learn", ""), []),
        (("--config", "broken.toml", "learn", ""), []),
    ],
)
def test_names_of_the_configuration(tmp_path: Path, words: tuple[str, ...], proposed: list[str]) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "other.toml").write_text("[topics.far]\n")
    (tmp_path / "broken.toml").write_text("[topics.far")
    assert propose(tmp_path, *words) == proposed


def test_the_configuration_of_the_environment_counts_as_for_every_command(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("[topics.far]\n")
    assert propose(tmp_path, "learn", "", environment={"SEEDWATCH_CONFIG": "other.toml"}) == ["far"]
