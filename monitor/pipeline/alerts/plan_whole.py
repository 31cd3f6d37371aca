"""Plans the alerts of a piece of which a few words were known and the whole is read now; it must not store or send.

Requirement: the piece ends as it would if its whole had come first. Whoever was told by its announcement, or by the
part that had come, is told no second time; all others are told of the whole as of a new piece, or are not, as it is a
copy, came too early or is none of their rule's business. What was held back for the few words is judged anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.alerting.intents import Intent, Rule, is_copy_reason, plan_alerts
from monitor.alerting.policy import is_filter_reason
from monitor.model.identity import Decision, Recall
from monitor.pipeline.alerts.queue_alerts import PlacedArticle, find_filter_reason
from monitor.pipeline.alerts.told_before import find_told_before
from monitor.storage import Store


def plan_whole(
    store: Store,
    rules: Iterable[Rule],
    placed: PlacedArticle,
    recall: Recall,
    decision: Decision,
    whole: Decision,
    *,
    quiet: str | None,
) -> tuple[Intent, ...]:
    """The alert rows of a piece that `decision` completes; `whole` is what its text is beside those of other pieces."""
    number, matches = placed.article_id, placed.reading.matches
    named = {rule.name: rule for rule in rules}
    told = find_told_before(store, number, whole.of.id) if whole.of else {}
    fresh = plan_alerts(whole, matches, recall, named.values(), quiet=quiet, text_alerted=told)
    later = plan_alerts(decision, matches, recall, named.values(), quiet=quiet, text_alerted={})
    kept, heard = store.holds.list_kept(number), store.holds.told_of(number)
    owed = [intent for intent in fresh if _is_owed(named[intent.rule], intent, placed, recall, kept)]
    found = [intent for intent in owed if (intent.rule, intent.channel) not in heard]
    edits = [one for one in later if one.event != "article.matched" and (one.rule, one.channel) in heard]
    return (*found, *edits)


def _is_owed(
    rule: Rule, intent: Intent, placed: PlacedArticle, recall: Recall, kept: dict[tuple[str, str], str]
) -> bool:
    """Whether the whole is what a rule and channel hear of first, or overrules why they did not hear of the piece."""
    reason = kept.get((intent.rule, intent.channel))
    if reason is None:
        return not (rule.topics & recall.known_topics)  # else it was not asked for when the piece came
    if intent.held is not None:
        return False
    if is_copy_reason(reason):
        return True
    return is_filter_reason(reason) and find_filter_reason(rule, placed, intent) is None
