"""What the pages of platforms' coupons show after the day: a dozen verified at stand-ins, a deal nobody knows."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from datong.brand.api import list_stores
from datong.catalog.api import list_items
from datong.customers.api import latest_customers
from datong.integration.local.coupons import LocalDouyin, LocalMeituan
from datong.kernel.ids import uuid7
from datong.site.demo.load import BY, Loaded
from datong.wallet import api as wallet
from datong.wallet.types.coupons import CouponRefused, Deal, Platform, Wanted
from datong.wallet.types.groups import GroupDeal

SET = {"dealId": 993507556, "dealTitle": "双人下午茶套餐", "dealPrice": 59.0, "dealMarketPrice": 88.0}
ODD = {**SET, "dealId": 993508812, "dealTitle": "周末聚会四人套餐"}
CUP = {"sku_id": "1770012", "title": "饮品单杯任选", "market_price": 2800, "groupon_type": 1}
FEN = {"original_amount": 1590, "pay_amount": 1290, "merchant_ticket_amount": 100, "list_market_amount": 2800}


def fill_coupon_pages(loaded: Loaded) -> None:
    """A few of each platform at three stores; the stand-ins are gone afterwards, the rows stay."""
    brand, chinese = loaded.brand.id, loaded.brand.locale.startswith("zh")
    stores, items = list_stores(brand)[:3], list_items(brand, limit=2)
    if wallet.list_coupons(brand, Wanted(), limit=1)[0] or not stores or len(items) < 2:
        return
    title, price = ("三人拼一杯" if chinese else "Three share a treat"), 100 * (9 if chinese else 3)
    deal = GroupDeal(uuid7(), "treat", title, 3, 24, price)
    wallet.put_group_deal(deal, brand=brand, by=BY)
    for n, hit in enumerate(latest_customers(brand, limit=5)):
        if n % 3 == 0:
            group = wallet.start_group(deal.id, customer_id=hit.id, key=f"demo {n}", method="cash", brand=brand, by=BY)
        else:
            wallet.join_group(group.id, customer_id=hit.id, key=f"demo {n}", method="cash", brand=brand, by=BY)
    with LocalMeituan() as meituan, LocalDouyin() as douyin:
        ours = (
            (Platform.MEITUAN, meituan.url, {"developer_id": "100001", "sign_key": "local-key"}, "shop-1"),
            (Platform.DOUYIN, douyin.url, {"client_key": "aw-local", "client_secret": "local-secret"}, "poi-1"),
        )
        for platform, url, secrets, mark in ours:
            shops = {store.id: mark for store in stores}
            wallet.put_coupon_platform(platform, brand=brand, by=BY, secrets=secrets, shops=shops, base_url=url)
        deals = [
            Deal(Platform.MEITUAN, str(SET["dealId"]), "", items[0].sku),
            Deal(Platform.DOUYIN, str(CUP["sku_id"]), "", items[1].sku),
        ]
        wallet.put_coupon_deals(deals, brand=brand, by=BY)
        for n, store in enumerate(stores):
            at: dict[str, Any] = {"brand": brand, "store_id": store.id, "by": BY, "asker": BY}
            meituan.sell([f"44556677{n}0", f"44556677{n}1"], SET, order=f"mt-{n}", merchant="4")
            douyin.sell([f"10203040506{n}"], CUP, FEN, order=f"dy-{n}")
            wallet.verify_coupons(Platform.MEITUAN, f"44556677{n}0", 2, key=f"demo mt {n}", **at)
            wallet.verify_coupons(Platform.DOUYIN, f"10203040506{n}", key=f"demo dy {n}", alone=n == 0, **at)
        meituan.sell(["4455660000"], ODD, order="odd")
        with suppress(CouponRefused):
            wallet.verify_coupons(Platform.MEITUAN, "4455660000", key="demo odd", **at)
