"""Rates by the keys that products name: what holds and what is dated next, from the rule book."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from datong.catalog.queries.quoting import fresh_book
from datong.catalog.types import AttributeType, Product, Rate, RateKind, Template
from datong.kernel import clock
from datong.kernel.db import in_brand

_PAIR = re.compile(r"[A-Z]{3}/[A-Z]{3}")

InForce = tuple[Rate | None, Rate | None]
"""The rate that holds, and the next one that is dated already."""


def named_rates(brand_id: UUID, keys: Iterable[str], *, at: datetime | None = None) -> dict[str, InForce]:
    """What holds under each key at a moment (now): an exchange rate for `USD/CNY`, else an interest rate. A key the
    brand has no rate for is absent. One statement, whatever the number of keys."""
    wanted, moment = sorted(set(keys)), at or clock.now()
    if not wanted:
        return {}
    with in_brand(brand_id):
        dated = fresh_book(brand_id).dated
    found: dict[str, InForce] = {}
    for key in wanted:
        kind = RateKind.EXCHANGE if _PAIR.fullmatch(key) else RateKind.INTEREST
        if held := dated.get((kind.value, key)):
            later = [rate for rate in held if rate.valid_from > moment]
            found[key] = (
                next((rate for rate in held if rate.valid_from <= moment), None),
                later[-1] if later else None,
            )
    return found


def rate_keys(product: Product, template: Template) -> dict[str, str]:
    """The rates a product names, by the code of its attribute."""
    return {
        attribute.code: str(product.attributes[attribute.code]).strip()
        for attribute in template.attributes
        if attribute.type is AttributeType.RATE and str(product.attributes.get(attribute.code, "")).strip()
    }
