from datong.orders.tests.conftest import committed_shop, shop
from datong.sync.tests.world import shopify, two_way, woo

__all__ = ["committed_shop", "shop", "shopify", "two_way", "woo"]
