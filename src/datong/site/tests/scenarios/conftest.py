"""Doors of one brand: the web shop, a till, a program, a marketplace, the console."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.test import Client

from datong.access import api as access
from datong.access.types import Role, Scope
from datong.brand import api as brands
from datong.brand.types import SHOP_CODE, Brand
from datong.brand.types.entries import Entry, EntryType, Opens
from datong.catalog import api as catalog
from datong.catalog.types import Price
from datong.channels.shop.door import SESSION_COOKIE, SESSION_SALT
from datong.channels.tests.conftest import House, open_house
from datong.channels.tests.every_shop import open_shop
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.relay import Consumer, Delivered
from datong.orders import api as orders
from datong.orders.api import BoardFilter, OrderView
from datong.orders.subscribers import CONSUMERS
from datong.orders.types import Amounts, IntentLine
from datong.payments.types import PaymentMethod
from datong.tills import api as tills

TOLD = """
    SELECT id, aggregate, name, version, payload FROM kernel_outboxevent
     WHERE brand_id = %(brand)s AND id > %(after)s ORDER BY id
"""


@dataclass
class Doors:
    """`home` is the address of the shop; `till_key` opens the till's addresses, `app_key` the API."""

    house: House
    home: str
    till_key: str
    app_key: str
    channel: UUID
    heard: dict[str, UUID] = field(default_factory=dict)

    @property
    def brand(self) -> UUID:
        return self.house.brand.id

    def entry(self, kind: EntryType, title: str = "Window", **fields: Any) -> Entry:
        begun = clock.now() - timedelta(minutes=5)
        plain = Entry(uuid7(), "", kind, title, Opens.SHOP, begun, store_id=self.house.near.id)
        return brands.make_entries(self.brand, [replace(plain, **fields)], by="ann")[0]

    def api(self, method: str, path: str, key: str, body: Any = None) -> Any:
        raw = json.dumps(body, default=str).encode() if body is not None else b""
        headers = {"Authorization": f"Bearer {key}"}
        return Client().generic(method, path, raw, content_type="application/json", headers=headers)

    def buy(self, client: Client, **typed: str) -> OrderView:
        """A cup through the shop's own pages, fetched at the near store unless said."""
        client.post(f"{self.home}basket/add/CUP/", {"units": "1"})
        form = {"how": "pickup", "store": "NEAR", "name": "Ann", "phone": "+16125550100", "order": "1", **typed}
        page = client.get(f"{self.home}checkout/").content.decode()
        for _ in range(2):
            hidden = dict(re.findall(r'name="(version|total)" value="(\d+)"', page))
            answer = client.post(f"{self.home}checkout/", {**form, **hidden})
            page = answer.content.decode()
            if answer.status_code == 302:
                break
        assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", page)[-1500:]
        (row,) = orders.board(self.brand, BoardFilter(limit=1)).rows
        found = orders.order_page(self.brand, row.id)
        self.hear()
        return found

    def hand_over(self, order: OrderView) -> OrderView:
        """The store does its part, and its order hears of it."""
        wanted = [task.id for task in fulfilment.tasks_of(self.brand, [order.id])]
        for state in (TaskState.ACCEPTED, TaskState.READY, TaskState.DONE):
            fulfilment.advance(wanted, state, brand=self.brand, by="mia")
        self.hear()
        return orders.order_page(self.brand, order.id)

    def logged_in(self, phone: str) -> Client:
        """A browser whose owner has shown that they read messages to this phone."""
        asked = customers.ask_sign_in(Identity(IdentityKind.PHONE, phone), brand=self.brand, asker="here")
        _, session = customers.sign_in(asked.token, asked.code, brand=self.brand, channel_id=self.channel)
        browser = Client()
        browser.cookies[SESSION_COOKIE] = signing.dumps([str(self.brand), session], salt=SESSION_SALT)
        return browser

    def hear(self, consumers: Sequence[Consumer] = CONSUMERS) -> None:
        """What happened is told to who listens (orders), as the relay would, until nothing is new."""
        who = consumers[0].name
        for _ in range(10):
            with in_brand(self.brand):
                found = rows(TOLD, {"brand": self.brand, "after": self.heard.get(who, UUID(int=0))})
            if not found:
                return
            self.heard[who] = found[-1][0]
            events = [
                Delivered(*row[:4], json.loads(row[4]) if isinstance(row[4], str) else row[4], "") for row in found
            ]
            with in_brand(self.brand):
                for consumer in consumers:
                    if mine := [event for event in events if event.name in consumer.names]:
                        consumer.handler(mine)

    def sale(self, associate: str = "", store: str = "NEAR", **more: Any) -> OrderView:
        """A cup at the till."""
        made = self.house.place(
            self.house.intent(
                "till", fulfilment=FulfilmentKind.TILL, payment=PaymentMethod.TILL, paid=True, completed=True,
                store_code=store, amounts=Amounts(goods=1200, paid=1200), associate=associate, destination=None,
                placed_at=clock.now(), lines=(IntentLine(1, "CUP", 1, 1200),), **more,
            )
        )  # fmt: skip
        self.hear()
        return orders.order_page(self.brand, made.order_id)

    def credit(self, order: OrderView) -> list[tuple[str, UUID | None, int]]:
        lines = orders.credit_lines_of(self.brand, [order.id]).get(order.id, [])
        return [(line.role.value, line.store_id, line.amount_minor) for line in lines]

    def reprice(self, minor: int, at: Any) -> None:
        catalog.put_prices(self.brand, [Price("CUP", minor, at)])

    def staff(self, role: Role = Role.HQ) -> Client:
        return self.house.client(role)


@pytest.fixture
def doors(brand: Brand) -> Doors:
    house = open_house(brand)
    home = open_shop(house)
    made = tills.register(house.brand.id, house.near.id, "Counter 1", by="mia")
    channel = next(c.id for c in brands.list_channels(house.brand.id) if c.code == SHOP_CODE)
    key = access.create_client(house.brand.id, channel, "app", list(Scope), by="ann").key
    return Doors(house, home, made.key, key, channel)
