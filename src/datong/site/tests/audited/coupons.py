"""Platforms' coupons: who is asked, what a deal is, what was verified and taken back."""

from __future__ import annotations

from datong.integration.local.coupons import LocalMeituan
from datong.site.tests.audited.customers import SAME
from datong.site.tests.audited.world import BY, VERBS, World
from datong.wallet import api as wallet
from datong.wallet.types.coupons import Coupon, Deal, Platform

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


VERBS |= {
    "wallet.put_coupon_platform": connect,
    "wallet.put_coupon_deals": mapped,
    "wallet.verify_coupons": verify,
    "wallet.cancel_coupon": cancel,
}
