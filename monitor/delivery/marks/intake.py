"""Takes what people said by links in alerts and buttons of pages out of the spool and marks it; it must not trust what
lies there: whatever the pages leave counts only if its signature is ours.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from monitor.alerting.mark_token import MarkClaim, Refusal, verify_token
from monitor.alerting.page_token import PageMark, verify_page_mark
from monitor.delivery.marks.record_mark import record_mark
from monitor.delivery.marks.spool import list_waiting_tokens, open_spool
from monitor.errors import SeedwatchError, StoreError
from monitor.storage import Store

log = logging.getLogger(__name__)


async def apply_marks(
    store: Store, key: bytes | None, pages_key: bytes | None, topics: Collection[str], now: datetime
) -> Counter[str]:
    """Mark what waits in the spool; how many of each verdict, and of each reason to refuse.

    `key` signs links in alerts, `pages_key` buttons of pages; what a missing one would sign is forged.

    A token is removed after its mark is committed, so that a crash marks again, the same. A refused one is removed
    too, and one line tells how many there were. Raises what the store raises, with the rest still waiting.
    """
    counts: Counter[str] = Counter()
    for file in list_waiting_tokens(open_spool(store.path)):
        said = _verify(file.name, key, pages_key, now)
        if isinstance(said, str):
            counts[said] += 1
        else:
            if isinstance(said, MarkClaim):
                what, topic, origin = said.alert, None, f"alert={said.alert}"
            else:
                what, topic, origin = str(said.article), said.topic, f"page={said.article}"
            try:
                if topic is not None and topic not in topics:
                    raise SeedwatchError(f"no topic {topic} is configured")
                found = await store.do(record_mark, store, what, said.verdict, topic, topics, now)
            except StoreError:
                raise
            except SeedwatchError as error:  # its piece or topic is gone: no later round finds it either
                counts["unknown"] += 1
                log.warning("event=mark-unknown %s reason=%r", origin, str(error))
            else:
                counts[said.verdict] += 1
                log.info(
                    "event=mark %s article=%d topic=%s verdict=%s",
                    *(origin, found["article"], found["topic"], said.verdict),
                )
        file.unlink(missing_ok=True)
    if refused := {reason: counts[reason] for reason in ("malformed", "forged", "expired") if counts[reason]}:
        log.warning("event=marks-refused %s", " ".join(f"{reason}={count}" for reason, count in refused.items()))
    return counts


def _verify(name: str, key: bytes | None, pages_key: bytes | None, now: datetime) -> MarkClaim | PageMark | Refusal:
    if name.startswith("page."):
        return "forged" if pages_key is None else verify_page_mark(name, pages_key, now)
    return "forged" if key is None else verify_token(name, key, now)
