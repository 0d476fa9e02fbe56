from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from datong.access import api
from datong.access.actions import people as actions
from datong.access.models import Client as ClientRow
from datong.access.models import User
from datong.access.types import Action, Role, Scope
from datong.kernel import clock
from datong.kernel.db import count_statements, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
STORE, OTHER = uuid7(), uuid7()


@pytest.fixture
def ann(brand):
    return api.create_user("Ann", password="correct horse battery", name="Ann Lee")


def events(brand) -> list[str]:
    with in_brand(brand.id):
        return [name for (name,) in rows("SELECT name FROM kernel_outboxevent ORDER BY id")]


def test_somebody_logs_in_by_name_in_any_case(ann):
    assert authenticate(username="ANN", password="correct horse battery").id == ann
    assert authenticate(username="ann", password="wrong horse battery") is None
    assert api.user_id_of(" aNN ") == ann
    assert api.user_id_of("ben") is None
    assert authenticate(username="an\x00n", password="correct horse battery") is None
    assert api.user_id_of("an\x00n") is None


def test_a_taken_name_or_a_short_password_opens_no_log_in(ann):
    with pytest.raises(Conflict):
        api.create_user("ann")
    with pytest.raises(BadValue):
        api.create_user("ben", password="short")
    assert User.objects.count() == 1


def test_without_a_password_nobody_logs_in_by_password(brand):
    api.create_user("ben")
    assert authenticate(username="ben", password="") is None


def test_a_role_is_a_brand_s_own(brand, make_brand, ann):
    other = make_brand()
    api.assign(brand.id, ann, Role.STORE, store_ids=[STORE], by="hq")
    staff = api.staff_of(ann, brand.id)
    assert (staff.role, staff.store_ids, staff.username, staff.name) == (Role.STORE, {STORE}, "ann", "Ann Lee")
    assert api.may(staff, Action.ORDERS_ACT, STORE)
    assert not api.may(staff, Action.ORDERS_ACT, OTHER)
    assert api.staff_of(ann, other.id) is None
    assert api.brands_of(ann) == (brand.id,)
    assert [s.username for s in api.list_staff(brand.id)] == ["ann"]
    assert api.list_staff(other.id) == []


def test_a_new_role_takes_the_place_of_the_old_one(brand, ann):
    api.assign(brand.id, ann, Role.STORE, store_ids=[STORE], by="hq")
    api.assign(brand.id, ann, Role.HQ, by="hq")
    assert api.staff_of(ann, brand.id).role is Role.HQ
    assert api.staff_of(ann, brand.id).store_ids == frozenset()
    assert api.brands_of(ann) == (brand.id,)
    assert events(brand) == ["access.staff_assigned", "access.staff_assigned"]


def test_who_lost_the_role_or_was_switched_off_is_nobody(brand, ann):
    api.assign(brand.id, ann, Role.HQ, by="hq")
    api.switch_user(ann, active=False, by="test")
    assert api.staff_of(ann, brand.id) is None
    assert authenticate(username="ann", password="correct horse battery") is None
    api.switch_user(ann, active=True, by="test")
    api.unassign(brand.id, ann, by="hq")
    assert api.staff_of(ann, brand.id) is None
    assert api.brands_of(ann) == ()
    with pytest.raises(NotFound):
        api.unassign(brand.id, ann, by="hq")


def test_a_role_that_does_not_fit_its_stores_is_refused_and_nothing_is_written(brand, ann):
    with pytest.raises(BadValue):
        api.assign(brand.id, ann, Role.STORE, by="hq")
    with pytest.raises(NotFound):
        api.assign(brand.id, uuid7(), Role.HQ, by="hq")
    assert api.list_staff(brand.id) == []
    assert events(brand) == []


def test_a_log_in_link_works_once(brand, ann):
    token = api.login_token(ann, brand.id)
    assert api.redeem_login_token(token) == (ann, brand.id)
    with pytest.raises(NotAllowed):
        api.redeem_login_token(token)


