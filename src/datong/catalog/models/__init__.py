"""Tables of the catalogue."""

from datong.catalog.models.changes import Cost, DecisionTable, PriceChange, PriceChangeLine, PricePolicy, Rate
from datong.catalog.models.items import Item, Offer
from datong.catalog.models.pricing import Epoch, Price, PriceList, Promotion, ReplacedPrice, TaxRate

__all__ = [
    "Cost",
    "DecisionTable",
    "Epoch",
    "Item",
    "Offer",
    "Price",
    "PriceChange",
    "PriceChangeLine",
    "PriceList",
    "PricePolicy",
    "Promotion",
    "Rate",
    "ReplacedPrice",
    "TaxRate",
]
