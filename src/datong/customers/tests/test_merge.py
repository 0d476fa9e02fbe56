"""Two records are one person, and not any more: nothing is moved, so nothing is lost when it is undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.customers import api, rules
from datong.customers.tests.seen import whose
from datong.customers.types import Identity, IdentityKind, Sighting, TouchKind
from datong.kernel import audit
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

DOOR = uuid7()


def card(value: str) -> Identity:
    return Identity(IdentityKind.CARD, value, True)


def seen(*cards: str, name: str = "") -> Sighting:
    return Sighting(DOOR, tuple(map(card, cards)), name)


def people(brand, *names: str) -> list[UUID]:
    """A record a name, the oldest first."""
    found = []
    for name in names:
        [who] = whose([seen(name, name=name)], brand=brand.id)
        assert who is not None
        found.append(who)
    return found


def head(brand, who: UUID) -> UUID:
    return api.customer_page(brand.id, who).id


@pytest.mark.requirement("S-98")
def test_a_merge_makes_one_person_of_two_records_and_undoing_it_gives_each_its_own_back(brand):
    ann, ben = people(brand, "ann", "ben")
    api.add_touch(ben, TouchKind.CONTACT, "called", brand=brand.id, by="kim")
    made = api.merge(ben, ann, brand=brand.id, by="kim", reason="same card holder", evidence=[card("x")])
    page = api.customer_page(brand.id, ben)
    assert (page.id, [r.id for r in page.records], len(page.identities)) == (ann, [ann, ben], 2)
    assert [t.text for t in api.touches_of(brand.id, ann)] == ["called"]
    assert [hit.id for hit in api.latest_customers(brand.id)] == [ann]
    assert [hit.id for hit in api.search_customers(brand.id, "ben")] == [ann]
    undone = api.unmerge(made.id, brand=brand.id, by="lee", reason="two people after all")
    assert (undone.undone_by, undone.undone_reason) == ("lee", "two people after all")
    apart = api.customer_page(brand.id, ben)
    assert (apart.id, [i.value for i in apart.identities]) == (ben, ["ben"])
    assert (api.touches_of(brand.id, ann), len(api.touches_of(brand.id, ben))) == ([], 1)
    assert [(e.verb, e.actor) for e in audit.page(brand.id, verb="customer").entries] == [
        ("customer.unmerge", "lee"),
        ("customer.merge", "kim"),
    ]


def test_what_happens_meanwhile_belongs_to_the_record_whose_identity_was_shown(brand):
    ann, ben = people(brand, "ann", "ben")
    made = api.merge(ann, ben, brand=brand.id, by="kim", reason="one household card")
    [who] = api.identify([seen("ben")], brand=brand.id)
    assert (who.customer_id, who.head_id) == (ben, ann)
    api.unmerge(made.id, brand=brand.id, by="kim", reason="no")
    [who] = api.identify([seen("ben")], brand=brand.id)
    assert (who.customer_id, who.head_id) == (ben, ben)


def test_a_merge_settles_what_was_proposed_and_nothing_more_is_proposed_of_one_person(brand):
    ann, ben = people(brand, "ann", "ben")
    api.identify([seen("ann", "ben")], brand=brand.id)
    assert api.count_proposals(brand.id) == 1
    api.merge(ann, ben, brand=brand.id, by="kim", reason="shown together")
    people(brand, "cleo")
    api.identify([seen("ann", "ben"), seen("ben", "cleo")], brand=brand.id)
    [left] = api.merge_proposals(brand.id)
    assert left.keep == ann


def test_a_pair_that_was_refused_is_not_proposed_again(brand):
    ann, ben = people(brand, "ann", "ben")
    api.identify([seen("ann", "ben")], brand=brand.id)
    assert api.refuse_merge(ben, ann, brand=brand.id, by="kim", reason="mother and son")
    assert not api.refuse_merge(ben, ann, brand=brand.id, by="kim", reason="mother and son")
    api.identify([seen("ann", "ben")], brand=brand.id)
    assert (api.merge_proposals(brand.id), head(brand, ben)) == ([], ben)


def test_the_same_merge_again_is_the_same_and_what_cannot_be_says_why(brand):
    ann, ben, cleo = people(brand, "ann", "ben", "cleo")
    made = api.merge(ann, ben, brand=brand.id, by="kim", reason="one")
    assert api.merge(ben, ann, brand=brand.id, by="lee", reason="one") == made
    api.merge(ben, cleo, brand=brand.id, by="kim", reason="one")
    with pytest.raises(Conflict, match="one already"):
        api.merge(ann, cleo, brand=brand.id, by="kim", reason="one")
    with pytest.raises(BadValue, match="another customer"):
        api.merge(ann, ann, brand=brand.id, by="kim", reason="one")
    with pytest.raises(BadValue, match="reason"):
        api.merge(ann, cleo, brand=brand.id, by="kim", reason=" ")
    with pytest.raises(NotFound):
        api.merge(ann, uuid7(), brand=brand.id, by="kim", reason="one")
    with pytest.raises(NotFound):
        api.unmerge(uuid7(), brand=brand.id, by="kim", reason="one")


def test_records_that_another_merge_still_joins_stay_one(brand):
    ann, ben, cleo = people(brand, "ann", "ben", "cleo")
    first = api.merge(ann, ben, brand=brand.id, by="kim", reason="one")
    api.merge(ben, cleo, brand=brand.id, by="kim", reason="one")
    api.unmerge(first.id, brand=brand.id, by="kim", reason="no")
    assert [head(brand, who) for who in (ann, ben, cleo)] == [ann, ben, ben]


@dataclass
class Model:
    """The merges that stand, as a plain set of pairs."""

    standing: dict[frozenset[UUID], UUID] = field(default_factory=dict)


steps = st.lists(st.tuples(st.sampled_from(["merge", "unmerge"]), st.integers(0, 4), st.integers(0, 4)), max_size=14)


@given(steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_merges_and_unmerges_keeps_every_identity_and_note_where_it_belongs(make_brand, steps):
    brand, model = make_brand(), Model()
    records = people(brand, *"abcde")
    for n, who in enumerate(records):
        api.add_touch(who, TouchKind.CONTACT, f"note {n}", brand=brand.id, by="kim")
    with in_brand(brand.id):
        since = dict(rows("SELECT id, created_at FROM customers_customer"))
    for what, i, j in steps:
        pair = frozenset((records[i], records[j]))
        if what == "merge":
            try:
                made = api.merge(records[i], records[j], brand=brand.id, by="kim", reason="one")
            except (BadValue, Conflict):
                continue
            model.standing[pair] = made.id
        elif pair in model.standing:
            api.unmerge(model.standing.pop(pair), brand=brand.id, by="kim", reason="two")
        heads = rules.heads(since, [tuple(pair) for pair in model.standing])
        seen_by_head: dict[UUID, list[str]] = {}
        for who, name in zip(records, "abcde", strict=True):
            seen_by_head.setdefault(heads[who], []).append(name)
        assert [hit.id for hit in api.latest_customers(brand.id)] == sorted(seen_by_head, reverse=True)
        for one, names in seen_by_head.items():
            page = api.customer_page(brand.id, one)
            assert sorted(identity.value for identity in page.identities) == names
            notes = {f"note {'abcde'.index(name)}" for name in names}
            assert {touch.text for touch in api.touches_of(brand.id, one)} == notes


def test_merges_at_the_same_moment_leave_heads_that_follow_from_them(committed_db, make_brand, in_parallel):
    brand = make_brand()
    records = people(brand, *"abcdef")
    pairs = [(i, j) for i in range(6) for j in range(i)]
    turn = iter(range(len(pairs)))

    def work():
        i, j = pairs[next(turn)]
        try:
            api.merge(records[i], records[j], brand=brand.id, by="kim", reason="one")
        except Conflict:
            return 0
        return 1

    assert sum(in_parallel(len(pairs), work)) == 5  # a tree over six records, whoever came first
    assert {head(brand, who) for who in records} == {records[0]}
