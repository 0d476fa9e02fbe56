"""Jobs come round: each when it is due, one worker at a time, and none is stopped by another that fails."""

import logging
import threading
from types import SimpleNamespace

import pytest
from django.db import connections

from datong.kernel import jobs, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.jobs import Clockwork, Job


@pytest.fixture
def at(monkeypatch):
    """The clock of the jobs, which stands until a test moves it."""
    now = [1_000.0]
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_a_job_runs_at_once_and_again_when_its_time_has_passed_for_each_brand(db, make_brand, at):
    one, two = make_brand().id, make_brand().id
    ran = []
    clockwork = Clockwork([Job("often", 10, lambda b: ran.append(("often", b))), Job("seldom", 30, ran.append)])
    assert clockwork.run_due([one]) == 2
    at[0] += 9.9
    assert clockwork.run_due([one, two]) == 2, "the second brand's first time"
    at[0] += 0.1
    assert clockwork.run_due([one, two]) == 1
    assert ran == [("often", one), one, ("often", two), two, ("often", one)]


@pytest.mark.parametrize("how", ["in code", "in the database"])
def test_a_job_that_fails_is_in_the_log_leaves_nothing_and_comes_round_again(db, make_brand, at, caplog, how):
    brand = make_brand()
    ran = []

    def fail(brand_id):
        execute("INSERT INTO kernel_cursor (brand_id, consumer) VALUES (%s, 'half')", [brand_id])
        if how == "in code":
            raise ValueError("no luck")
        rows("SELECT 1/0")

    clockwork = Clockwork([Job("fails", 10, fail), Job("works", 10, ran.append)])
    with caplog.at_level(logging.ERROR):
        assert clockwork.run_due([brand.id]) == 1
        at[0] += 10
        assert clockwork.run_due([brand.id]) == 1
    assert ran == [brand.id, brand.id]
    assert [(r.message, r.job, r.brand) for r in caplog.records] == [("job failed", "fails", str(brand.id))] * 2
    assert all(r.exc_info for r in caplog.records)
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM kernel_cursor WHERE consumer = 'half'") == [(0,)]


def test_a_job_that_another_worker_is_at_is_left_to_it(committed_db, make_brand):
    brand, other = make_brand().id, make_brand().id
    held, done = threading.Event(), threading.Event()

    def hold():
        with in_brand(brand):
            assert locks.try_take(f"job slow {brand}")
            held.set()
            done.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(30)
        ran = []
        assert Clockwork([Job("slow", 10, ran.append)]).run_due([brand, other]) == 1
        assert ran == [other]
    finally:
        done.set()
        thread.join(30)
    assert Clockwork([Job("slow", 10, ran.append)]).run_due([brand, other]) == 2
