"""Addresses of the service desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.desk import acts, call, screen

urlpatterns: list[URLPattern] = [
    path("desk/", screen.screen, name="desk"),
    path("desk/customers/<uuid:customer_id>/note/", acts.write_note, name="desk-note"),
    path("desk/orders/<str:number>/act/", acts.act, name="desk-act"),
    path("desk/new/", call.new, name="desk-new"),
]
