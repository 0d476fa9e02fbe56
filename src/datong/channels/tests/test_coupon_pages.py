"""The pages of platforms' coupons: verify at the counter, see the day, map a deal, connect a platform."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.site.testing.platforms import LocalMeituan
from datong.wallet import api as wallet
from datong.wallet.types.coupons import Deal, Platform

CUPS = {"dealId": 993507556, "dealTitle": "Two cups", "dealPrice": 16.0, "dealMarketPrice": 24.0}


def sell_coupons(house: House, meituan: LocalMeituan) -> None:
    """Two coupons of a deal that is a product of ours, one of a deal nobody knows; the platform is connected."""
    meituan.sell(["4455667788", "4455667799"], CUPS, order="mt-1", merchant="1")
    meituan.sell(["4455660000"], {**CUPS, "dealId": 5, "dealTitle": "Unheard of"}, order="mt-2")
    secrets = {"developer_id": "100001", "sign_key": "local-key"}
    known = {"secrets": secrets, "shops": {house.near.id: "shop-1"}, "base_url": meituan.url}
    wallet.put_coupon_platform(Platform.MEITUAN, brand=house.brand.id, by="hq", **known)
    wallet.put_coupon_deals([Deal(Platform.MEITUAN, "993507556", "", "CUP")], brand=house.brand.id, by="hq")


@pytest.fixture
def meituan(house: House) -> Iterator[LocalMeituan]:
    with LocalMeituan() as server:
        sell_coupons(house, server)
        yield server


def typed(**fields: str) -> dict[str, str]:
    return {"platform": "meituan", "store": "NEAR", "code": "4455667788", **fields}


@pytest.mark.requirement("S-127")
def test_a_cashier_verifies_a_platforms_coupon_and_takes_it_back(house: House, meituan: LocalMeituan) -> None:
    till = house.client(Role.CASHIER)
    shown = till.post("/verify-coupon/", typed()).content.decode()
    assert "Two cups" in shown and "$24.00" in shown and "2 uses can be verified." in shown
    key = re.search(r'name="key" value="(\w+)"', shown)
    assert key
    wanted = typed(do="verify", count="2", key=key[1])
    for _ in range(2):
        done = till.post("/verify-coupon/", wanted).content.decode()
        assert "2 × $24.00" in done and "4455667788" not in done
    assert meituan.calls["consume"] == 1
    coupon = re.search(r'name="undo" value="([0-9a-f-]+)"', done)
    assert coupon
    assert till.post("/verify-coupon/", {"undo": coupon[1], "reason": "the wrong one"}).status_code == 302
    page = house.client(Role.MANAGER).get("/coupons/").content.decode()
    assert "1 coupon on" in page and "taken back" in page and "$15.00" in page
    told = b"".join(house.client(Role.MANAGER).get("/coupons.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert told.count("****") == 2 and "16.00,15.00,0.00,1.00,24.00,15.00" in told
    assert house.client(Role.AUDITOR).post("/verify-coupon/", wanted).status_code == 403


def test_a_deal_nobody_mapped_is_refused_with_the_way_to_map_it(house: House, meituan: LocalMeituan) -> None:
    head = house.client(Role.HQ)
    no = head.post("/verify-coupon/", typed(code="4455660000", do="verify", count="1", key="k"))
    assert (
        no.status_code == 422 and "Nobody has said yet" in no.content.decode() and "Unheard of" in no.content.decode()
    )
    assert "Unheard of" in head.get("/coupons/deals/").content.decode()
    wrong = head.post("/coupons/deals/", {"platform": "meituan", "deal_id": "5", "sku": "NO"})
    assert wrong.status_code == 422 and "no product" in wrong.content.decode()
    lines = "meituan,5,CUP,20.00\ndouyin,177,CUP"
    assert head.post("/coupons/deals/", {"lines": lines}).status_code == 302
    yes = head.post("/verify-coupon/", typed(code="4455660000", do="verify", count="1", key="k2", alone="on"))
    assert yes.status_code == 200 and "sale by itself" in yes.content.decode() and "$20.00" in yes.content.decode()
    assert house.client(Role.MANAGER).post("/coupons/deals/", {"lines": lines}).status_code == 403


def test_what_the_platform_has_not_answered_is_asked_again_with_the_same_key(
    house: House, meituan: LocalMeituan
) -> None:
    till = house.client(Role.CASHIER)
    meituan.troubles.append("500")
    first = till.post("/verify-coupon/", typed(do="verify", count="1", key="k"))
    assert first.status_code == 422 and "Ask again" in first.content.decode() and 'value="k"' in first.content.decode()


def test_a_platform_is_connected_and_its_credentials_are_never_shown(house: House, meituan: LocalMeituan) -> None:
    owner = house.client(Role.INTEGRATOR)
    given = {"platform": "douyin", "client_key": "aw1", "client_secret": "hush-hush", "active": "on",
             "base_url": "https://open.douyin.com", "stores": "NEAR 701\nFAR=702"}  # fmt: skip
    assert owner.post("/coupon-platforms/", {**given, "stores": "GONE 1"}).status_code == 422
    assert owner.post("/coupon-platforms/", {**given, "client_secret": ""}).status_code == 422
    assert owner.post("/coupon-platforms/", given).status_code == 302
    page = owner.get("/coupon-platforms/").content.decode()
    assert "2 stores verify here." in page and "hush-hush" not in page and "702" not in page
    assert house.client(Role.CASHIER).get("/coupon-platforms/").status_code == 403
