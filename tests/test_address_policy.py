from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from forbidden import REFUSED
from hypothesis import given
from hypothesis import strategies as st

from monitor.address_policy import NOTHING, Allow, find_address_refusal, find_url_refusal

pytestmark = pytest.mark.row("S1")

OPEN = (
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "::ffff:8.8.8.8",
)


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_special_addresses_are_refused_with_their_reason(address: str, reason: str) -> None:
    assert (find_address_refusal(address), find_address_refusal(ip_address(address))) == (reason, reason)


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_open(address: str) -> None:
    assert find_address_refusal(address) is None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "010.0.0.1", "1.2.3.4.5", "1.1.1.1 ", "[::1]"])
def test_what_is_no_address_is_refused(text: str) -> None:
    assert find_address_refusal(text) == "not an IP address"


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_the_one_inside(address: IPv4Address) -> None:
    assert find_address_refusal(IPv6Address(f"::ffff:{address}")) == find_address_refusal(address)


@given(st.ip_addresses(v=6))
def test_ipv6_is_open_inside_global_unicast_only(address: IPv6Address) -> None:
    if find_address_refusal(address) is None:
        assert int(address) >> 125 == 1 or address.ipv4_mapped is not None


@given(st.ip_addresses())
def test_the_standard_library_never_knows_a_private_address_that_is_open(
    address: IPv4Address | IPv6Address,
) -> None:
    if address.is_private or address.is_loopback or address.is_multicast or address.is_link_local:
        inner = getattr(address, "ipv4_mapped", None)
        assert find_address_refusal(address) is not None or (inner is not None and find_address_refusal(inner) is None)


def test_what_the_configuration_allows_is_open() -> None:
    allow = Allow.parse(("127.0.0.1", "10.0.0.0/8", "fd12::/16", "Hooks.LAN.", "пример.рф"))
    found = {
        "127.0.0.1": find_address_refusal("127.0.0.1", allow),
        "mapped": find_address_refusal("::ffff:127.0.0.1", allow),
        "127.0.0.2": find_address_refusal("127.0.0.2", allow),
        "10.9.8.7": find_address_refusal("10.9.8.7", allow),
        "fd12:1::1": find_address_refusal("fd12:1::1", allow),
        "fd13::1": find_address_refusal("fd13::1", allow),
        "by name": find_address_refusal("192.168.1.1", allow, host="hooks.lan"),
        "by name, IDNA": find_address_refusal("192.168.1.1", allow, host="xn--e1afmkfd.xn--p1ai"),
        "by another name": find_address_refusal("192.168.1.1", allow, host="hooks.lan.evil.example"),
    }
    assert found == {
        "127.0.0.1": None,
        "mapped": None,
        "127.0.0.2": "loopback",
        "10.9.8.7": None,
        "fd12:1::1": None,
        "fd13::1": "private",
        "by name": None,
        "by name, IDNA": None,
        "by another name": "private",
    }


@pytest.mark.parametrize("entry", ["", "10.0.0.1/8", "http://hooks.lan", "hooks.lan:80", "300.1.1.1", "a b"])
def test_an_entry_that_is_no_host_or_network_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is neither a host") as caught:
        Allow.parse((entry,))
    assert repr(entry) in str(caught.value)


LOOPBACK = "leads to 127.0.0.1, which is loopback"


