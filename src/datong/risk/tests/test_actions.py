from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.utils import ProgrammingError

from datong.kernel import clock
from datong.kernel.db import count_statements, execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7
from datong.risk import api
from datong.risk.types import Decision, Facts, Limit, LimitKind, ListEntry, ListKind

pytestmark = pytest.mark.django_db
DOOR, ANN = uuid7(), uuid7()
PHONE = "+8613800138000"
BIG = Limit("big", LimitKind.ORDER_AMOUNT, 5000, Decision.REVIEW, "USD")
OFTEN = Limit("often", LimitKind.ORDERS_IN_WINDOW, 2, Decision.BLOCK, window_s=3600)
MUCH = Limit("much", LimitKind.AMOUNT_IN_WINDOW, 2500, Decision.REVIEW, "USD", window_s=60)


def facts(amount: int = 1000, **kw: object) -> Facts:
    fields = {"subject_id": uuid7(), "channel_id": DOOR, "currency": "USD", "units": 1, "lines": 1}
    return Facts(amount_minor=amount, **{**fields, "contacts": (PHONE,), **kw})  # type: ignore[arg-type]


def decisions(brand, *batch: Facts) -> list[str]:
    return [verdict.decision.value for verdict in api.assess(batch, brand=brand.id)]


def events(brand) -> list[tuple]:
    with in_brand(brand.id):
        return rows("SELECT name, payload->>'decision' FROM kernel_outboxevent ORDER BY id")


@pytest.mark.requirement("S-308")
def test_every_order_is_supervised_and_what_was_stopped_says_by_which_rule(brand):
    api.put_limits(brand.id, [BIG], by="ann", reason="new shop")
    small, big = facts(), facts(5001)
    assert decisions(brand, small, big) == ["approve", "review"]
    log = api.verdicts_of(brand.id, [small.subject_id, big.subject_id])
    assert [log[f.subject_id][0].verdict.rules for f in (small, big)] == [(), ("big",)]
    assert [judged.verdict.subject_id for judged in api.flagged(brand.id)] == [big.subject_id]
    assert events(brand) == [("risk.rules_changed", None), ("risk.order_flagged", "review")]


@pytest.mark.requirement("S-314")
def test_too_many_orders_of_one_contact_in_a_window_are_stopped_until_it_has_passed(brand):
    api.put_limits(brand.id, [OFTEN], by="ann", reason="bots")
    start = clock.now()
    with clock.held_at(start):
        assert decisions(brand, facts()) == ["approve"]
    with clock.held_at(start + timedelta(minutes=30)):
        assert decisions(brand, facts(), facts(contacts=("a@b.example",))) == ["approve", "approve"]
        assert decisions(brand, facts(), facts(contacts=())) == ["block", "approve"]
    with clock.held_at(start + timedelta(minutes=61)):
        assert decisions(brand, facts()) == ["block"]  # those of 30 minutes ago still count
    with clock.held_at(start + timedelta(minutes=140)):
        assert decisions(brand, facts()) == ["approve"]


def test_the_amount_in_a_window_counts_its_currency_and_customer(brand):
    api.put_limits(brand.id, [MUCH], by="ann", reason="cards")
    assert decisions(brand, facts(2000, customer_id=ANN, contacts=())) == ["approve"]
    assert decisions(brand, facts(9000, customer_id=ANN, contacts=(), currency="EUR")) == ["approve"]
    assert decisions(brand, facts(400, customer_id=ANN, contacts=()), facts(600)) == ["approve", "approve"]
    assert decisions(brand, facts(400, customer_id=ANN, contacts=())) == ["review"]


