"""Nouns of the catalogue (商品): items, price lists (价目), promotions (促销), quotes (报价)."""

from datong.catalog.types.explained import ExplainedLine, Explanation, ListWhy, PriceFrom, Step
from datong.catalog.types.items import Item, ItemKind
from datong.catalog.types.offers import Choice, Chosen, Group, Offer, Part
from datong.catalog.types.pricing import (
    Ask,
    AskLine,
    Price,
    PriceList,
    PriceRecord,
    Quote,
    QuoteLine,
    QuoteProblem,
    TaxRate,
)
from datong.catalog.types.promotions import Finding, Piece, Promotion, PromotionKind, Scene, Tier, Verdict, Who, Window

__all__ = [
    "Ask",
    "AskLine",
    "Choice",
    "Chosen",
    "ExplainedLine",
    "Explanation",
    "Finding",
    "Group",
    "Item",
    "ItemKind",
    "ListWhy",
    "Offer",
    "Part",
    "Piece",
    "Price",
    "PriceFrom",
    "PriceList",
    "PriceRecord",
    "Promotion",
    "PromotionKind",
    "Quote",
    "QuoteLine",
    "QuoteProblem",
    "Scene",
    "Step",
    "TaxRate",
    "Tier",
    "Verdict",
    "Who",
    "Window",
]
