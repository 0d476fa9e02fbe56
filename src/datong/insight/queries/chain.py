"""How far orders came on each way to the customer, and where most were lost (S-113)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from datong.fulfilment import api as fulfilment
from datong.insight import rules
from datong.insight.types import Chain, Link
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue
from datong.orders import api as orders

MOST = timedelta(days=92)


def chains(brand_id: UUID, since: datetime, until: datetime) -> list[Chain]:
    """The chain of each way that had orders in a time of at most 92 days, most orders first; two statements."""
    if until - since > MOST:
        raise BadValue("since", since.isoformat(), f"at most {MOST.days} days before the end")
    with in_brand(brand_id):
        found = orders.passed(brand_id, since, until)
        reached = fulfilment.reached(brand_id, since, until)
    made = []
    for one in found:
        accepted, ready = reached.get(one.kind, (0, 0))
        counted = {Link.PLACED: one.placed, Link.HELD: one.held, Link.ACCEPTED: accepted, Link.READY: ready}
        made.append(rules.chain(one.kind, {**counted, Link.COMPLETE: one.complete, Link.AGAIN: one.again}))
    return sorted(made, key=lambda each: -each.reached[0][1])
