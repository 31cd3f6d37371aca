"""Which addresses may be connected to: one policy for every outbound socket; it must not resolve a name or connect.

Requirements: nothing a stranger writes (a feed, a redirect, a DNS answer, a webhook address) may reach the machine
itself, its neighbours or a cloud's metadata service. Theory: check the numeric address at connect time, after
DNS and on every redirect, against the registries of special addresses; for IPv6 accept global unicast only.
What it will miss: a public address that forwards inwards, and services of one's own that are public.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890; RELIABILITY.md fact 6 for what
`ipaddress.is_global` lets through. `url_refusal` reads numbers as browsers do (WHATWG URL, "IPv4 parser").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_SPECIAL_4 = tuple(
    (IPv4Network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),  # RFC 791; Linux takes 0.0.0.0 for loopback
        ("10.0.0.0/8", "private"),  # RFC 1918
        ("100.64.0.0/10", "shared between carriers"),  # RFC 6598; Alibaba's metadata 100.100.100.200 is here
        ("127.0.0.0/8", "loopback"),  # RFC 1122
        ("169.254.0.0/16", "link-local"),  # RFC 3927; metadata services at 169.254.169.254
        ("168.63.129.16/32", "Azure's host service"),  # public by number, answered by the hypervisor
        ("172.16.0.0/12", "private"),  # RFC 1918
        ("192.0.0.0/24", "reserved for protocols"),  # RFC 6890; Oracle's metadata 192.0.0.192 is here
        ("192.0.2.0/24", "documentation"),  # RFC 5737
        ("192.88.99.0/24", "6to4 relay"),  # RFC 7526, deprecated
        ("192.168.0.0/16", "private"),  # RFC 1918
        ("198.18.0.0/15", "benchmarking"),  # RFC 2544
        ("198.51.100.0/24", "documentation"),  # RFC 5737
        ("203.0.113.0/24", "documentation"),  # RFC 5737
        ("224.0.0.0/4", "multicast"),  # RFC 5771
        ("255.255.255.255/32", "broadcast"),  # RFC 919
        ("240.0.0.0/4", "reserved"),  # RFC 1112
    )
)
_SPECIAL_6 = tuple(
    (IPv6Network(network), name)
    for network, name in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("::/96", "IPv4-compatible"),  # RFC 4291, deprecated: ::127.0.0.1
        ("64:ff9b::/96", "NAT64"),  # RFC 6052: any IPv4 address in disguise
        ("64:ff9b:1::/48", "NAT64"),  # RFC 8215
        ("100::/64", "discard-only"),  # RFC 6666
        ("2001::/32", "Teredo"),  # RFC 4380
        ("2001::/23", "reserved for protocols"),  # RFC 2928: ORCHID, benchmarking …
        ("2001:db8::/32", "documentation"),  # RFC 3849
        ("2002::/16", "6to4"),  # RFC 3056: any IPv4 address in disguise
        ("3fff::/20", "documentation"),  # RFC 9637
        ("5f00::/16", "segment routing"),  # RFC 9602
        ("fc00::/7", "private"),  # RFC 4193; AWS's metadata fd00:ec2::254 is here
        ("fe80::/10", "link-local"),  # RFC 4291
        ("fec0::/10", "site-local"),  # RFC 3879, deprecated
        ("ff00::/8", "multicast"),  # RFC 4291
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")  # all that IANA has opened for global unicast

_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
# Host characters that a parser may drop, split at or decode: WHATWG's forbidden host code points, and "%".
_HOST = re.compile(r"[^\s#%/:<>?@\[\\\]^|\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """What the configuration lets through though it is private: `[fetch] allow`."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Allow:
        """Host names, addresses and networks as a person writes them.

        Raises ValueError, naming the entry, for what is none of them (a URL, a host with a port, a network with
        host bits set).
        """
        names, networks = set(), []
        for entry in entries:
            text = entry.strip()
            try:
                networks.append(ip_network(text))
            except ValueError as error:
                if not re.fullmatch(r"(?=.*[^\W\d])[\w.-]+", text):
                    raise ValueError(
                        f'{entry!r} is neither a host ("hooks.lan"), an address ("127.0.0.1") nor a network '
                        f'("10.0.0.0/8"): {error}'
                    ) from error
                names.add(_plain(text))
        return cls(names=frozenset(names), networks=tuple(networks))

    def allows_host(self, name: str) -> bool:
        """Whether a host is let through by its name, wherever it resolves to."""
        return _plain(name) in self.names

    def allows_address(self, address: Address) -> bool:
        """Whether an address lies in a network that is let through."""
        return any(address in network for network in self.networks)


