"""The small brand of the order book."""

from datong.orders.tests.conftest import committed_shop, shop

__all__ = ["committed_shop", "shop"]
