from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.risk import rules
from datong.risk.types import Decision, Facts, Limit, LimitKind, ListEntry, ListKind, Seen, Verdict

BRAND, DOOR, OTHER_DOOR, ANN = uuid7(), uuid7(), uuid7(), uuid7()
PHONE = "+8613800138000"


def facts(**kw: object) -> Facts:
    fields = {
        "subject_id": uuid7(),
        "channel_id": DOOR,
        "amount_minor": 1000,
        "currency": "CNY",
        "units": 2,
        "lines": 1,
        "customer_id": ANN,
        "contacts": (PHONE,),
    }
    return Facts(**{**fields, **kw})  # type: ignore[arg-type]


def limit(kind: LimitKind, at_most: int, decision: Decision = Decision.BLOCK, **kw: object) -> Limit:
    windowed = kind in rules.WINDOWED
    fields = {"code": kind.value, "currency": "CNY", "window_s": 3600 if windowed else 0}
    return Limit(kind=kind, at_most=at_most, decision=decision, **{**fields, **kw})  # type: ignore[arg-type]


def entry(kind: ListKind, value: str, **kw: bool) -> ListEntry:
    return ListEntry(kind, value, "a reason", "hq", **kw)


def judge(*batch: Facts, limits=(), entries=(), history=None) -> list[Verdict]:
    return rules.judge(batch, limits, entries, history or {}, BRAND)


def test_an_order_within_all_limits_is_approved():
    limits = [limit(LimitKind.ORDER_AMOUNT, 1000), limit(LimitKind.ORDER_UNITS, 2)]
    order = facts()
    assert judge(order, limits=limits) == [Verdict(order.subject_id, Decision.APPROVE)]


@pytest.mark.requirement("S-308")
def test_an_order_above_a_limit_is_stopped_the_strictest_rule_first():
    limits = [
        limit(LimitKind.ORDER_AMOUNT, 999, Decision.REVIEW),
        limit(LimitKind.ORDER_UNITS, 1, Decision.BLOCK),
    ]
    [verdict] = judge(facts(), limits=limits)
    assert verdict.decision is Decision.BLOCK
    assert verdict.rules == ("order_units", "order_amount")


def test_an_amount_is_limited_in_its_currency_and_at_its_doors():
    limits = [
        limit(LimitKind.ORDER_AMOUNT, 1, currency="USD"),
        limit(LimitKind.ORDER_UNITS, 1, channels=frozenset({OTHER_DOOR})),
    ]
    assert judge(facts(), limits=limits)[0].decision is Decision.APPROVE
    assert judge(facts(channel_id=OTHER_DOOR), limits=limits)[0].decision is Decision.BLOCK
    assert judge(facts(currency="USD"), limits=limits)[0].rules == ("order_amount",)


def test_what_happened_is_marked_for_review_never_blocked():
    [verdict] = judge(facts(happened=True), entries=[entry(ListKind.BLOCK, PHONE)])
    assert (verdict.decision, verdict.rules) == (Decision.REVIEW, ("list.block",))


def test_a_shadow_rule_is_written_down_and_decides_nothing():
    [verdict] = judge(
        facts(),
        limits=[limit(LimitKind.ORDER_AMOUNT, 1, shadow=True)],
        entries=[entry(ListKind.BLOCK, str(ANN), shadow=True)],
    )
    assert verdict.decision is Decision.APPROVE
    assert verdict.rules == ()
    assert verdict.shadow == ("list.block", "order_amount")


def test_the_allow_list_sets_limits_and_review_aside_but_not_a_block():
    limits = [limit(LimitKind.ORDER_AMOUNT, 1)]
    trusted, watched = entry(ListKind.ALLOW, str(ANN)), entry(ListKind.REVIEW, PHONE)
    [verdict] = judge(facts(), limits=limits, entries=[trusted, watched])
    assert (verdict.decision, verdict.rules) == (Decision.APPROVE, ("list.allow",))
    [verdict] = judge(facts(), limits=limits, entries=[trusted, entry(ListKind.BLOCK, PHONE)])
    assert (verdict.decision, verdict.rules) == (Decision.BLOCK, ("list.block", "list.allow"))


def test_the_review_list_marks_for_review():
    assert judge(facts(), entries=[entry(ListKind.REVIEW, PHONE.upper())])[0].decision is Decision.REVIEW
    assert judge(facts(contacts=()), entries=[entry(ListKind.REVIEW, PHONE)])[0].decision is Decision.APPROVE


