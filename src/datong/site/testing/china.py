"""A shop that issues tax invoices: a store, a web shop, tea and a cup with 13 % VAT inside; its worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from datong.brand.api import always_open, put_stores, register_channel, tree
from datong.brand.types import AddressText, Brand, Channel, ChannelKind, Store
from datong.catalog.api import put_items, put_prices, put_tax_rates
from datong.catalog.types import Item, ItemKind, Price, TaxRate
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.invoices import api
from datong.invoices.types import OWN, Buyer, Seller, StoredMode
from datong.kernel import clock
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

HOME = Point(121.47, 31.23)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TAX_NO = "91350100M000100Y43"  # the example of GB 32100-2015
SELLER = Seller(
    OWN, "打通茶饮有限公司", TAX_NO, "memory", "https://issuer.example", "app", "Li Lei", StoredMode.SPENDING,
    "3070401000000000000", "餐饮服务",
)  # fmt: skip
PERSON = Buyer("王芳", email="fang@example.com")
FIRM = Buyer("Leaf Trading", TAX_NO, "books@example.com")


@dataclass
class Shop:
    brand: Brand
    web: UUID
    minutes: int = -1
    _n: int = 0

    def place_one(self, *lines: tuple[str, int], **fields: Any) -> Any:
        self._n += 1
        plain = OrderIntent(
            channel_id=self.web,
            external_id=f"W-{self._n}",
            placed_at=clock.now() - timedelta(seconds=5),
            currency=self.brand.currency,
            lines=tuple(IntentLine(n, sku, units) for n, (sku, units) in enumerate(lines or [("TEA", 1)], 1)),
            fulfilment=FulfilmentKind.DELIVERY,
            payment=PaymentMethod.CASH_ON_DELIVERY,
            destination=Destination(AddressText(city="Shanghai"), HOME),
        )
        return orders.place([replace(plain, **fields)], brand=self.brand.id, actor="test")[0]

    def paid(self, *lines: tuple[str, int]) -> Any:
        return self.place_one(*lines, payment=PaymentMethod.PREPAID, paid=True)

    def ask(self, order: Any, buyer: Buyer = PERSON) -> Any:
        return api.ask_for_order(self.brand.id, order.order_id, buyer, by="customer")

    def back(self, order: Any, amount: int, key: str = "k") -> None:
        orders.give_back(order.order_id, amount_minor=amount, brand=self.brand.id, reason="spilt", key=key, who="ann")

    def send(self, rounds: int = 4) -> None:
        """Let the worker come round, eleven minutes later each time."""
        for _ in range(rounds):
            self.minutes += 1
            with clock.held_at(clock.now() + timedelta(minutes=11 * self.minutes)):
                api.send_due(self.brand.id)


def open_in_china(brand: Brand, secret: str = "s\nt", **seller: Any) -> Shop:  # noqa: S107 - opens nothing
    at: dict[str, Any] = {"place": HOME, "city": "Shanghai", "timezone": "Asia/Shanghai"}
    store = Store(uuid7(), "NEAR", "Xintiandi", hours=always_open(), serves_radius_m=20_000, **at)
    put_stores(brand.id, [store])
    channel = register_channel(brand.id, Channel(uuid7(), "web", "Web", ChannelKind.SITE, role="sell"))
    menu = (("TEA", "Green tea", ItemKind.ON_SITE, 500), ("CUP", "Cup", ItemKind.GOODS, 1200))
    items = {sku: Item(uuid7(), sku, title, kind) for sku, title, kind, _ in menu}
    put_items(brand.id, list(items.values()))
    put_prices(brand.id, [Price(sku, minor, LONG_AGO) for sku, _, _, minor in menu])
    put_stock(brand.id, [StockRow(store.id, item.id, 100) for item in items.values()])
    put_tax_rates(brand.id, [TaxRate("standard", 130_000, LONG_AGO)], inclusive=True)
    api.put_seller(brand.id, replace(SELLER, **seller), secret=secret, by="ann")
    return Shop(brand, channel.id)


def application(brand_id: UUID, order_id: UUID) -> UUID:
    """A customer's application that waits to be sent."""
    for company in (SELLER.company_id, *(each.id for each in tree(brand_id).companies)):
        seller = replace(SELLER, company_id=company, provider="nuonuo")
        api.put_seller(brand_id, seller, secret="s\nt", by="ann")  # noqa: S106 - opens nothing
    return api.ask_for_order(brand_id, order_id, PERSON, by="customer").id
