from __future__ import annotations

import time
from datetime import timedelta

import pytest

from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.kernel.keepers import Traces
from datong.matching import api
from datong.matching.actions import runs
from datong.matching.keeping import KEEPER
from datong.matching.tasks import Matcher, run_nightly
from datong.matching.types import Step

pytestmark = pytest.mark.django_db(transaction=False)
ANN = "+8613800138000"


SHOP = uuid7()


def phone(value: str, verified: bool = True) -> Identity:
    return Identity(IdentityKind.PHONE, value, verified)


def card(value: str) -> Identity:
    return Identity(IdentityKind.CARD, value, True)


def mail(value: str) -> Identity:
    return Identity(IdentityKind.EMAIL, value)


def seen(*signs: Identity, name: str) -> Sighting:
    return Sighting(SHOP, signs, name)


def whose(shown: list, *, brand) -> list:
    return [who.customer_id for who in customers.identify(shown, brand=brand) if who]


def table(brand, sql: str) -> list:
    with in_brand(brand.id):
        return rows(sql)


def known(brand, *shown) -> list:
    ids = whose(list(shown), brand=brand.id)
    api.consider(ids, brand=brand.id)
    return ids


def a_crowd(n: int) -> list:
    """Customers who have nothing to do with one another, and one who came twice."""
    crowd = [seen(card(str(i)), mail(f"user{i}@x.example"), name=f"Given{i * 7919 % 997} Family{i}") for i in range(n)]
    return [
        *crowd,
        seen(card("a"), mail("wanda@y.example"), name="Wanda Quist"),
        seen(card("b"), mail("wanda@y.example"), name="Wanda Quist"),
    ]


@pytest.mark.requirement("S-98")
def test_a_new_customer_who_may_be_a_known_one_is_proposed_with_the_weights_and_stays_two(brand):
    [ann] = known(brand, seen(phone(ANN), name="Ann Lee"))
    [other] = known(brand, seen(card("7"), phone(ANN, verified=False), name="Anne Lee"))
    [proposal] = customers.merge_proposals(brand.id)
    assert (proposal.keep, proposal.other, proposal.evidence) == (
        ann,
        other,
        phone(ANN, verified=proposal.evidence.verified),
    )
    [weighed] = api.weights_of(brand.id, [(other, ann)]).values()
    assert (weighed.weight, weighed.parts) == (2.0, {"prior": -14.0, "name": 4.0, "phone": 12.0})
    assert customers.records_of(brand.id, [ann])[ann] == (ann,)
    assert api.consider([ann, other], brand=brand.id) == 0  # a pair is proposed once


def test_nobody_is_proposed_for_a_shared_e_mail_another_brand_s_sign_or_a_switchboard(brand, make_brand):
    known(brand, seen(card("1"), mail("fam@x.example"), name="Ann Lee"))
    known(brand, seen(card("2"), mail("fam@x.example"), name="Tom Lee"))
    known(make_brand(), seen(card("3"), mail("fam@x.example"), name="Ann Lee"))
    known(brand, *(seen(card(f"s{i}"), phone("+861088880000", verified=False), name="Bo Li") for i in range(40)))
    assert customers.merge_proposals(brand.id) == []


def test_many_new_ones_cost_a_constant_number_of_statements(brand):
    ids = whose(
        [seen(card(str(i)), mail(f"{i // 2}@x.example"), name=f"Ann{i // 2} Lee") for i in range(60)], brand=brand.id
    )
    with in_brand(brand.id), count_statements() as statements:
        assert api.consider(ids, brand=brand.id) == 30
    assert len(statements) == 7  # profiles, keys, profiles, setting, pairs, proposals, outbox
    with in_brand(brand.id), count_statements() as statements:
        api.consider(ids[:2], brand=brand.id)
    assert len(statements) == 6


