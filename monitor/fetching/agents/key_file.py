"""The file by which an agent, or the desk, is known to the server: its name, its NKEY and the server's certificate."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import nkeys

from monitor.errors import ConfigError, describe_read_error

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SEED = re.compile(r"^S[A-Z2-7]{57}$", re.MULTILINE)
_SAID_NAME = re.compile(r"^agent: (\S+)$", re.MULTILINE)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKey:
    """Who somebody is at the server: `seed` proves it and is secret.

    `certificate` is the server's own (PEM), None where a public authority vouches for it.
    """

    name: str
    seed: str = field(repr=False)
    certificate: str | None = None

    @property
    def public(self) -> str:
        """The NKEY that the server's configuration names."""
        found: bytes = nkeys.from_seed(bytearray(self.seed.encode())).public_key
        return found.decode()

    def build_tls(self) -> ssl.SSLContext:
        """What verifies the server: its own certificate alone where there is one."""
        if self.certificate is None:
            return ssl.create_default_context()
        return ssl.create_default_context(cadata=self.certificate)


def make_key(name: str, certificate: str | None) -> AgentKey:
    """A new key."""
    seed: bytes = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    return AgentKey(name=name, seed=seed.decode(), certificate=certificate)


def dump_key(key: AgentKey) -> str:
    """The text of a key's file."""
    return f"agent: {key.name}\n{key.seed}\n{key.certificate or ''}"


def load_key(path: Path) -> AgentKey:
    """The key in a file; raises ConfigError where it holds none, or others than its owner may read it."""
    try:
        text = path.read_text("ascii")
        shown = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {describe_read_error(error)}; `seedwatch agents init` makes it") from error
    if shown:
        raise ConfigError(f"{path}: others may read it: chmod 600 {path}")
    name, seed, certificate = _SAID_NAME.search(text), _SEED.search(text), _CERTIFICATE.search(text)
    if name is None or seed is None or not NAME.fullmatch(name[1]):
        raise ConfigError(f"{path}: holds no agent's key; `seedwatch agents init` makes one")
    key = AgentKey(name=name[1], seed=seed[0], certificate=certificate[0] if certificate else None)
    if not _is_whole(key.seed):
        raise ConfigError(f"{path}: its key is damaged")
    return key


def _is_whole(seed: str) -> bool:
    """Whether a seed is a user's, and its checksum is right: nkeys does not look at it."""
    try:
        prefix, raw = nkeys.decode_seed(seed.encode())
        again: bytes = nkeys.encode_seed(raw, prefix)
    except Exception:  # of several kinds
        return False
    return prefix == nkeys.PREFIX_BYTE_USER and again.decode() == seed
