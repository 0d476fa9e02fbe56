"""Doors over HTTP: webhooks under /hooks/, orders and the inbox under /api/v1/."""

from django.urls import path

from datong.integration.http.hooks import hook
from datong.integration.http.inbox import router as inbox_router
from datong.integration.http.orders import router

router.add_router("", inbox_router)

hook_urls = [path("hooks/<str:token>", hook, name="hook"), path("hooks/<str:token>/", hook)]

__all__ = ["hook", "hook_urls", "router"]
