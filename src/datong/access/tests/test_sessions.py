"""Getting in and being let go: tries counted for all processes, invitations good once, sessions ended at once."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from datong.access import api
from datong.access.actions import approvals
from datong.access.models import LoginTry
from datong.access.types import Action, ApprovalKind, Came, Role, ScopeKind
from datong.kernel import audit, clock
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7

STORE = uuid7()
PASSWORD = "a long enough one"


def person(brand, name, role, *stores):
    user = api.create_user(f"{name}.{brand.slug}", password=PASSWORD)
    api.assign(brand.id, user, role, by="test", store_ids=stores)
    return api.staff_of(user, brand.id)


def test_a_network_waits_with_a_name_after_eight_tries_and_after_five_minutes_may_again(db):
    assert [api.may_try("ann", f"10.0.0.{n}") for n in range(9)] == [True] * 8 + [False]
    assert [api.may_try("zoe", f"2001:db8:0:aa{n}::7") for n in range(9)] == [True] * 8 + [False]
    assert api.may_try("bob", "10.0.0.1")
    with clock.held_at(clock.now() + timedelta(seconds=301)):
        assert api.may_try("ann", "10.0.0.1")


def test_a_stranger_cannot_lock_somebody_out_of_their_own_log_in(db):
    for _ in range(300):
        api.may_try("ann", "203.0.113.9")
    assert api.may_try("ann", "10.0.0.1"), "one network, however often it tries"


def test_all_networks_have_a_hundred_tries_of_a_name_in_an_hour_and_the_person_s_own_has_its_eight(brand):
    ann = person(brand, "ann", Role.AGENT)
    api.open_session("k1", ann.user_id, Came("10.0.0.200"), "password")
    name = f"ann.{brand.slug}"
    begun = clock.now()
    with clock.held_at(begun):
        tried = [api.may_try(name, f"203.0.{n}.9") for n in range(130)]
        assert tried == [True] * 100 + [False] * 30
        assert api.may_try(name, "10.0.0.1"), "from where they were let in before"
        assert not api.may_try(name, "10.0.1.1")
    with clock.held_at(begun + timedelta(seconds=3601)):
        assert api.may_try(name, "203.0.200.9")


def test_an_address_waits_after_forty_tries_of_any_name(db):
    assert [api.may_try(f"n{n}", "10.0.0.9") for n in range(41)] == [True] * 40 + [False]


def test_a_right_password_takes_the_tries_back(db):
    for _ in range(8):
        api.may_try("ann", "10.0.0.1")
    api.forget_tries("ann", "10.0.0.1")
    assert api.may_try("ann", "10.0.0.1")
    assert sorted(LoginTry.objects.values_list("count", flat=True)) == [1, 8, 8]


def test_tries_at_the_same_moment_are_all_counted(committed_db, in_parallel):
    assert sorted(in_parallel(12, lambda: api.may_try("ann", "10.0.0.1"))) == [False] * 4 + [True] * 8


def test_an_invitation_gives_its_role_once(brand):
    owner = person(brand, "olga", Role.OWNER)
    made = api.invite(
        brand.id, Role.MANAGER, by=owner, email="mia@example.com", name="Mia", scope=ScopeKind.STORE, scope_ids=[STORE]
    )
    assert api.open_invitation(made.token).role is Role.MANAGER
    assert [i.email for i in api.list_invitations(brand.id)] == ["mia@example.com"]
    user, where = api.accept(made.token, username="Mia", password=PASSWORD)
    staff = api.staff_of(user, brand.id)
    assert (where, staff.role, staff.store_ids, staff.name) == (brand.id, Role.MANAGER, {STORE}, "Mia")
    with pytest.raises(NotFound):
        api.accept(made.token, username="mia2", password=PASSWORD)
    assert api.list_invitations(brand.id) == []
    assert [e.verb for e in audit.page(brand.id, verb="staff", limit=2).entries] == ["staff.assign", "staff.invite"]


def test_an_invitation_ends_by_time_by_hand_and_a_forged_one_is_none(brand):
    owner = person(brand, "olga", Role.OWNER)
    made = api.invite(brand.id, Role.AGENT, by=owner)
    with clock.held_at(clock.now() + timedelta(days=8)), pytest.raises(NotFound):
        api.open_invitation(made.token)
    api.revoke_invitation(brand.id, made.invitation.id, by=owner)
    with pytest.raises(NotFound):
        api.accept(made.token, username="ann", password=PASSWORD)
    assert api.user_id_of("ann") is None
    with pytest.raises(NotFound):
        api.open_invitation(made.token[:-2] + "xx")


def test_a_short_password_leaves_the_invitation_open(brand):
    made = api.invite(brand.id, Role.AGENT, by=person(brand, "olga", Role.OWNER))
    with pytest.raises(BadValue):
        api.accept(made.token, username="ann", password="short")
    assert api.open_invitation(made.token)


def test_of_two_who_follow_an_invitation_at_the_same_moment_one_gets_in(committed_db, make_brand, in_parallel):
    brand = make_brand()
    made = api.invite(brand.id, Role.AGENT, by=person(brand, "olga", Role.OWNER))
    names = iter(["ann", "bea", "cat"])

    def work():
        try:
            return api.accept(made.token, username=next(names), password=PASSWORD) and 1
        except NotFound:
            return 0

    assert sum(in_parallel(3, work)) == 1


def test_only_an_owner_makes_an_owner_and_who_edits_no_staff_invites_nobody(brand):
    with pytest.raises(NotAllowed):
        api.invite(brand.id, Role.OWNER, by=person(brand, "hq", Role.HQ))
    with pytest.raises(NotAllowed):
        api.invite(brand.id, Role.AGENT, by=person(brand, "ada", Role.AGENT))
    with pytest.raises(BadValue):
        api.invite(brand.id, Role.AGENT, by=person(brand, "olga", Role.OWNER), email="no address")


def logged_in(staff, how="password"):
    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=staff.user_id))
    api.open_session(browser.session.session_key, staff.user_id, Came("10.0.0.1", "Firefox"), how)
    return browser


def test_who_is_let_go_is_out_at_the_next_click_and_nothing_of_theirs_hangs(brand, monkeypatch):
    kind = ApprovalKind("stock.adjust", "x", Action.STOCK_COUNT, lambda asked: None)
    monkeypatch.setitem(approvals._kinds, kind.name, kind)
    owner, other = person(brand, "olga", Role.OWNER), person(brand, "hq", Role.HQ)
    manager = person(brand, "mia", Role.MANAGER, STORE)
    asked = api.ask(
        "stock.adjust", brand=brand.id, by=manager, subject="T", facts={}, amount_minor=10**6, store_id=STORE
    )
    key = api.create_client(brand.id, uuid7(), "tills", ["orders:read"], by=manager.username)
    channel = uuid7()
    api.own_channel(brand.id, channel, "Mia", by="t", user_id=manager.user_id)
    browser = logged_in(manager)
    assert browser.get("/").status_code == 200
    with pytest.raises(BadValue, match="open requests"):
        api.let_go(brand.id, manager.user_id, by=owner)
    assert browser.get("/").status_code == 200
    left = api.let_go(brand.id, manager.user_id, by=owner, successor=other, revoke_keys=[key.client.id], reason="left")
    assert ([c.name for c in left.keys], [r.id for r in left.requests], left.channels) == (
        ["tills"],
        [asked.id],
        (channel,),
    )
    assert browser.get("/").status_code == 302 and browser.get("/").url.startswith("/login/")
    assert api.sessions_of(manager.user_id) == [] and api.client_of(key.key) is None
    assert api.approval(brand.id, asked.id).held_by == other.username
    assert not get_user_model().objects.get(pk=manager.user_id).is_active
    with pytest.raises(Conflict):
        api.let_go(brand.id, owner.user_id, by=owner)


def test_a_log_in_with_a_role_elsewhere_stays(brand, make_brand):
    owner, manager = person(brand, "olga", Role.OWNER), person(brand, "mia", Role.MANAGER, STORE)
    elsewhere = make_brand()
    api.assign(elsewhere.id, manager.user_id, Role.AGENT, by="t")
    api.let_go(brand.id, manager.user_id, by=owner)
    assert api.staff_of(manager.user_id, brand.id) is None
    assert api.staff_of(manager.user_id, elsewhere.id).role is Role.AGENT


def test_one_session_is_ended_and_the_others_go_on(brand):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    first, second = logged_in(manager), logged_in(manager, "link")
    mine = first.session.session_key
    listed = api.sessions_of(manager.user_id, mine=mine)
    assert {(s.how, s.mine) for s in listed} == {("password", True), ("link", False)}
    assert api.end_sessions(manager.user_id, by="mia", but=mine) == 1
    assert second.get("/").status_code == 302 and first.get("/").status_code == 200


def test_the_history_keeps_what_came_of_each_try(brand):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    came = Came("10.0.0.1", "Firefox")
    for outcome in ("wrong", "password"):
        api.note_login(manager.user_id, came, outcome)
    assert [login.outcome for login in api.logins_of(manager.user_id)] == ["password", "wrong"]


@pytest.fixture
def ann(brand):
    return person(brand, "ann", Role.AGENT)


def seen(user):
    return {(s.address, s.seen_at) for s in api.sessions_of(user)}


def test_a_session_in_use_says_when_and_from_where_at_most_every_three_minutes(brand, ann):
    browser, start = Client(), clock.now()
    with clock.held_at(start):
        browser.post("/login/", {"username": ann.username, "password": PASSWORD})
        browser.get("/")
        assert seen(ann.user_id) == {("127.0.0.1", start)}
    with clock.held_at(start + timedelta(seconds=179)):
        browser.get("/", REMOTE_ADDR="10.0.0.7")
    assert seen(ann.user_id) == {("127.0.0.1", start)}
    with clock.held_at(start + timedelta(seconds=181)):
        browser.get("/", REMOTE_ADDR="10.0.0.7")
    assert seen(ann.user_id) == {("10.0.0.7", start + timedelta(seconds=181))}


def test_a_changed_password_and_a_switched_log_in_are_in_the_trail_of_every_brand_they_open(make_brand):
    one, two = make_brand(), make_brand()
    user = api.create_user(f"ann.{one.slug}", password=PASSWORD)
    for each in (one, two):
        api.assign(each.id, user, Role.AGENT, by="test")
    api.set_password(user, "another long one", by="olga")
    api.switch_user(user, active=False, by="olga")
    api.switch_user(user, active=False, by="olga")
    for each in (one, two):
        found = [(e.verb, e.actor, e.after) for e in audit.page(each.id, verb="login").entries]
        assert found == [("login.switch", "olga", {"active": False}), ("login.password", "olga", None)]
    assert "another long one" not in str([audit.page(each.id).entries for each in (one, two)])
