"""The parts of the container: the Dockerfile and the compose file say the same, and what they say works."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHECK = Path(__file__).with_name("check.py")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["seedwatch"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def test_the_two_files_say_the_same() -> None:
    lines = dict(line.split(" ", 1) for line in DOCKERFILE.splitlines() if line[:1].isupper() and "RUN" not in line)
    health = lines["HEALTHCHECK"]
    assert COMPOSE["user"] == lines["USER"]
    assert COMPOSE["volumes"] == [f"data:{lines['VOLUME']}"]
    assert COMPOSE["healthcheck"]["test"][1:] == json.loads(health[health.index("[") :])
    assert COMPOSE["healthcheck"]["test"][0] == "CMD"
    for name in ("interval", "timeout", "start_period", "retries"):
        assert f"--{name.replace('_', '-')}={COMPOSE['healthcheck'][name]}" in health
    assert lines["WORKDIR"] == lines["VOLUME"]


def test_the_container_has_no_rights_it_does_not_need() -> None:
    assert {name: COMPOSE[name] for name in ("read_only", "cap_drop", "security_opt")} == {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    assert COMPOSE["user"] != "0:0"
    assert [port.partition(":")[0] for port in COMPOSE["ports"]] == ["127.0.0.1"]


@pytest.mark.long
@pytest.mark.slow
def test_its_user_volume_command_and_health_check_work() -> None:
    program = Path(sys.executable).with_name("seedwatch")
    done = subprocess.run([sys.executable, str(CHECK), "--program", str(program)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["healthy"], found["healthy_before"], found["exit"]) == (True, False, 0)
