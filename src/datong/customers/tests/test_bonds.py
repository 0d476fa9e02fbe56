"""Persons and organisations, whom they belong with, who looks after them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from datong.brand.types import Brand
from datong.customers import api
from datong.customers.tests.seen import see
from datong.customers.types import BondKind, CustomerKind, Details, Means, TouchKind
from datong.kernel import clock
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

BY = "eva"
FIRM = {"legal_name": "Plum Trading Ltd", "legal_id": "91310000X", "industry": "catering"}


def company(brand: Brand, card: str) -> Details:
    return api.put_details(Details(see(brand, card), CustomerKind.ORGANISATION, **FIRM), brand=brand.id, by=BY)


@pytest.mark.requirement("S-100")
def test_a_person_and_an_organisation_have_fields_of_their_own(brand: Brand) -> None:
    firm = company(brand, "firm")
    ann = see(brand, "ann")
    assert api.details_of(brand.id, ann) == Details(ann)
    made = Details(ann, CustomerKind.PERSON, preferred=Means.WECHAT, language="zh-Hans", birthday=date(1990, 5, 1))
    kept = api.put_details(made, brand=brand.id, by=BY)
    assert (kept.preferred, kept.birthday, kept.changed_by) == (Means.WECHAT, date(1990, 5, 1), BY)
    assert api.put_details(made, brand=brand.id, by="other").changed_by == BY
    assert api.details_of(brand.id, firm.customer_id).legal_name == "Plum Trading Ltd"
    for wrong, field in (
        (Details(ann, legal_name="x"), "legal_name"),
        (Details(firm.customer_id, CustomerKind.ORGANISATION, birthday=date(1990, 1, 1)), "birthday"),
        (Details(ann, language="chinese please"), "language"),
        (Details(ann, birthday=date(2999, 1, 1)), "birthday"),
    ):
        with pytest.raises(BadValue) as refused:
            api.put_details(wrong, brand=brand.id, by=BY)
        assert refused.value.problems[0].field == field
    with pytest.raises(NotFound):
        api.put_details(Details(uuid7()), brand=brand.id, by=BY)


@pytest.mark.requirement("S-100")
def test_contacts_speak_for_organisations_and_households_live_together(brand: Brand) -> None:
    firm, ann, bo = company(brand, "firm").customer_id, see(brand, "ann"), see(brand, "bo")
    speaks = api.bind(ann, firm, BondKind.CONTACT, brand=brand.id, by=BY, role="buyer")
    again = api.bind(ann, firm, BondKind.CONTACT, brand=brand.id, by=BY, role="head buyer")
    assert (again.id, again.role) == (speaks.id, "head buyer")
    lives = api.bind(bo, ann, BondKind.HOUSEHOLD, brand=brand.id, by=BY)
    assert api.bind(ann, bo, BondKind.HOUSEHOLD, brand=brand.id, by=BY).id == lives.id
    assert {bond.id for bond in api.bonds_of(brand.id, ann)} == {speaks.id, lives.id}
    assert [bond.id for bond in api.bonds_of(brand.id, firm)] == [speaks.id]
    for one, other, kind, field in (
        (bo, ann, BondKind.CONTACT, "other_id"),
        (bo, firm, BondKind.PART, "customer_id"),
        (bo, bo, BondKind.HOUSEHOLD, "other_id"),
    ):
        with pytest.raises(BadValue) as refused:
            api.bind(one, other, kind, brand=brand.id, by=BY)
        assert refused.value.problems[0].field == field
    assert api.unbind(speaks.id, brand=brand.id, by=BY) and not api.unbind(speaks.id, brand=brand.id, by=BY)
    assert api.bonds_of(brand.id, firm) == []


@pytest.mark.requirement("S-103", "S-104", "S-111")
def test_a_manager_has_a_list_with_what_is_next_and_a_sheet_of_figures(brand: Brand) -> None:
    ann, bo = see(brand, "ann", name="Ann Lee"), see(brand, "bo", name="Bo Chan")
    today = clock.now().date()
    for one in (ann, bo):
        assert api.keep(one, "mia", brand=brand.id, by=BY)
    api.add_touch(ann, TouchKind.CONTACT, "called", brand=brand.id, by="mia")
    late = today - timedelta(days=2)
    todo = api.add_touch(bo, TouchKind.FOLLOW_UP, "send the offer", brand=brand.id, by="mia", due=late, doer="mia")
    first, second = api.kept_by(brand.id, "mia")
    assert (first.name, first.due, second.due, second.due_text) == ("Ann Lee", None, late, "send the offer")
    assert first.touched_at and second.touched_at is None
    assert api.kept_by(brand.id, "mia", after=first.customer_id) == [second]
    (sheet,) = api.portfolios(brand.id, day=today, since=datetime(2020, 1, 1, tzinfo=UTC))
    assert (sheet.manager, sheet.customers, sheet.open_tasks, sheet.late_tasks, sheet.touched) == ("mia", 2, 1, 1, 1)
    assert [each.id for each in api.due_touches(brand.id, today, doer="mia")] == [todo.id]
    assert api.due_touches(brand.id, today, doer="max") == []
    moved = api.keep(bo, "max", brand=brand.id, by=BY)
    assert moved and moved.manager == "max" and api.keep(bo, "max", brand=brand.id, by=BY) == moved
    assert [one.manager for one in api.keepings_of(brand.id, bo)] == ["max", "mia"]
    assert api.keep(bo, "", brand=brand.id, by=BY) is None and len(api.kept_by(brand.id, "mia")) == 1


def test_a_merged_person_has_one_profile_and_one_manager(brand: Brand) -> None:
    ann, anna = see(brand, "ann"), see(brand, "anna")
    api.put_details(Details(anna, preferred=Means.SMS), brand=brand.id, by=BY)
    api.keep(anna, "mia", brand=brand.id, by=BY)
    api.merge(ann, anna, brand=brand.id, by=BY, reason="one phone")
    assert api.details_of(brand.id, ann).preferred is Means.SMS
    kept = api.keep(ann, "max", brand=brand.id, by=BY)
    assert kept and [one.manager for one in api.keepings_of(brand.id, anna) if one.until is None] == ["max"]
