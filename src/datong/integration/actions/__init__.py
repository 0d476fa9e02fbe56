"""Verbs of integration: doors are opened, deliveries received, the inbox drained, mistakes mended, files read."""

from datong.integration.actions.calls import split_batch, split_till, take_native, take_sales, take_till
from datong.integration.actions.correct import correct, replay
from datong.integration.actions.drain import drain, settle
from datong.integration.actions.endpoints import close_endpoint, create_endpoint, update_endpoint
from datong.integration.actions.gather import Answer
from datong.integration.actions.imports import import_orders
from datong.integration.actions.listing import list_by_mapping
from datong.integration.actions.pulled import keep_pulled
from datong.integration.actions.receive import greet, receive
from datong.integration.actions.throttle import admit

__all__ = [
    "Answer",
    "admit",
    "close_endpoint",
    "correct",
    "create_endpoint",
    "drain",
    "greet",
    "import_orders",
    "keep_pulled",
    "list_by_mapping",
    "receive",
    "replay",
    "settle",
    "split_batch",
    "split_till",
    "take_native",
    "take_sales",
    "take_till",
    "update_endpoint",
]
