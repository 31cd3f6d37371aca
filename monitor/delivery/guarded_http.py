"""Guarded sending, HTTP and SMTP: address policy at connect, one deadline, capped replies; it must not follow or retry.

Every connection of this process that Scrapy does not make goes through here. No redirect, no cookie, no proxy but that
of the channel, no credentials from the environment. The transport is called directly, without httpx's client: the
client logs every URL at INFO, and the path of a webhook is often its secret.
"""

from __future__ import annotations

import asyncio
import os
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any

import httpcore
import httpx

from monitor.address_policy import Allow, find_address_refusal, find_url_refusal
from monitor.delivery.answer_stream import AnswerStream, Heard
from monitor.delivery.apprise_process import push_message
from monitor.delivery.smtp import _TRY_SECONDS, _Smtp
from monitor.errors import AddressRefused
from monitor.model.alert import Mail, Push, Reply, Request, Way

DEADLINE = 15.0  # seconds; the Standard Webhooks specification recommends 15 to 30 for a whole delivery
REPLY_BYTES = 16_384  # RELIABILITY W4: what is kept, and all that is read, of an answer
_TRIED = 4

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve_host(host: str, port: int) -> list[str]:
    """The numeric addresses of a host, in the order to try them; raises OSError where it does not resolve.

    Runs in a daemon thread of its own: a lookup cannot be cancelled, and one that hangs must hold up neither the
    loop's shared threads nor the end of the process.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str] | None, error: Exception | None) -> None:
        if answer.done():  # the deadline came first
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(found or [])

    def look_up() -> None:
        found: list[str] | None = None
        error: Exception | None = None
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        except (OSError, UnicodeError) as trouble:  # UnicodeError: a label that is too long
            error = trouble if isinstance(trouble, OSError) else socket.gaierror(f"not a host name: {trouble}")
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found, error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    return await answer


async def resolve_checked(host: str, port: int, allow: Allow, resolve: Resolve) -> list[str]:
    """The addresses of a host to try, at most four; raises AddressRefused where ANY of all its addresses is refused."""
    addresses = await resolve(host, port)
    if not addresses:
        raise socket.gaierror("no address")
    for address in addresses:
        reason = find_address_refusal(address, allow, host=host)
        if reason is not None:
            what = host if host == address else f"{host} leads to {address}, which"
            raise AddressRefused(f"{what} is {reason}")
    return addresses[:_TRIED]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects by checked numbers only, so that no second DNS answer can differ from the checked one."""

    def __init__(
        self, allow: Allow, resolve: Resolve = resolve_host, heard: Heard | None = None, *, tunnel: bool = False
    ) -> None:
        """`heard` is told of each answer's status, `tunnel` where the first one is a proxy's to CONNECT."""
        self._allow = allow
        self._resolve = resolve
        self._heard = heard
        self._tunnel = tunnel
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, refuse if ANY answer is refused (a mixed answer is an attack or a mistake), connect.

        Raises AddressRefused, OSError where the name does not resolve, httpcore.ConnectError.
        """
        stream = await self._connect(host, port, timeout)
        return stream if self._heard is None else AnswerStream(stream, self._heard, tunnel=self._tunnel)

    async def _connect(self, host: str, port: int, timeout: float | None) -> httpcore.AsyncNetworkStream:
        *earlier, last = await resolve_checked(host, port, self._allow, self._resolve)
        for address in earlier:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._sockets.connect_tcp(address, port, timeout=_TRY_SECONDS)
        return await self._sockets.connect_tcp(last, port, timeout=timeout)


class _Body(httpx.AsyncByteStream):
    def __init__(self, stream: httpcore.Response) -> None:
        self._response = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """An httpx transport for one request; `GuardedBackend` makes its connection, to the proxy where there is one."""

    def __init__(self, allow: Allow, trust: ssl.SSLContext, resolve: Resolve, heard: Heard, request: Request) -> None:
        """Raises AddressRefused where the policy forbids the proxy's address."""
        way, tunnel = request.way, request.url.startswith("https:")
        if way.proxy is not None and (reason := find_url_refusal(way.proxy, allow)):
            raise AddressRefused(f"the proxy {reason}")
        user, _, password = (way.proxy_login or "").partition(":")
        login = None if way.proxy_login is None else (user, password)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            proxy=None if way.proxy is None else httpcore.Proxy(way.proxy, auth=login),
            max_connections=1,
            # A kept connection that its server closes just then turns a delivery into a failure, and every new
            # one has its address checked afresh. Alerts are few: a handshake each is cheap.
            max_keepalive_connections=0,
            network_backend=GuardedBackend(allow, resolve, heard, tunnel=way.proxy is not None and tunnel),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request, one answer, as it comes; httpcore's exceptions and AddressRefused pass through."""
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(status_code=answer.status, headers=answer.headers, stream=_Body(answer))

    async def aclose(self) -> None:
        await self._pool.aclose()


