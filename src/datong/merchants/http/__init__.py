"""Partners and settlements over HTTP."""

from datong.merchants.http.adverts import router as adverts_router
from datong.merchants.http.cards import router as cards_router
from datong.merchants.http.partners import router as partners_router
from datong.merchants.http.runs import router as runs_router
from datong.merchants.http.statements import router as statements_router

ROUTERS = (partners_router, statements_router, runs_router, cards_router, adverts_router)
__all__ = ["ROUTERS"]
