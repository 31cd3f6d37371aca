"""What a channel adds to its kind's request – method, headers, login, way, body – with secrets read anew for each."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from monitor.alerting.request_headers import find_header_fault
from monitor.delivery.channel_target import (
    ChannelSettings,
    ResolvedTarget,
    Secrets,
    read_lines,
    read_secret_line,
    resolve_channel,
)
from monitor.model.alert import Mail, Push, Request, Way

if TYPE_CHECKING:
    from monitor.alerting.body.body_template import BodyTemplate

_HIDDEN = 4  # characters from which a secret is hidden in answers: shorter ones stand in every text


class Options(ChannelSettings, Protocol):
    """What of a `[channels.NAME]` table is read here."""

    @property
    def headers(self) -> Mapping[str, Any] | None: ...
    @property
    def headers_file(self) -> str | None: ...
    @property
    def login_file(self) -> str | None: ...
    @property
    def login_env(self) -> str | None: ...
    @property
    def method(self) -> str | None: ...
    @property
    def proxy(self) -> str | None: ...
    @property
    def proxy_login_file(self) -> str | None: ...
    @property
    def proxy_login_env(self) -> str | None: ...
    @property
    def ca_file(self) -> str | None: ...
    @property
    def template(self) -> Mapping[str, Any] | None: ...
    @property
    def template_file(self) -> str | None: ...
    @property
    def body(self) -> str | None: ...
    @property
    def secrets(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """What is put on a kind's request; `secrets` are values for its template, by name."""

    method: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    way: Way = Way()  # noqa: RUF009  frozen
    template: BodyTemplate | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def put_on(self, request: Request | Mail | Push) -> Request | Mail | Push:
        """The request with this channel's method, headers and way."""
        if isinstance(request, Push):
            return request
        if isinstance(request, Mail):
            return replace(request, way=self.way)
        headers = dict(request.headers)
        if self.template is not None:
            headers["content-type"] = self.template.content_type
        return replace(request, method=self.method or request.method, headers={**headers, **self.headers}, way=self.way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dressing:
    """A `Dress`, or the `error` why there is none; `hidden` are texts that no log, row or report may hold."""

    dress: Dress = Dress()
    hidden: tuple[str, ...] = field(default=(), repr=False)
    error: str | None = None
    warnings: tuple[str, ...] = ()


class _Unusable(Exception):
    """Why a channel's options cannot be used; holds no part of a secret."""


class _Reader:
    """Reads files and variables, and remembers what is to be hidden and warned of."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder, self._environ = folder, environ
        self.hidden: dict[str, None] = {}
        self.warnings: list[str] = []

    def hide(self, *texts: str) -> None:
        self.hidden.update(dict.fromkeys(text for text in texts if len(text) >= _HIDDEN))

    def line(self, noun: str, file: str | None, variable: str | None) -> str | None:
        """The one line of a file or a variable's words; None where neither is named. Raises _Unusable."""
        # A variable may hold spaces here: "Bearer x" is one value.
        if file is None and variable is not None:
            if variable not in self._environ:
                raise _Unusable(f"the variable {variable} is not set")
            return self._environ[variable].strip()
        found = self._taken(read_secret_line(noun, file, variable, self._folder, self._environ))
        return found.values[0] if found.values else None

    def lines(self, noun: str, file: str) -> tuple[str, ...]:
        return self._taken(read_lines(noun, file, self._folder, self._environ)).values

    def text(self, noun: str, file: str) -> str:
        """A file that holds no secret. Raises _Unusable."""
        path = self._folder / file
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise _Unusable(f"the {noun} file {path} cannot be read: {error.strerror}") from None
        except UnicodeError:
            raise _Unusable(f"the {noun} file {path} is not UTF-8") from None

    def value(self, noun: str, given: Any) -> str:
        """A value as config.toml gives it: a text, or a table with `file` or `env` and perhaps a `prefix`."""
        if isinstance(given, str):
            self.hide(given, *given.split())
            return given
        found = self.line(noun, given.file, given.env) or ""
        self.hide(found, *found.split())
        return f"{given.prefix}{found}"

    def _taken(self, found: Secrets) -> Secrets:
        if found.error is not None:
            raise _Unusable(found.error)
        self.warnings += found.warnings
        return found


def read_options(options: Options, *, folder: Path, environ: Mapping[str, str]) -> Dressing:
    """What a channel adds to its requests; relative files are looked for in `folder`."""
    reader = _Reader(folder, environ)
    try:
        dress = Dress(
            method=options.method,
            headers=dict(_headers(options, reader)),
            way=_way(options, reader),
            template=_template(options, reader),
            secrets={name: reader.value("secret", given) for name, given in (options.secrets or {}).items()},
        )
    except _Unusable as error:
        return Dressing(error=str(error))
    return Dressing(dress=dress, hidden=tuple(reader.hidden), warnings=tuple(reader.warnings))


def aim_channel(
    name: str, options: Options, *, folder: Path, environ: Mapping[str, str]
) -> tuple[ResolvedTarget, Dress]:
    """A channel ready to be sent to, and what it adds to its requests; where either has an error, `target` is None."""
    found, dressing = (
        resolve_channel(name, options, folder=folder, environ=environ),
        read_options(options, folder=folder, environ=environ),
    )
    warnings = (*found.warnings, *dressing.warnings)
    if error := found.error or dressing.error:
        return ResolvedTarget(error=error, warnings=warnings), Dress()
    return replace(found, hidden=(*found.hidden, *dressing.hidden), warnings=warnings), dressing.dress


def _headers(options: Options, reader: _Reader) -> Iterator[tuple[str, str]]:
    login = reader.line("login", options.login_file, options.login_env)
    if login is not None:
        _, colon, password = login.partition(":")
        if not colon:
            raise _Unusable("what stands for its login is none: write user:password")
        token = base64.b64encode(login.encode("utf-8")).decode("ascii")
        reader.hide(login, password, token)
        yield "authorization", f"Basic {token}"
    given = [(name, reader.value(f"{name} header", value)) for name, value in (options.headers or {}).items()]
    if options.headers_file is not None:
        for line in reader.lines("headers", options.headers_file):
            name, colon, value = line.partition(":")
            if not colon:
                raise _Unusable('the headers file holds a line that is no header: write "Name: value"')
            reader.hide(value.strip(), *value.split())
            given.append((name.strip(), value.strip()))
    for name, value in given:
        if fault := find_header_fault(name, value):
            raise _Unusable(fault)
        yield name.lower(), value


def _way(options: Options, reader: _Reader) -> Way:
    login = reader.line("proxy login", options.proxy_login_file, options.proxy_login_env)
    if login is not None:
        reader.hide(login, login.partition(":")[2], base64.b64encode(login.encode("utf-8")).decode("ascii"))
    authority = None
    if options.ca_file is not None:
        authority = reader.text("certificate", options.ca_file)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=authority)
        except (ssl.SSLError, ValueError):
            raise _Unusable(f"the certificate file {options.ca_file} holds no certificate in PEM form") from None
    return Way(proxy=options.proxy, proxy_login=login, authority=authority)


def _template(options: Options, reader: _Reader) -> BodyTemplate | None:
    if options.template is None and options.template_file is None:
        return None
    from monitor.alerting.body.body_template import BodyTemplate  # late: it brings Jinja2 along

    form = options.body == "form"
    if options.template is not None:
        return BodyTemplate(table=options.template, form=form)
    return BodyTemplate(text=reader.text("template", options.template_file or ""), form=form)


def filled_body(dress: Dress, body: bytes) -> bytes | None:
    """A stored document in the receiver's own form, None where the kind's form is sent; raises ValueError."""
    return None if dress.template is None else dress.template.fill(body, dress.secrets)
