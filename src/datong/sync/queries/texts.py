"""What we say of a product at a channel: its title and its description, in the brand's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.brand.api import get_brand
from datong.catalog.api import items_by_sku, products_of_skus
from datong.kernel.db import in_brand, rows
from datong.sync.rules import plain


@dataclass(frozen=True, slots=True)
class Ours:
    """What we say of a SKU: its product's title and description, or the item's title alone. `code` of the product."""

    title: str
    description: str | None = None
    code: str = ""


def texts_of(brand_id: UUID, skus: Sequence[str]) -> dict[str, Ours]:
    """By SKU, in the brand's language."""
    if not skus:
        return {}
    items, products = items_by_sku(brand_id, skus), products_of_skus(brand_id, skus)
    language = get_brand(brand_id).locale
    found = {}
    for sku, item in items.items():
        if product := products.get(sku):
            words = product.texts.get(language)
            description = plain(words.description) if words else ""
            found[sku] = Ours(" ".join(product.title.split()), description, product.code)
        else:
            found[sku] = Ours(" ".join(item.title.split()))
    return found


LED = """
    SELECT field FROM sync_fieldmaster
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND field IN ('title', 'description')
       AND master IN ('datong', 'erp')
"""


def texts_to_say(brand_id: UUID, channel_id: UUID, skus: Sequence[str]) -> dict[str, dict[str, str]]:
    """By SKU what the channel is to be told of its title and description: those of them that are ours to say."""
    if not skus:
        return {}
    with in_brand(brand_id):
        led = {name for (name,) in rows(LED, {"brand": brand_id, "channel": channel_id})}
    found = {}
    for sku, ours in texts_of(brand_id, skus).items():
        said = {"title": ours.title, "description": ours.description}
        found[sku] = {name: text for name, text in said.items() if name in led and text is not None}
    return found
