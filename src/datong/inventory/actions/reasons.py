"""Why goods are written off: the brand's own list, which begins with the house's and keeps what was ever used."""

from __future__ import annotations

from uuid import UUID

from datong.inventory.models import Reason
from datong.inventory.queries import reasons
from datong.inventory.types import AdjustmentKind, ReasonView
from datong.kernel import audit, locks
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, NotFound

KINDS = (AdjustmentKind.WASTE, AdjustmentKind.OWN_USE)
MOST = 50


def add_reason(brand: UUID, kind: AdjustmentKind, name: str, *, by: str) -> ReasonView:
    """Add a reason in the brand's words, or bring a retired one of that name back. Twice is once.

    Its code is its name, so that what was booked under it reads the same for ever. Raises BadValue naming `name`.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 40:
        raise BadValue("name", name[:80], "1 to 40 letters")
    with in_brand(brand):
        listed = _own(brand, kind)
        found = next((r for r in listed if name.lower() in (r.code.lower(), r.name.lower())), None)
        if found is not None:
            return _set(brand, found, active=True, by=by)
        if len(listed) >= MOST:
            raise BadValue("name", name, f"at most {MOST} reasons of a kind")
        Reason.objects.create(brand_id=brand, kind=kind.value, code=name, name=name, active=True)
        made = ReasonView(kind, name, name)
        _tell(brand, made, by)
        return made


def retire_reason(brand: UUID, kind: AdjustmentKind, code: str, *, by: str, active: bool = False) -> ReasonView:
    """Offer a reason no longer (or again, `active`); what was booked under it keeps it. Twice is once.

    Raises NotFound, and BadValue for the last one there is: goods could not be written off any more.
    """
    with in_brand(brand):
        listed = _own(brand, kind)
        found = next((r for r in listed if r.code == code), None)
        if found is None:
            raise NotFound(f"no reason {code[:40]}")
        if not active and not any(r.active and r.code != code for r in listed):
            raise BadValue("code", code, "another reason first: one must be left")
        return _set(brand, found, active=active, by=by)


def _own(brand: UUID, kind: AdjustmentKind) -> list[ReasonView]:
    """The brand's list under its lock; the house's is written down as the brand's before it is changed."""
    if kind not in KINDS:
        raise NotFound(f"{kind} has no reasons")
    locks.take(f"inventory reasons {brand} {kind}")
    listed = reasons(brand, kind)
    own = [Reason(brand_id=brand, kind=kind.value, code=r.code, name=r.name, active=r.active) for r in listed]
    Reason.objects.bulk_create(own, ignore_conflicts=True)
    return listed


def _set(brand: UUID, reason: ReasonView, *, active: bool, by: str) -> ReasonView:
    changed = ReasonView(reason.kind, reason.code, reason.name, active)
    if changed != reason:
        Reason.objects.filter(brand_id=brand, kind=reason.kind.value, code=reason.code).update(active=active)
        _tell(brand, changed, by, before={"active": reason.active})
    return changed


def _tell(brand: UUID, reason: ReasonView, by: str, before: dict[str, bool] | None = None) -> None:
    subject = f"reason {reason.kind.value}/{reason.code}"
    audit.record(brand=brand, actor=by, verb="stock.reason", subject=subject, before=before,
                 after={"active": reason.active})  # fmt: skip
