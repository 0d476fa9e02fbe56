"""Addresses of the stock pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.stock import choices, counting, reasons, shelf, soldout, transferring, writeoffs

urlpatterns: list[URLPattern] = [
    path("sold-out/", soldout.sold_out, name="sold-out"),
    path("sold-out/set/", soldout.sell_out, name="sold-out-set"),
    path("sold-out/choice/", choices.touch, name="sold-out-choice"),
    path("sold-out/back/", soldout.back, name="sold-out-back"),
    path("sold-out/undo/<uuid:batch>/", soldout.undo, name="sold-out-undo"),
    path("stock/", shelf.shelf, name="stock"),
    path("stock/movements/", shelf.movements, name="movements"),
    path("stock/counts/", counting.counts, name="counts"),
    path("stock/counts/<uuid:count_id>/", counting.count, name="count"),
    path("stock/counts/<uuid:count_id>/tally/", counting.tally, name="count-tally"),
    path("stock/counts/<uuid:count_id>/close/", counting.close, name="count-close"),
    path("stock/transfers/", transferring.transfers, name="transfers"),
    path("stock/transfers/<uuid:transfer_id>/", transferring.transfer, name="transfer"),
    path("stock/transfers/<uuid:transfer_id>/act/", transferring.act, name="transfer-act"),
    path("stock/write-offs/", writeoffs.write_offs, name="write-offs"),
    path("stock/write-offs/reasons/", reasons.reasons, name="reasons"),
    path("stock/adjustments/<uuid:adjustment_id>/", writeoffs.adjustment, name="adjustment"),
]
