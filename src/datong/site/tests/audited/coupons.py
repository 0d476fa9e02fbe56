"""Platforms' coupons: who is asked, what a deal is, what was verified and taken back."""

from __future__ import annotations

from datong.integration.local.coupons import LocalMeituan
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.tests.audited.customers import SAME, customer
from datong.site.tests.audited.wallet import voucher
from datong.site.tests.audited.world import BY, LATER, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types.coupons import Coupon, Deal, Platform
from datong.wallet.types.groups import Group, GroupDeal

CUPS = {"dealId": 5, "dealTitle": "Two cups", "dealPrice": 16.0, "dealMarketPrice": 24.0}


def counter(w: World, server: LocalMeituan) -> None:
    secrets = {"developer_id": "100001", "sign_key": "local-key"}
    known = {"secrets": secrets, "shops": {w.near: "shop-1"}, "base_url": server.url}
    wallet.put_coupon_platform(Platform.MEITUAN, brand=w.brand, **known, **BY)


def mapped(w: World) -> int:
    return wallet.put_coupon_deals([Deal(Platform.MEITUAN, "5", "", "CUP")], brand=w.brand, **BY)


def verified(w: World, server: LocalMeituan) -> Coupon:
    server.sell(["4455667788"], CUPS, order="mt-1")
    counter(w, server)
    mapped(w)
    at = {"store_id": w.near, "asker": "till"}
    (made,) = wallet.verify_coupons(Platform.MEITUAN, "4455667788", key="k", brand=w.brand, **at, **BY)
    return made


def connect(w: World) -> None:
    with LocalMeituan() as server:
        counter(w, server)


def verify(w: World) -> None:
    with LocalMeituan() as server:
        verified(w, server)


def cancel(w: World) -> None:
    with LocalMeituan() as server:
        wallet.cancel_coupon(verified(w, server).id, brand=w.brand, **SAME)


def group_deal(w: World) -> GroupDeal:
    voucher(w)
    return wallet.put_group_deal(GroupDeal(uuid7(), "five", "Five together", 2, 24, 300), brand=w.brand, **BY)


def started(w: World) -> Group:
    who = customer(w, "+16125550111")
    return wallet.start_group(group_deal(w).id, customer_id=who, key="s", method="cash", brand=w.brand, **BY)


def joined(w: World) -> Group:
    who = customer(w, "+16125550112")
    return wallet.join_group(started(w).id, customer_id=who, key="j", method="cash", brand=w.brand, **BY)


def ended(w: World) -> int:
    started(w)
    with clock.held_at(LATER):
        return wallet.end_groups(w.brand)


VERBS |= {
    "wallet.put_group_deal": group_deal,
    "wallet.start_group": started,
    "wallet.join_group": joined,
    "wallet.end_groups": ended,
    "wallet.put_coupon_platform": connect,
    "wallet.put_coupon_deals": mapped,
    "wallet.verify_coupons": verify,
    "wallet.cancel_coupon": cancel,
}
