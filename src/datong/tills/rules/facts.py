"""What each kind of fact says, and what time it was when a till's clock is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from datong.kernel.errors import BadInput, Problem
from datong.tills.types import Fact, FactKind

Minor = Annotated[int, Meta(ge=0, le=9 * 10**12)]
Short = Annotated[str, Meta(max_length=200)]
TRUSTED = timedelta(minutes=2)
"""A clock that is off by less is right: the way to us takes time, too."""


class Tender(msgspec.Struct, forbid_unknown_fields=True):
    """How a part was paid. `wallet`: a payment that was made when there was network, or the `code` that was shown."""

    kind: Literal["cash", "terminal", "wallet"]
    amount_minor: Minor
    reference: Short = ""
    payment_id: UUID | None = None
    code: Short = ""


class Sold(msgspec.Struct, forbid_unknown_fields=True):
    """A sale. The lines are read by the inbox (`integration.wire.till`), so that they can be corrected there.

    `by_hand_minor` is what staff took off by hand; `approved`: the signed word of who allowed more than their own.
    """

    lines: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=500)]
    total_minor: Minor
    tenders: Annotated[list[Tender], Meta(max_length=20)]
    tax_added_minor: Minor = 0
    member: Short = ""
    note: Annotated[str, Meta(max_length=500)] = ""
    by_hand_minor: Minor = 0
    approved: Annotated[str, Meta(max_length=600)] = ""


class Returned(msgspec.Struct, forbid_unknown_fields=True):
    """Money given back for an order of ours, by its number. `cash`: it was paid out of the drawer."""

    number: Annotated[str, Meta(min_length=1, max_length=40)]
    amount_minor: Annotated[int, Meta(ge=1, le=9 * 10**12)]
    reason: Annotated[str, Meta(min_length=1, max_length=300)]
    cash: bool = False


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    float_minor: Minor


class Cash(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["paid_in", "paid_out", "drop"]
    amount_minor: Annotated[int, Meta(ge=1, le=9 * 10**12)]
    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class Closing(msgspec.Struct, forbid_unknown_fields=True):
    """`pieces`: face value in minor units -> how many were counted."""

    pieces: dict[str, Annotated[int, Meta(ge=0, le=100_000)]]
    note: Annotated[str, Meta(max_length=300)] = ""


class Handed(msgspec.Struct, forbid_unknown_fields=True):
    """An order that was handed to who fetched it. `tenders`: what was paid at the counter, where it was still open."""

    number: Annotated[str, Meta(min_length=1, max_length=40)]
    tenders: Annotated[list[Tender], Meta(max_length=10)] = []


BODIES: Mapping[FactKind, type[msgspec.Struct]] = {
    FactKind.SALE: Sold,
    FactKind.RETURN: Returned,
    FactKind.OPENED: Opening,
    FactKind.CASH: Cash,
    FactKind.CLOSED: Closing,
    FactKind.HANDED: Handed,
}


def read_body(fact: Fact) -> Any:
    """What the fact says, as its struct. Raises BadInput naming the field."""
    try:
        found = msgspec.convert(dict(fact.body), BODIES[fact.kind])
    except msgspec.ValidationError as error:
        said = str(error)
        at = re.search(r"`\$\.?([^`]*)`", said)
        field = "/" + re.sub(r"[.\[\]]+", "/", at[1]).strip("/") if at else ""
        raise BadInput(f"this {fact.kind} cannot be read", Problem(field, "bad_value", said[:200], None)) from None
    if fact.shift_id is None and fact.kind in (FactKind.OPENED, FactKind.CASH, FactKind.CLOSED):
        raise BadInput("no shift", Problem("/shift_id", "missing", "the shift it belongs to", None))
    if isinstance(found, Sold) and sum(t.amount_minor for t in found.tenders) != found.total_minor:
        fix = f"tenders of {found.total_minor} together, change taken off the cash"
        raise BadInput("not paid", Problem("/tenders", "not_paid", fix, sum(t.amount_minor for t in found.tenders)))
    return found


def put_right(at: datetime, sent_at: datetime, now: datetime) -> datetime:
    """A till's time by our clock: moved by how far its clock is off now, and never in the future."""
    off = now - sent_at
    right = at + off if abs(off) > TRUSTED else at
    return min(right, now)


def digest_of(fact: Fact, said_at: datetime) -> bytes:
    """SHA-256 of what the till said: the same id with another content is not the same fact."""
    said = [fact.kind.value, said_at.isoformat(), fact.by, str(fact.shift_id), dict(fact.body)]
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).digest()
