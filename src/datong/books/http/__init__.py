"""The books over HTTP: reports, entries, the chart and the rules, periods, stores' days, statements of providers."""

from datong.books.http.chart import router as chart_router
from datong.books.http.companies import router as companies_router
from datong.books.http.dayends import router as dayends_router
from datong.books.http.days import router as days_router
from datong.books.http.entries import router as entries_router
from datong.books.http.periods import router as periods_router
from datong.books.http.reports import router as reports_router
from datong.books.http.statements import router as statements_router

ROUTERS = (
    reports_router,
    entries_router,
    chart_router,
    companies_router,
    periods_router,
    dayends_router,
    days_router,
    statements_router,
)

__all__ = ["ROUTERS"]
