"""The pytest plugin (-p): a server before Django reads its settings."""

from __future__ import annotations

import os
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings

# A machine that is busy with other work is no fault of a test.
settings.register_profile("datong", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("datong")

os.environ.setdefault("DATONG_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("DATONG_ROLE_PREFIX", "datong_test")
os.environ["DJANGO_SETTINGS_MODULE"] = "datong.site.settings"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(*ids): the requirements (docs/requirements) this test shows")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    if not os.environ.get("DATABASE_URL"):
        from datong.kernel import embedded
        from datong.site.testing.home import TEST_HOME

        # The process that starts the others holds it for all of them; the last run to end stops it.
        stack = ExitStack()
        os.environ["DATABASE_URL"] = stack.enter_context(embedded.hold(TEST_HOME, throwaway=True)).owner_url
        early_config.add_cleanup(stack.close)
