"""Totals are exact at any instant, seals hold, and what is tampered with is found."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connections, transaction

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.purses import CASH, DAY, TILL, a_hold, a_purse, move, top_up
from datong.ledger.types import Account, Asked, Balance, Capture

SALES = Account("income:sales", "CNY")


def owner(sql: str, *params: object) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


WAITING = "SELECT count(*) FROM ledger_transfer WHERE brand_id = %s AND xid >= pg_snapshot_xmin(pg_current_snapshot())"


def seal_all(brand) -> int:
    wait_for_horizon(brand)
    return seal_now(brand)


def wait_for_horizon(brand) -> None:
    """An open write anywhere in the cluster holds the horizon back: another test's, for a while."""
    until = time.monotonic() + 20
    while count_of_waiting(brand) and time.monotonic() < until:
        time.sleep(0.05)


def count_of_waiting(brand) -> int:
    with in_brand(brand.id):
        return rows(WAITING, [brand.id])[0][0]


def seal_now(brand) -> int:
    taken = 0
    while count := api.seal(brand=brand.id):
        taken += count
    return taken


def totals(brand) -> list[tuple]:
    with in_brand(brand.id):
        return rows("SELECT account_id, business_date, debits_minor, credits_minor FROM ledger_daytotal ORDER BY 1, 2")


def _reports_agree(brand, accounts: int) -> None:
    """What is told from the totals by day is what the transfers themselves say (these have no channel)."""
    later = DAY + timedelta(1)
    for asked in (Asked(), Asked(since=later), Asked(until=DAY), Asked(DAY, DAY)):
        told = api.report(brand.id, asked).rows
        assert told == api.report(brand.id, asked, by="channel").rows and len(told) == accounts
        assert api.report_page(brand.id, asked).rows == told


@pytest.mark.requirement("S-199", "S-200")
def test_balances_are_exact_whatever_is_rolled_up_and_a_rebuild_equals_what_stands(committed_db, make_brand):
    brand = make_brand()
    later = DAY + timedelta(1)

    def sell(amount: int, day: date) -> None:
        api.post([move(CASH, SALES, amount, business_date=day)], brand=brand.id)

    sell(100, DAY)
    sell(20, later)
    before = api.balances(brand.id)
    assert seal_all(brand) == 2
    assert api.balances(brand.id) == before == [Balance(CASH, 120, 0), Balance(SALES, 0, 120)]
    _reports_agree(brand, 2)
    sell(3, DAY)  # a late one of a day that was rolled up
    _reports_agree(brand, 2)
    assert api.balances(brand.id, until=DAY) == [Balance(CASH, 103, 0), Balance(SALES, 0, 103)]
    assert api.balances(brand.id, ["income:sales"]) == [Balance(SALES, 0, 123)]
    assert seal_all(brand) == 1 and seal_all(brand) == 0
    assert api.balances(brand.id, until=DAY) == [Balance(CASH, 103, 0), Balance(SALES, 0, 103)]
    _reports_agree(brand, 2)
    stands = totals(brand)
    assert len(stands) == 4
    owner("UPDATE ledger_daytotal SET credits_minor = credits_minor + 1 WHERE credits_minor = 103")
    assert [(d.what, d.account) for d in api.verify(brand.id).differences] == [("totals_differ", "income:sales")]
    assert api.rebuild_totals(brand=brand.id) == 4
    assert totals(brand) == stands and api.verify(brand.id).sound


def test_what_an_open_transaction_may_still_write_is_neither_sealed_nor_lost(committed_db, make_brand, in_parallel):
    """A slow till holds its transaction open while others post and the job seals; readers see every commit."""
    brand = make_brand()
    api.post([move(CASH, SALES, 10)], brand=brand.id)
    wait_for_horizon(brand)
    with in_brand(brand.id):
        api.post([move(CASH, SALES, 1000)], brand=brand.id)
        in_parallel(1, lambda: api.post([move(CASH, SALES, 1)], brand=brand.id))
        assert in_parallel(1, lambda: seal_now(brand)) == [1]
        assert in_parallel(1, lambda: api.balances(brand.id, ["income:sales"])) == [[Balance(SALES, 0, 11)]]
    assert api.balances(brand.id, ["income:sales"]) == [Balance(SALES, 0, 1011)]
    assert seal_all(brand) == 2
    assert api.balances(brand.id, ["income:sales"]) == [Balance(SALES, 0, 1011)]


def test_sealing_beside_posting_and_reading_never_shows_a_wrong_total(committed_db, make_brand, in_parallel):
    """Every transfer adds 1 to both sides, so whatever a reader sees must be equal on both and never go down."""
    brand = make_brand()
    roles = iter(["post", "post", "seal", "read"])

    def work() -> None:
        role, last = next(roles), 0
        for _ in range(40):
            if role == "post":
                api.post([move(CASH, SALES, 1) for _ in range(5)], brand=brand.id)
            elif role == "seal":
                api.seal(brand=brand.id, limit=20)
            else:
                seen = {balance.account.code: balance for balance in api.balances(brand.id)}
                if seen:
                    assert seen["asset:cash"].debits_minor == seen["income:sales"].credits_minor >= last
                    last = seen["asset:cash"].debits_minor

    in_parallel(4, work)
    seal_all(brand)
    assert api.balances(brand.id) == [Balance(CASH, 400, 0), Balance(SALES, 0, 400)]
    verdict = api.verify(brand.id)
    assert verdict.sound and verdict.transfers == 400 and len(verdict.head) == 64


