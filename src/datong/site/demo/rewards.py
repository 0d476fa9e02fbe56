"""Points, tiers and a few vouchers of the demo's brand: before the day's orders, so that they earn."""

from __future__ import annotations

from datetime import timedelta

from datong.brand.types import Brand
from datong.customers.api import latest_customers
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.demo.types import World
from datong.wallet import api as wallet
from datong.wallet.types import Basis, EarningRule, Good, RuleKind, Tier, TierPlan

BY = "demo"
GIVEN_TO = 12


def put_rewards(brand: Brand, world: World) -> None:
    """A programme with rules, a campaign and tiers; money off, a percentage, and a product as vouchers; a batch."""
    zh = brand.currency == "CNY"
    unit = 100 if brand.currency in ("CNY", "USD", "GBP", "EUR") else 1

    def said(english: str, chinese: str) -> str:
        return chinese if zh else english

    club = wallet.new_programme(
        "club", said("Club points", "会员积分"), burn_minor=unit, fair_minor=unit * 8 // 10 or 1
    )
    wallet.put_programme(brand.id, club, by=BY)
    until = clock.now() + timedelta(days=30)
    rules = [
        EarningRule("base", RuleKind.MONEY, points=1, per_minor=unit),
        EarningRule("season", RuleKind.TIMES, percent=200, min_minor=50 * unit, ends_at=until, campaign="season"),
        EarningRule("signup", RuleKind.EVENT, points=100, event="signup"),
    ]
    wallet.put_earning_rules(brand.id, "club", rules, by=BY)
    tiers = (
        Tier("silver", said("Silver", "银卡"), 100 * unit, 120, (said("A free refill", "免费续杯一次"),)),
        Tier("gold", said("Gold", "金卡"), 1_000 * unit, 150, (said("Free delivery at the weekend", "周末免配送费"),)),
    )
    wallet.put_tier_plan(brand.id, "club", TierPlan(Basis.SPEND, 365, 90, tiers), by=BY)
    good = world.goods[0]
    worth = good.list_minor or unit
    tenth = {"percent": 10, "condition": "now.weekday <= 5", "ends_at": until}
    treat = {"sku": good.sku, "amount_minor": worth, "price_minor": max(worth * 8 // 10, 1)}
    offers = (
        wallet.new_offer("welcome", said("Welcome", "新客券"), Good.MONEY, amount_minor=5 * unit, valid_days=30),
        wallet.new_offer("weekday", said("Weekday tenth", "工作日九折券"), Good.PERCENT, **tenth),
        wallet.new_offer("treat", said("A treat", "兑换券"), Good.ITEM, **treat),
    )
    for offer in offers:
        wallet.put_offer(brand.id, offer, by=BY)
    wallet.issue_batch("welcome", 50, brand=brand.id, by=BY, id=uuid7(), name=said("Flyer, opening week", "开业周传单"))


def hand_out(brand: Brand) -> None:
    """A voucher for each of the latest customers, one of them redeemed."""
    for hit in latest_customers(brand.id, limit=GIVEN_TO):
        wallet.issue_voucher("welcome", brand=brand.id, by=BY, id=uuid7(), customer_id=hit.id)
    for hit in latest_customers(brand.id, limit=1):
        (voucher, *_) = wallet.vouchers_of(brand.id, hit.id)
        wallet.redeem_voucher(voucher.code, key=f"demo:{voucher.id}", brand=brand.id, by=BY)
