"""The one place where an error becomes HTTP: RFC 9457 problem details that name the field and the fix."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from datong.kernel import trace
from datong.kernel.errors import DatongError, NotAuthenticated, Problem, Unavailable
from datong.site.refusals import title, told

MEDIA_TYPE = "application/problem+json"

STATUS = {
    "bad_input": 422,
    "not_found": 404,
    "not_allowed": 403,
    "not_authenticated": 401,
    "bad_signature": 401,
    "conflict": 409,
    "too_large": 413,
    "too_many_requests": 429,
    "unavailable": 503,
    "malformed": 400,
    "method_not_allowed": 405,
    "internal": 500,
}
"""The kinds of problem there are. An error of another code is of the kind of the class it derives from."""

DETAIL = {
    404: "nothing has this address",
    405: "this address does not take the method; see Allow",
    500: "the fault is ours; the log has it under this trace",
}


def kind_of(error: DatongError) -> str:
    """The error's kind, a key of STATUS: its own code, or that of the nearest class above it; else 'malformed'."""
    codes = (getattr(cls, "code", "") for cls in type(error).__mro__)
    return next((code for code in codes if code in STATUS), "malformed")


def problem_response(error: DatongError) -> JsonResponse:
    """`application/problem+json`: type, title, status, detail, trace and the list of field problems."""
    response = problem(kind_of(error), str(error), *error.problems)
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, NotAuthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response


def problem_of(response: HttpResponse) -> HttpResponse:
    """The same refusal as a problem, when it is Django's own page (an unknown address, a crash); else as it is.

    Nothing of such a page goes out: with DEBUG it holds a traceback.
    """
    status = response.status_code
    if status < 400 or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    fallback = "internal" if status >= 500 else "malformed"
    kind = next((kind for kind, number in STATUS.items() if number == status), fallback)
    told = problem(kind, DETAIL.get(STATUS[kind], response.reason_phrase))
    for name, value in response.headers.items():
        if name not in ("Content-Type", "Content-Length"):
            told[name] = value
    return told


def problem(kind: str, detail: str, *problems: Problem) -> JsonResponse:
    return JsonResponse(
        {
            "type": f"/api/docs#{kind}",
            "title": title(kind),
            "status": STATUS[kind],
            "detail": told(detail),
            "trace": trace.current().trace_id,
            "problems": [{"field": p.field, "code": p.code, "fix": told(p.fix), "value": p.value} for p in problems],
        },
        status=STATUS[kind],
        content_type=MEDIA_TYPE,
    )