def test_orders_of_one_batch_count_towards_the_window():
    limits = [limit(LimitKind.ORDERS_IN_WINDOW, 3)]
    history = {(rules.key_of(PHONE, BRAND), 3600, ""): Seen(1, 5000)}
    batch = [facts(customer_id=None) for _ in range(3)]
    verdicts = judge(*batch, limits=limits, history=history)
    assert [v.decision for v in verdicts] == [Decision.APPROVE, Decision.APPROVE, Decision.BLOCK]


def test_the_amount_in_a_window_counts_one_currency():
    limits = [limit(LimitKind.AMOUNT_IN_WINDOW, 2500)]
    history = {(rules.key_of(f"customer:{ANN}", BRAND), 3600, "CNY"): Seen(1, 1000)}
    batch = [facts(contacts=(), currency="USD"), facts(contacts=()), facts(contacts=())]
    assert [v.decision for v in judge(*batch, limits=limits, history=history)] == [
        Decision.APPROVE,
        Decision.APPROVE,
        Decision.BLOCK,
    ]


def test_the_log_of_a_window_names_nobody():
    keys = rules.keys_of(facts(), BRAND)
    assert len(keys) == 2
    assert rules.keys_of(facts(), uuid7()) != keys
    assert rules.keys_of(facts(contacts=(PHONE, f" {PHONE} "), customer_id=None), BRAND) == (
        rules.key_of(PHONE, BRAND),
    )
    assert rules.keys_of(facts(contacts=(), customer_id=None), BRAND) == ()


kinds = st.sampled_from(LimitKind)
limits = st.lists(
    st.builds(
        lambda kind, at_most, decision, shadow, n: limit(kind, at_most, decision, shadow=shadow, code=f"rule{n}"),
        kinds,
        st.integers(0, 3000),
        st.sampled_from([Decision.REVIEW, Decision.BLOCK]),
        st.booleans(),
        st.integers(0, 9),
    ),
    max_size=5,
)
entries = st.lists(
    st.builds(
        lambda kind, value, shadow: entry(kind, value, shadow=shadow),
        st.sampled_from(ListKind),
        st.sampled_from([PHONE, str(ANN), "a@b.example"]),
        st.booleans(),
    ),
    max_size=4,
)
orders = st.lists(
    st.builds(
        lambda amount, units, happened: facts(amount_minor=amount, units=units, happened=happened),
        st.integers(0, 3000),
        st.integers(1, 20),
        st.booleans(),
    ),
    max_size=6,
)


@given(orders, limits, entries)
def test_only_live_rules_decide_and_only_what_has_not_happened_is_blocked(batch, limits, entries):
    verdicts = judge(*batch, limits=limits, entries=entries)
    quiet = judge(*batch, limits=[x for x in limits if not x.shadow], entries=[x for x in entries if not x.shadow])
    assert [v.subject_id for v in verdicts] == [order.subject_id for order in batch]
    for order, verdict, same in zip(batch, verdicts, quiet, strict=True):
        assert (verdict.decision, verdict.rules) == (same.decision, same.rules)
        assert not (order.happened and verdict.decision is Decision.BLOCK)
        assert verdict.rules or verdict.decision is Decision.APPROVE


@given(orders, limits)
def test_tightening_a_limit_never_lets_more_through(batch, limits):
    strict = [replace(x, at_most=x.at_most // 2) for x in limits]
    order = [Decision.APPROVE, Decision.REVIEW, Decision.BLOCK]
    for loose, tight in zip(judge(*batch, limits=limits), judge(*batch, limits=strict), strict=True):
        assert order.index(tight.decision) >= order.index(loose.decision)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (limit(LimitKind.ORDER_AMOUNT, 1, code="list.block"), "limits/0/code"),
        (limit(LimitKind.ORDER_AMOUNT, -1), "limits/0/at_most"),
        (limit(LimitKind.ORDER_AMOUNT, 1, Decision.APPROVE), "limits/0/decision"),
        (limit(LimitKind.ORDER_AMOUNT, 1, window_s=60), "limits/0/window_s"),
        (limit(LimitKind.ORDERS_IN_WINDOW, 1, window_s=0), "limits/0/window_s"),
        (limit(LimitKind.ORDER_AMOUNT, 1, currency=""), "limits/0/currency"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(value, field):
    with pytest.raises(BadInput) as caught:
        rules.check_limits([value])
    assert [problem.field for problem in caught.value.problems] == [field]


def test_a_list_entry_needs_a_reason_and_a_name():
    with pytest.raises(BadInput) as caught:
        rules.check_entries([ListEntry(ListKind.BLOCK, "", " ", "")])
    assert [p.field for p in caught.value.problems] == ["entries/0/value", "entries/0/reason", "entries/0/by"]
    rules.check_limits([limit(LimitKind.ORDERS_IN_WINDOW, 5)])
    rules.check_entries([entry(ListKind.BLOCK, PHONE)])