def test_a_newer_link_a_new_password_or_a_forged_one_ends_it(brand, ann):
    first = api.login_token(ann, brand.id)
    second = api.login_token(ann, brand.id)
    for bad in (first, second[:-1], second.replace(":", ";"), "", "x:y:z"):
        with pytest.raises(NotAllowed):
            api.redeem_login_token(bad)
    api.set_password(ann, "another long password", by="test")
    with pytest.raises(NotAllowed):
        api.redeem_login_token(second)


def test_a_link_is_good_for_ten_minutes(brand, ann, monkeypatch):
    token = api.login_token(ann, brand.id)
    monkeypatch.setattr(actions, "LOGIN_LINK_S", -1)
    with pytest.raises(NotAllowed):
        api.redeem_login_token(token)
    monkeypatch.undo()
    assert actions.LOGIN_LINK_S == 600
    assert api.redeem_login_token(token) == (ann, brand.id)


@pytest.mark.requirement("S-11")
def test_a_channel_has_one_owner_and_remembers_those_before(brand, ann):
    channel = uuid7()
    api.own_channel(brand.id, channel, "Ben", by="hq")
    api.own_channel(brand.id, channel, "Ann Lee", by="hq", user_id=ann)
    assert api.owners(brand.id) == {channel: "Ann Lee"}
    assert api.owner_records(brand.id)[channel].user_id == ann
    assert [(owner.name, by) for owner, by in api.owner_history(brand.id, channel)] == [
        ("Ann Lee", "hq"),
        ("Ben", "hq"),
    ]
    assert events(brand) == ["access.channel_owned", "access.channel_owned"]
    with pytest.raises(BadValue):
        api.own_channel(brand.id, channel, " ", by="hq")


def test_an_api_key_opens_its_brand_and_channel_and_is_kept_as_a_hash(brand, make_brand):
    channel, other = uuid7(), make_brand()
    made = api.create_client(brand.id, channel, "Till 7", ["orders:write"], by="hq")
    found = api.client_of(made.key)
    assert (found.id, found.brand_id, found.channel_id, found.scopes) == (
        made.client.id,
        brand.id,
        channel,
        {Scope.ORDERS_WRITE},
    )
    stored = bytes(ClientRow.objects.get(id=found.id).key_hash)
    assert len(stored) == 32
    assert made.key.encode() not in stored
    assert [c.name for c in api.list_clients(brand.id)] == ["Till 7"]
    assert api.list_clients(other.id) == []
    assert api.client_of(made.key + "x") is None
    assert api.client_of("") is None


def test_a_revoked_key_opens_nothing(brand, make_brand):
    made = api.create_client(brand.id, uuid7(), "Till", ["orders:write"], by="hq")
    with pytest.raises(NotFound):
        api.revoke_client(make_brand().id, made.client.id, by="stranger")
    assert api.client_of(made.key) is not None
    api.revoke_client(brand.id, made.client.id, by="hq")
    assert api.client_of(made.key) is None
    with pytest.raises(NotFound):
        api.revoke_client(brand.id, made.client.id, by="hq")
    assert events(brand) == ["access.client_created", "access.client_revoked"]


@pytest.mark.parametrize("scopes", [[], ["orders:eat"]])
def test_a_key_without_known_scopes_is_not_made(brand, scopes):
    with pytest.raises(BadValue):
        api.create_client(brand.id, uuid7(), "Till", scopes, by="hq")
    assert ClientRow.objects.count() == 0


def test_the_last_use_is_noted_at_most_once_a_minute(brand):
    key = api.create_client(brand.id, uuid7(), "Till", ["orders:read"], by="hq").key
    start = clock.now()
    with clock.held_at(start), count_statements() as first:
        api.client_of(key)
    with clock.held_at(start + timedelta(seconds=30)), count_statements() as second:
        assert api.client_of(key).last_used_at == start
    with clock.held_at(start + timedelta(seconds=90)), count_statements() as third:
        api.client_of(key)
    assert [len(first), len(second), len(third)] == [2, 1, 2]
    assert ClientRow.objects.get().last_used_at == start + timedelta(seconds=90)
