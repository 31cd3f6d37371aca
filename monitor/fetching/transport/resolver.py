"""The address policy at connect time: every name Twisted resolves passes here; it must not connect by itself.

Twisted's HostnameEndpoint asks the reactor's name resolver for every host it connects to – IP literals too – and
connects to the addresses it is given and no others. A resolver that withholds forbidden addresses therefore guards
every outbound socket, after each redirect, and cannot be rebound: what is checked is what is connected to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from monitor.address_policy import Allow, find_address_refusal


@implementer(IResolutionReceiver)
class _Checked:
    """Collects a resolution and hands it on whole, or empty when any address in it is forbidden."""

    def __init__(self, receiver: Any, host: str, guard: GuardedResolver) -> None:
        self.receiver = receiver
        self.host = host
        self.guard = guard
        self.addresses: list[Any] = []
        self.reason: str | None = None

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        host: str = address.host  # IPv4Address and IPv6Address both have it
        if self.reason is None and (reason := find_address_refusal(host, self.guard.allow, host=self.host)):
            self.reason = f"{self.host} resolves to {host}, which is {reason}"
        self.addresses.append(address)

    def resolutionComplete(self) -> None:
        if self.reason is None:
            self.guard.refused.pop(self.host, None)
            for address in self.addresses:
                self.receiver.addressResolved(address)
        else:
            self.guard.refused[self.host] = self.reason
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """A name resolver that lets forbidden addresses through to nobody; `refused` says why, by host."""

    def __init__(self, inner: Any, allow: Allow) -> None:
        self.inner = inner
        self.allow = allow
        self.refused: dict[str, str] = {}

    @classmethod
    def install(cls, reactor: Any, allow: Allow) -> GuardedResolver:
        """Put the guard in front of the reactor's own resolver. A crawler of Scrapy's installs none itself."""
        guard = cls(reactor.nameResolver, allow)
        reactor.installNameResolver(guard)
        return guard

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type[IAddress]] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Resolve, check, then tell; the signature is IHostnameResolver's."""
        checked = _Checked(resolutionReceiver, hostName, self)
        return self.inner.resolveHostName(checked, hostName, portNumber, addressTypes, transportSemantics)
