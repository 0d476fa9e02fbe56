"""Nouns of promotions (促销): what is taken off, when, for whom, and how promotions go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PromotionKind(StrEnum):
    PERCENTAGE = "percentage"  # 折扣. value: basis points off (1000 = 10 %)
    AMOUNT = "amount"  # 满减. value: minor units off once `threshold_minor` is reached
    BUY_X_GET_Y = "buy_x_get_y"  # 买赠. every x units of the items, y more of the cheapest are free
    THRESHOLDS = "thresholds"  # 阶梯满减. the highest of `tiers` that is reached counts
    NTH_ITEM = "nth_item"  # 第二件半价. of every x units the cheapest one has value basis points off
    BUNDLE_PRICE = "bundle_price"  # 组合价. one of each in `bundle` costs value together
    UNIT_PRICE = "unit_price"  # 特价. a unit costs at most value


class Who(StrEnum):
    """For whom a promotion is."""

    EVERYBODY = "everybody"
    MEMBERS = "members"  # 会员价; `levels` narrows it to some levels of the card


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold_minor` on: so many minor units off."""

    threshold_minor: int
    off_minor: int


@dataclass(frozen=True, slots=True)
class Piece:
    """`units` of a SKU in a bundle."""

    sku: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a day (happy hour): minutes after local midnight, `begins` inclusive, `ends` exclusive.

    `weekdays` are ISO numbers from 1 (Monday), none means every day. A window whose end is not after its beginning
    runs past midnight and belongs to the day it begins on.
    """

    begins: int
    ends: int
    weekdays: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Promotion:
    """A dated rule. `skus`, `categories` empty: all items; `channels`, `stores` empty: all of them.

    Higher `priority` goes first. Promotions that are not `stackable` exclude each other on a line within their
    `group` ('' is a group too): the first that applies wins, or with `best_of` the one that takes most off. Promotions
    of different groups, and stackable ones, go together. `cap_minor` is the most it takes off an order and `times`
    how often it counts in one (0: no limit). `windows` are hours in the store's zone when the store is known and
    `in_store_zone`, else in the brand's. `condition` is a CEL predicate (rules.predicates). `min_people` is a group
    deal's (团购) least number of buyers.
    """

    id: UUID
    code: str
    title: str
    kind: PromotionKind
    value: int = 0
    threshold_minor: int = 0
    x: int = 0
    y: int = 0
    skus: frozenset[str] = frozenset()
    channels: frozenset[UUID] = frozenset()
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    priority: int = 0
    stackable: bool = False
    tiers: tuple[Tier, ...] = ()
    bundle: tuple[Piece, ...] = ()
    categories: frozenset[str] = frozenset()
    excluded_skus: frozenset[str] = frozenset()
    excluded_categories: frozenset[str] = frozenset()
    stores: frozenset[UUID] = frozenset()
    windows: tuple[Window, ...] = ()
    in_store_zone: bool = False
    who: Who = Who.EVERYBODY
    levels: frozenset[str] = frozenset()
    group: str = ""
    best_of: bool = False
    cap_minor: int = 0
    times: int = 0
    min_people: int = 1
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a promotion may look at beside the basket: the zones and the facts of the store and the channel."""

    zone: str = "UTC"
    store_zone: str = ""
    store: Mapping[str, object] = field(default_factory=dict)
    channel: Mapping[str, object] = field(default_factory=dict)


class Verdict(StrEnum):
    """Why a promotion did or did not take something off a basket."""

    APPLIED = "applied"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    OTHER_CHANNEL = "other_channel"
    OTHER_STORE = "other_store"
    OUTSIDE_HOURS = "outside_hours"
    MEMBERS_ONLY = "members_only"
    OTHER_LEVEL = "other_level"
    TOO_FEW_PEOPLE = "too_few_people"
    CONDITION = "condition"
    NO_LINE = "no_line"
    EXCLUDED = "excluded"  # every line it covers had another promotion of its group: `by`
    BETTER = "better"  # another of its best-of group takes more off: `by`
    THRESHOLD = "threshold"  # `missing_minor` more is needed
    UNITS = "units"  # `missing_units` more are needed
    INCOMPLETE = "incomplete"  # a bundle lacks `sku`
    NOTHING_OFF = "nothing_off"


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one promotion in one basket. `offs`: minor units by line number; they sum to `off_minor`."""

    code: str
    title: str
    verdict: Verdict
    off_minor: int = 0
    offs: Mapping[int, int] = field(default_factory=dict)
    by: str = ""
    missing_minor: int = 0
    missing_units: int = 0
    sku: str = ""
    says: str = ""
