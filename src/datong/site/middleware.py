"""Middleware: one trace id through all layers, security headers, problem details for the API."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from datong.kernel import trace as tracing
from datong.kernel.errors import DatongError
from datong.kernel.telemetry import span
from datong.site.problems import problem_response

Handler = Callable[[HttpRequest], HttpResponse]

CSP = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def trace(get_response: Handler) -> Handler:
    """Continue the caller's W3C trace or start one; the id goes back in `traceparent`."""

    def middleware(request: HttpRequest) -> HttpResponse:
        incoming = request.headers.get("traceparent", "")
        with tracing.continued(incoming) as context, span(f"{request.method} {request.path[:60]}"):
            response = get_response(request)
            response["traceparent"] = context.header
            return response

    return middleware


def security_headers(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", CSP)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        response.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        return response

    return middleware


class problems:  # noqa: N801 - middleware are named like functions
    """An error raised on purpose outside of the API router still answers as a problem, not as a crash."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DatongError) and request.path.startswith(("/api/", "/hooks/")):
            return problem_response(error)
        return None
