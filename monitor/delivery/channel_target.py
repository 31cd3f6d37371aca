"""Where a channel sends to, and its secrets read from file or environment; they must not be kept or shown."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, quote_plus, urlsplit

from monitor.model.alert import Reply, Target
from monitor.text.addresses.address_encoding import LOGIN_HINT, encode_address

# The Standard Webhooks specification asks for 24 to 64 random bytes.
_SHORTEST = 24
_LONGEST = 64
_PREFIX = "whsec_"
_TELLING = 8  # characters from which a part of a secret address is hidden by itself
_CUT = 6  # characters from which the beginning of a secret is hidden at the end of an answer
_MASK = b"***"


class ChannelSettings(Protocol):
    """What of a `[channels.NAME]` table is read here."""

    @property
    def kind(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def url_file(self) -> str | None: ...
    @property
    def url_env(self) -> str | None: ...
    @property
    def secret_file(self) -> str | None: ...
    @property
    def secret_env(self) -> str | None: ...
    @property
    def token_file(self) -> str | None: ...
    @property
    def token_env(self) -> str | None: ...
    @property
    def chat(self) -> str | None: ...
    @property
    def topic(self) -> str | None: ...
    @property
    def priority(self) -> int | None: ...
    @property
    def server(self) -> str | None: ...
    @property
    def user(self) -> str | None: ...
    @property
    def sender(self) -> str | None: ...
    @property
    def to(self) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedTarget:
    """A channel ready to be sent to: `target` is None where `error` says what is missing.

    `hidden` are the texts that no log, row or report may hold.
    """

    target: Target | None = None
    signing: tuple[str, ...] = field(default=(), repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    error: str | None = None
    warnings: tuple[str, ...] = ()


# Public servers of the kinds that have one; a configured url names another.
SERVERS = {"telegram": "https://api.telegram.org", "ntfy": "https://ntfy.sh"}
_APPRISE = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+")
_TOKEN = re.compile(r"[!-~]{8,300}")


def resolve_channel(
    name: str, settings: ChannelSettings, *, folder: Path, environ: Mapping[str, str]
) -> ResolvedTarget:
    """Where a channel sends to, read again for every delivery, so that a new secret needs no restart.

    `folder` is where relative files are looked for. An error holds no part of a secret.
    """
    signing = read_secrets(
        secret_file=settings.secret_file, secret_env=settings.secret_env, folder=folder, environ=environ
    )
    token = read_secret_line("token", settings.token_file, settings.token_env, folder, environ)
    url = read_secret_line("address", settings.url_file, settings.url_env, folder, environ)
    warnings = (*signing.warnings, *token.warnings, *url.warnings)
    error = signing.error or token.error or url.error
    secret = url.values[0] if url.values else None
    address = secret or settings.url or SERVERS.get(settings.kind)
    if settings.server is not None:
        address = f"https://{settings.server}"  # only to be checked: mail is not sent there by HTTP
    if error is None and address is None:
        error = "no url is configured"
    elif error is None and settings.kind == "apprise" and not _APPRISE.fullmatch(address or ""):
        error = "what stands for its address is none of Apprise's: they begin like json:// or pover://"
    elif error is None and settings.kind != "apprise":
        error = _address_fault(address or "")
    if error is None and token.values and not _TOKEN.fullmatch(token.values[0]):
        error = "what stands for its token is none: a token has no space and at least eight characters"
    if error is not None:
        return ResolvedTarget(error=error, warnings=warnings)
    target = Target(
        name=name,
        kind=settings.kind,
        url=(address or "") if settings.kind == "apprise" else encode_address(address or ""),
        token=token.values[0] if token.values else None,
        chat=settings.chat,
        topic=settings.topic,
        priority=settings.priority,
        server=settings.server,
        user=settings.user,
        sender=settings.sender,
        to=settings.to or (),
    )
    # Who knows a topic of ntfy reads it; and an address is often a secret where it stands in config.toml, too.
    topic = (settings.topic,) if settings.topic and len(settings.topic) >= _TELLING else ()
    own = _parts(secret) if secret else _open_parts(settings.url or "")
    hidden = (*signing.values, *token.values, *own, *topic)
    return ResolvedTarget(target=target, signing=signing.values, hidden=hidden, warnings=warnings)


def resolve_address(
    url: str | None, file: str | None, variable: str | None, *, folder: Path, environ: Mapping[str, str]
) -> ResolvedTarget:
    """Where to call that is no channel: an address as it is written, or one that a file or a variable holds."""
    found = read_secret_line("address", file, variable, folder, environ)
    secret = found.values[0] if found.values else None
    chosen = secret or url
    error = found.error or _address_fault(chosen or "")
    if error is not None:
        return ResolvedTarget(error=error)
    url = encode_address(chosen or "")
    return ResolvedTarget(target=Target(name="", kind="", url=url), hidden=tuple(_parts(secret)) if secret else ())


def read_masked(read: Callable[[Reply], Reply], reply: Reply, hidden: Iterable[str]) -> Reply:
    """What a kind makes of an answer (`read`), without the texts to be hidden: receivers like to repeat what they got.

    A service's own words are cut, so the secrets go before that; whether it is a delivery is read from the true answer.
    """
    texts = tuple(hidden)
    found, masked = read(reply), mask_secrets(reply, texts)
    if found.error == reply.error:
        return replace(found, body=masked.body, error=masked.error)
    error = read(masked).error or f"the receiver answered {reply.status}"
    return mask_secrets(replace(found, body=masked.body, error=error), texts)


def mask_secrets(reply: Reply, hidden: Iterable[str]) -> Reply:
    """The reply without the texts to be hidden, in any spelling that an answer gives them, nor the beginning of one
    where the answer was cut."""
    once = {each for text in hidden for each in _spellings(text)}
    texts = sorted({each for text in once for each in _spellings(text)}, key=len, reverse=True)  # a form in JSON, say
    body, error = reply.body, reply.error
    for text in texts:
        body = body.replace(text.encode("utf-8"), _MASK)
        error = None if error is None else error.replace(text, _MASK.decode())
    body = body[
        : len(body) - _begun(body.decode("latin-1"), [text.encode("utf-8").decode("latin-1") for text in texts])
    ]
    error = None if error is None else error[: len(error) - _begun(error, texts)]
    return reply if (body, error) == (reply.body, reply.error) else replace(reply, body=body, error=error)


def _spellings(text: str) -> set[str]:
    """A text as it stands in JSON, in an address, in a form and in HTML."""
    in_json = {json.dumps(text, ensure_ascii=ascii)[1:-1] for ascii in (True, False)}
    return {text, *in_json, quote(text), quote(text, safe=""), quote_plus(text), html.escape(text)}


def _begun(said: str, texts: Iterable[str]) -> int:
    """How many characters at the end of what was said are the beginning of a text that was cut off there."""
    return max(
        (size for text in texts for size in range(_CUT, min(len(text), len(said) + 1)) if said.endswith(text[:size])),
        default=0,
    )


def _address_fault(text: str) -> str | None:
    """Why a text is no address to send to, None where it is one; holds no part of it."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        encode_address(text)
    except ValueError:
        usable = False
    else:
        if usable and "@" in parts.netloc:
            return LOGIN_HINT
    return None if usable else "what stands for its address is none: write one that begins with https://"


