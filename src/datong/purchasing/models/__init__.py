"""Tables of purchasing."""

from datong.purchasing.models.demand import Demand, DemandOrder, TierDay
from datong.purchasing.models.orders import Claim, OrderLine, Proposal, PurchaseOrder, ReceiptLine
from datong.purchasing.models.suppliers import Policy, Supplier, SupplierItem

__all__ = [
    "Claim",
    "Demand",
    "DemandOrder",
    "OrderLine",
    "Policy",
    "Proposal",
    "PurchaseOrder",
    "ReceiptLine",
    "Supplier",
    "SupplierItem",
    "TierDay",
]
