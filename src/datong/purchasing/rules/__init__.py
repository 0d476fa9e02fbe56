"""Pure decisions of purchasing: what will be wanted, and how much to order."""

from datong.purchasing.rules.forecast import MODELS, backtest, forecast
from datong.purchasing.rules.replenish import SERVICE, order_units

__all__ = ["MODELS", "SERVICE", "backtest", "forecast", "order_units"]
