"""A folder that cannot be written, and an address with a password: neither leaves a trace of the wrong kind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from house import House

from monitor.newsroom.fault import Fault


def test_a_folder_that_cannot_be_written_ends_in_a_sentence(house: House) -> None:
    house.configure("commonspace", extra='[store]\npath = "/proc/nowhere/seedwatch.db"\n')
    for command in ("once", "status", "doctor", "backup"):
        done = house.command(command)
        assert done.returncode != 0, command
        assert "Traceback" not in done.stderr + done.stdout, command


@pytest.mark.row("S3")
def test_the_name_and_password_of_a_redirect_stand_nowhere(house: House) -> None:
    piece = house.newsroom.publish("commonspace", at=datetime.now(UTC))
    leads = "http://ana:s3cretpw@127.0.0.1:9/x"
    house.newsroom.fault("commonspace", Fault(path=f"^{piece.path}$", redirect=leads))
    house.configure("commonspace")
    done = house.command("once")
    assert house.rows("SELECT count(*) FROM fetches") != [(0,)]
    found = [path.name for path in house.database.parent.iterdir() if b"s3cretpw" in path.read_bytes()]
    assert (found, "s3cretpw" in done.stderr + done.stdout) == ([], False)
