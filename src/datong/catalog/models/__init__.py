"""Tables of the catalogue."""

from datong.catalog.models.changes import Cost, DecisionTable, PriceChange, PriceChangeLine, PricePolicy, Rate
from datong.catalog.models.items import Item, Offer
from datong.catalog.models.pricing import Epoch, Price, PriceList, Promotion, ReplacedPrice
from datong.catalog.models.products import (
    Assortment,
    Category,
    ChoiceOff,
    ItemPart,
    Picture,
    PictureBytes,
    Product,
    ProductChange,
    Template,
)
from datong.catalog.models.taxes import Jurisdiction, Levy, TaxCertificate

__all__ = [
    "Assortment",
    "Category",
    "ChoiceOff",
    "Cost",
    "DecisionTable",
    "Epoch",
    "Item",
    "ItemPart",
    "Offer",
    "Picture",
    "PictureBytes",
    "Price",
    "PriceChange",
    "PriceChangeLine",
    "PriceList",
    "PricePolicy",
    "Product",
    "ProductChange",
    "Promotion",
    "Rate",
    "ReplacedPrice",
    "Jurisdiction",
    "Levy",
    "TaxCertificate",
    "Template",
]
