"""Addresses of the shop."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.shop import (
    answering,
    basket,
    browse,
    checkout,
    passkeys,
    pay,
    product,
    signin,
    status,
    stores,
    telling,
)

urlpatterns: list[URLPattern] = [
    path("shop/<slug:slug>/", browse.home, name="shop-home"),
    path("shop/<slug:slug>/picture/<str:digest>-<str:size>", browse.picture, name="shop-picture"),
    path("shop/<slug:slug>/p/<path:sku>/", product.product, name="shop-product"),
    path("shop/<slug:slug>/basket/", basket.basket, name="shop-basket"),
    path("shop/<slug:slug>/basket/add/<path:sku>/", basket.add, name="shop-add"),
    path("shop/<slug:slug>/checkout/", checkout.checkout, name="shop-checkout"),
    path("shop/<slug:slug>/pay/<str:token>/", pay.pay, name="shop-pay"),
    path("shop/<slug:slug>/pay/<str:token>/state/", pay.pay_state, name="shop-pay-state"),
    path("shop/<slug:slug>/order/<str:token>/", status.order, name="shop-order"),
    path("shop/<slug:slug>/order/<str:token>/after/", telling.tell, name="shop-after"),
    path("shop/<slug:slug>/order/<str:token>/answer/", answering.answer, name="shop-answer"),
    path("shop/<slug:slug>/order/<str:token>/here/", answering.arrived, name="shop-here"),
    path("shop/<slug:slug>/stores/", stores.stores, name="shop-stores"),
    path("shop/<slug:slug>/stores/<str:code>/", stores.store, name="shop-store"),
    path("shop/<slug:slug>/login/", signin.login, name="shop-login"),
    path("shop/<slug:slug>/login/passkey/", passkeys.by_passkey, name="shop-passkey"),
    path("shop/<slug:slug>/me/passkeys/", passkeys.passkeys, name="shop-passkeys"),
    path("shop/<slug:slug>/login/code/", signin.code, name="shop-code"),
    path("shop/<slug:slug>/login/<str:link>/", signin.by_link, name="shop-link"),
    path("shop/<slug:slug>/logout/", signin.logout, name="shop-logout"),
    path("shop/<slug:slug>/me/", signin.me, name="shop-me"),
    path("shop/<slug:slug>/place/", stores.place, name="shop-place"),
]
