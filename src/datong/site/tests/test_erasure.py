"""A person who is erased is in no column of any table any more; books, orders and statistics say the same as before."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from datong.access import api as access
from datong.access.types import Role, Staff
from datong.brand.types import AddressText
from datong.channels.tests.conftest import HOME, SECRET, House, open_house, shopify_order
from datong.customers import api as customers
from datong.customers.types import (
    Asked,
    Identity,
    IdentityKind,
    Means,
    Purpose,
    RequestState,
    Said,
    Step,
    StepKind,
    TouchKind,
)
from datong.integration import api as integration
from datong.integration.types import Request
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict, NotAllowed
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.orders import api as orders
from datong.orders.types import Contact, Destination
from datong.risk import api as risk
from datong.risk.types import ListEntry, ListKind

PHONE, EMAIL, NAME, STREET = "+16125550177", "zoe.quill@example.com", 'Zoë "Z" Quill-O\'Hara', "77 Quillback Lane"
TRACES = ("5550177", "zoe.quill", "Quill", "Quillback", "wx-zoe-open", "M-ZOE-7")
SIGNS = (
    Identity(IdentityKind.PHONE, PHONE, verified=True),
    Identity(IdentityKind.EMAIL, EMAIL, verified=True),
    Identity(IdentityKind.WECHAT_OPENID, "app:wx-zoe-open", verified=True),
    Identity(IdentityKind.CARD, "M-ZOE-7", verified=True),
)


@pytest.fixture
def house(committed_db: str, make_brand: Any) -> House:
    return open_house(make_brand())


def staff(house: House, role: Role) -> Staff:
    found = access.staff_of(house.users[role], house.brand.id)
    assert found
    return found


def bought(house: House, channel: str = "web", **fields: Any) -> UUID:
    intent = house.intent(channel, **fields)
    to = Destination(AddressText(line=STREET, city="Minneapolis"), HOME)
    told: dict[str, Any] = {
        "contact": Contact(name=NAME, phone=PHONE, email=EMAIL),
        "destination": to,
        "note": f"ring {NAME} twice",
    }
    return house.place(replace(intent, **told)).order_id


def deliver(house: House, number: int, quantity: int = 1) -> None:
    """A Shopify delivery of hers: one that becomes an order, or cannot be read and stays in the inbox."""
    body = shopify_order(quantity=quantity, number=number)
    body |= {"email": EMAIL.title(), "phone": PHONE, "note": f"for {NAME}"}
    body["shipping_address"] |= {"name": NAME, "address1": STREET}
    raw = json.dumps(body).encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
    headers = {"x-shopify-topic": "orders/create", "x-shopify-hmac-sha256": signature}
    integration.receive(house.door, Request(raw, headers))
    integration.drain(house.brand.id)


def lived(house: House) -> UUID:
    """Zoë bought at three doors by two records, was written to and about; all of it is with her by now."""
    brand = house.brand.id
    orders_of = [bought(house, identities=SIGNS[:3]), bought(house, "market", identities=SIGNS[3:])]
    bought(house)  # nothing verified: her phone is a contact only
    deliver(house, 9001)
    deliver(house, 9002, quantity=-3)
    one, other = (orders.order_page(brand, each).customer_id for each in orders_of)
    assert one and other and one != other
    evidence = [SIGNS[0], SIGNS[3]]
    customers.merge(one, other, brand=brand, by="eva", reason=f"{NAME} showed both", evidence=evidence)
    customers.add_touch(one, TouchKind.CONTACT, f"{NAME} called from {PHONE}", brand=brand, by="eva")
    customers.add_touch(one, TouchKind.FOLLOW_UP, f"write to {EMAIL}", brand=brand, by="eva", due=clock.now().date())
    about = [(Purpose.MARKETING, Means.EMAIL)]
    customers.say_consent(one, about, Said.GIVEN, brand=brand, by="eva", source="console", text_version="v1")
    step = Step(uuid7(), one, StepKind.SEARCHED, house.channels["web"], clock.now(), "quill pens for Zoë")
    customers.record_steps([step], brand=brand)
    risk.put_entries(brand, [ListEntry(ListKind.BLOCK, PHONE, f"{NAME} did not pay", "eva", shadow=True)])
    audit.record(brand=brand, actor="eva", verb="x.note", subject=f"customer {one}", after={"said": f"to {NAME}"})
    audit.record(brand=brand, actor="eva", verb="x.note", subject="till", reason=f"somebody at {PHONE} complained")
    with in_brand(brand):
        execute("UPDATE orders_order SET state = 'completed' WHERE brand_id = %s", [brand])
    return one


SUMS = {
    "orders": "SELECT count(*), sum(total_minor), sum(tax_minor), sum(units), sum(distance_m) FROM orders_order",
    "lines": "SELECT count(*), sum(total_minor), sum(units), string_agg(title, ',' ORDER BY title) FROM orders_line",
    "events": "SELECT kind, count(*) FROM orders_event GROUP BY 1 ORDER BY 1",
    "stock": "SELECT sum(on_hand), sum(reserved) FROM inventory_stock",
    "transfers": "SELECT count(*), sum(amount_minor) FROM ledger_transfer",
    "by customer": "SELECT customer_id, count(*), sum(total_minor) FROM orders_order GROUP BY 1 ORDER BY 1",
    "deliveries": "SELECT state, count(*) FROM integration_inbox GROUP BY 1 ORDER BY 1",
    "consents": "SELECT purpose, means, said, at FROM customers_consent",
}


def figures(house: House) -> dict[str, Any]:
    """What must say the same: orders, lines, stock, money, statistics."""
    with in_brand(house.brand.id):
        found: dict[str, Any] = {name: rows(sql) for name, sql in SUMS.items()}
    return found | {"books": ledger.check(house.brand.id), "proof": orders.proof(house.brand.id).sound}


WORDS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       AND format_type(a.atttypid, NULL) ~ '^(text|character varying|jsonb?|bytea)'
"""
"""Every column of every table in which words can stand, as the database tells: lists and bytes too."""


