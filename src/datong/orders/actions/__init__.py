"""Writes of orders, each one verb."""

from datong.orders.actions.place import place
from datong.orders.actions.resource import cancel_unpaid, resource, retry_waiting
from datong.orders.actions.settle import approve, close_finding, put_rules

__all__ = ["approve", "cancel_unpaid", "close_finding", "place", "put_rules", "resource", "retry_waiting"]
