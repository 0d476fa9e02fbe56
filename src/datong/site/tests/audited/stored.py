"""Stored value: purses, top-ups, refunds, gift cards, shortfalls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from datong.customers import api as customers
from datong.customers.types.moving import CardIn
from datong.imports import api as imports
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.tests.audited.customers import customer
from datong.site.tests.audited.world import BY, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types import Good
from datong.wallet.types.opening import Bring, Taken
from datong.wallet.types.packets import Giving, Packet, PacketLimits
from datong.wallet.types.paying import Resolution, SoldFromWallet
from datong.wallet.types.stored import BonusRule, Opening, PurseKind

TEN = BonusRule("ten", 10_000, percent=10)
WHY = {"by": "ann", "reason": "asked"}


def purse(w: World, phone: str = "+16125550131") -> UUID:
    return wallet.open_purse(Opening(PurseKind.PREPAID, "USD", customer(w, phone)), brand=w.brand, **BY).id


def filled(w: World, phone: str = "+16125550131") -> UUID:
    made = purse(w, phone)
    wallet.top_up(made, 1_000, brand=w.brand, key=str(uuid7()), **BY)
    return made


def gift(w: World, days: int = 2_000) -> Any:
    opening = Opening(PurseKind.GIFT, "USD", expires_at=clock.now() + timedelta(days=days))
    return wallet.issue_gifts(1, 500, opening, brand=w.brand, **BY)[0]


def packet(w: World) -> Packet:
    who = customer(w, "+16125550134")
    made = wallet.open_purse(Opening(PurseKind.PREPAID, "USD", who), brand=w.brand, **BY)
    wallet.top_up(made.id, 1_000, brand=w.brand, key=str(uuid7()), **BY)
    return wallet.give_packet(Giving(2, total_minor=500, customer_id=who), brand=w.brand, key="p", **BY)


def taken(w: World) -> Any:
    code = wallet.packet_code(w.brand, packet(w).id)
    return wallet.claim_packet(code, customer(w, "+16125550135"), brand=w.brand, asker="x", **BY)


def over(w: World) -> int:
    assert packet(w)
    with clock.held_at(clock.now() + timedelta(days=2)):
        return wallet.end_packets(w.brand)


def ended(w: World) -> int:
    made = gift(w)
    assert made
    with clock.held_at(clock.now() + timedelta(days=2_001)):
        return wallet.expire_purses(w.brand)


def short(w: World) -> UUID:
    wallet.settle_sales([SoldFromWallet(None, uuid7(), 500, "USD")], brand=w.brand)
    return wallet.open_shortfalls(w.brand)[0].id


def brought(w: World, phone: str = "+16125550133") -> Bring:
    made = Bring(Taken.STORED, f"{uuid7()}", "USD", 500, customer(w, phone))
    wallet.bring_money(Taken.STORED, [(None, made)], brand=w.brand, run=uuid7(), **BY)
    return made


def points_brought(w: World) -> Bring:
    wallet.put_programme(w.brand, wallet.new_programme("old", "Old"), **BY)
    made = Bring(Taken.POINTS, "p", "PTS", 5, customer(w, "+16125550133"), group="old", lots=((5, None),))
    wallet.bring_points([(None, made)], brand=w.brand, run=uuid7(), **BY)
    return made


def voucher_brought(w: World) -> Bring:
    wallet.put_offer(w.brand, wallet.new_offer("old", "Old", Good.MONEY, amount_minor=100), **BY)
    made = Bring(Taken.VOUCHER, "OLD1", "VCH", 1, group="old")
    wallet.bring_vouchers([(None, made)], brand=w.brand, run=uuid7(), **BY)
    return made


def card_brought(w: World) -> str:
    card = CardIn(uuid7(), customer(w, "+16125550133"), "OLD0001", "active")
    customers.bring_cards([card], brand=w.brand, run="r", **BY)
    return card.number


def reconciled(w: World) -> UUID:
    offer = wallet.new_offer("old", "Old", Good.MONEY, amount_minor=100)
    wallet.put_offer(w.brand, offer, **BY)
    run = imports.receive(w.brand, "vouchers", "v.csv", b"code,offer\nOLD1,old\n", **BY)
    for ask in (imports.ask_check, imports.ask_start):
        ask(w.brand, run.id)
        assert list(imports.work(w.brand, run.id))
    return imports.reconcile(w.brand, imports.ask_reconciliation(w.brand, run.id, [], **BY).id).id


VERBS |= {
    "customers.bring_cards": card_brought,
    "customers.end_cards": lambda w: customers.end_cards([card_brought(w)], brand=w.brand, run="r", **BY),
    "imports.export_file": lambda w: list(imports.export_file(w.brand, "cards", "csv", "en", **BY)),
    "imports.sign_reconciliation": lambda w: imports.sign_reconciliation(w.brand, reconciled(w), by="second"),
    "wallet.bring_money": brought,
    "wallet.bring_points": points_brought,
    "wallet.bring_vouchers": voucher_brought,
    "wallet.close_shortfall": lambda w: wallet.close_shortfall(
        short(w), Resolution.COLLECTED, brand=w.brand, note="cash", **BY
    ),
    "wallet.drop_bonus_rule": lambda w: wallet.drop_bonus_rule("USD", "none", brand=w.brand, **BY),
    "wallet.expire_purses": ended,
    "wallet.freeze_purse": lambda w: wallet.freeze_purse(purse(w), brand=w.brand, **WHY),
    "wallet.issue_gifts": gift,
    "wallet.open_purse": purse,
    "wallet.give_packet": packet,
    "wallet.claim_packet": taken,
    "wallet.end_packets": over,
    "wallet.put_packet_limits": lambda w: wallet.put_packet_limits("USD", PacketLimits(), brand=w.brand, **BY),
    "wallet.pay_out": lambda w: wallet.pay_out(filled(w), 400, brand=w.brand, key="k", **WHY),
    "wallet.put_bonus_rule": lambda w: wallet.put_bonus_rule("USD", TEN, brand=w.brand, **BY),
    "wallet.put_stored_policy": lambda w: wallet.put_stored_policy("USD", {"hold_minutes": 5}, brand=w.brand, **BY),
    "wallet.replace_gift": lambda w: wallet.replace_gift(gift(w).purse_id, brand=w.brand, **WHY),
    "wallet.top_up": filled,
    "wallet.transfer": lambda w: wallet.transfer(
        filled(w), filled(w, "+16125550132"), 100, brand=w.brand, key="k", **WHY
    ),
    "wallet.unfreeze_purse": lambda w: wallet.unfreeze_purse(
        wallet.freeze_purse(purse(w), brand=w.brand, **WHY).id, brand=w.brand, **WHY
    ),
}
