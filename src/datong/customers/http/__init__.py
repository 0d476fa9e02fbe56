"""Customers over HTTP: people, and their membership cards."""

from datong.customers.http import bonds, feedback, golden, rights, steps  # their operations stand on the same router
from datong.customers.http.cards import router as cards_router
from datong.customers.http.people import router

router.add_router("", cards_router)

__all__ = ["bonds", "feedback", "golden", "rights", "router", "steps"]
