from __future__ import annotations

from monitor.fetching.trouble import Trouble, summarize_troubles


def trouble(number: int, cause: str) -> Trouble:
    url = f"https://news.example/{number}"
    return Trouble(kind="feed", url=url, cause=cause.replace("URL", url))


def test_nothing_went_wrong() -> None:
    assert summarize_troubles([]) is None


def test_a_cause_that_stands_alone_names_its_place() -> None:
    assert summarize_troubles([trouble(1, "its name is not found"), trouble(2, "status 404 from URL")]) == (
        "its name is not found (feed https://news.example/1); status 404 from https://news.example/2"
    )


def test_equal_causes_are_told_once() -> None:
    causes = ["status 404 from URL", "no name", "status 404 from URL", "no name", "status 404 from URL"]
    found = summarize_troubles([trouble(n, cause) for n, cause in enumerate(causes)], "internal: KeyError: 'x'", None)
    assert found == "internal: KeyError: 'x'; status 404 from … (3 endpoints); no name (2 endpoints)"


def test_a_line_has_an_end() -> None:
    assert len(summarize_troubles([trouble(n, f"cause {n}") for n in range(500)]) or "") == 2000
