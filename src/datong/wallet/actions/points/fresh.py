"""A new lot: what it is worth, when it may be spent and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from datong.kernel.ids import uuid7
from datong.wallet import rules
from datong.wallet.actions.points.book import Open
from datong.wallet.types import Lot


def fresh_lot(
    opened: Open,
    customer_id: UUID,
    points: int,
    source: str,
    now: datetime,
    *,
    order: UUID | None = None,
    done: bool = True,
    expires_at: datetime | None = None,
) -> Lot:
    """A lot that is to be earned; `done`: what it is earned for has happened, only the return window is open."""
    programme = opened.programme
    wait = timedelta(days=programme.pending_days) if order else timedelta()
    starts = now + wait if done else None
    pending = not done or bool(wait)
    return Lot(
        id=uuid7(),
        purse_id=opened.purse(customer_id),
        points=points,
        left=points,
        value_minor=rules.fair_value(programme, points),
        source=source,
        earned_at=now,
        pending=pending,
        starts_at=starts,
        expires_at=None if pending else expires_at or rules.expiry(programme, now),
        subject_id=order,
    )
