from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from datong.customers import api
from datong.customers.tests.seen import whose
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
SHOP, TILL = uuid7(), uuid7()
PHONE = "+8613800138000"


def an_identity(kind: IdentityKind, value: str, verified: bool = True) -> Identity:
    return Identity(kind, value, verified)


def phone(value: str = PHONE, verified: bool = True) -> Identity:
    return an_identity(IdentityKind.PHONE, value, verified)


def card(value: str) -> Identity:
    return an_identity(IdentityKind.CARD, value)


def seen(*identities: Identity, name: str = "", channel: UUID = SHOP) -> Sighting:
    return Sighting(channel, identities, name)


def table(brand, sql: str) -> list[tuple]:
    with in_brand(brand.id):
        return rows(sql)


def counts(brand) -> tuple[int, int]:
    """(customers, identities)"""
    return table(brand, "SELECT (SELECT count(*) FROM customers_customer), (SELECT count(*) FROM customers_identity)")[
        0
    ]


@pytest.mark.requirement("S-92", "S-101")
def test_a_member_seen_in_a_store_is_known_online_and_the_reverse(brand):
    [in_store] = whose([seen(card("7"), phone(), channel=TILL)], brand=brand.id)
    [online] = whose([seen(phone(), an_identity(IdentityKind.WECHAT_OPENID, "wx1:o1"))], brand=brand.id)
    [again] = whose([seen(an_identity(IdentityKind.WECHAT_OPENID, "wx1:o1"), channel=TILL)], brand=brand.id)
    assert in_store == online == again
    assert counts(brand) == (1, 3)


def test_nothing_verified_is_nobody_and_writes_nothing(brand):
    shown = [seen(), seen(phone(verified=False)), seen(phone("138****8000")), seen(phone("not a number"))]
    assert whose(shown, brand=brand.id) == [None] * 4
    assert counts(brand) == (0, 0)


def test_what_no_database_can_hold_breaks_nothing(brand):
    strange = Sighting(SHOP, (card("a\x00"), card("\ud800"), card("7")), "Ann\x00 \ud800Lee", "e\x00n")
    [ann] = whose([strange], brand=brand.id)
    page = api.customer_page(brand.id, ann)
    assert (page.name, page.language, [i.value for i in page.identities]) == ("Ann Lee", "", ["7"])
    assert api.search_customers(brand.id, "An\x00") == []


def test_a_batch_keeps_its_order_and_joins_strangers_who_share_something(brand):
    shown = [seen(card("1")), seen(), seen(card("2"), card("1")), seen(card("3"))]
    first, nobody, second, third = whose(shown, brand=brand.id)
    assert nobody is None
    assert first == second != third
    assert counts(brand) == (2, 3)


def test_customers_of_another_brand_are_strangers(brand, make_brand):
    [here] = whose([seen(phone())], brand=brand.id)
    other = make_brand()
    [there] = whose([seen(phone())], brand=other.id)
    assert here != there
    with pytest.raises(NotFound):
        api.customer_page(brand.id, there)


@pytest.mark.requirement("S-98")
def test_two_known_customers_are_proposed_as_one_and_stay_two(brand):
    start = clock.now()
    with clock.held_at(start):
        [ann] = whose([seen(card("a"), name="Ann")], brand=brand.id)
    with clock.held_at(start + timedelta(days=1)):
        [ben] = whose([seen(phone(), name="Ann L.")], brand=brand.id)
    for _ in range(2):
        [who] = whose([seen(phone(), card("a"))], brand=brand.id)
        assert who == ann
    [merge] = api.merge_proposals(brand.id)
    assert (merge.keep, merge.other, merge.evidence) == (ann, ben, phone())
    assert api.customer_page(brand.id, ben).proposals == (merge,)
    assert whose([seen(phone()), seen(card("a"))], brand=brand.id) == [ben, ann]
    assert table(brand, "SELECT count(*) FROM kernel_outboxevent WHERE name = 'customers.merge_proposed'") == [(1,)]


def test_a_new_customer_is_announced_without_personal_data(brand):
    [ann] = whose([seen(phone(), name="Ann Lee")], brand=brand.id)
    [(name, payload)] = table(brand, "SELECT name, payload::text FROM kernel_outboxevent")
    assert name == "customers.created"
    assert str(ann) in payload
    assert "Ann" not in payload
    assert PHONE not in payload


@pytest.mark.requirement("S-91")
def test_one_page_shows_the_customer_s_identities_of_every_door(brand):
    start = clock.now()
    with clock.held_at(start):
        [ann] = whose([seen(phone(), name="A**")], brand=brand.id)
    with clock.held_at(start + timedelta(hours=2)):
        whose([seen(phone(), card("7"), name="Ann Lee", channel=TILL)], brand=brand.id)
    page = api.customer_page(brand.id, ann)
    assert (page.name, page.created_at) == ("Ann Lee", start)
    assert [(i.kind.value, i.first_seen - start, i.last_seen - start, i.channel_id) for i in page.identities] == [
        ("card", timedelta(hours=2), timedelta(hours=2), TILL),
        ("phone", timedelta(0), timedelta(hours=2), SHOP),
    ]
    assert api.customers_by_id(brand.id, [ann, uuid7()])[ann].identities == (card("7"), phone())
    assert len(api.customers_by_id(brand.id, [ann, uuid7()])) == 1


def test_customers_are_found_by_part_of_a_name_or_number(brand, make_brand):
    [ann] = whose([seen(phone(), name="Ann Lee")], brand=brand.id)
    [zhang] = whose([seen(an_identity(IdentityKind.EMAIL, "z_3@x.example"), name="张三")], brand=brand.id)

    def found(text: str) -> list[tuple[UUID, str]]:
        return [(hit.id, hit.matched) for hit in api.search_customers(brand.id, text)]

    assert found("ann") == [(ann, "Ann Lee")]
    assert found("0138") == [(ann, PHONE)]
    assert found("张三") == [(zhang, "张三")]
    assert found("Z_3@") == [(zhang, "z_3@x.example")]
    assert found("z%3") == []
    assert found("a") == []
    other = make_brand()
    assert api.search_customers(other.id, "ann") == []


def test_a_batch_costs_a_constant_number_of_statements(brand):
    def cost(shown: list[Sighting]) -> int:
        with in_brand(brand.id), count_statements() as statements:
            whose(shown, brand=brand.id)
        return len(statements)

    many = [seen(phone(f"+86138001{n:05}"), card(str(n)), name=f"N{n}") for n in range(200)]
    assert cost([seen(phone(verified=False))]) == 0
    assert cost(many) == 3  # read, claim, outbox
    assert cost(many) == 1
    assert cost(many[:1]) == 1
    with clock.held_at(clock.now() + timedelta(hours=2)):
        assert cost(many) == 2  # and when they were last seen
    assert cost([seen(*(card(str(n)) for n in range(200)))]) == 3  # 199 proposals: read, settle, outbox
    assert counts(brand) == (200, 400)
