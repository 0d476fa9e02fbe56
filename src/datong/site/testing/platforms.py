"""Platforms at the other end, for tests of modules that must not know how it is made."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from datong.integration.local.coupons import LocalMeituan
from datong.sync.local.woocommerce import LocalWooCommerce


@pytest.fixture
def woo() -> Iterator[LocalWooCommerce]:
    """A WooCommerce shop on 127.0.0.1 that shows nothing yet."""
    with LocalWooCommerce() as server:
        yield server


__all__ = ["LocalMeituan", "LocalWooCommerce", "woo"]
