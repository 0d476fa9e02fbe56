"""Addresses of points and vouchers."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.rewards import groups, offers, overview, person, programmes, redeem

urlpatterns: list[URLPattern] = [
    path("rewards/", overview.overview, name="rewards"),
    path("rewards/programmes/new/", programmes.new, name="rewards-programme-new"),
    path("rewards/programmes/<str:code>/", programmes.programme, name="rewards-programme"),
    path("rewards/programmes/<str:code>/rules/", programmes.rules, name="rewards-rules"),
    path("rewards/programmes/<str:code>/tiers/", programmes.tiers, name="rewards-tiers"),
    path("rewards/offers/new/", offers.new, name="rewards-offer-new"),
    path("rewards/offers/<str:code>/", offers.offer, name="rewards-offer"),
    path("rewards/offers/<str:code>/batch/", offers.batch, name="rewards-batch"),
    path("rewards/batches/<uuid:batch_id>.csv", offers.batch_csv, name="rewards-batch-csv"),
    path("groups/", groups.groups, name="groups"),
    path("redeem/", redeem.redeem, name="voucher-redeem"),
    path("customers/<uuid:customer_id>/points/", person.points, name="customer-points"),
]