@pytest.mark.parametrize(
    ("url", "reason"),
    {
        "https://news.example/rss?a=b#c": None,
        "http://news.example:8080/": None,
        "HTTPS://NEWS.EXAMPLE": None,
        "https://пример.рф/новости": None,
        "https://8.8.8.8/": None,
        "https://[2606:4700:4700::1111]:8443/": None,
        "http://1.example/": None,
        "http://127.0.0.1/": LOOPBACK,
        "http://127.0.0.1./": LOOPBACK,
        "http://127.1/": LOOPBACK,
        "http://127.0.1/": LOOPBACK,
        "http://2130706433/": LOOPBACK,
        "http://0x7f000001/": LOOPBACK,
        "http://0X7F.0.0.1/": LOOPBACK,
        "http://0177.0.0.01/": LOOPBACK,
        "http://017700000001/": LOOPBACK,
        "http://127.0.0.0x1/": LOOPBACK,
        "http://１２７.０.０.１/": LOOPBACK,
        "http://127。0。0。1/": LOOPBACK,
        "http://localhost/": LOOPBACK,
        "http://LocalHost.:80/": LOOPBACK,
        "http://a.localhost/": LOOPBACK,
        "http://0/": "leads to 0.0.0.0, which is this network",
        "http://0x/": "leads to 0.0.0.0, which is this network",
        "http://169.254.169.254/latest/meta-data/": "leads to 169.254.169.254, which is link-local",
        "http://0xa9fea9fe/": "leads to 169.254.169.254, which is link-local",
        "http://[::1]/": "leads to ::1, which is loopback",
        "http://[::ffff:127.0.0.1]/": "leads to ::ffff:127.0.0.1, which is loopback",
        "http://[fec0::1]/": "leads to fec0::1, which is site-local",
        "http://[fe80::1%25eth0]/": "leads to fe80::1%25eth0, which is link-local",
        "http://[v1.a]/": "leads to v1.a, which is not an IP address",
        "http://256.1.1.1/": "has the host 256.1.1.1, which is no valid address",
        "http://1.2.3.4.5/": "has the host 1.2.3.4.5, which is no valid address",
        "http://1.2.3.08/": "has the host 1.2.3.08, which is no valid address",
        "http://4294967296/": "has the host 4294967296, which is no valid address",
        "http://news.example.1/": "has the host news.example.1, which is no valid address",
        "http://00000000000000000001/": "has the host 00000000000000000001, which is no valid address",
        "ftp://news.example/": "must begin with http:// or https://",
        "file:///etc/passwd": "must begin with http:// or https://",
        "javascript:alert(1)": "must begin with http:// or https://",
        "//news.example/": "must begin with http:// or https://",
        "": "must begin with http:// or https://",
        "http://": "has no host",
        "http:///path": "has no host",
        "https://user:pass@news.example/": "carries a user name or an @ before its path",
        "https://news.example@127.0.0.1/": "carries a user name or an @ before its path",
        "https://news.example\\@127.0.0.1/": "has a space, a control character or a backslash in it",
        "https://news.example\\.evil.example/": "has a space, a control character or a backslash in it",
        "https://news.example/a b": "has a space, a control character or a backslash in it",
        " https://news.example/": "has a space, a control character or a backslash in it",
        "https://127.0.0\t.1/": "has a space, a control character or a backslash in it",
        "https://news.example/\r\nX: y": "has a space, a control character or a backslash in it",
        "https://news.example:0/": "has port 0",
        "https://news.example:65536/": "is not a URL: its host or port cannot be read",
        "https://news.example:http/": "is not a URL: its host or port cannot be read",
        "https://[::1/": "is not a URL: its host or port cannot be read",
        "https://news.example%2f.evil.example/": "has a host with forbidden characters",
        "https://%31%32%37.0.0.1/": "has a host with forbidden characters",
        "https://a|b.example/": "has a host with forbidden characters",
        "https://a<b>.example/": "has a host with forbidden characters",
    }.items(),
)
def test_urls_are_refused_by_scheme_spelling_and_numeric_host(url: str, reason: str | None) -> None:
    assert find_url_refusal(url) == reason


def test_an_allowed_host_or_network_opens_its_urls_and_no_tricks() -> None:
    allow = Allow.parse(("127.0.0.1", "hooks.lan"))
    found = [
        find_url_refusal(url, allow)
        for url in (
            "http://localhost:8000/",
            "http://127.1:8000/",
            "http://[::ffff:127.0.0.1]/",
            "http://hooks.lan/x",
            "http://[::1]/",
            "ftp://hooks.lan/x",
            "http://a@hooks.lan/x",
        )
    ]
    assert found == [
        *(None, None, None, None),
        "leads to ::1, which is loopback",
        "must begin with http:// or https://",
        "carries a user name or an @ before its path",
    ]


@given(st.ip_addresses(v=4), st.sampled_from(("{}", "0x{:x}", "0{:o}")))
def test_one_number_is_the_address_in_any_base(address: IPv4Address, notation: str) -> None:
    reason = find_address_refusal(address)
    expected = None if reason is None else f"leads to {address}, which is {reason}"
    assert find_url_refusal(f"http://{notation.format(int(address))}/") == expected


@given(st.ip_addresses(v=4), st.integers(1, 4), st.sampled_from(("{}", "0x{:x}", "0{:o}")))
def test_short_forms_fill_the_last_number(address: IPv4Address, parts: int, notation: str) -> None:
    octets = address.packed
    last = int.from_bytes(octets[parts - 1 :], "big")
    host = ".".join(notation.format(number) for number in (*octets[: parts - 1], last))
    assert find_url_refusal(f"http://{host}/") == find_url_refusal(f"http://{address}/")


@given(st.text(), st.sampled_from(("", "http://", "https://", "http://[")))
def test_any_text_gets_an_answer(text: str, start: str) -> None:
    reason = find_url_refusal(start + text)
    assert reason is None or reason.split()[0] in {"has", "is", "must", "carries", "leads"}


def test_nothing_is_allowed_by_default() -> None:
    assert Allow.parse(()) == NOTHING
