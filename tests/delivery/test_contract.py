"""Where each promise about delivery is kept: the rows of RELIABILITY, table W, and the test that fails without each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PROMISES = {
    "W1": [("kill/test_kill.py", "test_kills_at_every_boundary_lose_nothing")],  # bench/kill.py: a thousand
    "W2": [
        ("alerting/channels/test_webhook.py", "test_the_signature_equals_the_published_vector"),
        ("alerting/channels/test_webhook.py", "test_during_a_rotation_the_old_and_the_new_secret_verify_and_no_other"),
        ("alerting/channels/test_webhook.py", "test_svix_accepts_what_we_send_with_either_secret_and_nothing_else"),
        (
            "alerting/channels/test_documented_receivers.py",
            "test_a_documented_receiver_accepts_what_we_send_and_nothing_else",
        ),
    ],
    "W3": [
        ("alerting/test_retry.py", "test_the_ladder_is_the_specifications"),
        ("alerting/test_retry.py", "test_ten_thousand_draws_stay_within_twenty_percent_and_use_the_whole_range"),
    ],
    "W4": [
        ("delivery/test_guarded_http.py", "test_a_dripping_head_ends_at_the_deadline"),
        ("delivery/test_guarded_http.py", "test_a_dripping_body_ends_at_the_deadline_and_its_status_counts"),
    ],
    "W5": [
        ("delivery/test_receivers.py", "test_an_answer_leads_where_the_documents_say"),
        ("delivery/test_receivers.py", "test_a_wrong_certificate_is_an_attempt_that_failed"),
        ("delivery/test_deliver.py", "test_gone_stops_the_channel_at_once_and_loses_nothing"),
        ("delivery/test_deliver.py", "test_retry_after_holds_the_whole_channel_and_no_other"),
    ],
    "W6": [
        ("delivery/test_worn_out.py", "test_five_days_of_failure_switch_off_and_tell_another"),
        ("delivery/test_worn_out.py", "test_one_success_begins_the_five_days_anew"),
        ("delivery/test_worn_out.py", "test_sporadic_failure_never_switches_off"),
    ],
    "W7": [
        ("delivery/test_deliver.py", "test_the_ladder_is_climbed_to_the_dead_letter_and_down_again_by_replay"),
        ("storage/test_alerts.py", "test_a_dead_letter_is_replayed_with_its_id_from_the_ladders_start"),
        ("storage/test_alerts.py", "test_replaying_since_a_time_takes_dead_letters_only"),
    ],
    "W8": [("delivery/test_deliver_together.py", "test_a_dead_receiver_delays_no_other")],  # bench/isolation.py: 10,000
    "W9": [
        ("alerting/test_document.py", "test_all_that_may_be_stored_satisfies_the_schema_and_fits"),
        ("alerting/test_document.py", "test_the_worst_of_everything_still_fits"),
        ("alerting/channels/test_webhook.py", "test_what_is_rendered_is_what_is_signed"),
    ],
    "W10": [
        ("alerting/channels/test_kinds.py", "test_the_message_is_the_golden_one"),
        ("alerting/channels/test_kinds.py", "test_hostile_words_are_inert"),
        ("alerting/channels/test_email.py", "test_hostile_words_are_inert"),
    ],
    "W11": [
        ("delivery/test_deliver_paced.py", "test_a_burst_goes_out_at_the_pace_of_its_service"),
        ("delivery/test_deliver_paced.py", "test_discord_waits_as_long_as_its_body_asks_and_loses_nothing"),
        ("pipeline/test_release_held.py", "test_a_rush_becomes_one_digest_a_minute"),
    ],
}


def test_every_row_is_here() -> None:
    assert list(PROMISES) == [f"W{number}" for number in range(1, 12)]


@pytest.mark.parametrize("row", PROMISES)
def test_a_promise_has_its_tests(row: str) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in PROMISES[row]
        if not re.search(rf"^def {name}\(", (TESTS / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []
