"""What the worker clears away every hour."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client

from datong.access import api
from datong.access.models import LoginSession, LoginTry
from datong.kernel import clock
from datong.site.wiring import worker


def test_housekeeping_forgets_old_counters_and_sessions_that_ran_out(committed_db):
    api.create_user("ann", password="a long enough one")
    housekeeping = worker().housekeeping
    browser = Client()
    browser.post("/login/", {"username": "ann", "password": "a long enough one"})
    api.count_try("something")
    tables = (LoginTry, Session, LoginSession)
    before = [table.objects.count() for table in tables]
    housekeeping()
    assert [table.objects.count() for table in tables] == before
    with clock.held_at(clock.now() + timedelta(days=30)):
        housekeeping()
        assert [table.objects.count() for table in tables] == [0, 0, 1]
    with clock.held_at(clock.now() + timedelta(days=91)):
        housekeeping()
    assert LoginSession.objects.count() == 0
