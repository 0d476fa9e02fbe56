"""The resellers' orders as the file that they drop: one row a line, the rows of an order together."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from datong.fulfilment.types import FulfilmentKind
from datong.integration.wire.send.common import decimal
from datong.orders.types import OrderIntent
from datong.site.demo.files import HERE
from datong.site.demo.native import Gate, intent_of, spoilt
from datong.site.demo.types import Sending

MAPPING = HERE / "mappings" / "trade_csv.toml"
HEADER = (
    "order placed wanted currency account contact phone email how store street city state zip country lon lat "
    "sku article quantity price"
)


def write_file(path: Path, sendings: Iterable[Sending], gate: Gate) -> int:
    """Write the orders of `sendings` as CSV, broken ones as they are; how many orders."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, HEADER.split())
        table.writeheader()
        for sending in sendings:
            intent = spoilt(intent_of(sending.order, gate), sending.trouble)
            table.writerows(_rows(intent))
            written += 1
    return written


def _rows(intent: OrderIntent) -> list[dict[str, Any]]:
    where = intent.destination
    text, place = (where.text, where.place) if where else (None, None)
    account = next((i.value.partition(":")[2] for i in intent.identities if i.kind == "buyer"), "")
    head = {
        "order": intent.external_id,
        "placed": intent.placed_at.isoformat(),
        "wanted": intent.promised_at.isoformat() if intent.promised_at else "",
        "currency": intent.currency,
        "account": account,
        "contact": intent.contact.name,
        "phone": intent.contact.phone,
        "email": intent.contact.email,
        "how": "ship" if intent.fulfilment is FulfilmentKind.DELIVERY else "collect",
        "store": intent.store_code,
        "street": text.line if text else "",
        "city": text.city if text else "",
        "state": text.region if text else "",
        "zip": text.postcode if text else "",
        "country": text.country if text else "",
        "lon": place.lon if place else "",
        "lat": place.lat if place else "",
    }
    return [
        head
        | {
            "sku": line.sku,
            "article": line.title,
            "quantity": line.units,
            "price": decimal(line.unit_minor or 0, intent.currency),
        }
        for line in intent.lines
    ]
