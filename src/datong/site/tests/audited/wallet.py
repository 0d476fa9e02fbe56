"""Points of somebody: what a programme says, what is earned, spent and given back."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.ids import uuid7
from datong.site.tests.audited.customers import SAME, customer
from datong.site.tests.audited.world import BY, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, Good, RuleKind, TierPlan, Voucher

NOW = {"key": "k", "by": "ann"}


def club(w: World) -> str:
    wallet.put_programme(w.brand, wallet.new_programme("club", "Club"), **BY)
    wallet.put_earning_rules(w.brand, "club", [EarningRule("hello", RuleKind.EVENT, 50, event="hello")], **BY)
    return "club"


def member(w: World) -> UUID:
    club(w)
    found = customer(w, "+16125550108")
    wallet.adjust_points(found, 100, key="first", brand=w.brand, by="ann", reason="opening balance")
    return found


def spent(w: World) -> str:
    wallet.burn_points(member(w), 30, key="spent", brand=w.brand, by="ann")
    return "spent"


def voucher(w: World) -> Voucher:
    wallet.put_offer(w.brand, wallet.new_offer("five", "Five off", Good.MONEY, amount_minor=500), **BY)
    return wallet.issue_voucher("five", brand=w.brand, by="ann", id=uuid7())


def redeemed(w: World) -> UUID:
    return wallet.redeem_voucher(voucher(w).code, brand=w.brand, **NOW).id


def batch(w: World) -> object:
    voucher(w)
    return wallet.issue_batch("five", 2, brand=w.brand, by="ann", id=uuid7())


VERBS |= {
    "wallet.put_offer": voucher,
    "wallet.issue_voucher": voucher,
    "wallet.issue_batch": batch,
    "wallet.redeem_voucher": redeemed,
    "wallet.reverse_redemption": lambda w: wallet.reverse_redemption(redeemed(w), brand=w.brand, **SAME),
    "wallet.void_voucher": lambda w: wallet.void_voucher(voucher(w).id, brand=w.brand, **SAME),
    "wallet.put_programme": club,
    "wallet.put_earning_rules": club,
    "wallet.put_tier_plan": lambda w: wallet.put_tier_plan(w.brand, club(w), TierPlan(), **BY),
    "wallet.adjust_points": member,
    "wallet.ask_to_adjust": lambda w: wallet.ask_to_adjust(
        member(w), 5, key="more", brand=w.brand, by=w.owner, reason="sorry"
    ),
    "wallet.burn_points": spent,
    "wallet.give_back_points": lambda w: wallet.give_back_points(spent(w), brand=w.brand, **NOW),
    "wallet.earn_event": lambda w: wallet.earn_event(member(w), "hello", brand=w.brand, **NOW),
}
