"""Baskets as they stand, and what they cost now."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from datong.catalog.api import delivery_fees, least_orders, quote
from datong.catalog.types import Ask, AskLine, FeeAsk, Quote
from datong.customers.api import records_of
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.orders import rules
from datong.orders.queries.near import foresee
from datong.orders.types import Basket, BasketLine, Foreseen, PricedBasket, PricedLine, Way

READ = """
    SELECT b.id, b.version, b.customer_id, b.changed_at, l.key, l.sku, l.units, l.options, l.seen_minor
      FROM orders_basket b
      LEFT JOIN orders_basketline l ON l.brand_id = b.brand_id AND l.basket_id = b.id
     WHERE b.brand_id = %(brand)s
       AND (b.id = %(id)s::uuid OR b.token_hash = %(token)s::text OR b.customer_id = ANY(%(customers)s::uuid[]))
     ORDER BY b.changed_at DESC, b.id, l.added_at, l.key
"""


def token_hash(token: str) -> str:
    """What is kept of a browser's token."""
    return sha256(token.encode()).hexdigest()


def basket_by_token(brand_id: UUID, token: str) -> Basket | None:
    """The basket of a browser, None when there is none; one statement."""
    return next(iter(_read(brand_id, token=token_hash(token))), None) if token else None


def baskets_of(brand_id: UUID, customer_id: UUID) -> list[Basket]:
    """The baskets of a person's records, latest first: one, and more for a moment after records were merged."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
        return _read(brand_id, customers=list(records))


def get_basket(brand_id: UUID, basket_id: UUID) -> Basket:
    found = _read(brand_id, basket_id=basket_id)
    if not found:
        raise NotFound(f"no basket {basket_id}")
    return found[0]


def _read(
    brand_id: UUID, *, basket_id: UUID | None = None, token: str | None = None, customers: Sequence[UUID] = ()
) -> list[Basket]:
    key = {"brand": brand_id, "id": basket_id, "token": token, "customers": list(customers)}
    with in_brand(brand_id):
        found = rows(READ, key)
    heads: dict[UUID, tuple[Any, ...]] = {}
    lines: dict[UUID, list[BasketLine]] = {}
    for row in found:
        heads.setdefault(row[0], row)
        if row[4] is not None:
            lines.setdefault(row[0], []).append(BasketLine(row[4], row[5], row[6], tuple(row[7]), row[8]))
    return [Basket(id_, row[1], row[2], row[3], tuple(lines.get(id_, ()))) for id_, row in heads.items()]


def price_basket(brand_id: UUID, basket: Basket, way: Way) -> PricedBasket:
    """What the basket costs now, this way: `catalog.quote` for store and moment, and the fee of the brand's table.

    The same that an order would cost; what changed since a line was put in is said of the line.
    """
    asked = tuple(AskLine(n, line.sku, line.units, line.options) for n, line in enumerate(basket.lines, 1))
    ask = Ask(
        way.channel_id, way.currency, clock.now(), asked, way.region,
        store_id=way.store_id, member=way.member, place=way.address,
    )  # fmt: skip
    with in_brand(brand_id):
        (priced,) = quote([ask], brand=brand_id)
        foreseen = _foreseen(brand_id, priced, way) if basket.lines and not priced.problems else None
        fee, least = _fee(brand_id, priced, way, foreseen)
    booked = rules.book_as_quoted(priced)
    if fee:
        booked = rules.with_delivery(booked, fee, priced)
    return PricedBasket(_lines(basket, priced), priced, fee, booked.total_minor, booked.tax_minor, foreseen, least)


def _foreseen(brand_id: UUID, priced: Quote, way: Way) -> Foreseen | None:
    if way.store_id is None and way.place is None:
        return None
    return foresee(
        brand_id,
        way.channel_id,
        priced.lines,
        fulfilment=way.fulfilment,
        place=way.place,
        store_id=way.store_id if way.fulfilment is not FulfilmentKind.DELIVERY else None,
        total_minor=priced.total_minor,
    )


def _fee(brand_id: UUID, priced: Quote, way: Way, foreseen: Foreseen | None) -> tuple[int, int]:
    """What bringing it costs, and what the goods must come to for it."""
    if way.fulfilment is not FulfilmentKind.DELIVERY or foreseen is None:
        return 0, 0
    asked = FeeAsk(foreseen.distance_m, priced.total_minor, way.address.region if way.address else "", clock.now())
    (least,) = least_orders(brand_id, [asked])
    if way.free_delivery:
        return 0, least
    (fee,) = delivery_fees(brand_id, [asked])
    return fee.minor if fee else 0, least


def _lines(basket: Basket, priced: Quote) -> tuple[PricedLine, ...]:
    wrong: dict[int, list[str]] = {}
    for problem in priced.problems:
        wrong.setdefault(problem.line_no, []).append(problem.code)
    return tuple(
        PricedLine(
            line,
            ours,
            line.seen_minor if ours.item_id and line.seen_minor != ours.unit_minor else None,
            tuple(wrong.get(ours.line_no, ())),
        )
        for line, ours in zip(basket.lines, priced.lines, strict=True)
    )


ORDERED = "SELECT order_id FROM orders_claim WHERE brand_id = %s AND channel_id = %s AND external_id = %s"


def ordered_basket(basket_id: UUID, version: int, channel_id: UUID, *, brand: UUID) -> UUID | None:
    """The order that a version of the basket became, None when it was not ordered."""
    with in_brand(brand):
        found = rows(ORDERED, [brand, channel_id, order_key(basket_id, version)])
    return found[0][0] if found else None


def order_key(basket_id: UUID, version: int) -> str:
    """The external id under which a version of a basket is ordered: once."""
    return f"{basket_id.hex}-{version}"
