"""Addresses of the screens."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from datong.channels.console import (
    board,
    channels,
    export,
    inbox,
    login,
    order,
    products,
    readiness,
    search,
    sourcing,
    stores,
    tour,
)
from datong.channels.design import views as design

urlpatterns: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("orders/new/", board.news, name="board-news"),
    path("orders/bulk/", board.bulk, name="board-bulk"),
    path("orders/columns/", board.columns, name="board-columns"),
    path("orders/export.csv", export.board_csv, name="board-csv"),
    path("orders/<str:number>/", order.order, name="order"),
    path("orders/<str:number>/act/", order.act, name="order-act"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:entry_id>/", inbox.entry, name="inbox-entry"),
    path("inbox/<uuid:entry_id>/act/", inbox.act, name="inbox-act"),
    path("products/", products.products, name="products"),
    path("products/<path:sku>/", products.product, name="product"),
    path("", include("datong.channels.console.stock.urls")),
    path("stores/", stores.stores, name="stores"),
    path("stores/options/", stores.options, name="store-options"),
    path("stores/<str:code>/", stores.store, name="store"),
    path("channels/", channels.channels, name="channels"),
    path("channels/new/", channels.new, name="channel-new"),
    path("channels/undo/<str:token>/", channels.undo, name="channel-undo"),
    path("channels/<str:code>/", channels.channel, name="channel"),
    path("sourcing/", sourcing.sourcing, name="sourcing"),
    path("sourcing/new/", sourcing.new, name="sourcing-new"),
    path("sourcing/act/", sourcing.act, name="sourcing-act"),
    path("sourcing/undo/<str:mark>/", sourcing.undo, name="sourcing-undo"),
    path("sourcing/<int:number>/", sourcing.rule, name="sourcing-rule"),
    path("readiness/", readiness.readiness, name="readiness"),
    path("search/", search.search, name="search"),
    path("tour/", tour.begin, name="tour"),
    path("tour/end/", tour.end, name="tour-end"),
    path("tour/<int:number>/", tour.step, name="tour-step"),
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("in/<str:token>", login.one_click, name="one-click"),
    path("brand/", login.switch_brand, name="switch-brand"),
    path("preferences/", login.preferences, name="preferences"),
    path("design/", design.page, name="design"),
    path("design/brand/<uuid:brand_id>/<str:mark>.css", design.brand_css, name="brand-css"),
]
