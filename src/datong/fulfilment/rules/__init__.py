"""Decisions of fulfilment, plain Python."""

from datong.fulfilment.rules.tasks import BEFORE, ENDED, IN_ORDER, LEFT, may_follow

__all__ = ["BEFORE", "ENDED", "IN_ORDER", "LEFT", "may_follow"]
