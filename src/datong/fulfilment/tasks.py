"""Background work of fulfilment."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from datong.fulfilment import api
from datong.kernel.jobs import Job

log = logging.getLogger(__name__)


def dispatch(brand_id: UUID) -> None:
    api.dispatch(brand_id)


def forget_positions(brand_id: UUID) -> None:
    api.forget_positions(brand_id)


def raise_late(brand_id: UUID) -> None:
    api.raise_late(brand_id)


JOBS = (
    Job("fulfilment.dispatch", 10.0, dispatch),
    Job("fulfilment.forget_positions", 60.0, forget_positions),
    Job("fulfilment.raise_late", 30.0, raise_late),
)


class TicketDrain:
    """A drain of the worker that prints tickets, in a thread of its own: a printer may not answer for seconds."""

    def __init__(self, brands: Callable[[], Sequence[UUID]]) -> None:
        self._brands = brands
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="tickets")
        self._busy = threading.Lock()

    def __call__(self) -> int:
        """Start a round unless one is under way; nothing is counted, so that the worker still rests between rounds."""
        if self._busy.acquire(blocking=False):
            self._pool.submit(self._round)
        return 0

    def _round(self) -> None:
        try:
            for brand in self._brands():
                api.print_due(brand)
        except Exception:
            log.exception("tickets could not be printed")
        finally:
            connections.close_all()
            self._busy.release()
