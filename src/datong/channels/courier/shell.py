"""What makes the courier's page an app that starts without network."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from datong.channels.open import anyone
from datong.channels.till.shell import script

SCRIPTS = ("till/ui.js", "till/camera.js", "till/till.css", "datong/js/map.js")


@anyone("a script that holds nothing")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    made = script("datong-courier", reverse("courier"), "courier", SCRIPTS)
    return HttpResponse(made, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@anyone("names the app and its start")
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """W3C Web Application Manifest."""
    start = reverse("courier")
    said = {
        "name": pgettext("courier", "Deliveries"),
        "short_name": pgettext("courier", "Deliveries"),
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [{"src": static("datong/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(said, content_type="application/manifest+json")
