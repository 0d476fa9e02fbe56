"""What the page of a customer costs who bought five thousand times: CPU of the server and of PostgreSQL apart."""

from __future__ import annotations

import os
import time
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client

from datong.access.api import assign, create_user
from datong.access.types import Role
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import count_statements, rows
from datong.orders import api as orders
from datong.orders.types import Contact, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod
from datong.site.bench.figures import Figure, Goal, Report, cpu_s, percentile
from datong.site.bench.world import World, open_world

ORDERS, REAL = 5_000, 20
ROUNDS, LOOKS = 5, 20
GOAL_MS = 50.0

# A copy of an order that was really taken, under another id and number; its id is of the same month.
COPY = """
    INSERT INTO orders_order SELECT (jsonb_populate_record(o, jsonb_build_object(
               'id', {id}, 'number', o.number || '-' || n, 'external_id', o.external_id || '-' || n,
               'placed_at', o.placed_at - n * interval '7 hours'))).*
      FROM orders_order o, generate_series(1, %(times)s) n WHERE o.brand_id = %(brand)s
"""
COPY_LINES = """
    INSERT INTO orders_line SELECT (jsonb_populate_record(o, jsonb_build_object('order_id', {id}))).*
      FROM orders_line o, generate_series(1, %(times)s) n WHERE o.brand_id = %(brand)s
"""
ID = "overlay({column}::text placing lpad(to_hex(n), 12, '0') from 25)"


def run() -> Report:
    """The page as it is served: middleware, session, rights, every block, the rendering."""
    world, report = open_world(stores=20, skus=40), Report("customer360")
    person = _bought(world)
    user_id = create_user("bench", locale="en")
    assign(world.brand.id, user_id, Role.OWNER, by="bench")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.get(pk=user_id))
    url = f"/customers/{person}/"
    backend = rows("SELECT pg_backend_pid()")[0][0]
    found: dict[str, list[float]] = {"server_cpu": [], "postgres_cpu": [], "wall_p50": [], "wall_p95": []}
    for count in range(ROUNDS + 1):
        before, taken = (cpu_s([os.getpid()]), cpu_s([backend])), []
        for _ in range(LOOKS):
            start = time.perf_counter()
            answer = client.get(url)
            taken.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 200, answer.status_code
        if count:
            found["server_cpu"].append(1000 * (cpu_s([os.getpid()]) - before[0]) / LOOKS)
            found["postgres_cpu"].append(1000 * (cpu_s([backend]) - before[1]) / LOOKS)
            found["wall_p50"].append(percentile(taken, 0.5))
            found["wall_p95"].append(percentile(taken, 0.95))
    both = [a + b for a, b in zip(found["server_cpu"], found["postgres_cpu"], strict=True)]
    for key, values in (*found.items(), ("cpu", both)):
        report.figures[key] = Figure(tuple(values), "ms")
    with count_statements() as seen:
        client.get(url)
    report.goals["server time, CPU ms a page"] = Goal("cpu", GOAL_MS)
    report.notes |= {"orders": ORDERS, "statements": len(seen), "load_average": os.getloadavg()[0]}
    return report


def _bought(world: World) -> Any:
    """The person with all those orders."""
    sign = (Identity(IdentityKind.PHONE, "+16125550100", True),)
    intents = [
        OrderIntent(
            world.channel,
            f"R-{n}",
            clock.now(),
            world.brand.currency,
            tuple(IntentLine(place + 1, sku, 1) for place, sku in enumerate(world.rnd.sample(world.skus, 3))),
            FulfilmentKind.PICKUP,
            PaymentMethod.CASH_ON_DELIVERY,
            store_code=world.stores[n % len(world.stores)].code,
            contact=Contact("Ann Lee", "+16125550100"),
            identities=sign,
        )
        for n in range(REAL)
    ]
    first = orders.place(intents, brand=world.brand.id, actor="bench")[0]
    key: dict[str, Any] = {"brand": world.brand.id, "times": ORDERS // REAL - 1}
    with connections["owner"].cursor() as cursor:
        cursor.execute(COPY.format(id=ID.format(column="o.id")), key)
        cursor.execute(COPY_LINES.format(id=ID.format(column="o.order_id")), key)
        cursor.execute("ANALYZE")
    return orders.order_page(world.brand.id, first.order_id).customer_id  # type: ignore[union-attr]
