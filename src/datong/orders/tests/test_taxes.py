"""Tax of an order: where it is due, kept rate by rate, posted by jurisdiction, given back to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from datong.access.types import Role, Staff
from datong.brand.api import put_stores
from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.catalog.types import Certificate, Jurisdiction, PriceList, Row, TaxLevel, TaxRate, TaxRounding
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, report
from datong.ledger.types import Asked
from datong.orders import api
from datong.orders.tests.conftest import HOME, LONG_AGO, forget, phone, sound
from datong.orders.types import Accepted, Amounts, Destination
from datong.payments.types import PaymentMethod

JURISDICTIONS = [
    Jurisdiction("US-MN", "Minnesota", TaxLevel.REGION, "US", ("MN", "Minnesota")),
    Jurisdiction("mpls", "Minneapolis", TaxLevel.CITY, "US", ("MN", "Minnesota"), ("Minneapolis",), ("55401",), True),
]
RATES = [TaxRate("standard", 68_750, LONG_AGO, "US-MN"), TaxRate("standard", 5_000, LONG_AGO, "mpls")]
DOWNTOWN = Destination(AddressText("1 Main St", "Minneapolis", "MN", "55401", "US"), HOME)
EDINA = Destination(AddressText("1 France Ave", "Edina", "MN", "55424", "US"), HOME)
WISCONSIN = Destination(AddressText("1 Main St", "Hudson", "WI", "54016", "US"), HOME)


def taxed(shop, *, inclusive=False, **terms):
    """The brand owes tax to Minnesota and Minneapolis; NEAR is there, FAR is in Edina."""
    catalog.put_jurisdictions(shop.brand.id, JURISDICTIONS)
    catalog.put_tax_rates(shop.brand.id, RATES, inclusive=inclusive)
    catalog.put_tax_terms(shop.brand.id, PriceList("", "USD", inclusive, **terms), by="ann")
    near = replace(shop.near, region="MN", country="US", postcode="55401")
    far = replace(shop.far, city="Edina", region="MN", country="US", postcode="55424")
    put_stores(shop.brand.id, [near, far])
    forget(shop)
    return shop


def kept(shop, outcome):
    with in_brand(shop.brand.id):
        return rows(
            "SELECT part, jurisdiction, rate_ppm, base_minor, tax_minor FROM orders_tax WHERE order_id = %s ORDER BY n",
            [outcome.order_id],
        )


def nets(shop):
    return {b.account.code: b.debits_minor - b.credits_minor for b in balances(shop.brand.id)}


def owed(shop):
    """Tax that stands in the books, by jurisdiction."""
    found = report(shop.brand.id, Asked(codes=("liability:tax",)), by="jurisdiction").rows
    return {row.value: -row.closing_minor for row in found}


def a_fee(shop, minor):
    table = replace(catalog.FIRST_TABLES["delivery_fee"], rows=(Row(("", "", ""), (str(minor),), "flat"),))
    version = catalog.put_table(shop.brand.id, table, by="test")
    who = Staff(uuid7(), shop.brand.id, "owner", Role.OWNER)
    catalog.publish_table(shop.brand.id, version.id, by=who, reason="test")


def test_a_delivery_is_taxed_where_it_goes_and_a_pickup_at_its_store(shop):
    taxed(shop)
    home, edina, other = (shop.place_one(("TEA", 2), destination=to) for to in (DOWNTOWN, EDINA, WISCONSIN))
    assert kept(shop, home) == [("goods", "mpls", 5_000, 1000, 5), ("goods", "US-MN", 68_750, 1000, 69)]
    assert kept(shop, edina) == [("goods", "US-MN", 68_750, 1000, 69)]
    assert (home.total_minor, edina.total_minor, other.total_minor) == (1074, 1069, 1000)
    far = {"fulfilment": FulfilmentKind.PICKUP, "store_code": "FAR", "destination": DOWNTOWN}
    assert shop.place_one(("TEA", 2), **far).total_minor == 1069
    (sale,) = shop.place(shop.till_sale(("TEA", 2)))
    assert sale.total_minor == 1074
    sound(shop)


def test_each_jurisdictions_tax_is_posted_apart_and_refunds_give_back_the_same_to_the_cent(shop):
    taxed(shop)
    outcome = shop.place_one(("TEA", 2), destination=DOWNTOWN)
    assert (nets(shop)["liability:tax"], nets(shop)["liability:sales"]) == (-74, -1000)
    assert owed(shop) == {"mpls": 5, "US-MN": 69}
    api.pay(outcome.order_id, amount_minor=1074, provider_ref="p", brand=shop.brand.id, who="ann")
    for n, amount in enumerate((333, 333, 333, 75)):
        api.give_back(
            outcome.order_id, amount_minor=amount, reason="spilt", key=f"k{n}", brand=shop.brand.id, who="ann"
        )
    found = nets(shop)
    assert (found["liability:tax"], found["liability:sales"], found["liability:refunds"]) == (0, 0, -1074)
    assert all(value == 0 for value in owed(shop).values())
    sound(shop)


def test_a_cancelled_order_owes_no_jurisdiction_anything(shop):
    taxed(shop)
    outcome = shop.place_one(("TEA", 2), destination=DOWNTOWN)
    api.cancel(outcome.order_id, brand=shop.brand.id, who="ann", reason="changed my mind")
    assert all(value == 0 for value in owed(shop).values())


@pytest.mark.parametrize(
    ("inclusive", "terms", "total", "delivery"),
    [
        (
            False,
            {},
            1000 + 74 + 500 + 37,
            [("delivery", "mpls", 5_000, 500, 3), ("delivery", "US-MN", 68_750, 500, 34)],
        ),
        (True, {}, 1500, [("delivery", "mpls", 5_000, 466, 2), ("delivery", "US-MN", 68_750, 466, 32)]),
        (False, {"delivery_tax_class": ""}, 1000 + 74 + 500, []),
    ],
)
def test_the_delivery_fee_is_taxed_as_its_class_says_inside_or_on_top(shop, inclusive, terms, total, delivery):
    taxed(shop, inclusive=inclusive, **terms)
    a_fee(shop, 500)
    outcome = shop.place_one(("TEA", 2), destination=DOWNTOWN, placed_at=clock.now())
    assert outcome.total_minor == total
    assert [row for row in kept(shop, outcome) if row[0] == "delivery"] == delivery
    inside = sum(row[-1] for row in delivery) if inclusive else 0
    assert nets(shop)["liability:delivery"] == -(500 - inside)
    assert nets(shop)["liability:tax"] == -sum(row[-1] for row in kept(shop, outcome))
    sound(shop)


def test_by_document_the_tax_of_lines_and_fee_is_rounded_once(shop):
    taxed(shop, tax_rounding=TaxRounding.DOCUMENT)
    a_fee(shop, 107)
    outcome = shop.place_one(("TEA", 1), ("CUP", 1), destination=DOWNTOWN, placed_at=clock.now())
    assert outcome.total_minor == 1807 + 133  # 133.266; by line it would be 36.875 + 88.5 + 7.891 = 134
    assert shop.page(outcome).tax_minor == 133 == sum(row[-1] for row in kept(shop, outcome))


def test_what_a_seller_laid_on_top_is_divided_as_we_would_have(shop):
    taxed(shop)
    amounts = Amounts(goods=1000, paid=1080, tax_added=80)
    (sold,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500), amounts=amounts, destination=DOWNTOWN))
    assert kept(shop, sold) == [("goods", "mpls", 5_000, 1000, 5), ("goods", "US-MN", 68_750, 1000, 75)]
    (abroad,) = shop.place(shop.sold_elsewhere(("TEA", 2, 500), amounts=amounts, destination=WISCONSIN))
    assert kept(shop, abroad) == [("goods", "", 0, 1000, 80)]
    assert owed(shop) == {"mpls": 5, "US-MN": 75, "all": 80}
    sound(shop)


def test_a_customer_with_a_certificate_pays_no_tax_between_its_days(shop):
    taxed(shop)
    one = {"destination": DOWNTOWN, "identities": (phone(),)}
    first = shop.place_one(("TEA", 2), **one)
    customer = shop.page(first).customer_id
    today = clock.now().date()
    school = Certificate(uuid7(), customer, "ST3-77", "school", today, today + timedelta(days=9), ("US-MN",))
    assert catalog.keep_certificate(shop.brand.id, school, by="ann")
    assert not catalog.keep_certificate(shop.brand.id, school, by="ann")
    second = shop.place_one(("TEA", 2), **one)
    assert (first.total_minor, second.total_minor) == (1074, 1005)
    assert shop.page(second).timeline[0].detail["tax_exempt"] == ["US-MN"]
    later = clock.now() + timedelta(days=10, seconds=1)
    with clock.held_at(later):
        assert shop.place_one(("TEA", 2), **one, placed_at=later).total_minor == 1074
    assert catalog.end_certificate(shop.brand.id, school.id, by="ann")
    assert shop.place_one(("TEA", 2), **one).total_minor == 1074


def test_taxes_add_nothing_to_the_statements_and_certificates_two(shop):
    def cost():
        mix = [shop.intent(("TEA", 1), identities=(phone(f"+1612555{n:04}"),)) for n in range(100, 110)]
        mix += [replace(o, external_id=f"P{o.external_id}", **pickup) for o in mix[:5]]
        with count_statements() as seen:
            assert all(isinstance(outcome, Accepted) for outcome in shop.place(*mix))
        return len([one for one in seen if "kernel_outboxevent\n     WHERE" not in one and "SAVEPOINT" not in one])

    pickup = {"fulfilment": FulfilmentKind.PICKUP, "store_code": "NEAR", "destination": None}
    cost()
    cost()
    plain = cost()
    taxed(shop)
    cost()
    with_tax = cost()
    assert with_tax <= plain <= 25
    catalog.keep_certificate(shop.brand.id, Certificate(uuid7(), uuid7(), "X", "school", clock.now().date()), by="ann")
    cost()
    assert cost() == with_tax + 2


def test_an_order_of_before_there_were_rows_gives_its_tax_back_whole(shop):
    taxed(shop)
    outcome = shop.place_one(("TEA", 2), destination=DOWNTOWN, payment=PaymentMethod.PREPAID, paid=True)
    parts = api.give_back(
        outcome.order_id, amount_minor=1074, reason="lost", key="k", brand=shop.brand.id, who="ann", done=True
    )
    assert parts.amount_minor == 1074 and nets(shop)["liability:tax"] == 0
