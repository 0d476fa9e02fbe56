"""Decisions of fulfilment, plain Python."""

from datong.fulfilment.rules.tasks import BEFORE, ENDED, LEFT

__all__ = ["BEFORE", "ENDED", "LEFT"]