@pytest.mark.requirement("S-199", "S-201")
def test_whoever_tampers_with_a_row_as_the_databases_owner_is_found(committed_db, make_brand):
    brand, purse = make_brand(), a_purse()
    top_up(brand.id, purse, 1000)
    api.post([sale := move(CASH, SALES, 100)], brand=brand.id)
    api.hold([hold := a_hold(purse, 400)], brand=brand.id)
    api.capture([taken := Capture(uuid7(), hold.id, 100)], brand=brand.id)
    api.post([move(TILL, SALES, 100, subject_id=hold.subject_id)], brand=brand.id)
    seal_all(brand)
    api.post([move(CASH, SALES, 1)], brand=brand.id)
    seal_all(brand)
    assert api.verify(brand.id).differences == ()
    other = uuid7()
    cases = [
        ("UPDATE ledger_transfer SET amount_minor = 99 WHERE id = %s", [sale.id], {"seal_broken", "totals_differ"}),
        ('UPDATE ledger_transfer SET dimensions = \'{"store": "2"}\' WHERE id = %s', [sale.id], {"seal_broken"}),
        ("DELETE FROM ledger_transfer WHERE id = %s", [sale.id], {"seal_broken", "totals_differ"}),
        ("UPDATE ledger_transfer SET amount_minor = 98 WHERE id = %s", [taken.id], None),
        (
            "INSERT INTO ledger_transfer SELECT brand_id, %s, debit_id, credit_id, 5, currency, kind, subject_id,"
            " business_date, dimensions, posted_at, xid FROM ledger_transfer WHERE id = %s",
            [other, sale.id],
            {"unsealed", "totals_differ"},
        ),
        ("UPDATE ledger_balance SET credits_minor = 2000", [], {"balance_differs"}),
        ("UPDATE ledger_balance SET held_debits_minor = 0", [], {"held_differs"}),
        ("DELETE FROM ledger_balance", [], {"balance_differs"}),
        ("UPDATE ledger_holdstep SET amount_minor = 401", [], None),
        ("UPDATE ledger_seal SET hash = sha256('x') WHERE number = 1", [], {"seal_broken", "seal_missing"}),
        ("DELETE FROM ledger_seal WHERE number = 1", [], {"seal_missing", "unsealed"}),
    ]
    for sql, params, whats in cases:
        found = set()
        try:
            with transaction.atomic("owner"):
                assert owner(sql, *params) >= 1
                found = owners_view(brand)
                raise RuntimeError("back")
        except RuntimeError:
            pass
        assert found and (whats is None or found == whats), (sql, found)
    assert api.verify(brand.id).sound


def owners_view(brand) -> set[str]:
    """What `verify` finds inside the owner's open transaction."""
    from unittest.mock import patch

    alias = connections["owner"]
    with patch.object(connections["default"], "cursor", lambda *a, **k: alias.cursor()):
        return {difference.what for difference in api.verify(brand.id).differences}


def test_what_modules_above_register_is_part_of_a_verification_and_it_leaves_a_record(db, brand, monkeypatch):
    from datong.ledger.queries import checks
    from datong.ledger.types import Difference

    monkeypatch.setattr(checks, "_checks", {})
    assert api.last_verification(brand.id) is None
    found = Difference("cards_differ", "liability:purse", "CNY", 5, uuid7())
    api.register_check("cards", lambda brand_id: [found] if brand_id == brand.id else [])
    assert api.verify_now(brand.id, by="ann").differences == (found,)
    last = api.last_verification(brand.id)
    assert last and (last.by, last.found, last.differences) == ("ann", 1, (found,))


def test_the_night_has_its_recount_once(db, make_brand):
    brand = make_brand(timezone="Asia/Shanghai")
    night = clock.now().replace(year=2026, month=11, day=22, hour=18, minute=30)  # 02:30 in Shanghai
    with clock.held_at(night):
        assert [api.verify_due(brand.id) for _ in range(2)] == [True, False]
    with clock.held_at(night + timedelta(hours=13)):
        assert not api.verify_due(brand.id)
    with clock.held_at(night + timedelta(days=1)):
        assert api.verify_due(brand.id)
    with clock.held_at(night + timedelta(days=1, hours=5)):
        api.ask_verification(brand.id)
    with clock.held_at(night + timedelta(days=1, hours=6)):
        assert [api.verify_due(brand.id) for _ in range(2)] == [True, False]
    with clock.held_at(night + timedelta(days=3, hours=8)):
        assert api.verify_due(brand.id)


def test_a_hold_that_never_came_back_is_found(db, brand):
    purse = a_purse()
    top_up(brand.id, purse, 100)
    api.hold([hold := a_hold(purse, 60)], brand=brand.id)
    with clock.held_at(replace(hold).expires_at + timedelta(days=2)):
        [found] = api.verify(brand.id).differences
    assert (found.what, found.subject_id, found.difference_minor) == ("hold_overdue", hold.id, 60)
