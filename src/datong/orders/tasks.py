"""Background work of orders: one line each around the verbs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from datong.inventory.api import expire
from datong.kernel.jobs import Job
from datong.orders import api
from datong.payments.api import connections as accounts

log = logging.getLogger(__name__)


def let_go_of_unpaid(brand: UUID) -> None:
    expire(brand=brand)


def end_unpaid(brand: UUID) -> None:
    api.end_unpaid(brand)


def retry_waiting(brand: UUID) -> None:
    api.retry_waiting(brand=brand)


def sweep_baskets(brand: UUID) -> None:
    api.sweep_baskets(brand)


def take_defaults(brand: UUID) -> None:
    api.take_defaults(brand=brand)


JOBS = (
    Job("orders.take_defaults", every_s=20, run=take_defaults),
    Job("inventory.expire", every_s=10, run=let_go_of_unpaid),
    Job("orders.end_unpaid", every_s=20, run=end_unpaid),
    Job("orders.retry_waiting", every_s=15, run=retry_waiting),
    Job("orders.sweep_baskets", every_s=3600, run=sweep_baskets),
)


class PaymentAsker:
    """A drain of the worker: asks providers about payments nobody told us of, and sends refunds; in a thread of its
    own, for a provider may be slow. `brands` lists whose; one round at a time in a process, at most one a second."""

    def __init__(self, brands: Callable[[], Sequence[UUID]]) -> None:
        self._brands = brands
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="payments")
        self._busy = threading.Lock()
        self._next = 0.0

    def __call__(self) -> int:
        """Start a round unless one is under way; nothing is counted, so that the worker still rests between rounds."""
        if time.monotonic() >= self._next and self._busy.acquire(blocking=False):
            self._next = time.monotonic() + 1
            self._pool.submit(self._round)
        return 0

    def _round(self) -> None:
        try:
            for brand in self._brands():
                if accounts(brand):
                    api.ask_providers(brand)
        except Exception:
            log.exception("providers could not be asked")
        finally:
            connections.close_all()
            self._busy.release()
