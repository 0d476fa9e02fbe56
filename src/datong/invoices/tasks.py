"""What the worker does for invoices: send what is due, in a thread of its own, for a provider may be slow."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import connections

from datong.invoices import api

log = logging.getLogger(__name__)


class InvoiceSender:
    """A drain of the worker; `brands` lists whose invoices are sent. One round at a time in a process."""

    def __init__(self, brands: Callable[[], Sequence[UUID]]) -> None:
        self._brands = brands
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="invoices")
        self._busy = threading.Lock()

    def __call__(self) -> int:
        """Start a round unless one is under way; nothing is counted, so that the worker still rests between rounds."""
        if self._busy.acquire(blocking=False):
            self._pool.submit(self._round)
        return 0

    def _round(self) -> None:
        try:
            for brand in self._brands():
                if api.sellers(brand):
                    api.send_due(brand)
        except Exception:
            log.exception("invoices could not be sent")
        finally:
            connections.close_all()
            self._busy.release()
