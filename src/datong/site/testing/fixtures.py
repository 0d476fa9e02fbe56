"""The fixtures every module's tests use (conftest.py takes them over)."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

_numbers = itertools.count()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A clone for this worker; the application's role works in it, or row-level security would prove nothing."""
    from datong.site.testing import databases

    name = f"datong_t_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.clone(name)
        yield
        databases.drop(name)


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own for a test that commits, uses threads or other processes; its name. Dropped after."""
    from datong.site.testing import databases

    name = f"datong_t_{os.getpid()}_{next(_numbers)}"
    with django_db_blocker.unblock():
        from django.db import connections

        before = connections["default"].settings_dict["NAME"]
        databases.clone(name)
        try:
            yield name
        finally:
            databases.drop(name)
            databases.point_at(before)


@pytest.fixture
def make_brand() -> Callable[..., Any]:
    """make_brand(**fields): one more brand in the test's database."""
    from datong.brand.api import create_brand

    def make(**fields: Any) -> Any:
        number = next(_numbers)
        defaults = {
            "slug": f"brand-{os.getpid()}-{number}",
            "name": f"Brand {number}",
            "currency": "USD",
            "locale": "en-US",
            "country": "US",
            "timezone": "America/Chicago",
            "tokens": {},
        }
        return create_brand(**{**defaults, **fields})

    return make


@pytest.fixture
def brand(db: None, make_brand: Callable[..., Any]) -> Any:
    """A fresh brand in the transaction of the test (rolled back)."""
    return make_brand()


@pytest.fixture
def in_parallel() -> Callable[[int, Callable[[], Any]], list[Any]]:
    """in_parallel(n, work): run `work` in n threads that start together, each with its own connection; the results."""

    def run(count: int, work: Callable[[], Any]) -> list[Any]:
        from django.db import connections

        barrier = threading.Barrier(count)

        def one() -> Any:
            try:
                barrier.wait(timeout=30)
                return work()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(count) as pool:
            return [future.result(timeout=120) for future in [pool.submit(one) for _ in range(count)]]

    return run
