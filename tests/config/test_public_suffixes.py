"""Sites by the public suffix list, its private part and the host companies that it misses."""

from __future__ import annotations

import pytest

from monitor.config.public_suffixes import site_of


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.tass.com/world/1", "tass.com"),
        ("http://tass.com:8080/", "tass.com"),
        ("https://news.bbc.co.uk/a", "bbc.co.uk"),
        ("https://BBC.co.uk./a", "bbc.co.uk"),
        ("https://alice.substack.com/p/a", "alice.substack.com"),
        ("https://www.alice.substack.com/p/a", "alice.substack.com"),
        ("https://substack.com/home", "substack.com"),
        ("https://www.substack.com/home", "substack.com"),
        ("https://alice.wordpress.com/", "alice.wordpress.com"),
        ("https://alice.medium.com/", "alice.medium.com"),
        ("https://alice.github.io/", "alice.github.io"),
        ("https://github.io/", "github.io"),
        ("https://a.b.blogspot.com/", "b.blogspot.com"),
        ("http://owner.test:81/x", "owner.test"),
        ("http://feeds.owner.test/x", "owner.test"),
        ("http://127.0.0.1:8001/x", "127.0.0.1:8001"),
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://[::1]:8001/x", "[::1]:8001"),
        ("http://localhost:8001/x", "localhost:8001"),
        ("https://münchen.example.de/", "example.de"),
        ("seed:topic/a.txt", ""),
        ("", ""),
    ],
)
def test_the_site_of_an_address(url: str, site: str) -> None:
    assert site_of(url) == site


def test_nothing_is_kept_on_disk(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TLDEXTRACT_CACHE", str(tmp_path))
    assert site_of("https://never.asked.before.example.org/") == "example.org"
    assert list(tmp_path.iterdir()) == []  # type: ignore[attr-defined]
