"""What is known of an outlet when its page is read, and what a page says of itself that is not so."""

from __future__ import annotations

import json
from dataclasses import replace

from harbour import (
    AGENCY,
    COUNCIL,
    ISLANDS,
    LEAD,
    PARAGRAPHS,
    QUOTE,
    article,
    document,
    page,
    paragraphs,
)

from monitor.extraction.extract import extract_article
from monitor.extraction.fields.headline import KnownHeadline
from monitor.extraction.soft_404 import learn_absence
from monitor.extraction.templates.outlet_knowledge import Knowledge
from monitor.model.page import Outcome, Rejection
from monitor.model.source import Entry, Selectors
from monitor.text.repeated_lines import hash_repeated_line


def test_what_the_outlet_repeats_goes_and_background_is_marked_behind_a_joined_lead() -> None:
    prompt, background = "Our pick of the week", QUOTE
    body = "".join(f"<p>{text}</p>" for text in (COUNCIL, ISLANDS, background, prompt))
    markup = (
        f'<html><head><meta name="description" content="{LEAD}"></head><body><h1>Vote put off</h1>'
        f'<div class="lead">{LEAD}</div><article>{body}</article></body></html>'
    )
    known = Knowledge(repeated=frozenset({hash_repeated_line(prompt), hash_repeated_line(background)}))
    found = article(extract_article(page(markup), AGENCY, known))
    assert found.text == "\n\n".join((LEAD, COUNCIL, ISLANDS, background))
    assert (found.furniture, found.removed) == ((prompt,), (prompt,))
    assert [found.text[start:end] for start, end in found.background] == [background]


def test_a_page_that_changed_its_headline_is_not_called_what_an_endpoint_said_before() -> None:
    """Readers see the page's own headline; what an endpoint called a piece stays while the page does not change."""
    entry = Entry(url="https://a.example/x", key="https://a.example/x", endpoint="e", title="Vote put off again")

    def read(shown: str, known: Knowledge) -> tuple[str, str | None]:
        title = f'<title>{shown}</title><meta property="og:title" content="{shown}">'
        made = page(document(f"<h1>{shown}</h1><article>{paragraphs(*PARAGRAPHS)}</article>", title), entry=entry)
        found = article(extract_article(made, None, known))
        return found.title, found.headline

    before = Knowledge(called=KnownHeadline(page="Ferry vote put off", title="Vote put off again", carrier="feed"))
    assert read("Ferry vote put off", Knowledge()) == ("Ferry vote put off", "Ferry vote put off")
    assert read("Ferry vote: put off", before) == ("Vote put off again", "Ferry vote: put off")
    assert read("Ferry vote held", before) == ("Ferry vote held", "Ferry vote held")


def test_a_users_selectors_go_before_everything_learned() -> None:
    body = "".join(f"<p>{text}</p>" for text in (COUNCIL, ISLANDS))
    markup = (
        f"<html><head><title>Feature</title></head><body><h1>Feature</h1><div class='hed'>Vote put off</div>"
        f"<div class='x'>{body}<div class='ad'>Buy</div></div></body></html>"
    )
    rules = Selectors(container=".x", title=".hed", remove=(".ad",))
    found = article(extract_article(page(markup), replace(AGENCY, rules=rules)))
    assert (found.title, found.text, found.removed) == ("Vote put off", f"{COUNCIL}\n\n{ISLANDS}", ("Buy",))
    assert (found.rungs["title"], found.rungs["text"]) == ("rules", "rules")
    missed = article(extract_article(page(markup), replace(AGENCY, rules=Selectors(container=".none"))))
    assert (missed.title, missed.rungs["text"]) == ("Feature", "trafilatura")


def test_a_page_that_names_only_its_outlet_is_called_by_its_first_sentence() -> None:
    head = "<title>The Herald</title><meta property='og:site_name' content='The Herald'>"
    found = article(extract_article(page(document(f"<article>{paragraphs(ISLANDS, COUNCIL)}</article>", head))))
    assert (found.title, found.rungs["title"], found.headline) == ("A new date was not named.", "text", None)
    long = article(extract_article(page(document(f"<article>{paragraphs(*PARAGRAPHS)}</article>", head))))
    assert long.title == COUNCIL[:200].rsplit(" ", 1)[0]


def test_a_credit_at_the_end_is_a_note() -> None:
    found = article(extract_article(page(document(f"<h1>Vote put off</h1>{paragraphs(*PARAGRAPHS, '(dpa)')}"))))
    assert (found.agency, found.rungs["agency"], found.notes, found.text.split("\n")[-1]) == (
        "dpa",
        "note",
        ("(dpa)",),
        QUOTE,
    )


def test_an_article_in_a_frame_is_refused_and_the_frame_named() -> None:
    framed = document("<article><h1>Vote put off</h1><iframe src='/embed/868168'></iframe></article>")
    found = extract_article(page(framed))
    reason = "the article stands in a frame: https://agency.example/embed/868168"
    assert found == Rejection(outcome=Outcome.NO_TEXT, reason=reason)
    bare = extract_article(page(document("<article><h1>Vote put off</h1><p>Vote put off</p></article>")))
    assert bare == Rejection(outcome=Outcome.NO_TEXT, reason="no text is left on the page beside its boilerplate")


def test_a_change_before_the_publication_is_a_conflict() -> None:
    node = {"@type": "NewsArticle", "datePublished": "2026-05-05T00:16:15Z", "dateModified": "2026-05-04T00:16:15Z"}
    head = f'<title>Vote put off</title><script type="application/ld+json">{json.dumps(node)}</script>'
    found = article(extract_article(page(document(f"<h1>Vote put off</h1>{paragraphs(*PARAGRAPHS)}", head))))
    assert (found.modified, [other.raw for other in found.conflicts]) == (None, ["2026-05-04T00:16:15Z"])


def test_the_outlet_s_own_word_of_its_address_is_taken() -> None:
    head = "<title>Vote put off</title><link rel='canonical' href='https://herald.example/vote'>"
    markup = document(f"<h1>Vote put off</h1>{paragraphs(*PARAGRAPHS)}", head)
    found = article(extract_article(page(markup, "https://herald.example/vote?from=letter")))
    assert (found.url, found.rungs["url"]) == ("https://herald.example/vote", "canonical")


def test_what_the_site_shows_for_any_address_is_no_article() -> None:
    markup = document(f"<h1>Vote put off</h1>{paragraphs(*PARAGRAPHS)}")
    absence = learn_absence(article(extract_article(page(markup))))
    found = extract_article(page(markup), None, Knowledge(absence=absence))
    assert isinstance(found, Rejection)
    assert (found.outcome, found.reason.partition(":")[0]) == (Outcome.NOT_ARTICLE, "soft 404")
