"""Writes of baskets. A basket's own row is locked before its lines, and before everything an order of it takes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.orders.actions.hear import claimed
from datong.orders.actions.place import place
from datong.orders.queries.baskets import baskets_of, get_basket, order_key, price_basket, token_hash
from datong.orders.queries.promised import promise_of
from datong.orders.types import (
    MAX_BASKET_LINES,
    MAX_BASKET_UNITS,
    Accepted,
    Basket,
    BasketMoved,
    CheckOut,
    IntentLine,
    OrderIntent,
    OrderState,
    Outcome,
    Refused,
)

FORGET_AFTER = timedelta(days=60)
"""How long a basket that nobody touched, and nobody's name is on, is kept."""

OPEN = """
    INSERT INTO orders_basket (brand_id, id, token_hash, customer_id, version, changed_at)
    VALUES (%(brand)s, %(id)s, %(token)s, %(customer)s, 1, %(now)s)
    ON CONFLICT DO NOTHING
"""


def open_basket(brand: UUID) -> tuple[Basket, str]:
    """A new basket of a browser nobody is logged in at, and the token the browser keeps."""
    token, basket_id = secrets.token_urlsafe(24), uuid7()
    with in_brand(brand):
        key = {"brand": brand, "id": basket_id, "token": token_hash(token), "customer": None, "now": clock.now()}
        execute(OPEN, key)
        return get_basket(brand, basket_id), token


def basket_for(customer_id: UUID, *, brand: UUID) -> Basket:
    """The one basket of a customer, made when there is none; those of merged records are put together."""
    with in_brand(brand):
        found = baskets_of(brand, customer_id)
        if not found:
            key = {"brand": brand, "id": uuid7(), "token": None, "customer": customer_id, "now": clock.now()}
            execute(OPEN, key)
            found = baskets_of(brand, customer_id)
        first = found[0]
        for other in found[1:]:
            _pour(other.id, first.id, brand)
        return get_basket(brand, first.id) if len(found) > 1 else first


TOUCH = """
    UPDATE orders_basket SET version = version + 1, changed_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(basket)s RETURNING version
"""
PUT = """
    INSERT INTO orders_basketline (brand_id, basket_id, key, sku, options, units, seen_minor, added_at)
    VALUES (%(brand)s, %(basket)s, %(key)s, %(sku)s, %(options)s::text[], least(%(units)s, %(most)s), %(seen)s, %(now)s)
    ON CONFLICT (brand_id, basket_id, key) DO UPDATE
       SET units = least(CASE WHEN %(add)s THEN orders_basketline.units ELSE 0 END + excluded.units, %(most)s),
           seen_minor = excluded.seen_minor
"""
DROP = "DELETE FROM orders_basketline WHERE brand_id = %(brand)s AND basket_id = %(basket)s AND key = %(key)s"
COUNT = "SELECT count(*)::int FROM orders_basketline WHERE brand_id = %(brand)s AND basket_id = %(basket)s"


def put_in_basket(
    basket_id: UUID,
    sku: str,
    units: int,
    *,
    brand: UUID,
    seen_minor: int,
    options: Sequence[str] = (),
    add: bool = False,
) -> Basket:
    """Set how many of a SKU with these choices are in the basket (`add`: so many more); 0 takes it out.

    `seen_minor` is the price of a unit the customer saw. Raises NotFound for no such basket, BadValue for units beyond
    MAX_BASKET_UNITS or more than MAX_BASKET_LINES lines.
    """
    if not 0 <= units <= MAX_BASKET_UNITS:
        raise BadValue("units", units, f"0 to {MAX_BASKET_UNITS}")
    key = {
        "brand": brand, "basket": basket_id, "key": line_key(sku, options), "sku": sku, "options": sorted(options),
        "units": units, "most": MAX_BASKET_UNITS, "seen": seen_minor, "add": add, "now": clock.now(),
    }  # fmt: skip
    with in_brand(brand):
        if not rows(TOUCH, key):
            raise NotFound(f"no basket {basket_id}")
        execute(PUT if units else DROP, key)
        ((lines,),) = rows(COUNT, key)
        if lines > MAX_BASKET_LINES:
            raise BadValue("lines", lines, f"at most {MAX_BASKET_LINES} different products in a basket")
        return get_basket(brand, basket_id)


def line_key(sku: str, options: Sequence[str]) -> str:
    """What tells lines apart: the SKU with its choices, in whatever order they were made."""
    return sha256("\0".join([sku, *sorted(options)]).encode()).hexdigest()[:40]


POUR = """
    INSERT INTO orders_basketline (brand_id, basket_id, key, sku, options, units, seen_minor, added_at)
    SELECT brand_id, %(into)s, key, sku, options, units, seen_minor, added_at FROM orders_basketline
     WHERE brand_id = %(brand)s AND basket_id = %(from)s ORDER BY key
    ON CONFLICT (brand_id, basket_id, key) DO UPDATE SET units = greatest(orders_basketline.units, excluded.units)
"""
LOCK = "SELECT id FROM orders_basket WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"
EMPTY = "DELETE FROM orders_basketline WHERE brand_id = %(brand)s AND basket_id = %(basket)s"
GONE = "DELETE FROM orders_basket WHERE brand_id = %(brand)s AND id = %(from)s"


