"""Tables of inventory."""

from datong.inventory.models.soldout import SoldOut
from datong.inventory.models.stock import CountTask, Hold, Movement, Shortfall, Stock

__all__ = ["CountTask", "Hold", "Movement", "Shortfall", "SoldOut", "Stock"]
