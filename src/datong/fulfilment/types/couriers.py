"""Couriers (配送员), their stations (配送站), who delivers what (谁来送), and how a delivery went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.brand.types import Hours
from datong.fulfilment.types.notes import Note
from datong.kernel.geo import Point


class Way(StrEnum):
    """Who brings a delivery to its door."""

    OWN = "own"  # 自有配送员
    PARTNER = "partner"  # 合作门店自送: the store's own company
    RIDER = "rider"  # 第三方骑手
    NONE = "none"  # 不由系统安排: the store sees to it itself


class Outcome(StrEnum):
    """What came of the last attempt at a door; '' while there was none or it was delivered."""

    OPEN = ""
    AGAIN = "again"  # 再次配送: the same courier tries once more
    RETURNING = "returning"  # 退回门店
    RETURNED = "returned"  # 已退回: a person decides about order and money


class Failure(StrEnum):
    """Why a delivery was not given over."""

    NOBODY = "nobody_there"
    NO_ADDRESS = "address_not_found"
    REFUSED = "refused_by_customer"
    UNPAID = "not_paid"
    DAMAGED = "damaged"
    OTHER = "other"


class Proof(StrEnum):
    """How the courier shows that it was given over."""

    CODE = "code"
    PHOTO = "photo"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Station:
    """A place couriers work from. `timezone` is that of its hours."""

    id: UUID
    code: str
    name: str
    place: Point
    hours: Hours
    timezone: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Courier:
    """Somebody who delivers. `company_id`: of a partner company, None: the brand's own. `room`: tasks at a time.

    `load` is how many they have now. `place`: where they are, known only while under way; else their station's.
    """

    id: UUID
    name: str
    phone: str = ""
    user_id: UUID | None = None
    station_id: UUID | None = None
    company_id: UUID | None = None
    room: int = 3
    active: bool = True
    on_duty: bool = False
    duty_since: datetime | None = None
    load: int = 0
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class WayRule:
    """Who delivers from a moment on (`since`): the ways in their order, of one store or (None) of the brand."""

    id: UUID
    since: datetime
    ways: tuple[Way, ...]
    store_id: UUID | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery on its way: its note and who has it. `way` '' and no courier: it waits for somebody.

    `cash_minor` was collected at the door and is owed by the courier until `cash_in_at`.
    """

    note: Note
    way: str = ""
    station_id: UUID | None = None
    courier_id: UUID | None = None
    by: str = ""
    at: datetime | None = None
    attempts: int = 0
    outcome: Outcome = Outcome.OPEN
    failure: str = ""
    again_at: datetime | None = None
    picked_at: datetime | None = None
    delivered_at: datetime | None = None
    proof: str = ""
    signed_by: str = ""
    cash_minor: int = 0
    cash_in_at: datetime | None = None
