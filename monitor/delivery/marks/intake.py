"""Takes what people said by the links in alerts out of the spool and marks it; it must not trust what lies there.

The pages' process is open to the world and has no key: whatever it leaves counts only if its signature is ours.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from monitor.alerting.mark_token import verify_token
from monitor.delivery.marks.record_mark import record_mark
from monitor.delivery.marks.spool import list_waiting_tokens, open_spool
from monitor.errors import SeedwatchError, StoreError
from monitor.storage import Store

log = logging.getLogger(__name__)


async def apply_marks(store: Store, key: bytes, topics: Collection[str], now: datetime) -> Counter[str]:
    """Mark what waits in the spool; how many of each verdict, and of each reason to refuse.

    A token is removed after its mark is committed, so that a crash marks again, the same. A refused one is removed
    too, and one line tells how many there were. Raises what the store raises, with the rest still waiting.
    """
    counts: Counter[str] = Counter()
    for file in list_waiting_tokens(open_spool(store.path)):
        said = verify_token(file.name, key, now)
        if isinstance(said, str):
            counts[said] += 1
        else:
            try:
                found = await store.do(record_mark, store, said.alert, said.verdict, None, topics, now)
            except StoreError:
                raise
            except SeedwatchError as error:  # its piece is gone: no later round finds it either
                counts["unknown"] += 1
                log.warning("event=mark-unknown alert=%s reason=%r", said.alert, str(error))
            else:
                counts[said.verdict] += 1
                log.info(
                    "event=mark alert=%s article=%d topic=%s verdict=%s",
                    *(said.alert, found["article"], found["topic"], said.verdict),
                )
        file.unlink(missing_ok=True)
    if refused := {reason: counts[reason] for reason in ("malformed", "forged", "expired") if counts[reason]}:
        log.warning("event=marks-refused %s", " ".join(f"{reason}={count}" for reason, count in refused.items()))
    return counts