def create_tls_context(authority: str | None = None) -> ssl.SSLContext:
    """Certificate authorities: those that ship with httpx, the machine's own, and those of `authority` (PEM text).

    Raises ssl.SSLError where `authority` holds no certificate.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if authority is not None:
        context.load_verify_locations(cadata=authority)
    return context


class Sender:
    """Sends requests under one address policy; an async context, for callers that end with it.

    `resolve` and `trust` stand in for DNS and for the certificate authorities.
    """

    def __init__(self, allow: Allow, *, resolve: Resolve = resolve_host, trust: ssl.SSLContext | None = None) -> None:
        self._allow = allow
        self._resolve = resolve
        self._trust: dict[str | None, ssl.SSLContext] = {None: trust or create_tls_context()}

    async def __aenter__(self) -> Sender:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._trust.clear()

    def _trusted(self, way: Way) -> ssl.SSLContext:
        if way.authority not in self._trust:
            self._trust[way.authority] = create_tls_context(way.authority)
        return self._trust[way.authority]

    async def send(self, request: Request | Mail | Push, *, deadline: float = DEADLINE) -> Reply:
        """Send, and read at most 16 KB of the answer, all within `deadline` seconds.

        Trouble of any kind is a `Reply` with an error, never an exception, and holds no URL, header or body of
        ours. An answer whose status came in time counts, even if its body then drips or breaks off.
        """
        began = time.monotonic()
        answer = _Answer()
        try:
            async with asyncio.timeout(deadline):
                if isinstance(request, Mail):
                    await self._post(request, answer, deadline)
                elif isinstance(request, Push):
                    answer.reached = True  # Apprise does not say what failed
                    answer.error = await push_message(request, self._allow)
                    answer.status = None if answer.error else 200
                else:
                    await self._exchange(request, answer)
        except TimeoutError:
            answer.fail(f"no answer within {deadline:g} s")
        except smtplib.SMTPResponseException as said:  # login or DATA refused
            answer.status, answer.body = said.smtp_code, _bytes(said.smtp_error)[:REPLY_BYTES]
        except AddressRefused as refused:
            answer.fail(f"address refused: {refused}")
        except _TROUBLE as trouble:
            answer.fail(_in_words(trouble))
        return answer.reply(time.monotonic() - began)

    async def _exchange(self, request: Request, answer: _Answer) -> None:
        reason = find_url_refusal(request.url, self._allow)
        if reason is not None:
            raise AddressRefused(f"the URL {reason}")
        outgoing = httpx.Request(
            request.method,
            request.url,
            # Undecoded bytes are what we cap, so none may be asked for in a form that swells.
            headers={**request.headers, "accept-encoding": "identity"},
            content=request.body,
            extensions={"trace": answer.trace},
        )
        transport = GuardedTransport(self._allow, self._trusted(request.way), self._resolve, answer.heard, request)
        try:
            response = await transport.handle_async_request(outgoing)
            answer.heard(response.status_code, {name.lower(): value for name, value in response.headers.items()})
            async for part in response.aiter_raw():
                answer.body += part[: REPLY_BYTES - len(answer.body)]
                if len(answer.body) >= REPLY_BYTES:
                    break
        finally:
            await transport.aclose()

    async def _post(self, mail: Mail, answer: _Answer, deadline: float) -> None:
        """Hand a mail over in a daemon thread; its socket is closed when time is up: smtplib has no total deadline."""
        addresses = await resolve_checked(mail.host, mail.port, self._allow, self._resolve)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        smtp = _Smtp(mail, addresses, self._trusted(mail.way), deadline)

        def settle(said: tuple[int, bytes] | None, error: Exception | None) -> None:
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(said or (0, b""))

        def hand_over() -> None:
            said: tuple[int, bytes] | None = None
            failed: Exception | None = None
            try:
                said = smtp.hand_over()
            except (OSError, ValueError) as trouble:  # SMTPException is an OSError; ValueError: closed under its hands
                failed = trouble if isinstance(trouble, OSError) else OSError(str(trouble))
            finally:
                smtp.close()
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settle, said, failed)

        threading.Thread(target=hand_over, name="mail", daemon=True).start()
        try:
            answer.status, said = await done
        finally:
            smtp.abort()
        answer.body = said[:REPLY_BYTES]


class _Answer:
    """What has come so far; an error counts only while there is no status.

    `reached`: a request was sent whole, or was of a kind of which nobody can tell.
    """

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body = b""
        self.error: str | None = None
        self.reached = False

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.headers, self.reached = status, dict(headers), True

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """httpcore's own report of each step; the CONNECT to a proxy reaches no receiver."""
        if event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            self.reached = True

    def fail(self, error: str) -> None:
        if self.status is None:
            self.error = error

    def reply(self, seconds: float) -> Reply:
        return Reply(
            status=self.status,
            headers=self.headers,
            body=self.body,
            error=self.error,
            seconds=round(seconds, 3),
            reached=self.reached or self.status is not None,
        )


_TROUBLE = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ProxyError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
)


def _in_words(trouble: BaseException) -> str:
    """One line for people out of the innermost cause, without anything of the request in it."""
    cause = _innermost(trouble)
    if isinstance(trouble, smtplib.SMTPNotSupportedError):
        return "the mail server offers no STARTTLS or no login: nothing was sent"
    if isinstance(trouble, smtplib.SMTPException):
        return "the mail server broke off"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate refused: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {cause.reason or 'the connection broke'}"
    if isinstance(cause, socket.gaierror):
        return "the name does not resolve"
    if isinstance(cause, OSError) and cause.errno is not None:
        return os.strerror(cause.errno).lower()
    if isinstance(trouble, httpx.InvalidURL | UnicodeError | httpcore.LocalProtocolError):
        return "the request cannot be sent: its address or a header has forbidden characters"
    if isinstance(trouble, httpcore.ProxyError):
        return f"the proxy refused: {re.sub(r'[^ -~]+', ' ', str(trouble))[:100]}"
    if isinstance(trouble, httpcore.TimeoutException | TimeoutError):
        return "could not connect in time"
    if isinstance(trouble, httpcore.RemoteProtocolError):
        said = re.sub(r"[^ -~]+", " ", str(trouble))[:200]
        return f"the answer is not HTTP or broke off: {said}"
    return "the connection broke"


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")


def _innermost(trouble: BaseException) -> BaseException:
    """The first cause; httpcore's pool drops `__cause__` and leaves the original as the exception's argument."""
    inner = trouble.__cause__ or next((part for part in trouble.args if isinstance(part, BaseException)), None)
    return trouble if inner is None else _innermost(inner)
