"""What a source is asked with, and whose secret that is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.source import Endpoint, Source

SOURCE = Source(
    name="gull",
    spider="feed",
    title="Gull",
    address="https://gull.example",
    every=600,
    endpoints=(Endpoint(kind="feed", url="https://gull.example/rss"),),
    label="ge",
)


@pytest.mark.parametrize("secret", ["proxy", "proxy_login", "headers_file", "cookies_file"])
def test_a_source_with_a_proxy_or_access_of_its_own_is_private(secret: str) -> None:
    assert replace(SOURCE, **{secret: "x"}).is_private


def test_a_source_that_everybody_may_ask_is_not_private() -> None:
    assert not SOURCE.is_private