NOTHING = Allow()


def find_address_refusal(address: str | Address, allow: Allow = NOTHING, *, host: str | None = None) -> str | None:
    """Why this address must not be connected to, None where it may be.

    `address` is numeric, as a resolver answers it; a v4-mapped one counts as the IPv4 address inside. `host` is
    the name it was resolved from, where there was one. The reason reads on after "ADDRESS is …".
    """
    if host is not None and allow.allows_host(host):
        return None
    try:
        number = ip_address(address)
    except ValueError:
        return "not an IP address"
    if isinstance(number, IPv6Address) and number.ipv4_mapped is not None:
        number = number.ipv4_mapped
    if allow.allows_address(number):
        return None
    if isinstance(number, IPv4Address):
        return next((name for network, name in _SPECIAL_4 if number in network), None)
    special = next((name for network, name in _SPECIAL_6 if number in network), None)
    return special or (None if number in _GLOBAL_6 else "not global unicast")


def hide_user_name(url: str) -> str:
    """A URL for logs and reasons: without what stands before an @ in its host part, which may be a password."""
    return re.sub(r"(?<=//)[^/?#\\\s]*@", "", url, count=1)


def find_url_refusal(url: str, allow: Allow = NOTHING) -> str | None:
    """Why this URL must not be requested, None where it may be; the reason reads on after "URL …".

    Only what can be told without DNS: scheme, spelling, user name, and hosts that are numbers in any notation
    (decimal, hexadecimal, octal, short) or names of this machine. What a name resolves to is for `refusal`.
    The reason holds no part of the URL but its host, so that it may be logged.
    """
    if re.search(r"[\x00-\x20\x7f\\]", url):
        return "has a space, a control character or a backslash in it"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not a URL: its host or port cannot be read"
    if parts.scheme not in ("http", "https"):
        return "must begin with http:// or https://"
    if "@" in parts.netloc:
        return "carries a user name or an @ before its path"
    if not parts.hostname:
        return "has no host"
    if port == 0:
        return "has port 0"
    return _host_refusal(parts.hostname, "[" in parts.netloc, allow)


def _host_refusal(host: str, bracketed: bool, allow: Allow) -> str | None:
    name = _plain(host)
    if not bracketed and not _HOST.fullmatch(name):
        return "has a host with forbidden characters"
    if allow.allows_host(name):
        return None
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, 6.3: loopback without asking DNS
        number: str | IPv4Address = "127.0.0.1"
    elif bracketed:
        number = name
    elif _NUMBER.fullmatch(name.rpartition(".")[2]):
        legacy = _ipv4(name)
        if legacy is None:
            return f"has the host {name}, which is no valid address"
        number = legacy
    else:
        return None
    reason = find_address_refusal(number, allow)
    return None if reason is None else f"leads to {number}, which is {reason}"


def _plain(host: str) -> str:
    """A host as DNS compares it: full-width digits and ideographic stops folded, IDNA, lower case, no last dot."""
    name = unicodedata.normalize("NFKC", host).replace("\u3002", ".").lower().removesuffix(".")
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:  # a label that IDNA does not know: compared as written
        return name


def _ipv4(host: str) -> IPv4Address | None:
    """The address of a host whose last label is a number, read like `inet_aton`; None where it is none."""
    labels = host.split(".")
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) for label in labels):
        return None
    try:
        numbers = [_integer(label) for label in labels]
    except ValueError:  # 08 and 09: octal by their zero, not by their digits
        return None
    *leading, last = numbers
    if any(number > 255 for number in leading) or last >= 256 ** (5 - len(numbers)):
        return None
    return IPv4Address(last + sum(number << 8 * (3 - place) for place, number in enumerate(leading)))


def _integer(label: str) -> int:
    if label[:2].lower() == "0x":
        return int(label[2:] or "0", 16)
    if len(label) > 12:  # more digits than 2**32 has in octal: too large, and cheap to say so
        return 2**32
    return int(label, 8) if label[0] == "0" else int(label)