def where_found() -> list[str]:
    """'table.column: trace' wherever something of Zoë stands, in any case of letters."""
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(WORDS)
        for table, column, kind in cursor.fetchall():
            text = f"""encode("{column}", 'escape')""" if kind == "bytea" else f'"{column}"::text'
            like = f"""SELECT DISTINCT t FROM unnest(%s::text[]) t JOIN "{table}" ON {text} ILIKE '%%' || t || '%%'"""  # noqa: S608
            cursor.execute(like, [list(TRACES)])
            found += [f"{table}.{column}: {trace}" for (trace,) in cursor.fetchall()]
    return sorted(found)


def test_nothing_of_an_erased_person_is_left_anywhere_and_the_books_say_the_same(house: House) -> None:
    brand = house.brand.id
    zoe = lived(house)
    held = customers.export_person(zoe, brand=brand, by="eva", reason="asked by letter")
    told = json.dumps(held, default=str, ensure_ascii=False)
    assert [
        trace for trace in ("5550177", EMAIL, "wx-zoe-open", "M-ZOE-7", STREET, "quill pens") if trace not in told
    ] == []
    assert len(where_found()) > 10
    before = figures(house)
    asked = customers.ask_erasure(zoe, brand=brand, by=staff(house, Role.OWNER), reason=f"{NAME} asked by letter")
    assert (asked.state, asked.what) == (RequestState.WAITING, Asked.ERASURE)
    assert customers.ask_erasure(zoe, brand=brand, by=staff(house, Role.HQ), reason="again").id == asked.id
    assert customers.erase_next(brand=brand) is None  # nobody does it alone, not even the owner
    assert asked.approval_id
    for role in (Role.OWNER, Role.MERCHANDISER):
        with pytest.raises(NotAllowed):
            access.decide(asked.approval_id, brand=brand, by=staff(house, role), approve=True)
    access.decide(asked.approval_id, brand=brand, by=staff(house, Role.HQ), approve=True)
    done = customers.erase_next(brand=brand)
    assert done and done.id == asked.id and customers.erase_next(brand=brand) is None
    assert where_found() == []
    assert figures(house) == before
    (kept,) = [one for one in customers.data_requests_of(brand, zoe) if one.what is Asked.ERASURE]
    assert (kept.state, kept.asked_by) == (RequestState.DONE, staff(house, Role.OWNER).username)
    assert kept.counts["customers.identities"] == 4 and kept.counts["integration.deliveries"] == 2
    again = orders.order_page(brand, bought(house, identities=SIGNS[:1])).customer_id
    assert again and again not in customers.records_of(brand, [zoe])[zoe]


def test_what_stands_against_it_is_said_and_nothing_is_lost(house: House) -> None:
    order = orders.order_page(house.brand.id, bought(house, identities=SIGNS[:1]))
    assert order.customer_id
    with pytest.raises(Conflict, match="orders under way: 1"):
        customers.ask_erasure(order.customer_id, brand=house.brand.id, by=staff(house, Role.HQ), reason="asked")
    assert orders.order_page(house.brand.id, order.id) == order
    assert customers.data_requests_of(house.brand.id, order.customer_id) == []