def _parts(url: str) -> list[str]:
    """A secret address, and what of it is secret alone: its path, query and the long segments of both."""
    parts = urlsplit(url)
    rest = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = encode_address(url)
    return [text for text in dict.fromkeys((url, sent, rest, *re.split(r"[/?&=]", rest))) if len(text) >= _TELLING]


def _open_parts(url: str) -> list[str]:
    """What of an address written in config.toml is to be hidden: its path and query, and what looks like a token."""
    telling = [text for text in _parts(url) if any(map(str.isdigit, text)) or text.startswith("/")]
    return [text for text in telling if "://" not in text]


def read_secret_line(
    noun: str, file: str | None, variable: str | None, folder: Path, environ: Mapping[str, str]
) -> Secrets:
    """The one line that a file or a variable holds; `noun` is what to call it in an error."""
    found, name = _read(noun, file, variable, folder, environ)
    if found.error is not None or not found.values or len(found.values) == 1:
        return found
    return replace(found, values=(), error=f"{name} holds more than one line")


def read_lines(noun: str, file: str, folder: Path, environ: Mapping[str, str]) -> Secrets:
    """The lines that a file holds; `noun` is what to call it in an error."""
    return _read(noun, file, None, folder, environ)[0]


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
    they are parted by spaces. `folder` is where a relative `secret_file` is looked for, unless systemd gave it. Read
    again for every delivery, so that a rotation needs no restart.
    """
    found, name = _read("secret", secret_file, secret_env, folder, environ)
    warnings = list(found.warnings)
    for value in found.values:
        size = _size(value)
        if not size:
            return Secrets(error=f'{name} holds something else than "whsec_" and base64', warnings=tuple(warnings))
        if not _SHORTEST <= size <= _LONGEST:
            warnings.append(f"{name} holds a secret of {size} bytes: {_SHORTEST} to {_LONGEST} are good")
    return replace(found, warnings=tuple(warnings))


def _read(
    noun: str, file: str | None, variable: str | None, folder: Path, environ: Mapping[str, str]
) -> tuple[Secrets, str]:
    """The lines of a file or the words of a variable, unchecked, and what to call the place."""
    warnings: tuple[str, ...] = ()
    if file is not None:
        path, given = _locate(file, folder, environ)
        name = f"the {noun} file {path}"
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            text = path.read_text(encoding="utf-8" if noun == "address" else "ascii")
        except OSError as error:
            return Secrets(error=f"{name} cannot be read: {error.strerror}"), name
        except UnicodeError:
            return Secrets(error=f"{name} is not plain text"), name
        if mode & 0o077 and not given:
            warnings = (f"{name} can be read by others (mode {mode:04o}): chmod 600 {path}",)
    elif variable is not None:
        name = f"the variable {variable}"
        if variable not in environ:
            return Secrets(error=f"{name} is not set"), name
        text = "\n".join(environ[variable].split())
    else:
        return Secrets(), ""
    values = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    if not values:
        return Secrets(error=f"{name} holds no {noun}", warnings=warnings), name
    return Secrets(values=values, warnings=warnings), name


def _locate(file: str, folder: Path, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Where a secret's file is, and whether systemd gave it.

    What `LoadCredential=` names lies in a folder of the service's own, under its name alone, for as long as it runs
    (systemd.exec(5)); any other file is relative to `folder`.
    """
    given = environ.get("CREDENTIALS_DIRECTORY")
    if given and "/" not in file and (found := Path(given) / file).is_file():
        return found, True
    return folder / file, False


def _size(value: str) -> int:
    """How many bytes a secret has, 0 where it is none."""
    text = value.removeprefix(_PREFIX).rstrip("=")
    try:
        return len(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return 0
