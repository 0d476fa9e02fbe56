"""What the API makes of errors that are not ours: what the schema refused, what cannot be parsed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from datong.kernel.errors import DatongError, Problem
from datong.site.problems import STATUS, problem, problem_response

MAX_PROBLEMS = 50


def register(api: NinjaAPI) -> None:
    """Everything that can be raised under the API is answered as a problem."""
    api.exception_handler(DatongError)(_ours)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(HttpError)(_http)
    api.exception_handler(Http404)(_nothing)
    api.exception_handler(RequestDataTooBig)(_too_large)
    api.exception_handler(Exception)(_crash)


def _ours(request: HttpRequest, error: DatongError) -> HttpResponse:
    return problem_response(error)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What the schema refused, field by field, with what it expected."""
    found = [Problem(_field(e["loc"]), e["type"], e["msg"], _shown(e.get("input"))) for e in error.errors]
    return problem("bad_input", "the request does not fit its schema", *found[:MAX_PROBLEMS])


def _field(where: tuple[Any, ...]) -> str:
    """('body', 'order', 'lines', 0) -> '/lines/0', ('query', 'limit') -> 'limit'.

    A body's first name is what our own function calls it; the sender never wrote it.
    """
    if where[0] == "body":
        return "".join(f"/{part}" for part in where[2:])
    return "/".join(str(part) for part in where[1:])


def _shown(value: Any) -> Any:
    if isinstance(value, (int, bool, type(None))):
        return value
    return "" if isinstance(value, (dict, list)) else str(value)[:200]


NOT_JSON = Problem("", "not_json", "send valid JSON in UTF-8")


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:  # ninja raises it for one thing only: a body that cannot be parsed
        return problem("malformed", "the body is not JSON", NOT_JSON)
    kind = next((kind for kind, status in STATUS.items() if status == error.status_code), "bad_input")
    return problem(kind, str(error))


def _nothing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem("not_found", "there is no such thing")


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem("too_large", "the body is over the limit of size")


def _crash(request: HttpRequest, error: Exception) -> HttpResponse:
    """Django logs it with the trace; ninja itself would send a traceback in debug mode."""
    raise error
