"""Nothing acknowledged is lost: server, worker and database are killed while orders come in, then all is counted."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context
from datong.integration.wire.send import shopify
from datong.kernel import clock, embedded
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.types import Amounts, Contact, Destination, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.addresses import free_port
from datong.site.bench.figures import tree

DATONG = Path(sys.executable).parent / "datong"
SENDERS = 4
VICTIMS = ["serve", "postgres", "worker", "bank", "postgres"]
LONG = 60 if os.environ.get("DATONG_LONG") else 0
"""Kills more, when the orders are all in and only the bank works."""
LIMIT_S = 150


class Site:
    """A server and a worker over one home, which can be killed and started again."""

    def __init__(self, home):
        self.home, self.port, self.running = home, free_port("127.0.0.1"), {}
        self.env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATONG_ROLE_PREFIX")}
        self.env["DATONG_HOME"] = str(home)
        self.runs, self.brand, self.book = 0, "", home.parent / "bank"

    def python(self, *args):
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "datong.site.tests.crash_world",
            args[0],
            str(self.home),
            *args[1:],
        ]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, what):
        if what == "bank":
            self.runs += 1
            args = ["run", str(self.home), self.brand, str(self.book), str(self.runs * 100)]
            command = [sys.executable, "-W", "ignore", "-m", "datong.site.tests.bank_world", *args]
            self.running[what] = subprocess.Popen(command, env=self.env)
            return
        args = (
            ["serve", "--port", str(self.port), "--workers", "1", "--threads", "4"] if what == "serve" else ["worker"]
        )
        with self.log(what).open("ab") as said:
            self.running[what] = subprocess.Popen([DATONG, *args], env=self.env, stdout=said, stderr=said)

    def log(self, what):
        return self.home.parent / f"{what}.log"

    def kill(self, what):
        """kill -9 of everything the process started, and of itself."""
        pids = [embedded.status(self.home).pid] if what == "postgres" else tree(self.running[what].pid)
        for pid in pids:
            if pid:
                os.kill(pid, signal.SIGKILL)
        if what != "postgres":
            self.running[what].wait(20)
            self.start(what)

    def stop(self):
        for what, process in self.running.items():
            process.kill() if what == "bank" else process.terminate()
        for process in self.running.values():
            process.wait(60)
        embedded.stop(self.home)


def web_order(number, order):
    place = order["destination"]
    lines = tuple(IntentLine(n, line["sku"], line["units"], unit_minor=100) for n, line in enumerate(order["lines"], 1))
    return OrderIntent(
        channel_id=uuid7(),
        external_id=str(10_000 + number),
        placed_at=clock.now(),
        currency="USD",
        lines=lines,
        fulfilment=FulfilmentKind.DELIVERY,
        payment=PaymentMethod.PREPAID,
        paid=True,
        destination=Destination(
            AddressText("1 Main St", "Minneapolis", "MN", "55401", "US"), Point(place["lon"], place["lat"])
        ),
        contact=Contact("Ann Lee", "+16125550100", "ann@example.com"),
        identities=(Identity(IdentityKind.EMAIL, "ann@example.com", True),),
        amounts=Amounts(goods=300, paid=300),
    )


def deliver(site, world, number):
    """Send one order until it is acknowledged, like a sender that retries; what the book must have afterwards."""
    order = world["orders"][number]
    if number % 2:
        context = Context(channel_id=uuid7(), channel_code="web", currency="USD", secrets={"secret": "crash"})
        request = shopify.build(web_order(number, order), context)
        path, body, headers = f"/hooks/{world['token']}", request.body, dict(request.headers)
        taken = [world["web_channel"], str(10_000 + number)]
    else:
        path, body = "/api/v1/orders", json.dumps(order).encode()
        headers = {"Authorization": f"Bearer {world['key']}", "Content-Type": "application/json"}
        taken = [world["api_channel"], order["external_id"]]
    until = time.monotonic() + LIMIT_S
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=15)
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
            if status < 300:
                return taken
            assert status >= 500 or status == 429, status
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise AssertionError(f"order {number} was never acknowledged")


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A day in which everything was killed: what had been acknowledged, and what was there afterwards."""
    site = Site(tmp_path_factory.mktemp("crash") / "home")
    world = site.python("open")
    site.brand = world["brand"]
    numbers = iter(range(len(world["orders"])))
    guard, acknowledged, failures = threading.Lock(), [], []

    def sender():
        while True:
            with guard:
                number = next(numbers, None)
            if number is None:
                return
            try:
                taken = deliver(site, world, number)
            except BaseException as error:
                failures.append(error)
                return
            with guard:
                acknowledged.append(taken)

    try:
        site.start("serve")
        site.start("worker")
        site.start("bank")
        threads = [threading.Thread(target=sender) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        dice = random.Random(os.environ.get("PYTEST_XDIST_TESTRUNUID", "x"))
        for victim in VICTIMS:
            so_far, until = len(acknowledged), time.monotonic() + 40
            step = dice.randint(15, 40)
            while len(acknowledged) < so_far + step and time.monotonic() < until and not failures:
                time.sleep(0.02)
            site.kill(victim)
        for thread in threads:
            thread.join(LIMIT_S)
        assert failures == [] and len(acknowledged) == len(world["orders"])
        for _ in range(LONG):
            time.sleep(dice.uniform(1, 4))
            site.kill(dice.choice(VICTIMS))
        site.running["bank"].kill()
        counted = drained(site, world)
    finally:
        site.stop()
    yield counted, acknowledged


@pytest.mark.requirement("S-163", "S-175")
def test_what_was_acknowledged_is_in_the_book_once_whatever_was_killed(killed):
    counted, acknowledged = killed
    assert sorted(counted["orders"]) == sorted(acknowledged)
    assert counted["stock"] and counted["book"] and counted["ledger"] == []


@pytest.mark.requirement("S-199", "S-200")
def test_purses_that_pay_each_other_lose_and_gain_nothing_whatever_was_killed(killed):
    """Many connections pay, others add up all purses at every moment: the sum never changes, no reader sees another.

    DATONG_LONG=1 goes on killing for some three minutes after the orders are in.
    """
    bank = killed[0]["bank"]
    print("bank:", bank["acknowledged"], "acknowledged")
    assert (bank["total"], bank["wrong"], bank["lost"], bank["found"]) == (8000, [], [], [])
    assert bank["acknowledged"] > 50


def drained(site, world):
    """The recount once the inbox has nothing waiting."""
    until = time.monotonic() + LIMIT_S
    while True:
        counted = site.python("recount", world["brand"], str(site.book))
        waits = counted["inbox"].get("pending", 0)
        if not waits or time.monotonic() > until:
            said = site.log("worker").read_text(errors="replace")[-3000:]
            assert not waits, f"{waits} wait, the worker {site.running['worker'].poll()} said {said}"
            assert set(counted["inbox"]) <= {"placed", "repeat"}, counted["inbox"]
            return counted
        time.sleep(0.5)
