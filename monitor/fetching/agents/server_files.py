"""What `seedwatch agents init` lays: the NATS server's configuration, its certificate and the keys of desk and agents.

The server's configuration is the folder as text: an agent is whoever has a key file there. Each may write to subjects
of its own name only, and hears only the answers to what it asked.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from monitor.config.atomic_file import replace_file
from monitor.errors import ConfigError
from monitor.fetching.agents.key_file import NAME, AgentKey, dump_key, load_key, make_key
from monitor.fetching.desk.nats_line import INBOX, SUBJECT

DESK = "desk"  # the name of the desk's own key
MOST_BYTES = 8_000_000  # of a message; two hundred links with what is announced of them are one
_LASTS = timedelta(days=3650)
_PRIVATE, _FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlace:
    """Where the server listens: the `host` at which agents reach it, its port, and that for WebSocket, if any."""

    host: str
    port: int
    websocket: int | None = None


def lay_server_files(folder: Path, place: ServerPlace, agents: Iterable[str], now: datetime) -> list[str]:
    """Make what is missing below `folder`, and the server's configuration anew; the names of all agents.

    Keys and the certificate that are there stay. Raises ConfigError for a name that is none, or a damaged key.
    """
    for name in (wanted := tuple(agents)):
        if not NAME.fullmatch(name) or name == DESK:
            raise ConfigError(f"{name!r} names no agent: write small letters, digits and -, as in agent-1")
    folder.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    certificate, secret = folder / "server.pem", folder / "server-key.pem"
    if not certificate.exists() or not secret.exists():
        made = _make_certificate(place.host, now)
        replace_file(certificate, made[0])
        replace_file(secret, made[1], mode=_PRIVATE)
    text = certificate.read_text("ascii")
    for name in (DESK, *wanted):
        if not (path := folder / f"{name}.key").exists():
            replace_file(path, dump_key(make_key(name, text)).encode(), mode=_PRIVATE)
    keys = [load_key(path) for path in sorted(folder.glob("*.key"))]
    replace_file(folder / "server.conf", _server_configuration(folder.resolve(), place, keys).encode())
    return [key.name for key in keys if key.name != DESK]


def _server_configuration(folder: Path, place: ServerPlace, keys: Iterable[AgentKey]) -> str:
    listen = "127.0.0.1" if _is_loopback(place.host) else "0.0.0.0"  # noqa: S104  agents are on other machines
    tls = f"tls {{ cert_file: {_quoted(folder / 'server.pem')}, key_file: {_quoted(folder / 'server-key.pem')} }}"
    users = []
    for key in keys:
        if key.name == DESK:
            may = f'publish: "{INBOX}.>", subscribe: "{SUBJECT}.*.*"'
        else:
            may = f'publish: "{SUBJECT}.{key.name}.*", subscribe: "{INBOX}.{key.name}.>"'
        users.append(f"    {{ nkey: {key.public}, permissions: {{ {may} }} }} # {key.name}\n")
    websocket = "" if place.websocket is None else f'websocket {{ listen: "{listen}:{place.websocket}", {tls} }}\n'
    return (
        "# Written by `seedwatch agents init`, which writes it anew: whoever has a key file here is an agent.\n"
        f'listen: "{listen}:{place.port}"\n'
        f"max_payload: {MOST_BYTES}\n"
        f"{tls}\n{websocket}"
        f"authorization {{\n  users: [\n{''.join(users)}  ]\n}}\n"
    )


def _quoted(path: Path) -> str:
    return json.dumps(str(path))


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_address(host) is not None and ipaddress.ip_address(host).is_loopback)


def _address(host: str) -> x509.GeneralName | None:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return None


def _make_certificate(host: str, now: datetime) -> tuple[bytes, bytes]:
    """A certificate for the server and its key (PEM), signed by itself: the key files carry it to whoever must know."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "seedwatch agents")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    own = _address(host) or x509.DNSName(host)
    if own not in names:
        names.append(own)
    usage = {"digital_signature": True, "key_cert_sign": True}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(**usage, **dict.fromkeys(others, False), encipher_only=False, decipher_only=False),
            critical=True,
        )
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return built.public_bytes(serialization.Encoding.PEM), secret
