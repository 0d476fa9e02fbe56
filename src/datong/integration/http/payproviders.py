"""Where payment providers tell what happened: believed by their signature, applied once, answered in their words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from datong.brand.api import brand_by_slug
from datong.integration.http.hooks import body_of
from datong.integration.types import BadSignature
from datong.kernel.errors import NotFound
from datong.orders.api import hear_provider
from datong.payments.ports import Forged
from datong.payments.types.online import Provider


@csrf_exempt  # the signature of the body is what is believed, not a cookie
def pay_hook(request: HttpRequest, slug: str, provider: str) -> HttpResponse:
    """POST a message. Nothing is told to who is not believed; errors become problem details in `site`."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    brand = brand_by_slug(slug)
    if brand is None or provider not in set(Provider):
        raise NotFound("no provider of payments tells anything here")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        reply = hear_provider(Provider(provider), headers, body_of(request), brand=brand.id)
    except Forged:
        raise BadSignature("the message does not carry the provider's signature") from None
    return HttpResponse(reply.body, content_type=reply.content_type, status=reply.status)


def notify_url(request: HttpRequest, slug: str, provider: Provider) -> str:
    """Where this provider is to tell what happens."""
    return request.build_absolute_uri(reverse("pay-hook", args=[slug, provider.value]))
