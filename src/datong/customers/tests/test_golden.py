"""The golden record: of all that doors and people say of one customer, what holds, from whom, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.customers import api, rules
from datong.customers.models import Customer, Saying
from datong.customers.models import Pin as PinRow
from datong.customers.tests.seen import whose
from datong.customers.types import (
    RULED,
    CustomerKind,
    Details,
    Field,
    Identity,
    IdentityKind,
    Means,
    Pin,
    Rule,
    Sighting,
    Survivorship,
    Value,
    Why,
)
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, in_brand
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7

SAY = {"by": "kim", "reason": "asked the customer"}
DAY = datetime(2026, 3, 1, tzinfo=UTC)
WEB, TILL = uuid7(), uuid7()


def card(number: str) -> Identity:
    return Identity(IdentityKind.CARD, number, verified=True)


def phone(value: str, verified: bool = True) -> Identity:
    return Identity(IdentityKind.PHONE, value, verified)


def came(brand, *signs: Identity, name: str = "", door=WEB, **more):
    (who,) = whose([Sighting(door, signs, name, **more)], brand=brand.id)
    return who


def golden(brand, one):
    return api.golden_of(brand.id, [one])[one]


def texts(found) -> dict[str, str]:
    return {of.value: chosen.value.text for of, chosen in found.fields.items()}


@pytest.fixture
def two(brand, monkeypatch):
    """Ann of the web shop, and a year later Annie Lee of the till: two records until somebody says they are one."""
    monkeypatch.setattr(clock, "now", lambda: DAY)
    ann = came(brand, card("1"), phone("+8613800000001"), name="Ann", language="en")
    monkeypatch.setattr(clock, "now", lambda: DAY + timedelta(days=365))
    annie = came(brand, card("2"), phone("+8613800000002", False), name="Annie Lee", door=TILL, language="zh")
    return ann, annie


@pytest.mark.requirement("S-98", "S-91")
def test_a_merged_person_has_one_value_a_field_and_taking_apart_gives_both_back(brand, two):
    ann, annie = two
    alone = texts(golden(brand, ann)), texts(golden(brand, annie))
    assert alone[0] == {"name": "Ann", "given_name": "Ann", "phone": "+8613800000001", "language": "en"}
    assert alone[1]["name"] == "Annie Lee" and alone[1]["family_name"] == "Lee"
    made = api.merge(ann, annie, brand=brand.id, **SAY)
    both = golden(brand, annie)
    assert both.id == ann
    assert texts(both) == {"name": "Ann", "given_name": "Ann", "phone": "+8613800000001", "language": "zh"}
    assert both.fields[Field.NAME].why is Rule.FIRST
    assert [value.text for value in both.fields[Field.NAME].others] == ["Annie Lee"]
    assert both.fields[Field.PHONE].why is Rule.VERIFIED and both.fields[Field.PHONE].value.channel_id == WEB
    assert both.fields[Field.LANGUAGE].why is Rule.RECENT
    assert api.customer_page(brand.id, annie).name == "Ann"
    api.unmerge(made.id, brand=brand.id, **SAY)
    assert (texts(golden(brand, ann)), texts(golden(brand, annie))) == alone


def test_rules_are_the_brand_s_and_choose_for_everybody_at_once(brand, two):
    ann, annie = two
    api.merge(ann, annie, brand=brand.id, **SAY)
    told = Survivorship(Field.NAME, (Rule.LONGEST,))
    seen = api.preview_rules(brand.id, told)
    assert (seen.looked, seen.changed) == (1, 1)
    assert (seen.changes[0].customer_id, seen.changes[0].after.value.text) == (ann, "Annie Lee")
    assert api.golden_names(brand.id, [ann]) == {ann: "Ann"}
    said = api.say_survivorship(told, brand=brand.id, **SAY)
    assert api.golden_names(brand.id, [ann, annie]) == {ann: "Annie Lee", annie: "Annie Lee"}
    assert api.say_survivorship(told, brand=brand.id, **SAY).at == said.at
    assert api.preview_rules(brand.id, told).changed == 0
    entries = audit.page(brand.id, verb="golden.rules").entries
    assert [(e.subject, e.before["rules"], e.after["rules"]) for e in entries] == [
        ("golden name", ["often", "first"], ["longest"])
    ]


def test_a_door_goes_before_another_in_the_order_the_brand_says(brand, two):
    ann, annie = two
    api.merge(ann, annie, brand=brand.id, **SAY)
    api.say_fields(ann, WEB, {Field.NAME: "Ann Web"}, brand=brand.id, by="crm")
    api.say_fields(annie, TILL, {Field.NAME: "Ann Till"}, brand=brand.id, by="crm")
    for order in ((WEB, TILL), (TILL, WEB)):
        api.say_survivorship(Survivorship(Field.NAME, (Rule.SOURCES,), order), brand=brand.id, **SAY)
        found = golden(brand, ann).fields[Field.NAME]
        assert (found.value.channel_id, found.why) == (order[0], Rule.SOURCES)


def test_somebody_keeps_a_value_by_hand_and_lets_it_go(brand, two):
    ann, annie = two
    merged = api.merge(ann, annie, brand=brand.id, **SAY)
    pin = api.pin(ann, Field.NAME, "annie  lee", brand=brand.id, **SAY)
    assert pin.customer_id == ann  # nobody says it so: it is of the record that was asked
    assert golden(brand, ann).fields[Field.NAME].value.text == "Annie Lee"
    pin = api.pin(ann, Field.NAME, "Annie Lee", brand=brand.id, by="lu", reason="on her card")
    held = golden(brand, ann).fields[Field.NAME]
    assert (held.why, held.pin, held.value.record_id) == (Why.PINNED, pin, annie)
    assert golden(brand, ann).text(Field.GIVEN_NAME) == "Annie"
    assert api.unpin(ann, Field.NAME, brand=brand.id, **SAY)
    assert not api.unpin(ann, Field.NAME, brand=brand.id, **SAY)
    assert golden(brand, ann).text(Field.NAME) == "Ann"
    api.pin(ann, Field.NAME, "Annie Lee", brand=brand.id, **SAY)
    api.unmerge(merged.id, brand=brand.id, **SAY)
    # What was kept goes home with the record that says it.
    assert golden(brand, ann).text(Field.NAME) == "Ann"
    assert golden(brand, annie).fields[Field.NAME].why is Why.PINNED
    told = audit.page(brand.id, verb="golden.pin").entries
    assert {(e.actor, e.reason) for e in told} == {("kim", SAY["reason"]), ("lu", "on her card")}
    assert "Annie" not in str([e.after for e in told])


@pytest.mark.parametrize(
    ("of", "text", "kept"),
    [
        (Field.PHONE, "+86 138", None),
        (Field.EMAIL, " Ann@X.example", "ann@x.example"),
        (Field.BIRTHDAY, "1990-5-1", None),
        (Field.BIRTHDAY, "1990-05-01", "1990-05-01"),
        (Field.PREFERRED, "pigeon", None),
        (Field.LANGUAGE, "klingon!", None),
        (Field.NAME, "张**", None),
        (Field.NAME, "  ", None),
        (Field.ADDRESS, "1 Long  Road", "1 Long Road"),
    ],
)
def test_what_is_kept_by_hand_is_checked_as_its_field_is(brand, two, of, text, kept):
    if kept is None:
        with pytest.raises(BadValue) as told:
            api.pin(two[0], of, text, brand=brand.id, **SAY)
        assert told.value.problems[0].field == of
        return
    assert api.pin(two[0], of, text, brand=brand.id, **SAY).text == kept
    assert golden(brand, two[0]).text(of) == kept


def test_what_cannot_be_is_refused_with_every_field_named(brand, two):
    with pytest.raises(BadInput) as told:
        api.say_fields(two[0], WEB, {Field.PHONE: "1", Field.BIRTHDAY: "x", Field.NAME: "A"}, brand=brand.id, by="crm")
    assert [problem.field for problem in told.value.problems] == ["phone", "birthday"]
    for wrong in (
        Survivorship(Field.NAME, ()),
        Survivorship(Field.NAME, (Rule.RECENT, Rule.RECENT)),
        Survivorship(Field.NAME, (Rule.SOURCES,)),
        Survivorship(Field.GIVEN_NAME, (Rule.RECENT,)),
    ):
        with pytest.raises(BadValue):
            api.say_survivorship(wrong, brand=brand.id, **SAY)
    for call in (api.pin, api.unpin):
        with pytest.raises(NotFound):
            call(uuid7(), Field.NAME, *(["x"] if call is api.pin else []), brand=brand.id, **SAY)


def test_what_doors_say_is_kept_with_when_and_not_again_within_a_day(brand, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DAY)
    one = came(brand, card("1"), name="Ann", address="1 Way")
    came(brand, card("1"), name="Ann B", door=TILL)
    came(brand, card("1"), name="A**", address="2 W***", door=TILL)
    found = golden(brand, one)
    assert {(v.text, v.channel_id) for v in (found.fields[Field.NAME].value, *found.fields[Field.NAME].others)} == {
        ("Ann", None),
        ("Ann B", TILL),
    }
    assert found.text(Field.ADDRESS) == "1 Way" and not found.fields[Field.ADDRESS].others
    again = [Sighting(TILL, (card("1"),), "Ann B"), Sighting(WEB, (card("1"),), "Ann", address="1 Way")]

    def cost() -> int:
        with in_brand(brand.id), count_statements() as seen:
            api.identify(again, brand=brand.id)
        return len(seen)

    assert cost() == 1
    monkeypatch.setattr(clock, "now", lambda: DAY + timedelta(days=2))
    assert cost() == 3  # read, touch the identity, note what was said
    found = golden(brand, one)
    assert found.fields[Field.ADDRESS].value.first_seen == DAY
    assert found.fields[Field.ADDRESS].value.last_seen == DAY + timedelta(days=2)
    assert api.search_customers(brand.id, "Ann B")[0].id == one


def test_a_page_of_people_costs_two_statements_however_many(brand):
    def cost(count: int) -> int:
        seen = [Sighting(WEB, (card(f"{count}-{n}"),), f"P {n}") for n in range(count)]
        ids = whose(seen, brand=brand.id)
        with in_brand(brand.id), count_statements() as statements:
            assert len(api.golden_names(brand.id, ids)) == count
            assert len(api.golden_of(brand.id, ids)) == count
        return len(statements)

    assert cost(1) == cost(60) == 4


def test_what_staff_wrote_goes_before_what_doors_say_where_the_rule_is_so(brand, two):
    ann, annie = two
    api.merge(ann, annie, brand=brand.id, **SAY)
    api.put_details(Details(ann, CustomerKind.PERSON, language="fr", preferred=Means.SMS), brand=brand.id, by="kim")
    found = golden(brand, ann)
    assert (found.text(Field.LANGUAGE), found.text(Field.PREFERRED)) == ("fr", "sms")
    assert found.fields[Field.LANGUAGE].why is Rule.HAND and found.fields[Field.LANGUAGE].value.by == "kim"


def test_the_halves_of_a_name_are_of_the_name_that_holds(brand, two):
    ann, _ = two
    api.say_fields(ann, WEB, {Field.GIVEN_NAME: "三丰", Field.FAMILY_NAME: "张"}, brand=brand.id, by="crm")
    api.say_survivorship(Survivorship(Field.NAME, (Rule.SOURCES,), (WEB,)), brand=brand.id, **SAY)
    found = golden(brand, ann)
    assert (found.text(Field.NAME), found.text(Field.FAMILY_NAME)) == ("张三丰", "张")
    assert [rules.split_name(name) for name in ("欧阳锋", "Mary Jane Lee", "Ann")] == [
        ("锋", "欧阳"),
        ("Mary Jane", "Lee"),
        ("Ann", ""),
    ]


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["merge", "unmerge", "pin", "unpin", "see", "rules"]), st.integers(0, 3), st.integers(0, 3)
    ),
    max_size=12,
)
NAMES = ("Ann", "Annie Lee", "A. Lee", "Bob")
ORDERS = ((Rule.OFTEN, Rule.FIRST), (Rule.LONGEST,), (Rule.RECENT,), (Rule.SOURCES, Rule.VERIFIED))


@pytest.mark.requirement("S-98")
@given(steps=PEOPLE)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_merged_taken_apart_and_kept_it_is_as_computed_from_the_records_alone(make_brand, steps):
    """Beside it a model: who is joined follows from the merges that stand, what is said from each record's own rows."""
    brand = make_brand()
    signs = [card(f"{uuid7()}") for _ in range(4)]
    ids = [came(brand, sign, name=NAMES[n], door=(WEB, TILL)[n % 2]) for n, sign in enumerate(signs)]
    alone = {one: rules_input(brand, one) for one in ids}
    merges: dict[tuple, object] = {}
    changed = False
    for what, a, b in steps:
        pair = tuple(sorted((ids[a], ids[b])))
        group = joined(ids, merges)
        if what == "merge" and group[pair[0]] != group[pair[1]]:
            merges[pair] = api.merge(*pair, brand=brand.id, **SAY).id
        elif what == "unmerge" and pair in merges:
            api.unmerge(merges.pop(pair), brand=brand.id, **SAY)
        elif what == "pin":
            api.pin(ids[a], Field.NAME, NAMES[b], brand=brand.id, **SAY)
            changed = True
        elif what == "unpin":
            api.unpin(ids[a], Field.NAME, brand=brand.id, **SAY)
            changed = True
        elif what == "see":
            came(brand, signs[a], name=NAMES[b], door=(WEB, TILL)[b % 2])
            changed = True
        elif what == "rules":
            order = ORDERS[a]
            told = Survivorship(Field.NAME, order, (TILL, WEB) if Rule.SOURCES in order else ())
            api.say_survivorship(told, brand=brand.id, **SAY)
    group = joined(ids, merges)
    found = api.golden_of(brand.id, ids)
    survivorship = {each: change.survivorship for each, change in api.rules_of(brand.id).items()}
    parts = {one: rules_input(brand, one) for one in ids}
    for one in ids:
        said: dict[Field, list[Value]] = {}
        pins: list[Pin] = []
        since = {}
        for other in (each for each in ids if group[each] == group[one]):
            values, own_pins, own_since = parts[other]
            for of, some in values.items():
                said.setdefault(of, []).extend(some)
            pins += own_pins
            since |= own_since
        assert found[one] == rules.golden(group[one], said, pins, since, survivorship)
    for pair in list(merges):
        api.unmerge(merges.pop(pair), brand=brand.id, **SAY)
    if not changed:
        assert {one: rules_input(brand, one) for one in ids} == alone
    for each, one in enumerate(ids):
        assert golden(brand, one).id == one, NAMES[each]


