"""The wallet over HTTP: points and vouchers."""

from datong.wallet.http.points import router as points_router
from datong.wallet.http.vouchers import router as vouchers_router

ROUTERS = (points_router, vouchers_router)

__all__ = ["ROUTERS"]
