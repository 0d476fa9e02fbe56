from __future__ import annotations

from datetime import date, timedelta

import pytest

from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.test_actions import BANK, CLEARING, DAY, SALES, TAX, a_sale, a_transfer
from datong.ledger.types import Account, Asked, shown

pytestmark = pytest.mark.django_db
NEXT = DAY + timedelta(1)


@pytest.fixture
def sold(brand):
    """Yesterday's web sale of 10.00 at store 1; a till sale of 5.00 the day after at store 2, a fee of no store."""
    first, second, near, far = uuid7(), uuid7(), uuid7(), uuid7()
    web = a_sale(1000, 80, first, dimensions={"channel": "web", "store": str(near), "campaign": "TEN"})
    till = a_sale(500, 40, second, dimensions={"channel": "till", "store": str(far)}, business_date=NEXT)
    fee = a_transfer(Account("expense:fee", "USD"), BANK, 7, business_date=NEXT)
    api.post([*web, *till, fee], brand=brand.id)
    return brand, first, second, near, far


def figures(report):
    return {(r.account.code, r.value): (r.opening_minor, r.debits_minor, r.credits_minor) for r in report.rows}


@pytest.mark.requirement("S-202", "S-203")
def test_a_report_tells_opening_movement_and_closing_by_any_dimension_in_one_statement(sold):
    brand, first, second, near, far = sold
    with in_brand(brand.id), count_statements() as seen:
        found = api.report(brand.id, Asked(since=NEXT, until=NEXT), by="channel")
    assert len(seen) == 1 and not found.more
    assert figures(found) == {
        ("asset:bank", ""): (0, 0, 7),
        ("asset:bank", "till"): (0, 500, 0),
        ("asset:bank", "web"): (1000, 0, 0),
        ("clearing:order", "till"): (0, 500, 500),
        ("clearing:order", "web"): (0, 0, 0),
        ("expense:fee", ""): (0, 7, 0),
        ("income:sales", "till"): (0, 0, 460),
        ("income:sales", "web"): (-920, 0, 0),
        ("liability:tax", "till"): (0, 0, 40),
        ("liability:tax", "web"): (-80, 0, 0),
    }
    assert sum(row.closing_minor for row in found.rows) == 0
    by_order = api.report(brand.id, Asked(codes=("income:",)), by="order")
    assert {r.value: shown(r.account, r.net_minor) for r in by_order.rows} == {str(first): 920, str(second): 460}
    by_store = api.report(brand.id, Asked(codes=("income:",)), by="store")
    assert {r.value: shown(r.account, r.net_minor) for r in by_store.rows} == {str(near): 920, str(far): 460}
    by_campaign = api.report(brand.id, Asked(codes=("income:",)), by="campaign")
    assert {r.value: shown(r.account, r.net_minor) for r in by_campaign.rows} == {"TEN": 920, "": 460}


def test_a_report_of_some_stores_counts_nothing_of_others(sold):
    brand, *_ids, far = sold
    found = figures(api.report(brand.id, Asked(stores=(far,))))
    assert found[("income:sales", "")] == (0, 0, 460) and ("expense:fee", "") not in found
    assert api.report(brand.id, Asked(stores=())).rows == ()


def test_from_a_figure_one_comes_to_its_entries(sold):
    brand, first, second, _near, _far = sold
    sales = api.entries(brand.id, Asked(codes=("income:sales",)))
    assert [p.transfer.subject_id for p in sales] == [first, second]
    later = api.entries(brand.id, Asked(codes=("income:sales",)), after=sales[0].transfer.id, limit=1)
    assert [p.transfer.subject_id for p in later] == [second]
    of_till = Asked(since=NEXT, until=NEXT, where={"channel": "till"}, codes=("clearing:",))
    assert [p.transfer.amount_minor for p in api.entries(brand.id, of_till)] == [500, 460, 40]
    unplaced = api.entries(brand.id, Asked(where={"channel": ""}))
    assert [p.transfer.amount_minor for p in unplaced] == [7]
    assert [p.transfer.amount_minor for p in api.entries(brand.id, Asked(where={"order": str(second)}))] == [
        500, 460, 40,
    ]  # fmt: skip
    assert api.entries(brand.id, Asked(until=date(2020, 1, 1))) == []


def test_what_is_no_dimension_and_no_order_is_refused(brand):
    with pytest.raises(BadValue):
        api.report(brand.id, Asked(), by="colour")
    with pytest.raises(BadValue):
        api.entries(brand.id, Asked(where={"order": "one"}))
    assert (SALES.kind, TAX.kind, CLEARING.kind) == ("income", "liability", "clearing")


@pytest.mark.requirement("S-200")
def test_what_is_told_from_the_totals_by_day_is_what_the_transfers_say_sealed_or_not(sold):
    brand, *_ = sold
    asked = [Asked(), Asked(since=NEXT), Asked(until=DAY), Asked(since=NEXT, until=NEXT), Asked(codes=("income:",))]

    def both():
        told = [figures(api.report(brand.id, each)) for each in asked]
        by_order = [api.report(brand.id, each, by="order").rows for each in asked]
        summed = []
        for rows in by_order:
            found: dict[tuple[str, str], tuple[int, int, int]] = {}
            for r in rows:
                key, mine = (r.account.code, ""), (r.opening_minor, r.debits_minor, r.credits_minor)
                found[key] = tuple(map(sum, zip(found.get(key, (0, 0, 0)), mine, strict=True)))
            summed.append(found)
        return told, summed

    with in_brand(brand.id), count_statements() as seen:
        api.report(brand.id, Asked(since=NEXT))
    assert len(seen) == 2
    told, summed = both()
    assert told == summed
    pages, key = [], None
    while True:
        page = api.report_page(brand.id, Asked(), **({"after": key} if key else {}), limit=2)
        pages += page.rows
        if (key := page.next) is None:
            break
    assert tuple(pages) == api.report(brand.id, Asked()).rows
    [total] = page.totals
    assert (total.closing_minor, total.debits_minor) == (0, total.credits_minor)
