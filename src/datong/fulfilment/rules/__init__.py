"""Decisions of fulfilment, plain Python."""

from datong.fulfilment.rules.promise import pace_of, risk_of
from datong.fulfilment.rules.tasks import BEFORE, ENDED, IN_ORDER, LEFT, may_follow

__all__ = ["BEFORE", "ENDED", "IN_ORDER", "LEFT", "may_follow", "pace_of", "risk_of"]
