"""Rows for the pages about money: what was taken over, platforms' coupons, the books."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from datong.access import api as access
from datong.access.types import Role
from datong.books import api as margins
from datong.brand import api as brands
from datong.channels.tests.conftest import House
from datong.channels.tests.test_coupon_pages import sell_coupons
from datong.fulfilment.types import FulfilmentKind
from datong.imports import api as imports
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.payments.types import PaymentMethod
from datong.site.testing.platforms import LocalMeituan
from datong.wallet import api as wallet
from datong.wallet.types.coupons import CouponRefused, Platform
from datong.wallet.types.groups import GroupDeal


def balances(house: House) -> UUID:
    """An import of balances that was compared: one row is there twice, one is nobody's."""
    for kind, data in (
        ("customers", b"number,name\nM-1,Ann\nM-2,Bo\n"),
        ("stored_value", b"member,principal\nM-1,12.50\nM-2,3.00\nM-2,3.00\nM-9,1.00\n"),
    ):
        run = imports.receive(house.brand.id, kind, f"{kind}.csv", data, by="kim")
        for ask in (imports.ask_check, imports.ask_start):
            ask(house.brand.id, run.id)
            assert list(imports.work(house.brand.id, run.id))
    imports.reconcile(house.brand.id, imports.ask_reconciliation(house.brand.id, run.id, [], by="kim").id)
    return run.id


def coupons(house: House, ann: UUID) -> str:
    """Two coupons of Meituan's were verified, one deal waits for its product; somebody waits in a group."""
    deal = GroupDeal(uuid7(), "five", "Five together", 3, 24, 300)
    wallet.put_group_deal(deal, brand=house.brand.id, by="kim")
    wallet.start_group(deal.id, customer_id=ann, key="g", method="cash", brand=house.brand.id, by="kim")
    with LocalMeituan() as server:
        sell_coupons(house, server)
        at = {"brand": house.brand.id, "store_id": house.near.id, "by": "kim", "asker": "kim"}
        wallet.verify_coupons(Platform.MEITUAN, "4455667788", 2, key="k", **at)
        with contextlib.suppress(CouponRefused):
            wallet.verify_coupons(Platform.MEITUAN, "4455660000", key="k2", **at)
    return "/coupons/"


def books(house: House) -> dict[str, list[str]]:
    day = ledger.rulebook(house.brand.id).business_date(clock.now())
    closed = (day - timedelta(days=1)).isoformat()
    client, where = house.client(), f"/days/FAR/{closed}/"
    first = ledger.first_day_of(house.brand.id, house.far.id)
    ledger.put_day_end(house.brand.id, 4, first + timedelta(days=30), by="fin", store_id=house.far.id)
    till = {"fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL, "completed": True, "store_code": "NEAR"}
    house.sold_elsewhere(1100)
    margins.keep_margins(house.brand.id, [house.place(house.intent("till", destination=None, **till)).order_id])
    client.post("/books/closing/", {"until": (day - timedelta(days=20)).isoformat(), "reason": "year end"})
    (asked,) = access.list_approvals(house.brand.id, kind="ledger.period").approvals
    house.client(Role.FINANCE).post(f"/approvals/{asked.id}/", {"do": "approve"})
    client.post(where, {"do": "count", "face-1000": "2"})
    client.post(where, {"do": "close", "deposit": "15.00"})
    client.post(f"/days/NEAR/{closed}/", {"do": "count", "face-1000": "2"})
    web = {"payment": PaymentMethod.PREPAID, "paid": True, "provider_ref": "every-1"}
    house.place(house.intent(**web))
    file = SimpleUploadedFile("bill.csv", b"order,amount,fee\nevery-1,11.00,0.07\nnobody,1.00,\n")
    days = {"from": day.isoformat(), "to": day.isoformat()}
    tea = brands.put_company(house.brand.id, "Tea Ltd", by="ann")
    margins.put_royalty(house.brand.id, tea.id, 500, day, by="ann")
    ledger.verify_now(house.brand.id, by="ann")
    moved = next(b.account for b in ledger.balances(house.brand.id) if b.debits_minor)
    taken = client.post("/books/statements/", {"account": "asset:provider:web", "file": file, **days})
    return {
        "books-bill": [taken.headers["Location"], taken.headers["Location"] + "?verdict=not_ours"],
        "store-day": [f"/days/NEAR/{day.isoformat()}/", f"/days/NEAR/{closed}/", where],
        "books-profit": ["/books/profit/", "/books/profit/?by=product"],
        "books-income": ["/books/income/", "/books/income/?by=store", "/books/income/?by=category"],
        "books-trial": ["/books/trial/", "/books/trial/?by=order"],
        "books-entries": ["/books/entries/?account=liability:sales"],
        "books-account": [f"/books/account/?account={moved.code}&currency={moved.currency}"],
        "day-ends": ["/days/ends/"],
        "books-holds": ["/books/holds/"],
        "books-proof": ["/books/proof/"],
        "books-companies": ["/books/companies/", "/books/trial/?by=company"],
        "books-royalty": [f"/books/companies/{tea.id}/royalty/"],
        "books-chart-line": ["/books/chart/1001/", "/books/chart/new/"],
        "books-rule": ["/books/rules/sale.goods/"],
    }
