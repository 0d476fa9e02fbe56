"""Where platforms and shops deliver: parse nothing, keep everything, answer in the sender's words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.csrf import csrf_exempt

from datong.integration import api
from datong.integration.types import MAX_BODY_BYTES, Reply, Request, TooLarge


@csrf_exempt  # the signature of the body is what is believed, not a cookie
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """POST a delivery; GET where a platform checks the address first. Errors become problem details in `site`."""
    if request.method == "POST":
        return _answer(api.receive(token, delivery_of(request)).reply)
    if request.method == "GET":
        return _answer(api.greet(token, delivery_of(request)))
    return HttpResponseNotAllowed(["GET", "POST"])


def delivery_of(request: HttpRequest) -> Request:
    """The request as it came; at most one byte more than is allowed is read of it."""
    return Request(
        body=body_of(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: values[-1] for name, values in request.GET.lists() if values},
        url=request.build_absolute_uri(request.path),
    )


def body_of(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MAX_BODY_BYTES:
        raise TooLarge(f"{length} bytes; at most {MAX_BODY_BYTES} are taken")
    found: bytes = request.read(MAX_BODY_BYTES + 1)
    if len(found) > MAX_BODY_BYTES:
        raise TooLarge(f"at most {MAX_BODY_BYTES} bytes are taken")
    return found


def _answer(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, content_type=reply.content_type)
