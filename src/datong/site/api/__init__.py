"""The API: one NinjaAPI, the routers of the modules, one mapping of errors to RFC 9457."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.security import HttpBearer

from datong import __version__
from datong.access.api import client_of
from datong.access.types import Client
from datong.brand.http import router as brand_router
from datong.catalog.http import router as catalog_router
from datong.integration.http import router as integration_router
from datong.inventory.http import router as inventory_router
from datong.kernel.errors import DatongError, NotAuthenticated, Problem
from datong.orders.http import router as orders_router
from datong.site.problems import problem_response

DESCRIPTION = """
One customer, one price, one stock, one order book, one ledger for every channel of a brand.

Every call carries a client's key as `Authorization: Bearer dtk_...`; the key opens one brand and one channel.
Errors are `application/problem+json` (RFC 9457) and name the field and the fix. Lists are paged by key.
"""


class ClientKey(HttpBearer):
    """An API client's key; the operation asks the client's scopes."""

    def authenticate(self, request: HttpRequest, token: str) -> Client:
        client = client_of(token)
        if client is None:
            raise NotAuthenticated("this key is not known, or it was taken back")
        return client

    def __call__(self, request: HttpRequest) -> Any:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            raise NotAuthenticated("send a client's key as Authorization: Bearer dtk_...")
        return super().__call__(request)


api = NinjaAPI(
    title="Datong",
    version=__version__,
    description=DESCRIPTION,
    auth=ClientKey(),
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
    ("/v1", inventory_router),
    ("/v1", catalog_router),
    ("/v1", brand_router),
):
    api.add_router(prefix, router)


@api.exception_handler(DatongError)
def _ours(request: HttpRequest, error: DatongError) -> HttpResponse:
    return problem_response(error)


class _Invalid(DatongError):
    code = "bad_input"


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the schema refused, field by field, with what it expected."""
    problems = [
        Problem("/" + "/".join(str(part) for part in e["loc"]), e["type"], e["msg"], _shown(e.get("input")))
        for e in error.errors[:50]
    ]
    return problem_response(_Invalid("the request does not fit its schema", *problems))


class _Malformed(DatongError):
    code = "malformed"


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return problem_response(_Malformed(str(error)))
    return problem_response(_Invalid(str(error)))


def _shown(value: Any) -> Any:
    return value if isinstance(value, (int, bool, type(None))) else str(value)[:200]
