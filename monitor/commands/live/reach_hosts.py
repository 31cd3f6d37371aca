"""Whether outlets' hosts take a connection from here, all tried at once and for a moment only; nothing is requested.

It tells a machine without a network, a wrong name and a refused private address from an outlet that answers badly; what
an outlet answers `seedwatch doctor --live` asks, and what it answered last stands in the database.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import closing
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

from monitor.address_policy import Allow, find_address_refusal

_PORTS = {"http": 80, "https": 443}
_MANY = 64  # hosts tried at the same time; further ones are left untried


class HostReach:
    """The attempts at connecting, under way from the start; `collect` waits for what is left of the time."""

    def __init__(self, urls: Iterable[str], allow: Allow, seconds: float) -> None:
        """`urls` are addresses of outlets; each host is tried once. What lasts longer than `seconds` is given up."""
        self._end = monotonic() + seconds
        self._seconds = seconds
        self._allow = allow
        self._faults: dict[tuple[str, int], str | None] = {}
        # Ten thousand addresses have far fewer hosts, and taking an address apart is slow.
        origins = dict.fromkeys("/".join(url.split("/", 3)[:3]) for url in urls)
        places = dict.fromkeys(_place(origin) for origin in origins)
        self.hosts = len(places)
        # Daemon threads: a look-up of a name cannot be cut short, and nobody is to wait for it.
        self._tries = {place: Thread(target=self._try, args=place, daemon=True) for place in [*places][:_MANY]}
        for thread in self._tries.values():
            thread.start()

    def collect(self) -> dict[str, str | None]:
        """By host, why it takes no connection, None where it does; hosts that were not tried are absent."""
        for thread in self._tries.values():
            thread.join(max(0.0, self._end - monotonic()))
        late = f"does not answer within {self._seconds:g} s"
        return {_show(place): self._faults.get(place, late) for place in self._tries}

    def _try(self, host: str, port: int) -> None:
        try:
            self._faults[host, port] = self._connect(host, port)
        except socket.gaierror as error:
            self._faults[host, port] = f"its name is not found ({error.strerror})"
        except UnicodeError:
            self._faults[host, port] = "is no name that can be looked up"
        except OSError as error:
            self._faults[host, port] = f"takes no connection ({error.strerror or error})"

    def _connect(self, host: str, port: int) -> str | None:
        """Connect to the first address that may be; raises OSError of the last that may be and does not answer."""
        refusal, failure = "has no address", None
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            reason = find_address_refusal(str(address[0]), self._allow, host=host)
            if reason is not None:
                refusal = f"leads to {address[0]}, which is {reason}; add it to [fetch] allow if you trust it"
                continue
            with closing(socket.socket(family, kind, protocol)) as connection:
                connection.settimeout(max(0.01, self._end - monotonic()))
                try:
                    connection.connect(address)
                except OSError as error:
                    failure = error
                else:
                    return None
        if failure is not None:
            raise failure
        return refusal


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)


def _show(place: tuple[str, int]) -> str:
    host, port = place
    return host if port in _PORTS.values() else f"{host}:{port}"
