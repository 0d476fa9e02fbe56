"""The one place where an error becomes HTTP: RFC 9457 problem details that name the field and the fix."""

from __future__ import annotations

from django.http import JsonResponse

from datong.kernel import trace
from datong.kernel.errors import DatongError, Unavailable

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
}


def problem_response(error: DatongError) -> JsonResponse:
    """`application/problem+json`: type, title, status, detail, trace and the list of field problems."""
    status = STATUS.get(error.code, 400)
    response = JsonResponse(
        {
            "type": f"/docs/problems#{error.code}",
            "title": error.code.replace("_", " ").capitalize(),
            "status": status,
            "detail": str(error),
            "trace": trace.current().trace_id,
            "problems": [{"field": p.field, "code": p.code, "fix": p.fix, "value": p.value} for p in error.problems],
        },
        status=status,
        content_type="application/problem+json",
    )
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after_s)
    return response
