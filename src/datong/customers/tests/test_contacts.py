"""Unverified contacts: kept as evidence with who showed them, never identities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.customers import api
from datong.customers.tests.seen import whose
from datong.customers.tests.test_identify import SHOP, TILL, card, phone, seen, table
from datong.customers.types import Identity, IdentityKind
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand

pytestmark = pytest.mark.django_db


def email(value: str, verified: bool = False) -> Identity:
    return Identity(IdentityKind.EMAIL, value, verified)


def kept(brand) -> list[tuple]:
    return table(brand, "SELECT kind, value, fault FROM customers_contact ORDER BY kind, value")


@pytest.mark.requirement("S-98")
def test_unverified_contacts_are_kept_with_who_showed_them_and_say_nothing_of_who_it_is(brand):
    [ann, ben] = whose(
        [seen(card("1"), email("Fam@x.example")), seen(card("2"), email("fam@x.example"))], brand=brand.id
    )
    assert ann != ben
    assert whose([seen(email("fam@x.example"))], brand=brand.id) == [None]
    assert kept(brand) == [("email", "fam@x.example", "")] * 2
    [contact] = api.contacts_of(brand.id, ann)
    assert (contact.value, contact.channel_id, contact.customer_id) == ("fam@x.example", SHOP, ann)
    assert api.merge_proposals(brand.id) == []


def test_a_masked_number_is_of_one_delivery_and_a_stranger_s_contact_of_one_order(brand):
    whose([seen(card("1"), phone("138****8000", verified=False)), seen(phone(verified=False))], brand=brand.id)
    assert kept(brand) == []


def test_what_is_not_well_formed_is_kept_as_it_was_given_and_flagged(brand):
    whose([seen(card("1"), phone(" 8000 after\x00 six ", verified=False), email("ann(at)x"))], brand=brand.id)
    assert kept(brand) == [("email", "ann(at)x", "no e-mail address"), ("phone", "8000 after six", "no phone number")]


def test_a_contact_shown_again_costs_nothing_until_the_next_day(brand):
    many = [seen(card(str(n)), email(f"{n}@x.example")) for n in range(50)]

    def cost() -> int:
        with in_brand(brand.id), count_statements() as statements:
            whose(many, brand=brand.id)
        return len(statements)

    assert cost() == 4  # read, claim, note, outbox
    assert cost() == 1
    later = clock.now() + timedelta(hours=25)
    with clock.held_at(later):
        assert cost() == 3  # when identities and contacts were last seen
    [ann] = whose([seen(card("0"), channel=TILL)], brand=brand.id)
    assert [c.last_seen for c in api.contacts_of(brand.id, ann)] == [later]
