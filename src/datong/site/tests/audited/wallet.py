"""Points of somebody: what a programme says, what is earned, spent and given back."""

from __future__ import annotations

from uuid import UUID

from datong.site.tests.audited.customers import customer
from datong.site.tests.audited.world import BY, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, RuleKind, TierPlan

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


VERBS |= {
    "wallet.put_programme": club,
    "wallet.put_earning_rules": club,
    "wallet.put_tier_plan": lambda w: wallet.put_tier_plan(w.brand, club(w), TierPlan(), **BY),
    "wallet.adjust_points": member,
    "wallet.burn_points": spent,
    "wallet.give_back_points": lambda w: wallet.give_back_points(spent(w), brand=w.brand, **NOW),
    "wallet.earn_event": lambda w: wallet.earn_event(member(w), "hello", brand=w.brand, **NOW),
}
