"""The wallet over HTTP: points, vouchers, stored value, payments."""

from datong.wallet.http.bonus import router as bonus_router
from datong.wallet.http.coupons import router as coupons_router
from datong.wallet.http.groups import router as groups_router
from datong.wallet.http.packets import router as packets_router
from datong.wallet.http.paying import router as paying_router
from datong.wallet.http.points import router as points_router
from datong.wallet.http.stored import router as stored_router
from datong.wallet.http.vouchers import router as vouchers_router

ROUTERS = (
    points_router,
    vouchers_router,
    stored_router,
    paying_router,
    coupons_router,
    groups_router,
    bonus_router,
    packets_router,
)

__all__ = ["ROUTERS"]
