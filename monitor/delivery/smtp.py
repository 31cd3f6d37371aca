"""The SMTP client that connects to checked addresses only, under a deadline."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress

from monitor.model.alert import Mail

_TRY_SECONDS = 3.0  # for each address of a host but the last, so that a dead IPv6 route does not eat the deadline


class _Smtp(smtplib.SMTP):
    """One mail to one server: connects to checked numbers only, TLS before anything of ours, all recipients or none."""

    def __init__(self, mail: Mail, addresses: list[str], trust: ssl.SSLContext, timeout: float) -> None:
        # A name for EHLO, so that smtplib neither looks up nor tells this machine's own.
        super().__init__(local_hostname="[127.0.0.1]", timeout=timeout)
        self._mail = mail
        self._addresses = addresses
        self._trust = trust
        self._live: socket.socket | None = None
        self._host = mail.host  # smtplib's name for what the certificate must be made out to

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        *earlier, last = self._addresses
        for address in earlier:
            with suppress(OSError):
                self._live = socket.create_connection((address, port), min(timeout, _TRY_SECONDS))
                break
        else:
            self._live = socket.create_connection((last, port), timeout)
        self._live.settimeout(timeout)
        if not self._mail.starttls:
            self._live = self._trust.wrap_socket(self._live, server_hostname=host)
        return self._live

    def hand_over(self) -> tuple[int, bytes]:
        """The server's last code and words; nothing is sent to anybody where one recipient is refused."""
        mail = self._mail
        code, said = self.connect(mail.host, mail.port)
        if code != 220:
            return code, said
        self.ehlo_or_helo_if_needed()
        if mail.starttls:
            code, said = self.starttls(context=self._trust)
            if code != 220:
                return code, said
            self.ehlo_or_helo_if_needed()
        if mail.user is not None:
            self.login(mail.user, mail.password or "")
        for verb, address in (("mail FROM", mail.sender), *(("rcpt TO", to) for to in mail.recipients)):
            code, said = self.docmd(f"{verb}:<{address}>")
            if not 200 <= code < 300:
                return code, said
        code, said = self.data(mail.message)
        with suppress(OSError):  # politeness, for whose answer nobody waits
            self.putcmd("QUIT")
        return code, said

    def abort(self) -> None:
        """Close the connection under a thread that waits on it."""
        live = self.sock or self._live  # STARTTLS and the end of a handshake put another in its place
        if live is not None:
            with suppress(OSError):
                live.shutdown(socket.SHUT_RDWR)
