from __future__ import annotations

from pathlib import Path

import pytest

from monitor.channels.target import Secrets, read_secrets

NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SHORT = "whsec_c2hvcnQ="


def read(folder: Path, text: str | None = None, *, mode: int = 0o600, **environ: str) -> Secrets:
    if text is not None:
        path = folder / "desk.secret"
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return read_secrets(secret_file="desk.secret", secret_env=None, folder=folder, environ=environ)
    return read_secrets(secret_file=None, secret_env="DESK_SECRET", folder=folder, environ=environ)


def test_no_secret_configured_is_no_error(tmp_path: Path) -> None:
    assert read_secrets(secret_file=None, secret_env=None, folder=tmp_path, environ={}) == Secrets()


@pytest.mark.parametrize("text", [f"{NEW}\n{OLD}\n", f"# new\n  {NEW} \r\n\n#old\n{OLD}"])
def test_a_file_holds_a_secret_a_line_newest_first(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == Secrets(values=(NEW, OLD))


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(NEW)
    (tmp_path / "x").chmod(0o400)
    found = read_secrets(secret_file=str(tmp_path / "x"), secret_env=None, folder=Path("/elsewhere"), environ={})
    assert found == Secrets(values=(NEW,))


def test_a_variable_holds_them_parted_by_spaces(tmp_path: Path) -> None:
    assert read(tmp_path, DESK_SECRET=f" {NEW} {OLD}") == Secrets(values=(NEW, OLD))


def test_a_file_that_others_can_read_is_used_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "desk.secret"
    assert read(tmp_path, NEW, mode=0o640) == Secrets(
        values=(NEW,),
        warnings=(f"the secret file {path} can be read by others (mode 0640): chmod 600 {path}",),
    )


def test_a_short_secret_is_used_with_a_warning(tmp_path: Path) -> None:
    assert read(tmp_path, DESK_SECRET=SHORT) == Secrets(
        values=(SHORT,), warnings=("the variable DESK_SECRET holds a secret of 5 bytes: 24 to 64 are good",)
    )


@pytest.mark.parametrize("text", ["canary hunter2", "whsec_", "whsec_abc$%", "whsec_a"])
def test_what_is_no_secret_is_an_error_that_does_not_show_it(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert found == Secrets(
        error=f'the secret file {tmp_path / "desk.secret"} holds something else than "whsec_" and base64'
    )


def test_unusable_places_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "desk.secret"
    missing = read_secrets(secret_file="desk.secret", secret_env=None, folder=tmp_path, environ={})
    assert (missing, read(tmp_path, "# none\n"), read(tmp_path, "é"), read(tmp_path)) == (
        Secrets(error=f"the secret file {path} cannot be read: No such file or directory"),
        Secrets(error=f"the secret file {path} holds no secret"),
        Secrets(error=f"the secret file {path} is not plain text"),
        Secrets(error="the variable DESK_SECRET is not set"),
    )


def test_secrets_do_not_show_themselves() -> None:
    assert NEW not in repr(Secrets(values=(NEW,)))
