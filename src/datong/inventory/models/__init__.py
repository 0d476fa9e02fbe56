"""Tables of inventory."""

from datong.inventory.models.soldout import SoldOut
from datong.inventory.models.stock import CountTask, Hold, Movement, Shortfall, Stock
from datong.inventory.models.work import Adjustment, Cost, Count, Reason, Tally, Transfer, TransferLine

__all__ = [
    "Adjustment",
    "Cost",
    "Count",
    "CountTask",
    "Hold",
    "Movement",
    "Reason",
    "Shortfall",
    "SoldOut",
    "Stock",
    "Tally",
    "Transfer",
    "TransferLine",
]
