from datong.sync.tests.shops import committed_two_way, shop, shopify, two_way, woo

__all__ = ["committed_two_way", "shop", "shopify", "two_way", "woo"]
