"""The API: one NinjaAPI, the routers of the modules, one mapping of errors to RFC 9457."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja.openapi.docs import Swagger
from ninja.parser import Parser
from ninja.security import HttpBearer

from datong import __version__
from datong.access.api import client_of
from datong.access.types import Client
from datong.books.http import ROUTERS as BOOKS_ROUTERS
from datong.brand.http import router as brand_router
from datong.brand.http_entries import router as entries_router
from datong.catalog.http import router as catalog_router
from datong.customers.http import router as customers_router
from datong.imports.http import router as imports_router
from datong.insight.http import router as insight_router
from datong.integration.api import admit
from datong.integration.http import router as integration_router
from datong.inventory.http import router as inventory_router
from datong.invoices.http import router as invoices_router
from datong.invoices.http_codes import router as tax_codes_router
from datong.kernel.errors import NotAuthenticated
from datong.ledger.http import router as ledger_router
from datong.matching.http import router as matching_router
from datong.merchants.http import ROUTERS as PARTNER_ROUTERS
from datong.orders.http import router as orders_router
from datong.orders.http_baskets import router as baskets_router
from datong.orders.http_credit import router as credit_router
from datong.orders.http_returns import router as returns_router
from datong.purchasing.http import router as purchasing_router
from datong.service.http import router as service_router
from datong.shadow.http import router as shadow_router
from datong.site.api.errors import register
from datong.site.api.openapi import Api
from datong.sync.http import router as sync_router
from datong.tills.http import router as tills_router
from datong.wallet.http import ROUTERS as WALLET_ROUTERS

DESCRIPTION = """
One customer, one price, one stock, one order book, one ledger for every channel of a brand.

Every call carries a client's key as `Authorization: Bearer dtk_...`; the key opens one brand and one channel.
Errors are `application/problem+json` (RFC 9457) and name the field and the fix. Lists are paged by key.
"""


class Json(Parser):
    """JSON as RFC 8259 has it: no NaN, no half of a surrogate pair, no nesting without end."""

    def parse_body(self, request: HttpRequest) -> Any:
        return msgspec.json.decode(request.body)


class ClientKey(HttpBearer):
    """An API client's key; the operation asks the client's scopes. The one place where a client's calls are counted."""

    def authenticate(self, request: HttpRequest, token: str) -> Client:
        client = client_of(token)
        if client is None:
            raise NotAuthenticated("this key is not known, or it was taken back")
        admit(f"client {client.id}")
        return client

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise NotAuthenticated("send a client's key as Authorization: Bearer dtk_...")
        return super().__call__(request)


api = Api(
    title="Datong",
    version=__version__,
    description=DESCRIPTION,
    auth=ClientKey(),
    parser=Json(),
    docs=Swagger(settings={"persistAuthorization": False}),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
# Two modules answer at one address: orders lists, integration takes in. Django stops at the first view of an address,
# so they share it.
orders_router.path_operations["/orders"].operations += integration_router.path_operations.pop("/v1/orders").operations
for prefix, router in (
    ("", integration_router),  # before orders: /v1/orders/batch is no order's number
    ("/v1", orders_router),
    ("/v1", baskets_router),
    ("/v1", credit_router),
    ("/v1", returns_router),
    ("/v1", inventory_router),
    ("/v1", purchasing_router),
    ("/v1", catalog_router),
    ("/v1", brand_router),
    ("/v1", entries_router),
    ("/v1", customers_router),
    ("/v1", ledger_router),
    ("/v1", matching_router),
    ("/v1", insight_router),
    ("/v1", sync_router),
    ("/v1", shadow_router),
    ("/v1", imports_router),
    ("/v1", invoices_router),
    ("/v1", tax_codes_router),
    ("/v1", tills_router),
    ("/v1", service_router),
    *(("/v1", router) for router in (*WALLET_ROUTERS, *BOOKS_ROUTERS, *PARTNER_ROUTERS)),
):
    api.add_router(prefix, router)

register(api)
