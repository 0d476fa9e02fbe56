"""Where copies of webhooks arrive: beside the hub's own doors, and never through them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from datong.integration.types import MAX_BODY_BYTES, Request, TooLarge
from datong.shadow import api


@csrf_exempt  # the signature of the body is what is believed, not a cookie
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """POST a copy of a delivery. Errors become problem details in `site`."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    body = request.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(f"at most {MAX_BODY_BYTES} bytes are taken")
    delivery = Request(
        body=body,
        headers={name.lower(): value for name, value in request.headers.items()},
        query={name: values[-1] for name, values in request.GET.lists() if values},
        url=request.build_absolute_uri(request.path),
    )
    reply = api.receive(token, delivery)
    return HttpResponse(reply.body, content_type=reply.content_type)


hook_urls = [path("hooks/shadow/<str:token>", hook, name="shadow-hook"), path("hooks/shadow/<str:token>/", hook)]
