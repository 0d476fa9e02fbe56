from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.customers import rules
from datong.customers.types import Identity, IdentityKind, Known, Sighting
from datong.kernel.ids import uuid7

START = datetime(2026, 1, 1, tzinfo=UTC)
DOOR = uuid7()
ANN, BEN = uuid7(), uuid7()


def phone(value: str, verified: bool = True) -> Identity:
    return Identity(IdentityKind.PHONE, value, verified)


def card(value: str, verified: bool = True) -> Identity:
    return Identity(IdentityKind.CARD, value, verified)


def sighting(*identities: Identity) -> Sighting:
    return Sighting(DOOR, identities)


def known(**owners: tuple[UUID, int]) -> dict[rules.Key, Known]:
    """Cards that are known: name -> (customer, day first seen)."""
    return {("card", name): Known(who, START + timedelta(days=day), who) for name, (who, day) in owners.items()}


def whose(decided: rules.Decided) -> tuple[UUID | None, ...]:
    """The record each sighting belongs to."""
    return tuple(who.customer_id if who else None for who in decided.customers)


@pytest.mark.requirement("S-92")
def test_a_known_identity_names_its_customer_whatever_the_door():
    decided = rules.decide([sighting(card("a"))], known(a=(ANN, 1)), uuid7)
    assert whose(decided) == (ANN,)
    assert not decided.new
    assert not decided.attach


def test_a_new_verified_identity_makes_one_new_customer():
    decided = rules.decide([sighting(card("a"), phone("+8613800138000"))], {}, lambda: BEN)
    assert whose(decided) == (BEN,)
    assert decided.new == {BEN: 0}
    assert decided.attach == {("card", "a"): (BEN, 0), ("phone", "+8613800138000"): (BEN, 0)}


def test_nothing_verified_is_nobody():
    masked = phone("138****8000")
    shown = [sighting(), sighting(phone("+8613800138000", verified=False)), sighting(masked), sighting(phone("110"))]
    decided = rules.decide(shown, {}, uuid7)
    assert whose(decided) == (None, None, None, None)
    assert not decided.new


def test_an_unverified_identity_joins_nobody_even_when_it_is_known():
    decided = rules.decide([sighting(card("a", verified=False), card("b"))], known(a=(ANN, 1)), lambda: BEN)
    assert whose(decided) == (BEN,)
    assert not decided.proposals


@pytest.mark.requirement("S-98")
def test_several_known_customers_give_the_oldest_and_a_proposal_but_no_merge():
    decided = rules.decide([sighting(card("a"), card("b"), card("c"))], known(a=(ANN, 5), b=(BEN, 1)), uuid7)
    assert whose(decided) == (BEN,)
    assert [(each.keep, each.other, each.evidence.value) for each in decided.proposals] == [(BEN, ANN, "a")]
    assert decided.attach == {("card", "c"): (BEN, 0)}


def test_two_sightings_of_a_batch_that_share_an_identity_are_the_same_new_customer():
    shown = [sighting(card("a")), sighting(card("b")), sighting(card("a"), card("b")), sighting(card("z"))]
    decided = rules.decide(shown, {}, iter([ANN, BEN]).__next__)
    assert whose(decided) == (ANN, ANN, ANN, BEN)
    assert decided.new == {ANN: 0, BEN: 3}


def test_a_stranger_joined_by_a_new_identity_is_the_customer_the_other_sighting_is_known_as():
    shown = [sighting(card("n")), sighting(card("n"), card("a"))]
    decided = rules.decide(shown, known(a=(ANN, 1)), uuid7)
    assert whose(decided) == (ANN, ANN)
    assert not decided.new


def test_a_known_customer_stays_who_he_is_when_a_new_identity_joins_two():
    shown = [sighting(card("n"), card("a")), sighting(card("n"), card("b"))]
    decided = rules.decide(shown, known(a=(ANN, 5), b=(BEN, 1)), uuid7)
    assert whose(decided) == (ANN, BEN)
    assert decided.attach == {("card", "n"): (BEN, 0)}
    assert [(each.keep, each.other) for each in decided.proposals] == [(BEN, ANN)]


def test_an_e_mail_address_is_the_same_in_capitals():
    shown = [
        sighting(Identity(IdentityKind.EMAIL, " Ann@Example.COM ", True)),
        sighting(Identity(IdentityKind.EMAIL, "ann@example.com", True)),
    ]
    decided = rules.decide(shown, {}, iter([ANN, BEN]).__next__)
    assert whose(decided) == (ANN, ANN)
    assert decided.attach == {("email", "ann@example.com"): (ANN, 0)}


