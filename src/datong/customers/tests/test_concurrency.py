from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from datong.customers import api
from datong.customers.tests.seen import whose
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.ids import uuid7

DOOR = uuid7()


def seen(*cards: str) -> Sighting:
    return Sighting(DOOR, tuple(Identity(IdentityKind.CARD, card, True) for card in cards))


def state(brand_id) -> tuple[int, int, int]:
    """(customers, identities, customers without any)"""
    with in_brand(brand_id):
        return rows(
            "SELECT (SELECT count(*) FROM customers_customer), (SELECT count(*) FROM customers_identity),"
            " (SELECT count(*) FROM customers_customer c WHERE NOT EXISTS"
            "   (SELECT 1 FROM customers_identity i WHERE i.brand_id = c.brand_id AND i.customer_id = c.id))"
        )[0]


@pytest.mark.requirement("S-101")
def test_many_doors_that_show_one_new_person_at_once_make_one_customer(committed_db, make_brand, in_parallel):
    brand = make_brand()
    found = in_parallel(8, lambda: whose([seen("1", "2")], brand=brand.id))
    assert len({who for [who] in found}) == 1
    assert state(brand.id) == (1, 2, 0)


def test_batches_that_overlap_every_which_way_never_lose_or_double_a_person(committed_db, make_brand, in_parallel):
    """Person n has cards na, nb, nc and is always seen with the first and another: no two customers may share one."""
    brand = make_brand()

    def work() -> list[tuple[int, object]]:
        dice = random.Random(threading.get_ident())
        people = [dice.randrange(30) for _ in range(20)]
        batch = [seen(f"{n}a", f"{n}{dice.choice('bc')}") for n in people]
        dice.shuffle(batch)
        people = [int(sighting.identities[0].value[:-1]) for sighting in batch]
        return list(zip(people, whose(batch, brand=brand.id), strict=True))

    answers: dict[int, set[object]] = {}
    for result in in_parallel(8, lambda: [answer for _ in range(3) for answer in work()]):
        for person, customer in result:
            answers.setdefault(person, set()).add(customer)
    assert all(len(customers) == 1 for customers in answers.values())
    customers, _, orphans = state(brand.id)
    assert (customers, orphans) == (len(answers), 0)
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM customers_mergeproposal") == [(0,)]


def test_who_loses_one_identity_follows_the_winner_with_the_other(committed_db, make_brand):
    """One door holds card 2 uncommitted; the other has won card 1 when it learns that 2 is taken."""
    brand = make_brand()
    held, go = threading.Event(), threading.Event()
    costs = []

    def first():
        try:
            with in_brand(brand.id):
                [who] = whose([seen("2")], brand=brand.id)
                held.set()
                assert go.wait(30)
            return who
        finally:
            connections.close_all()

    def second():
        try:
            assert held.wait(30)
            with in_brand(brand.id), count_statements() as statements:
                found = whose([seen("1", "2"), seen("1"), seen("3")], brand=brand.id)
            costs.append(len(statements))
            return found
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        winner, loser = pool.submit(first), pool.submit(second)
        assert wait_until_blocked()
        go.set()
        owner = winner.result(30)
        joined, alone, stranger = loser.result(30)
    assert joined == alone == owner != stranger
    assert state(brand.id) == (2, 3, 0)
    assert costs == [5]
    assert {i.value for i in api.customer_page(brand.id, owner).identities} == {"1", "2"}


def wait_until_blocked() -> bool:
    for _ in range(300):
        with connections["owner"].cursor() as cursor:
            # pg_locks shows what others wait for to an owner who is no superuser, too.
            cursor.execute(
                "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE a.datname = current_database() AND NOT l.granted"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False
