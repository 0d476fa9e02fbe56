"""Nouns of the catalogue (商品): items, price lists (价目), promotions (促销), quotes (报价)."""

from datong.catalog.types.items import Item, ItemKind
from datong.catalog.types.offers import Choice, Chosen, Group, Offer, Part
from datong.catalog.types.pricing import (
    Ask,
    AskLine,
    Price,
    PriceList,
    PriceRecord,
    Promotion,
    PromotionKind,
    Quote,
    QuoteLine,
    QuoteProblem,
    TaxRate,
)

__all__ = [
    "Ask",
    "AskLine",
    "Choice",
    "Chosen",
    "Group",
    "Item",
    "ItemKind",
    "Offer",
    "Part",
    "Price",
    "PriceList",
    "PriceRecord",
    "Promotion",
    "PromotionKind",
    "Quote",
    "QuoteLine",
    "QuoteProblem",
    "TaxRate",
]
