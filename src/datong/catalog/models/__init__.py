"""Tables of the catalogue."""

from datong.catalog.models.items import Item, Offer
from datong.catalog.models.pricing import Epoch, Price, PriceList, Promotion, ReplacedPrice, TaxRate

__all__ = ["Epoch", "Item", "Offer", "Price", "PriceList", "Promotion", "ReplacedPrice", "TaxRate"]
