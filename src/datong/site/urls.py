"""All addresses: the screens, the API, the doors of other systems."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from datong.integration.http import hook_urls
from datong.kernel.db import rows
from datong.shadow.http import hook_urls as shadow_hook_urls
from datong.site.api import api
from datong.site.api.docs import docs


def health(request: HttpRequest) -> JsonResponse:
    """For a load balancer: the process answers and the database does."""
    rows("SELECT 1")
    return JsonResponse({"status": "ok"})


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("datong.channels.urls")),
    *hook_urls,
    *shadow_hook_urls,
    path("api/", api.urls),
    path("api/docs", docs, name="api-docs"),
    path("health", health),
    path("i18n/setlang/", set_language, name="set_language"),
]
if settings.DEBUG:
    urlpatterns += staticfiles_urlpatterns()
