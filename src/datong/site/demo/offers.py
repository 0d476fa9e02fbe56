"""Costs, promotions, fees and rates of a demo brand, so that the screens of prices have something to show.

The day of orders is played before any of the promotions holds (they begin tomorrow, or need several people to buy
together), so the day's prices are the list's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from datong.access import api as access
from datong.brand.types import Brand
from datong.catalog import api as catalog
from datong.catalog.types import (
    Cost,
    Formula,
    Piece,
    Promotion,
    PromotionKind,
    Rate,
    RateKind,
    Tier,
    Wanted,
    Who,
    Window,
)
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.kernel.money import part_minor
from datong.site.demo.types import Good, World

BY = "demo"
DEFAULT_LIST = ""
COST_PERCENT = (28, 34, 41, 55)
HAPPY_HOUR = Window(14 * 60, 17 * 60, frozenset({1, 2, 3, 4, 5}))


def put_offers(brand: Brand, world: World, since: datetime, hq: UUID) -> None:
    """Write them; `hq` lets the delivery fee go live."""
    costs = [
        Cost(good.sku, part_minor(good.list_minor, COST_PERCENT[n % len(COST_PERCENT)], 100), since)
        for n, good in enumerate(world.goods)
    ]
    catalog.put_costs(brand.id, costs, by=BY, reason="costs of the demo")
    catalog.put_promotions(brand.id, _promotions(brand, world.goods[:2]), by=BY)
    staff = access.staff_of(hq, brand.id)
    if staff:
        version = catalog.put_table(brand.id, catalog.FIRST_TABLES["delivery_fee"], by=BY)
        catalog.publish_table(brand.id, version.id, by=staff, reason="the first fee")
    if brand.currency == "CNY":
        rates = [(RateKind.EXCHANGE, "USD/CNY", "7.1234"), (RateKind.INTEREST, "savings-1y", "1.35")]
    else:
        rates = [(RateKind.EXCHANGE, f"GBP/{brand.currency}", "1.2715"), (RateKind.INTEREST, "savings-1y", "4.1")]
    now = clock.now()
    next_month = now + timedelta(days=30)
    raised = "1.45" if brand.currency == "CNY" else "4.3"
    made = [Rate(kind, key, catalog.read_rate(text, kind), now) for kind, key, text in rates]
    made.append(Rate(RateKind.INTEREST, "savings-1y", catalog.read_rate(raised, RateKind.INTEREST), next_month))
    catalog.put_rates(brand.id, made, by=BY, reason="rates of the demo")


ASKED = 40
"""How many products the merchandiser wants dearer: together more than that role changes alone."""


def ask_for_prices(brand: Brand, world: World, merchandiser: UUID) -> None:
    """A change of prices that waits for somebody else's word, so that the approvals have something in them."""
    staff = access.staff_of(merchandiser, brand.id)
    if staff is None:
        return
    dearest = sorted(world.goods, key=lambda good: (-good.list_minor, good.sku))[:ASKED]
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    wanted = Wanted(DEFAULT_LIST, Formula.PERCENT, 800, skus=tuple(good.sku for good in dearest), begins=begins)
    reason = "原料涨价" if brand.locale.startswith("zh") else "Suppliers are dearer from next week"
    change = catalog.preview_change(brand.id, wanted, by=staff.username, reason=reason)
    catalog.submit_change(brand.id, change.id, by=staff, reason=reason)


def _promotions(brand: Brand, pair: Sequence[Good]) -> list[Promotion]:
    tomorrow = clock.now() + timedelta(days=1)
    chinese = brand.locale.startswith("zh")

    def named(english: str, in_chinese: str) -> str:
        return in_chinese if chinese else english

    steps = (Tier(3_000, 500), Tier(6_000, 1_200))
    kind = PromotionKind
    of_the_pair = part_minor(sum(good.list_minor for good in pair), 80, 100)
    return [
        Promotion(
            uuid7(), "steps", named("Spend more, save more", "满30减5，满60减12"), kind.THRESHOLDS, tiers=steps,
            group="order", valid_from=tomorrow,
        ),
        Promotion(
            uuid7(), "second-half", named("Second item half price", "第二件半价"), kind.NTH_ITEM, value=5_000, x=2,
            best_of=True, valid_from=tomorrow, priority=5,
        ),
        Promotion(
            uuid7(), "happy-hour", named("Happy hour", "下午茶时光"), kind.PERCENTAGE, value=2_000,
            windows=(HAPPY_HOUR,), in_store_zone=True, best_of=True, valid_from=tomorrow, priority=5,
        ),
        Promotion(
            uuid7(), "members", named("Members save 5 percent", "会员 95 折"), kind.PERCENTAGE, value=500,
            who=Who.MEMBERS, stackable=True, cap_minor=2_000, valid_from=tomorrow,
        ),
        Promotion(
            uuid7(), "set", named("The set of two", "双人组合"), kind.BUNDLE_PRICE, value=of_the_pair,
            bundle=tuple(Piece(good.sku) for good in pair), times=1, priority=9, valid_from=tomorrow,
        ),
        Promotion(
            uuid7(), "group-of-three", named("Group deal of three", "三人团"), kind.PERCENTAGE, value=1_500,
            min_people=3, group="group",
        ),
    ]  # fmt: skip
