"""The way out that a source is asked by, where its outlet answers some networks only; it must not connect itself.

Only what config.toml names is used: proxies of the environment are ignored. The proxy's own address passes the
address policy like any other; the outlet's name is resolved by the proxy, where our policy sees its spelling only.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from scrapy import Request

from monitor.address_policy import Allow, find_url_refusal
from monitor.delivery.channel_target import read_secret_line
from monitor.errors import AddressRefused
from monitor.model.source import Source


class ProxyUnusable(Exception):
    """The proxy's login cannot be read; nothing is asked, for without it the outlet would see another network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """An HTTP proxy (CONNECT for https), with what authorises us there, RFC 9110 11.7.2."""

    url: str
    authorization: str | None = field(default=None, repr=False)

    def route_request(self, request: Request, allow: Allow) -> None:
        """Send a request this way. Raises AddressRefused where the policy forbids the proxy's address."""
        if reason := find_url_refusal(self.url, allow):
            raise AddressRefused(f"the proxy {self.url} {reason}")
        request.meta["proxy"] = self.url
        if self.authorization is not None:
            request.headers["Proxy-Authorization"] = self.authorization


def read_proxy(source: Source) -> Proxy | None:
    """The proxy of a source, None for the direct way; its login is read anew for every crawl. Raises ProxyUnusable."""
    if source.proxy is None:
        return None
    if source.proxy_login is None:
        return Proxy(url=source.proxy)
    found = read_secret_line("login", source.proxy_login, None, Path(), {})
    if found.error is not None:
        raise ProxyUnusable(f"proxy: {found.error}")
    (login,) = found.values
    return Proxy(url=source.proxy, authorization=f"Basic {base64.b64encode(login.encode()).decode()}")