def test_what_a_door_should_mend_is_named():
    shown = [phone("13800138000"), phone("138****8000"), Identity(IdentityKind.EMAIL, "nobody"), card("")]
    assert [problem.field for problem in rules.problems_of(shown)] == ["identities/0", "identities/2", "identities/3"]
    assert rules.problems_of([phone("+8613800138000"), card("1")]) == ()


def test_the_name_in_full_is_kept():
    assert rules.better_name("", "张**") == "张**"
    assert rules.better_name("张**", "张三") == "张三"
    assert rules.better_name("张三", "李四") == "张三"
    assert rules.better_name("张三", "") == "张三"


NAMES = "abcdefgh"
cards = st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=4)
batches = st.lists(cards.map(lambda ids: sighting(*(card(name, ok) for name, ok in ids))), max_size=8)
CUSTOMERS = [UUID(int=n) for n in range(1, 5)]
books = st.dictionaries(
    st.sampled_from(NAMES), st.tuples(st.sampled_from(CUSTOMERS), st.integers(0, 5)), max_size=6
).map(lambda owners: known(**owners))


def new_ids():
    return (UUID(int=n) for n in itertools.count(1000)).__next__


@given(batches, books)
def test_a_rule_never_makes_two_people_one(batch, book):
    decided = rules.decide(batch, book, new_ids())
    assert not set(decided.attach) & set(book)
    assert not set(decided.new) & set(CUSTOMERS)
    for shown, customer in zip(batch, whose(decided), strict=True):
        keys = rules.identifying(shown.identities)
        assert (customer is None) == (not keys)
        owned = [key for key in keys if key in book]
        if owned:
            oldest = min(owned, key=lambda key: (book[key].first_seen, key))
            assert customer == book[oldest].customer_id
    proposed = {frozenset((each.keep, each.other)) for each in decided.proposals}
    assert len(proposed) == len(decided.proposals)
    assert all(len(pair) == 2 for pair in proposed)
    for shown in batch:
        owners = {book[key].customer_id for key in rules.identifying(shown.identities) if key in book}
        for a, b in itertools.combinations(owners, 2):
            reach = {a}
            for _ in CUSTOMERS:
                reach |= {who for pair in proposed if pair & reach for who in pair}
            assert b in reach


@given(batches, books, st.randoms(use_true_random=False))
def test_the_order_of_a_batch_does_not_change_who_is_who(batch, book, random):
    order = list(range(len(batch)))
    random.shuffle(order)
    first = whose(rules.decide(batch, book, new_ids()))
    second = whose(rules.decide([batch[i] for i in order], book, new_ids()))
    back = {i: second[pos] for pos, i in enumerate(order)}
    names: dict[UUID, UUID | None] = {}
    for i, customer in enumerate(first):
        if customer in CUSTOMERS or customer is None:
            assert back[i] == customer
        else:
            assert names.setdefault(customer, back[i]) == back[i]
    assert len(set(names.values())) == len(names)


@given(batches)
def test_strangers_are_as_many_as_the_groups_that_share_something(batch):
    decided = rules.decide(batch, {}, new_ids())
    groups: list[set[str]] = []
    for shown in batch:
        keys = {identity.value for identity in shown.identities if identity.verified}
        if keys:
            touching = [group for group in groups if group & keys]
            groups = [group for group in groups if not group & keys] + [keys.union(*touching)]
    assert len(decided.new) == len(groups)
    assert len({who for who, _ in decided.attach.values()}) == len(groups)
    assert set(decided.attach) == {("card", name) for group in groups for name in group}


edges = st.lists(st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from(CUSTOMERS)), max_size=8)


@given(edges, st.randoms(use_true_random=False))
def test_the_head_is_the_oldest_record_whatever_the_order_of_the_merges(merges, random):
    since = {who: START - timedelta(days=who.int % 3) for who in CUSTOMERS}
    heads = rules.heads(since, merges)
    shuffled = [pair[::-1] if random.random() < 0.5 else pair for pair in random.sample(merges, len(merges))]
    assert rules.heads(since, shuffled) == heads
    for who in CUSTOMERS:
        one = {who}
        for _ in CUSTOMERS:
            one |= {end for pair in merges if set(pair) & one for end in pair}
        assert heads[who] == min(one, key=lambda each: (since[each], each))
