"""Middleware: one trace id through all layers, security headers, problem details for the API."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from datong.kernel import trace as tracing
from datong.kernel.errors import DatongError
from datong.kernel.logs import masked
from datong.kernel.telemetry import span
from datong.site.problems import problem_of, problem_response

Handler = Callable[[HttpRequest], HttpResponse]

CSP = (
    "default-src 'self'; img-src 'self' data:{tiles}; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def trace(get_response: Handler) -> Handler:
    """Continue the caller's W3C trace or start one; the id goes back in `traceparent`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        incoming = request.headers.get("traceparent", "")
        with tracing.continued(incoming) as context, span(f"{request.method} {masked(request.path)[:60]}"):
            response = get_response(request)
            response["traceparent"] = context.header
            return response

    return middleware


def security_headers(get_response: Handler) -> Handler:
    tiles = urlsplit(settings.TILE_URL)
    policy = CSP.format(tiles=f" {tiles.scheme}://{tiles.netloc}" if tiles.netloc else "")

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", policy)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    return middleware


MACHINES = ("/api/", "/hooks/")
"""Where programs call, who read problem details; people get pages."""


def storable(get_response: Handler) -> Handler:
    """No NUL comes into the console: no database could hold it, and no form of ours sends it.

    The API tells the field by its schema instead, and a delivery is kept as the bytes it is.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(MACHINES):
            sent = [request.GET, request.POST] if request.method == "POST" else [request.GET]
            texts = [request.path, *(text for form in sent for _, values in form.lists() for text in values)]
            if any("\x00" in str(text) for text in texts):
                raise BadRequest("a NUL character in the request")
        return get_response(request)

    return middleware


class problems:  # noqa: N801 - middleware are named like functions
    """Whatever a program asks for, a refusal is a problem: an unknown address, a wrong method, a crash as well."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return problem_of(response) if request.path.startswith(MACHINES) else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatongError) and request.path.startswith(MACHINES):
            return problem_response(error)
        return None
