"""Points that a person or a program corrects: with a second person's word, where there are many."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.access.api import ask
from datong.access.types import Approval, Asker
from datong.kernel import clock, locks
from datong.kernel.db import current_brand, in_brand, rows
from datong.kernel.errors import BadValue, Conflict
from datong.wallet.actions.points.spend import adjust_points, check_adjustment
from datong.wallet.queries.points import programme

KIND_OF_ADJUSTMENT = "points.adjust"
WINDOW = timedelta(days=1)

LATELY = """
    SELECT coalesce(sum(abs(points)), 0)::bigint FROM wallet_pointact
     WHERE brand_id = %(brand)s AND customer_id = %(customer)s AND kind = 'adjust' AND at > %(since)s AND by = %(by)s
"""


def ask_to_adjust(
    customer_id: UUID,
    points: int,
    *,
    key: str,
    brand: UUID,
    by: Asker,
    reason: str,
    programme_code: str = "",
    href: str = "",
) -> Approval:
    """Ask for a correction of points: done at once within the limit of the asker, else it waits for a second person.

    What the same asker gave or took from this customer within a day counts with it, so that nobody gets around the
    limit in small steps. The same key again is the same request. Raises as `adjust_points`, as soon as that is known.
    """
    check_adjustment(points, key, reason)
    with in_brand(brand):
        found = programme(brand, programme_code)
        locks.take(f"points adjust {brand} {customer_id}")
        asked = {"brand": brand, "customer": customer_id, "since": clock.now() - WINDOW, "by": by.username}
        ((lately,),) = rows(LATELY, asked)
        asked_now = ask(
            KIND_OF_ADJUSTMENT,
            brand=brand,
            by=by,
            subject=f"customer {customer_id}: {points:+,} {found.code}",
            facts={"customer": str(customer_id), "points": points, "programme": found.code, "key": key, "href": href},
            amount_minor=abs(points) + lately,
            reason=reason,
            key=key,
        )
    if (asked_now.facts["points"], asked_now.facts["customer"]) != (points, str(customer_id)):
        raise Conflict(f"the key {key} was used for another correction")
    return asked_now


def apply_adjustment(approval: Approval) -> None:
    """Carry out an approved correction, in the transaction of the decision; it is the asker's own."""
    facts = approval.facts
    if not isinstance(facts.get("points"), int):
        raise BadValue("points", facts.get("points"), "a number of points")
    adjust_points(
        UUID(str(facts["customer"])),
        int(str(facts["points"])),
        key=str(facts["key"]),
        brand=current_brand(),
        by=approval.asked_by,
        reason=approval.reason,
        programme_code=str(facts["programme"]),
    )
