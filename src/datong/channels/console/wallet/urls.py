"""Addresses of cards and stored value."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.wallet import bonus, cards, coded, member, move, overview, purses

urlpatterns: list[URLPattern] = [
    path("card/worker.js", member.worker, name="card-worker"),
    path("card/<str:token>/", member.card, name="card"),
    path("card/<str:token>/key/", member.card_key, name="card-key"),
    path("card/<str:token>/app.webmanifest", member.manifest, name="card-manifest"),
    path("card/<str:token>/card.pkpass", member.apple, name="card-apple"),
    path("card/<str:token>/google/", member.google, name="card-google"),
    path("customers/<uuid:customer_id>/cards/", cards.act, name="customer-cards"),
    path("customers/<uuid:customer_id>/purses/", purses.act, name="customer-purses"),
    path("stored-value/", overview.overview, name="stored-value"),
    path("stored-value/bonus/", bonus.bonus, name="top-up-bonus"),
    path("stored-value/transfer/", move.move, name="purse-transfer"),
    path("stored-value/cards/", coded.find, name="coded-card-find"),
    path("stored-value/cards/<uuid:purse_id>/", coded.card, name="coded-card"),
    path("stored-value/shortfalls/<uuid:shortfall_id>/", overview.close, name="shortfall-close"),
]
