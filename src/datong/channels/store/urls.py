"""Addresses of the store's screen."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.store import board, picking, printers, short, task

urlpatterns: list[URLPattern] = [
    path("store/", board.board, name="store-screen"),
    path("store/cards/", board.cards, name="store-cards"),
    path("store/step/", board.step, name="store-step"),
    path("store/hand/", board.hand, name="store-hand"),
    path("store/undo/<uuid:task>/", board.undo, name="store-undo"),
    path("store/task/<uuid:task_id>/", task.task, name="store-task"),
    path("store/task/<uuid:task_id>/print/", printers.again, name="store-print"),
    path("store/pick/", picking.pick, name="store-pick"),
    path("store/call/", picking.call, name="store-call"),
    path("store/printers/", printers.printers, name="store-printers"),
    path("printers/", printers.everywhere, name="printers"),
    path("store/task/<uuid:task_id>/short/", short.short, name="store-short"),
    path("store/task/<uuid:task_id>/settle/", short.settle, name="store-settle"),
]
