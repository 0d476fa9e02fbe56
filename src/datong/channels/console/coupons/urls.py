"""Addresses of platforms' coupons."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.coupons import deals, overview, platforms, verify

urlpatterns: list[URLPattern] = [
    path("coupons/", overview.overview, name="coupons"),
    path("coupons.csv", overview.coupons_csv, name="coupons-csv"),
    path("verify-coupon/", verify.verify, name="coupon-verify"),
    path("coupons/deals/", deals.deals, name="coupon-deals"),
    path("coupon-platforms/", platforms.platforms, name="coupon-platforms"),
]
