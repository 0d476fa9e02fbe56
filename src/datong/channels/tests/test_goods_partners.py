"""Partners widen the range; the same item is compared between sellers; information stands beside services."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.types import (
    Ask,
    AskLine,
    Category,
    CategoryRun,
    ItemKind,
    Price,
    Product,
    ProductState,
    Variant,
    Words,
)
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.kernel import clock
from datong.kernel.ids import uuid7

GTIN = "4006381333931"


def sold(code: str, **fields: object) -> Product:
    basis = {"template": "retail", "title": code.title(), "variants": (Variant(code, gtin=GTIN),), "category": "home"}
    return Product(uuid7(), code, **{**basis, **fields}, state=ProductState.ON_SALE)  # type: ignore[arg-type]


@pytest.fixture
def range_(house: House) -> House:
    tree = [Category("home", "Home", run=CategoryRun.OPEN), Category("campus", "Campus")]
    catalog.put_categories(house.brand.id, tree, by="test")
    products = [sold("MUG"), sold("MUG-P", seller="Potter & Co"), sold("MUG-L", seller="Lena's kiln")]
    catalog.put_products(house.brand.id, products, by="test")
    prices = (("MUG", 1500), ("MUG-P", 1200), ("MUG-L", 1900))
    catalog.put_prices(house.brand.id, [Price(sku, n, clock.now() - timedelta(days=1)) for sku, n in prices])
    return house


@pytest.mark.requirement("S-131")
def test_goods_of_partners_stand_in_the_range_with_who_sells_them_and_can_be_sold(range_: House) -> None:
    client = range_.client(Role.MERCHANDISER)
    page = html.unescape(texts(client.get("/goods/?category=home")))
    assert "sold by Potter & Co" in page and "sold by Lena's kiln" in page
    assert "Potter & Co" in html.unescape(texts(client.get("/goods/p/MUG-P/")))
    (home,) = [
        c for c in catalog.coverage(range_.brand.id, list(range_.channels.values())) if c.category.code == "home"
    ]
    assert (home.products, home.open) == (3, True)
    ask = Ask(range_.channels["web"], "USD", clock.now(), (AskLine(1, "MUG-P", 2),))
    (quote,) = catalog.quote([ask], brand=range_.brand.id)
    assert (quote.total_minor, quote.problems) == (2400, ())


@pytest.mark.requirement("S-143")
def test_prices_of_the_same_item_are_compared_between_sellers_the_cheapest_first(range_: House) -> None:
    found = catalog.compare_prices(range_.brand.id, "MUG", clock.now())
    assert [(s.seller, s.sku, s.amount_minor) for s in found] == [
        ("Potter & Co", "MUG-P", 1200), ("", "MUG", 1500), ("Lena's kiln", "MUG-L", 1900),
    ]  # fmt: skip
    client = range_.client(Role.AGENT)
    page = client.get("/products/MUG/").content.decode()
    assert page.index("Potter &amp; Co") < page.index("cheapest") < page.index("Lena&#x27;s kiln")
    catalog.set_state(range_.brand.id, "MUG-P", ProductState.PAUSED, by="test")
    assert [s.sku for s in catalog.compare_prices(range_.brand.id, "MUG-L", clock.now())] == ["MUG", "MUG-L"]
    assert catalog.compare_prices(range_.brand.id, "CUP", clock.now()) == []
    assert "from other sellers" not in texts(client.get("/products/CUP/"))


@pytest.mark.requirement("S-145")
def test_information_pages_stand_beside_the_services_of_a_campus(house: House) -> None:
    catalog.put_categories(house.brand.id, [Category("campus", "Campus")], by="test")
    words = {"en": Words("Where to print", "Ground floor of the library, 8:00 to 22:00.")}
    notice = sold(
        "PRINT-INFO", template="information", kind=ItemKind.SERVICE, category="campus", variants=(), texts=words
    )
    errand = sold("ERRAND", template="errand", kind=ItemKind.SERVICE, category="campus", variants=(Variant("ERRAND"),))
    catalog.put_products(house.brand.id, [_idea(notice), _idea(errand)], by="test")
    client = house.client(Role.AGENT)
    page = texts(client.get("/goods/?category=campus"))
    assert "Where to print" in page and "Errand" in page
    assert "Ground floor of the library, 8:00 to 22:00." in texts(client.get("/goods/p/PRINT-INFO/"))


def _idea(product: Product) -> Product:
    """As it is while its facts are still to be filled in."""
    return Product(**{name: getattr(product, name) for name in product.__slots__ if name != "state"})
