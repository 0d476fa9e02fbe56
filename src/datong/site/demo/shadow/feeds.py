"""The systems' own words: Shopify's and a marketplace's webhooks with their signatures, everybody else's exports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from datong.integration.types import Request
from datong.integration.wire.send.common import decimal
from datong.shadow.types import FeedKind
from datong.site.demo.dice import dice
from datong.site.demo.native import Gate, request_of
from datong.site.demo.shadow.today import by_file, erp_code, gtin_of
from datong.site.demo.shadow.types import Sale, Today
from datong.site.demo.types import Sending

BY_WEBHOOK = ("webshop", "quickbasket")
ORDER_HEAD = "order placed currency store fulfilment phone email lon lat sku units price"
ERP_HEAD = "order,reference,source,placed,currency,store,status,sku,quantity,unit price"
TWICE_PER_MILLE = 40


def webhooks(today: Today, channel: str, gate: Gate) -> Iterator[Request]:
    """Each order as the channel's own software sends it; a few are sent twice, as happens."""
    for sale in today.sales:
        if sale.order.channel == channel:
            request = request_of(Sending(sale.order.placed_at, sale.order), gate)
            yield request
            if dice("sent twice", sale.order.number).randrange(1000) < TWICE_PER_MILLE:
                yield request


def files(today: Today, *, few: bool = False) -> Iterator[tuple[str, FeedKind, str, bytes]]:
    """(system, kind, file name, content); the mapping file belongs to no system. `few`: only of the shelves and
    goods that the day touches."""
    world = today.world
    codes = {good.sku: erp_code(world, good.sku) for good in world.goods}
    mapped = [("erp", code, sku) for sku, code in codes.items() if code != sku and by_file(sku)]
    yield "", FeedKind.ITEMS, "our-codes.csv", _csv(["system", "sku", "item"], mapped)
    for channel in world.channels:
        if channel.code not in BY_WEBHOOK:
            rows = _orders(today, [s for s in today.sales if s.order.channel == channel.code])
            yield channel.code, FeedKind.ORDERS, f"{channel.code}-orders.csv", _csv(ORDER_HEAD.split(), rows)
        yield channel.code, FeedKind.PRICES, f"{channel.code}-prices.csv", _prices(today, channel.code, few=few)
    yield "erp", FeedKind.ORDERS, "erp-orders.csv", _csv(ERP_HEAD.split(","), _booked(today, codes))
    yield "erp", FeedKind.STOCK, "erp-stock-morning.csv", _stock(today, codes, today.since, {}, all_rows=not few)
    noon = today.since + timedelta(hours=12)
    yield "erp", FeedKind.STOCK, "erp-stock-noon.csv", _stock(today, codes, noon, _sold_by(today, noon))
    yield "webshop", FeedKind.STOCK, "webshop-stock.csv", _stock(today, {}, today.since, {})
    for system in sorted({card.system for card in today.cards}):
        cards = [(c.number, c.name, c.phone, c.email, c.link) for c in today.cards if c.system == system]
        head = ["member", "name", "phone", "email", "link"]
        yield system, FeedKind.MEMBERS, f"{system}-members.csv", _csv(head, cards)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(head)
    table.writerows(rows)
    return out.getvalue().encode()


def _orders(today: Today, sales: Sequence[Sale]) -> Iterator[Sequence[Any]]:
    """A channel's own export. Who sells for delivery does not know which store will serve: that is the ERP's word."""
    for sale in sales:
        o = sale.order
        place = (o.place.lon, o.place.lat) if o.place else ("", "")
        for line in o.lines:
            yield (
                o.number, o.placed_at.isoformat(), o.currency, o.named_shop, o.fulfilment.value,
                "" if o.contact.masked else o.contact.phone, o.contact.email, *place, line.sku, line.units,
                decimal(line.unit_minor, o.currency),
            )  # fmt: skip


def _booked(today: Today, codes: dict[str, str]) -> Iterator[Sequence[Any]]:
    currency = today.world.brand.currency
    for entry in today.booked:
        status = "cancelled" if entry.cancelled else "done"
        for sku, units, minor in entry.lines:
            yield (
                entry.number, f"#{entry.ref}", entry.source, entry.at.strftime("%Y-%m-%d %H:%M:%S+00:00"), currency,
                entry.store, status, codes[sku], units, decimal(minor, currency),
            )  # fmt: skip


def _sold_by(today: Today, moment: datetime) -> dict[tuple[str, str], int]:
    sold: dict[tuple[str, str], int] = {}
    for sale in today.sales:
        if sale.order.placed_at < moment:
            for key, units in sale.units.items():
                sold[key] = sold.get(key, 0) + units
    return sold


def _stock(
    today: Today, codes: dict[str, str], at: datetime, sold: dict[tuple[str, str], int], *, all_rows: bool = False
) -> bytes:
    """What lies on the shelves at a moment: all of them, or those that something is sold from on this day."""
    keys = sorted(today.opening) if all_rows else sorted(today.shelves | set(today.sold()))
    gtins = _gtins(today)
    stamp = at.astimezone(UTC).isoformat()
    rows = (
        (codes.get(sku, sku), gtins[sku], store, today.opening[store, sku] - sold.get((store, sku), 0), stamp)
        for store, sku in keys
    )
    return _csv(["sku", "barcode", "store", "quantity", "at"], rows)


def _prices(today: Today, channel: str, *, few: bool) -> bytes:
    currency, gtins = today.world.brand.currency, _gtins(today)
    titles = {good.sku: good.title for good in today.world.goods}
    sold = {sku for _, sku in today.shelves}
    changed = {sku for prices in today.prices.values() for sku, changes in prices.items() if len(changes) > 1}
    told = sold | changed if few else set(titles)
    rows = (
        (sku, gtins[sku], titles[sku], decimal(minor, currency), currency, since.astimezone(UTC).isoformat())
        for sku, changes in today.prices[channel].items()
        for since, minor in changes
        if sku in told
    )
    return _csv(["sku", "barcode", "title", "price", "currency", "since"], rows)


def _gtins(today: Today) -> dict[str, str]:
    return {good.sku: gtin_of(n) for n, good in enumerate(today.world.goods, 1)}
