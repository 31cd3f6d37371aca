"""The process in which the crawl tests' scenarios run; see drive.py."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # test modules import `drive`
Drive = Callable[..., Any]


@contextmanager
def started(log: Path, desk: str = "local") -> Iterator[Callable[[dict[str, Any]], Any]]:
    """A driver whose crawls reach their desk so; what it logs is in the file `log`."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "drive.py"), desk],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(wanted: dict[str, Any]) -> Any:
            process.stdin.write(json.dumps(wanted) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
            assert line, f"the driver died: {log.read_text()[-3000:]}"
            answer = json.loads(line)
            assert "failure" not in answer, f"{answer['failure']}\n{log.read_text()[-3000:]}"
            return answer["result"]

        try:
            yield ask
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait(30)


def _drive(ask: Callable[[dict[str, Any]], Any], folder: Path) -> Drive:
    def drive(scenario: Callable[..., Awaitable[Any]], **arguments: Any) -> Any:
        """Run a scenario of the calling module in the driver; what it returned, as JSON brings it."""
        return ask(
            {
                "module": scenario.__code__.co_filename,
                "scenario": scenario.__name__,
                "folder": str(folder),
                "arguments": arguments,
            }
        )

    return drive


@pytest.fixture(scope="session")
def driver(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[Callable[[dict[str, Any]], Any]]:
    with started(tmp_path_factory.mktemp("driver") / "log", pytestconfig.getoption("--desk")) as ask:
        yield ask


@pytest.fixture
def drive(driver: Callable[[dict[str, Any]], Any], tmp_path: Path) -> Drive:
    """Runs a scenario in the driver that all tests share."""
    return _drive(driver, tmp_path)


@pytest.fixture(scope="session")
def far_drivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Callable[[dict[str, Any]], Any]]]:
    """The driver whose crawls reach their desk so ("loopback", "nats"), one each."""
    known: dict[str, Callable[[dict[str, Any]], Any]] = {}
    with ExitStack() as stack:

        def find(desk: str) -> Callable[[dict[str, Any]], Any]:
            if desk not in known:
                known[desk] = stack.enter_context(started(tmp_path_factory.mktemp(desk) / "log", desk))
            return known[desk]

        yield find


@pytest.fixture
def far_drive(far_drivers: Any, tmp_path: Path) -> Callable[[str], Drive]:
    """Runs a scenario in such a driver, in a folder of its own."""

    def find(desk: str) -> Drive:
        (tmp_path / desk).mkdir()
        return _drive(far_drivers(desk), tmp_path / desk)

    return find


@pytest.fixture
def fresh_drive(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[Drive]:
    """Runs scenarios in a process that has done nothing else."""
    with started(tmp_path / "log", pytestconfig.getoption("--desk")) as ask:
        yield _drive(ask, tmp_path)
