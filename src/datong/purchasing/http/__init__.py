"""Purchasing over HTTP: suppliers and their goods, stock levels, proposals, orders, receipts."""

from datong.purchasing.http.levels import router as levels_router
from datong.purchasing.http.orders import router
from datong.purchasing.http.suppliers import router as suppliers_router

for part in (suppliers_router, levels_router):
    router.add_router("", part)

__all__ = ["router"]
