"""Stock over HTTP: what is free where, what is sold out."""

from datong.inventory.http.near import router
from datong.inventory.http.soldout import router as soldout_router

router.add_router("", soldout_router)

__all__ = ["router"]
