"""Entries (入口): the QR codes, accounts, pins and links by which somebody comes to a door, and their visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

MAX_MADE = 500
"""How many entries are made at once at most."""


class EntryType(StrEnum):
    STORE = "store"  # 门店码
    TABLE = "table"  # 桌码
    PRODUCT = "product"  # 商品码
    CAMPAIGN = "campaign"  # 活动码
    MEMBER = "member"  # 会员码: a member brings somebody
    STAFF = "staff"  # 导购码
    COURIER = "courier"  # 骑手码
    SOCIAL = "social"  # 社交账号
    MAP = "map"  # 地图标注
    LINK = "link"  # 链接


OFFLINE = frozenset({EntryType.STORE, EntryType.TABLE, EntryType.PRODUCT, EntryType.STAFF, EntryType.COURIER})
"""Where somebody who comes by one stands in front of people or goods of ours."""


class Opens(StrEnum):
    """What a scan shows: `target` is the SKU, the category's code, the words to search, or the store's code."""

    SHOP = "shop"
    PRODUCT = "product"
    CATEGORY = "category"
    SEARCH = "search"
    STORE = "store"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in. `code` is public and says nothing of anybody.

    `store_id` is the store it belongs to: it is chosen for who comes by, and gets the credit for what they order.
    `associate` is the log-in name of the member of staff who gets theirs. `place`: the table, for one of a table.
    `customer_id`: the member whose code it is. `channel_id`: the channel it is put up for, None for the shop.
    """

    id: UUID
    code: str
    kind: EntryType
    title: str
    opens: Opens
    valid_from: datetime
    target: str = ""
    store_id: UUID | None = None
    channel_id: UUID | None = None
    place: str = ""
    associate: str = ""
    customer_id: UUID | None = None
    valid_until: datetime | None = None
    active: bool = True

    @property
    def offline(self) -> bool:
        """Whether who comes by it was offline: at a store, a table, a shelf, in front of staff."""
        return self.kind in OFFLINE or (self.kind is EntryType.CAMPAIGN and self.store_id is not None)

    def open_at(self, at: datetime) -> bool:
        return self.active and self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


@dataclass(frozen=True, slots=True)
class EntryScans:
    """An entry with how often it was used in a time, by how many browsers."""

    entry: Entry
    visits: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody came by an entry. `visitor` is a random mark of their browser; whose it is may be known later."""

    id: UUID
    entry_id: UUID
    visitor: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class DayScans:
    day: date
    visits: int
    visitors: int
