"""Addresses of the purchasing pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.purchasing import demand, levels, order, orders, portal, proposals, receiving, suppliers

urlpatterns: list[URLPattern] = [
    path("suppliers/", suppliers.suppliers, name="suppliers"),
    path("suppliers/new/", suppliers.new, name="supplier-new"),
    path("suppliers/<str:code>/", suppliers.supplier, name="supplier"),
    path("suppliers/<str:code>/items/", suppliers.items, name="supplier-items"),
    path("suppliers/<str:code>/link/", suppliers.renew, name="supplier-link"),
    path("supply/<str:token>/", portal.portal, name="supplier-portal"),
    path("purchasing/", proposals.proposals, name="purchasing"),
    path("purchasing/propose/", proposals.propose, name="purchasing-propose"),
    path("purchasing/order/", proposals.order, name="purchasing-order-proposed"),
    path("purchasing/orders/", orders.orders, name="purchase-orders"),
    path("purchasing/orders/<uuid:order_id>/", order.order, name="purchase-order"),
    path("purchasing/orders/<uuid:order_id>/act/", order.act, name="purchase-order-act"),
    path("purchasing/orders/<uuid:order_id>.csv", order.as_csv, name="purchase-order-csv"),
    path("purchasing/orders/<uuid:order_id>.pdf", order.as_pdf, name="purchase-order-pdf"),
    path("purchasing/orders/<uuid:order_id>/mail/", order.mail, name="purchase-order-mail"),
    path("purchasing/orders/<uuid:order_id>/receive/", receiving.receive, name="purchase-order-receive"),
    path("purchasing/claims/<uuid:claim_id>/", orders.settle, name="purchase-claim"),
    path("purchasing/levels/", levels.levels, name="levels"),
    path("purchasing/demand/", demand.demand, name="demand"),
]
