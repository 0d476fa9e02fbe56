"""What staff take off by hand: alone up to the limit of their role, beyond it when somebody else allows it."""

from __future__ import annotations

from uuid import UUID

from datong.access.api import approval, ask, limit_of, limits, list_staff
from datong.access.types import Approval, ApprovalState, Staff
from datong.kernel.errors import NotFound
from datong.tills.types import KIND_OF_DISCOUNT


def ask_discount(brand: UUID, store_id: UUID, basket: str, amount_minor: int, *, by: Staff) -> Approval:
    """Ask that so much may be taken off a basket; allowed at once when the asker's own limit covers it."""
    facts = {"basket": basket[:40], "till store": str(store_id)}
    return ask(
        KIND_OF_DISCOUNT, brand=brand, by=by, subject=f"basket {basket[-12:]}", facts=facts, amount_minor=amount_minor,
        store_id=store_id,
    )  # fmt: skip


def is_allowed(brand: UUID, store_id: UUID, by: str, amount_minor: int, approved: str) -> bool:
    """Whether somebody at a till may take so much off: by their own limit, or by what was allowed."""
    if amount_minor <= 0:
        return True
    staff = next((one for one in list_staff(brand) if one.username == by), None)
    if staff is not None:
        alone = limit_of(staff.role, limits(brand, KIND_OF_DISCOUNT))
        if alone is None or amount_minor <= alone:
            return True
    try:
        found = approval(brand, UUID(approved))
    except (ValueError, NotFound):
        return False
    right = found.kind == KIND_OF_DISCOUNT and found.state is ApprovalState.APPROVED and found.store_id == store_id
    return right and amount_minor <= found.amount_minor
