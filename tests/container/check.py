"""Runs what the Dockerfile says without a container tool: its install lines, user, volume, command and health check.

The paths /src, /opt/seedwatch and /data lie below a folder of their own. As root, everything behind the installation
runs as the Dockerfile's user, with no capability, and sees a file system that is read-only but for the volume and /tmp.
The last line is one JSON object; exit 1 where the health check never passes, passes though nothing listens, or the stop
is not clean.

usage: check.py [--program FILE]      with a program that is installed already, nothing is installed
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PORT = "8002"  # of the health check, as the Dockerfile writes it
STARTS_WITHIN, STOPS_WITHIN = 300.0, 120.0  # seconds, on a busy machine; how fast it stops is R4's to judge


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a Dockerfile says."""

    install: str
    user: str
    volume: str
    program: str
    command: tuple[str, ...]
    health: tuple[str, ...]


def read_recipe(text: str) -> Recipe:
    """The parts of a Dockerfile that are run here; lines that go on are joined."""
    whole = text.replace("\\\n", " ")
    begin, end = whole.index("# install: begin"), whole.index("# install: end")
    install = " && ".join(re.findall(r"^RUN (.*)$", whole[begin:end], re.M))

    def last(word: str) -> str:
        return re.findall(rf"^{word} (.*)$", whole, re.M)[-1]

    return Recipe(
        install=install,
        user=last("USER"),
        volume=last("VOLUME"),
        program=json.loads(last("ENTRYPOINT"))[0],
        command=tuple(json.loads(last("CMD"))),
        health=tuple(json.loads(re.findall(r"^HEALTHCHECK .*?CMD (\[.*\])$", whole, re.M)[-1])),
    )


def find_confinement(user: str, volume: Path, readable: Path) -> tuple[list[str], dict[str, bool]]:
    """The words before a command that take its rights away, as far as this machine lets them be taken."""
    uid, _, gid = user.partition(":")
    drop = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--bounding-set=-all", "--no-new-privs"]
    # That it can start itself again, as the daemon does for its pages: an interpreter below /root cannot.
    again = "import subprocess, sys; subprocess.run([sys.executable, '--version'], check=True)"
    other = os.geteuid() == 0 and _works([*drop, str(readable), "-c", again])
    words = drop if other else []
    mounts = f'mount --rbind / / && mount -o remount,ro,bind / && mount --bind "{volume}" "{volume}" && '
    mounts += f'mount -o remount,rw,bind "{volume}" && mount -t tmpfs -o mode=1777 none /tmp && cd "{volume}" && '
    mounts += 'exec "$@"'
    shut = ["unshare", "--mount", "sh", "-ec", mounts, "sh"]
    closed = os.geteuid() == 0 and not str(volume).startswith("/tmp/") and _works([*shut, *words, "true"])
    return ([*shut, *words] if closed else words), {"other_user": other, "read_only": closed}


def _works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 0
    except FileNotFoundError:
        return False


def check_parts(folder: Path, program: Path | None) -> dict[str, Any]:
    """Install, lay a configuration, run, ask, stop."""
    recipe = read_recipe((ROOT / "Dockerfile").read_text("utf-8"))
    moved = {"/opt/seedwatch": f"{folder}/opt/seedwatch", "/src": f"{folder}/src"}
    if program is None:
        _copy_source(folder / "src")
        line = re.sub(r"/opt/seedwatch|/src", lambda found: moved[found[0]], recipe.install)
        subprocess.run(["sh", "-ec", line], check=True, env={**os.environ, "PATH": "/usr/local/bin:/usr/bin:/bin"})
        program = Path(re.sub("/opt/seedwatch", moved["/opt/seedwatch"], recipe.program))
    python = program.with_name("python")
    volume = folder / recipe.volume.strip("/")
    volume.mkdir(mode=0o700)
    confined, found = find_confinement(recipe.user, volume, python)
    if found["other_user"]:
        uid, _, gid = recipe.user.partition(":")
        os.chown(volume, int(uid), int(gid))
    port = _free_port()
    command = [str(program), *(str(port) if word == PORT else word for word in recipe.command)]
    health = [str(python), *(word.replace(f":{PORT}/", f":{port}/") for word in recipe.health[1:])]
    where = {"cwd": volume, "env": {"PATH": "/usr/bin:/bin", "HOME": str(volume), "LANG": "C.UTF-8"}}
    subprocess.run([*confined, str(program), "init"], check=True, stdout=subprocess.DEVNULL, **where)  # type: ignore[call-overload]
    config = volume / "config.toml"
    config.write_text(re.sub(r"(?m)^#? ?port = .*$", f"port = {_free_port()}", config.read_text("utf-8")), "utf-8")
    early = _healthy(health, where)
    daemon = subprocess.Popen([*confined, *command], **where)  # type: ignore[call-overload]
    try:
        end = time.monotonic() + STARTS_WITHIN
        while not (healthy := _healthy(health, where)) and daemon.poll() is None and time.monotonic() < end:
            time.sleep(0.5)
    finally:
        daemon.terminate()
        try:
            code = daemon.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            daemon.kill()
            code = daemon.wait()
    left = sorted(path.relative_to(volume).as_posix() for path in (volume / "db").glob("seedwatch.db"))
    held = healthy and not early and code == 0 and left == ["db/seedwatch.db"]
    return {**found, "healthy": healthy, "healthy_before": early, "exit": code, "held": held}


def _copy_source(target: Path) -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target / name)


def _healthy(command: list[str], where: dict[str, Any]) -> bool:
    return subprocess.run(command, capture_output=True, check=False, **where).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=lambda text: Path(text).absolute())
    options = parser.parse_args()
    # Not below /tmp, which the confined daemon sees empty.
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="seedwatch-container-") as made:
        Path(made).chmod(0o755)
        result = {
            "check": "container",
            "installed": options.program is None,
            **check_parts(Path(made), options.program),
        }
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["held"] else 1)
