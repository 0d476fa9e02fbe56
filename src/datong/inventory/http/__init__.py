"""Stock over HTTP: what is free where, what is sold out, counts, transfers."""

from datong.inventory.http.counts import router as counts_router
from datong.inventory.http.near import router
from datong.inventory.http.soldout import router as soldout_router
from datong.inventory.http.transfers import router as transfers_router

for part in (soldout_router, counts_router, transfers_router):
    router.add_router("", part)

__all__ = ["router"]