def join_baskets(token: str, customer_id: UUID, *, brand: UUID) -> Basket:
    """The basket of this browser becomes part of the customer's own; of what is in both, the larger number stays.

    The larger and not the sum: who put two cups in on the phone and again on the computer means two. The same again
    changes nothing.
    """
    with in_brand(brand):
        mine = basket_for(customer_id, brand=brand)
        found = rows("SELECT id FROM orders_basket WHERE brand_id = %s AND token_hash = %s", [brand, token_hash(token)])
        for (other,) in found:
            _pour(other, mine.id, brand)
        return get_basket(brand, mine.id)


def _pour(source: UUID, target: UUID, brand: UUID) -> None:
    key = {"brand": brand, "from": source, "into": target, "ids": [source, target], "basket": target}
    key["now"] = clock.now()
    if len(rows(LOCK, key)) < 2:
        return  # somebody else did it a moment ago
    execute(POUR, key)
    execute(EMPTY, {"brand": brand, "basket": source})
    execute(GONE, key)
    rows(TOUCH, key)


UNPROMISED = "UPDATE orders_order SET promised_at = NULL WHERE brand_id = %(brand)s AND id = %(order)s"


def check_out(basket_id: UUID, wanted: CheckOut, *, brand: UUID, actor: str) -> Outcome:
    """Order all of a basket, once: the same version of it again gives the first order, whatever is in it now.

    So a double click, a second tab and the back button come to the one order. Raises BasketMoved when the basket or
    its total is not what the customer saw, Conflict when it is empty, NotFound when there is none. The order and the
    emptied basket are one commit.
    """
    external_id = order_key(basket_id, wanted.version)
    with in_brand(brand, may_fail=True):
        if not rows(LOCK, {"brand": brand, "ids": [basket_id]}):
            raise NotFound(f"no basket {basket_id}")
        channel = wanted.way.channel_id
        before = claimed([(channel, external_id)], brand=brand).get((channel, external_id))
        if before is not None:
            return Accepted(
                before.order_id, before.number, OrderState(before.state), (), wanted.total_minor, wanted.way.currency,
                repeat=True,
            )  # fmt: skip
        basket = get_basket(brand, basket_id)
        if not basket.lines:
            raise Conflict("the basket is empty")
        priced = price_basket(brand, basket, wanted.way)
        if basket.version != wanted.version or (priced.sellable and priced.total_minor != wanted.total_minor):
            raise BasketMoved(priced.total_minor)
        if priced.sellable and priced.missing_minor:
            fix = f"goods for {priced.missing_minor} more: at least {priced.least_minor} are brought there"
            return Refused("below_minimum", (Problem("/lines", "below_minimum", fix, priced.quote.total_minor),))
        promise = promise_of(brand, priced.foreseen) if wanted.way.fulfilment is FulfilmentKind.DELIVERY else None
        intent = replace(_intent(basket, wanted, external_id), promised_at=promise.until if promise else None)
        (outcome,) = place([intent], brand=brand, actor=actor)
        if isinstance(outcome, Accepted):
            if promise and outcome.state is OrderState.BACKORDER:  # what was foreseen went meanwhile
                execute(UNPROMISED, {"brand": brand, "order": outcome.order_id})
            key = {"brand": brand, "basket": basket_id, "now": clock.now()}
            execute(EMPTY, key)
            rows(TOUCH, key)
        return outcome


def _intent(basket: Basket, wanted: CheckOut, external_id: str) -> OrderIntent:
    return OrderIntent(
        channel_id=wanted.way.channel_id,
        external_id=external_id,
        placed_at=clock.now(),
        currency=wanted.way.currency,
        lines=tuple(
            IntentLine(n, line.sku, line.units, options=line.options) for n, line in enumerate(basket.lines, 1)
        ),
        fulfilment=wanted.way.fulfilment,
        payment=wanted.payment,
        store_code=wanted.store_code,
        destination=wanted.destination,
        contact=wanted.contact,
        identities=wanted.identities,
        note=wanted.note,
        referred_by=wanted.came.referred_by,
        entry_id=wanted.came.entry_id,
        visit_id=wanted.came.visit_id,
        associate=wanted.came.associate,
    )


OLD = """
    SELECT id FROM orders_basket WHERE brand_id = %(brand)s AND changed_at < %(old)s AND customer_id IS NULL
     ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""
SWEEP_LINES = "DELETE FROM orders_basketline WHERE brand_id = %(brand)s AND basket_id = ANY(%(ids)s::uuid[])"
SWEEP = "DELETE FROM orders_basket WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])"


def sweep_baskets(brand: UUID, *, limit: int = 1000) -> int:
    """Forget baskets of nobody that were not touched for FORGET_AFTER; how many."""
    with in_brand(brand):
        key = {"brand": brand, "old": clock.now() - FORGET_AFTER, "limit": limit}
        key["ids"] = [basket for (basket,) in rows(OLD, key)]
        execute(SWEEP_LINES, key)
        return execute(SWEEP, key)