def joined(ids, merges) -> dict:
    """record -> the oldest of those that the merges join, the long way."""
    group = {one: one for one in ids}
    for _ in ids:
        for a, b in merges:
            least = min(group[a], group[b], key=ids.index)
            group = {one: least if at in (group[a], group[b]) else at for one, at in group.items()}
    return group


def rules_input(brand, one):
    """What is said of one record alone, straight from the tables."""
    with in_brand(brand.id):
        record = Customer.objects.get(id=one)
        said: dict[Field, list[Value]] = {}
        names = []
        for row in Saying.objects.filter(customer_id=one):
            for name, (text, last, first) in row.said.items():
                moments = datetime.fromisoformat(first), datetime.fromisoformat(last)
                said.setdefault(Field(name), []).append(Value(text, one, *moments, row.channel_id))
                names.append(text)
        for of, text in ((Field.NAME, record.name), (Field.LANGUAGE, record.language)):
            if text and text not in names:
                said.setdefault(of, []).append(Value(text, one, record.created_at, record.created_at))
        pins = [
            Pin(row.id, one, Field(row.field), row.text, row.by, row.at, row.reason)
            for row in PinRow.objects.filter(customer_id=one, ended_at=None)
        ]
    return said, pins, {one: record.created_at}


def test_every_field_with_rules_has_a_default():
    assert set(rules.DEFAULTS) == set(RULED)
