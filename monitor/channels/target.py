"""Where a channel sends to, and its signing secrets read from file or environment; they must not be kept or shown."""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# The Standard Webhooks specification asks for 24 to 64 random bytes.
_SHORTEST = 24
_LONGEST = 64
_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A channel of the configuration as its kind needs it."""

    name: str
    kind: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The secrets of one channel, newest first; several while one is being replaced.

    `error`: why they cannot be used, in which case nothing may be sent (an unsigned message is one that a
    receiver ought to refuse). `warnings` are for `doctor`. Neither holds any part of a secret.
    """

    values: tuple[str, ...] = field(default=(), repr=False)
    error: str | None = None
    warnings: tuple[str, ...] = ()


def read_secrets(
    *, secret_file: str | None, secret_env: str | None, folder: Path, environ: Mapping[str, str]
) -> Secrets:
    """Read the secrets of a channel; none configured is no error.

    One secret a line, newest first; empty lines and lines that begin with "#" are passed over; in a variable
    they are parted by spaces. `folder` is where a relative `secret_file` is looked for. Read again for every
    delivery, so that a rotation needs no restart.
    """
    warnings: list[str] = []
    if secret_file is not None:
        path = folder / secret_file
        name = f"the secret file {path}"
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_text(encoding="ascii")
        except OSError as error:
            return Secrets(error=f"{name} cannot be read: {error.strerror}")
        except UnicodeError:
            return Secrets(error=f"{name} is not plain text")
        if mode & 0o077:
            warnings.append(f"{name} can be read by others (mode {mode:04o}): chmod 600 {path}")
    elif secret_env is not None:
        name = f"the variable {secret_env}"
        if secret_env not in environ:
            return Secrets(error=f"{name} is not set")
        text = "\n".join(environ[secret_env].split())
    else:
        return Secrets()
    values = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    if not values:
        return Secrets(error=f"{name} holds no secret", warnings=tuple(warnings))
    for value in values:
        size = _size(value)
        if not size:
            return Secrets(error=f'{name} holds something else than "whsec_" and base64', warnings=tuple(warnings))
        if not _SHORTEST <= size <= _LONGEST:
            warnings.append(f"{name} holds a secret of {size} bytes: {_SHORTEST} to {_LONGEST} are good")
    return Secrets(values=values, warnings=tuple(warnings))


def _size(value: str) -> int:
    """How many bytes a secret has, 0 where it is none."""
    text = value.removeprefix(_PREFIX).rstrip("=")
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return 0
