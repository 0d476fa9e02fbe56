"""`datong demo` as a person runs it: processes, real doors, one JSON object, nothing left running."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import date
from http.cookiejar import CookieJar
from typing import Any

import psutil
import pytest
from django.db import connections

from datong.kernel import clock
from datong.site.demo.load import learn_statistics, load, new_slug
from datong.site.demo.worlds import WORLDS
from datong.site.testing import databases

COMMAND = [sys.executable, "-c", "from datong.site.cli import main; main()", "demo"]
LIMIT_S = 240
KEYS = {
    "received",
    "accepted",
    "duplicates",
    "refused",
    "lost",
    "stock_negative",
    "ledger_difference_minor",
    "oversold_without_hub",
    "stores_used",
    "median_distance_m",
    "seconds",
    "channels",
}


def environment(database: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": databases.url_of(database)}


def processes_of(parent: int) -> list[psutil.Process]:
    """The server and the worker of a demo name it in their command line."""
    return [p for p in psutil.process_iter(["cmdline"]) if f"end_with({parent})" in " ".join(p.info["cmdline"] or [])]


def gone_within(seconds: float, parent: int) -> bool:
    until = time.monotonic() + seconds
    while processes_of(parent) and time.monotonic() < until:
        time.sleep(0.2)
    return not processes_of(parent)


@pytest.mark.requirement("S-58", "S-161", "S-162", "S-163", "S-164")
@pytest.mark.parametrize(("brand", "orders"), [("retail", 150), ("tea", 240)])
def test_a_day_goes_through_every_door_and_nothing_is_lost_or_sold_twice(
    committed_db: str, brand: str, orders: int
) -> None:
    arguments = [*COMMAND, "--brand", brand, "--once", "--json", "--orders", str(orders)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(arguments, env=environment(committed_db), stdout=pipe, stderr=pipe, text=True)
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
    assert process.returncode == 0, err[-3000:]
    assert processes_of(process.pid) == []
    assert re.search(r"http://127\.0\.0\.1:\d+/in/", err)
    found: dict[str, Any] = json.loads(out)
    assert found.keys() >= KEYS
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert (found["stock_negative"], found["oversold"], found["ledger_difference_minor"]) == (0, 0, 0)
    assert found["received"] == found["accepted"] + found["duplicates"] + found["refused"] + found["conflicts"]
    assert found["accepted"] + found["refused"] >= orders - found["turned_away"]
    assert found["accepted"] > 0.9 * orders
    carried = [channel for channel in found["channels"] if channel["accepted"]]
    assert len(carried) >= 7
    assert sum(channel["accepted"] for channel in carried) == found["accepted"]
    assert found["turned_away"] > 0
    assert found["median_distance_m"] > 0
    assert found["stores_used"] > 50


@pytest.mark.requirement("S-13")
def test_the_printed_link_opens_the_console_and_ctrl_c_ends_everything(committed_db: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--brand", "tea", "--orders", "60"],
        env=environment(committed_db),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        link = read_until(process, r"(?:Look around:|随便看看：) (http://127\.0\.0\.1:\d+/in/\S+)")
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        with opener.open(link[1], timeout=20) as page:
            assert page.status == 200
            assert "青岫茶" in page.read().decode()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert process.returncode == 0
    assert "青岫茶" in out
    assert processes_of(process.pid) == []


def test_when_the_demo_is_killed_its_processes_end_too(committed_db: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--brand", "tea", "--orders", "60"],
        env=environment(committed_db),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        read_until(process, "The console is open|控制台已打开")
        assert len(processes_of(process.pid)) >= 2
    finally:
        process.kill()
        process.communicate()
    assert gone_within(30, process.pid)


def test_the_planner_knows_a_new_brand_before_its_first_order(committed_db: str) -> None:
    world = WORLDS["tea"](date(2026, 11, 20), 60)
    load(world, slug=new_slug("tea", clock.now()), now=clock.now())
    learn_statistics()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::int, (SELECT count(*) FROM inventory_stock) FROM pg_class"
            " WHERE relname = 'inventory_stock'"
        )
        known, there = cursor.fetchone()
    assert known == there >= len(world.stock)


def read_until(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    assert process.stderr is not None
    seen, until = "", time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        line = process.stderr.readline()
        seen += line
        if match := re.search(pattern, seen):
            return match
        if not line and process.poll() is not None:
            break
    raise AssertionError(f"not said: {pattern}\n{seen[-2000:]}")