def test_lists_stop_or_let_through_by_contact_or_customer(brand, make_brand):
    api.put_limits(brand.id, [BIG], by="ann", reason="new shop")
    api.put_entries(
        brand.id,
        [
            ListEntry(ListKind.BLOCK, "  A@B.example ", "returns everything", "ann"),
            ListEntry(ListKind.ALLOW, str(ANN), "the owner's mother", "ann"),
        ],
    )
    blocked = facts(contacts=("a@b.example",))
    assert decisions(brand, blocked, facts(9000, customer_id=ANN), facts(9000)) == ["block", "approve", "review"]
    assert decisions(brand, facts(contacts=("a@b.example",), happened=True)) == ["review"]
    assert decisions(make_brand(), blocked) == ["approve"]
    api.remove_entry(brand.id, ListKind.BLOCK, "a@b.example", by="ann", reason="settled")
    assert decisions(brand, blocked) == ["approve"]
    assert [entry.value for entry in api.list_entries(brand.id)] == [str(ANN)]
    with pytest.raises(NotFound):
        api.remove_entry(brand.id, ListKind.BLOCK, "a@b.example", by="ann", reason="settled")


def test_what_no_database_can_hold_breaks_nothing(brand):
    assert decisions(brand, facts(contacts=("a\x00", "\ud800", PHONE))) == ["approve"]


def test_a_shadow_limit_is_watched_before_it_goes_live(brand):
    shadow = Limit("big", LimitKind.ORDER_AMOUNT, 5000, Decision.BLOCK, "USD", shadow=True)
    api.put_limits(brand.id, [shadow], by="ann", reason="try")
    since = clock.now()
    assert decisions(brand, facts(5001)) == ["approve"]
    assert api.fired_since(brand.id, since) == {"big": (0, 1)}
    live = Limit("big", LimitKind.ORDER_AMOUNT, 5000, Decision.BLOCK, "USD")
    api.put_limits(brand.id, [live], by="ann", reason="it is right")
    assert decisions(brand, facts(5001)) == ["block"]
    assert api.fired_since(brand.id, since) == {"big": (1, 1)}
    assert api.list_limits(brand.id) == [live]


def test_a_limit_that_is_switched_off_or_of_another_brand_does_not_count(brand, make_brand):
    off = Limit("big", LimitKind.ORDER_AMOUNT, 1, Decision.BLOCK, "USD", active=False)
    door = Limit("door", LimitKind.ORDER_UNITS, 0, Decision.BLOCK, channels=frozenset({uuid7()}))
    api.put_limits(brand.id, [off, door], by="ann", reason="off")
    api.put_limits(make_brand().id, [BIG], by="ben", reason="other")
    assert decisions(brand, facts(9000)) == ["approve"]
    assert api.list_limits(brand.id) == [off, door]


def test_a_rule_without_sense_name_or_reason_is_not_put(brand):
    for change in ({"by": " "}, {"reason": ""}):
        with pytest.raises(BadInput):
            api.put_limits(brand.id, [BIG], **{"by": "ann", "reason": "why", **change})
    with pytest.raises(BadInput):
        api.put_limits(brand.id, [BIG, BIG], by="ann", reason="twice")
    with pytest.raises(BadInput):
        api.put_entries(brand.id, [ListEntry(ListKind.BLOCK, PHONE, "", "ann")])
    assert api.list_limits(brand.id) == []
    assert api.list_entries(brand.id) == []
    assert events(brand) == []


def test_what_was_judged_stays_and_names_nobody(brand):
    api.assess([facts(customer_id=ANN)], brand=brand.id)
    with in_brand(brand.id):
        [(seen,)] = rows("SELECT string_agg(s::text, '|') FROM risk_seen s")
        assert PHONE not in seen
        assert str(ANN) not in seen
        for table in ("risk_verdict", "risk_seen"):
            for statement in ("UPDATE {} SET currency = 'EUR'", "DELETE FROM {}", "TRUNCATE {}"):
                with pytest.raises(ProgrammingError, match="permission denied"), savepoint():
                    execute(statement.format(table))


def test_a_batch_costs_a_constant_number_of_statements(brand):
    def cost(batch: list[Facts]) -> int:
        with in_brand(brand.id), count_statements() as statements:
            api.assess(batch, brand=brand.id)
        return len(statements)

    many = [facts(customer_id=uuid7(), contacts=(f"+8613800{n:06}",)) for n in range(200)]
    assert cost([]) == 0
    assert cost([facts(contacts=())]) == 2
    assert cost(many) == 3
    api.put_limits(brand.id, [BIG, OFTEN, MUCH], by="ann", reason="all")
    assert cost(many) == 4
    assert cost([*many, facts(9000)]) == 5
