"""Doors over HTTP: webhooks under /hooks/, orders and the inbox under /api/v1/."""

from django.urls import path

from datong.integration.http.hooks import hook
from datong.integration.http.inbox import router as inbox_router
from datong.integration.http.orders import router
from datong.integration.http.payproviders import notify_url, pay_hook

router.add_router("", inbox_router)

hook_urls = [
    path("hooks/pay/<slug:slug>/<str:provider>", pay_hook, name="pay-hook"),
    path("hooks/<str:token>", hook, name="hook"),
    path("hooks/<str:token>/", hook),
]

__all__ = ["hook", "hook_urls", "notify_url", "router"]
