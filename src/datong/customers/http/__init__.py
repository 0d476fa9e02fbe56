"""Customers over HTTP."""

from datong.customers.http import steps  # its operations stand on the same router
from datong.customers.http.people import router

__all__ = ["router", "steps"]