@pytest.mark.requirement("S-98", "S-101")
def test_a_run_over_all_finds_who_was_there_before_and_merges_only_where_the_brand_said_so(brand, monkeypatch):
    monkeypatch.setattr(runs, "LEAST_TO_LEARN", 50)
    ids = whose(a_crowd(60), brand=brand.id)
    one, two = ids[-2:]
    matcher = Matcher(lambda: [brand.id])
    run = api.ask_run(brand=brand.id, by="ann")
    assert api.ask_run(brand=brand.id, by="ben").id == run.id
    finish(matcher, brand)
    [done] = api.list_runs(brand.id)
    assert (done.step, done.records, done.merged, done.error) == (Step.DONE, 62, 0, "")
    assert [{p.keep, p.other} for p in customers.merge_proposals(brand.id)] == [{one, two}]
    [weighed] = api.weights_of(brand.id, [(one, two)]).values()
    assert sum(weighed.parts.values()) == pytest.approx(weighed.weight, abs=0.05)
    assert weighed.parts["email"] > 3

    monkeypatch.undo()
    api.say_setting(
        brand=brand.id, by="ann", reason="looked at 200 pairs", merges=True, nightly=False, auto=3, review=0
    )
    api.ask_run(brand=brand.id, by="ann")
    finish(matcher, brand)

    [merge] = customers.customer_page(brand.id, one).merges
    assert (merge.by, {merge.a, merge.b}) == ("matching", {one, two})
    assert merge.reason.endswith("automatic from 3 on; switched on by ann")
    customers.unmerge(merge.id, brand=brand.id, by="ann", reason="two sisters")
    api.ask_run(brand=brand.id, by="ann")
    finish(matcher, brand)
    assert customers.records_of(brand.id, [one])[one] == (one,)  # what a person took apart stays apart
    assert [r.merged for r in api.list_runs(brand.id)] == [0, 1, 0]


def finish(matcher: Matcher, brand) -> None:
    for _ in range(3_000):
        matcher._look_at = 0
        if not matcher():
            time.sleep(0.01)  # weighed in a thread
        if not matcher.under_way and api.list_runs(brand.id, limit=1)[0].ended_at:
            return
    raise AssertionError("the run does not end")


def test_a_run_whose_worker_died_is_taken_up_by_another(brand):
    whose([seen(card("1"), name="Ann Lee"), seen(card("2"), name="Tom Hu")], brand=brand.id)
    api.ask_run(brand=brand.id, by="ann")
    dead = Matcher(lambda: [brand.id])
    dead()
    other = Matcher(lambda: [brand.id])
    assert other() == 0
    with clock.held_at(clock.now() + timedelta(minutes=3)):
        other._look_at = 0
        finish(other, brand)
    assert [(r.step, r.records) for r in api.list_runs(brand.id)] == [(Step.DONE, 2)]


def test_a_setting_names_the_field_that_cannot_be_and_writes_nothing_twice(brand):
    good = {
        "brand": brand.id,
        "by": "ann",
        "reason": "why",
        "merges": False,
        "nightly": True,
        "auto": 8.0,
        "review": 1.0,
    }
    for field, value in (("auto", 1.0), ("auto", float("nan")), ("review", 9.0), ("reason", " ")):
        with pytest.raises(BadInput) as told:
            api.say_setting(**{**good, field: value})
        assert told.value.problems[0].field == field
    assert api.setting_of(brand.id).at is None
    first = api.say_setting(**good)
    assert api.say_setting(**{**good, "reason": "again"}).at == first.at
    assert table(brand, "SELECT count(*) FROM matching_setting") == [(1,)]


def test_a_brand_that_wants_it_has_a_run_a_day(brand):
    run_nightly(brand.id)
    assert api.list_runs(brand.id) == []
    api.say_setting(brand=brand.id, by="ann", reason="why", merges=False, nightly=True, auto=8.0, review=1.0)
    run_nightly(brand.id)
    run_nightly(brand.id)
    assert [r.by for r in api.list_runs(brand.id)] == ["matching"]


def test_the_precision_shown_is_what_people_made_of_sure_pairs(brand):
    pairs = []
    for i in range(4):
        pairs.append(
            known(brand, *(seen(card(f"{i}{side}"), mail(f"u{i}@x.example"), name=f"Ann{i} Lee{i}") for side in "ab"))
        )
    api.say_setting(brand=brand.id, by="ann", reason="why", merges=False, nightly=False, auto=7.0, review=0.0)
    for a, b in pairs[:2]:
        customers.merge(a, b, brand=brand.id, by="ann", reason="same")
    customers.refuse_merge(*pairs[2], brand=brand.id, by="ann", reason="not")
    shown = api.shown_precision(brand.id)
    assert (shown.decided, shown.merged, shown.precision) == (3, 2, 2 / 3)


def test_who_is_erased_leaves_no_key_and_no_weight(brand):
    ann, other = known(brand, *(seen(card(side), mail("ann@x.example"), name="Ann Lee") for side in "ab"))
    with in_brand(brand.id):
        gone = KEEPER.erase(Traces(brand.id, (ann,)))
    assert gone == {"matching_key": 2, "matching_pair": 1}
    assert {who for (who,) in table(brand, "SELECT customer_id FROM matching_key")} == {other}
