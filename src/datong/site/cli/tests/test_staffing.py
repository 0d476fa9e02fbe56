"""Who comes and goes on the command line: an owner from the first minute, reach, invitations, sessions, leaving."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from datong.access import api as access
from datong.access.types import Action, ApprovalKind, Role, Scope, ScopeKind
from datong.brand import api as brands
from datong.brand.types import Brand, Channel, ChannelKind
from datong.kernel import audit
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.site.cli.tests.test_setting_up import FACTS, STORES, datong, said, sheet

__all__ = ["sheet"]

PASSWORD = "long enough for a password"


@pytest.fixture
def leaf(committed_db: str, sheet) -> Brand:
    said("brand", "create", "leaf", "Leaf", *FACTS)
    said("brand", "stores", sheet("stores.csv", STORES))
    return brands.list_brands()[0]


def token_of(link: str) -> str:
    return link.strip().rstrip("/").rpartition("/")[2]


def test_a_brand_that_is_opened_invites_its_owner_who_sets_limits(committed_db: str) -> None:
    done = datong("brand", "create", "leaf", "Leaf", *FACTS, "--host", "https://hub.example.com")
    link = done.stdout.splitlines()[1]
    assert link.startswith("https://hub.example.com/join/")
    assert "the owner gets in by this link, once, within seven days" in done.stderr
    leaf = brands.list_brands()[0]
    browser = Client()
    form = {"username": "olga", "password": PASSWORD}
    assert browser.post(f"/join/{token_of(link)}/", form).headers["Location"] == "/"
    (olga,) = access.list_staff(leaf.id)
    assert (olga.username, olga.role) == ("olga", Role.OWNER)
    assert browser.get("/policy/").status_code == 200
    assert access.may(olga, Action.POLICY_EDIT)


def test_a_named_owner_gets_a_log_in_and_a_link(committed_db: str) -> None:
    made = json.loads(said("brand", "create", "leaf", "Leaf", *FACTS, "--owner", "olga", "--json"))
    leaf = brands.list_brands()[0]
    assert access.redeem_login_token(token_of(made["owner_link"])) == (access.user_id_of("olga"), leaf.id)
    said("brand", "create", "tea", "Tea", *FACTS, "--owner", "olga")
    assert len(access.brands_of(access.user_id_of("olga"))) == 2
    with pytest.raises(BadValue):
        datong("brand", "create", "third", "Third", *FACTS, "--owner", "o o")
    assert [each.slug for each in brands.list_brands()] == ["leaf", "tea"]


def test_a_brand_without_an_owner_is_told_so(leaf: Brand) -> None:
    done = datong("user", "create", "ann", "--no-password")
    assert "leaf has no owner, who alone sets limits: datong user invite --role owner" in done.stderr
    said("user", "create", "olga", "--no-password", "--role", "owner")
    assert "no owner" not in datong("user", "create", "bo", "--no-password").stderr


def test_a_role_reaches_stores_a_region_or_a_company(leaf: Brand) -> None:
    near, far = brands.list_stores(leaf.id)
    north = brands.put_region(leaf.id, "North", by="test")
    brands.set_region_stores(leaf.id, north.id, [far.id], by="test")
    firm = brands.put_company(leaf.id, "Lake LLC", by="test", legal_id="41-1")
    brands.set_company_stores(leaf.id, firm.id, [near.id], by="test")
    said("user", "create", "rita", "--no-password", "--role", "region_manager", "--region", "north")
    said("user", "create", "walt", "--no-password", "--role", "store_manager", "--company", "41-1")
    people = {each.username: each for each in access.list_staff(leaf.id)}
    assert (people["rita"].scope, people["rita"].store_ids) == (ScopeKind.REGION, {far.id})
    assert (people["walt"].scope, people["walt"].store_ids) == (ScopeKind.COMPANY, {near.id})
    said("user", "assign", "rita", "--role", "agent")
    assert access.staff_of(people["rita"].user_id, leaf.id).scope is ScopeKind.BRAND
    with pytest.raises(BadValue, match="at least one store for a store manager"):
        datong("user", "assign", "rita", "--role", "store_manager")
    with pytest.raises(BadValue, match="not several"):
        datong("user", "assign", "rita", "--role", "agent", "--store", "0001", "--region", "North")
    with pytest.raises(NotFound, match="no region 'South'; there are North"):
        datong("user", "assign", "rita", "--role", "region_manager", "--region", "South")
    with pytest.raises(BadValue, match="brand for the role hq"):
        datong("user", "assign", "rita", "--role", "hq", "--store", "0001")


def test_somebody_is_invited_and_the_invitation_taken_back(leaf: Brand) -> None:
    link = said("user", "invite", "--role", "store", "--store", "0001", "--name", "Mia Park", "--days", "2")
    assert access.open_invitation(token_of(link)).role is Role.STORE
    listed = json.loads(said("user", "list", "--json"))
    (mine,) = [each for each in listed["invitations"] if each["for"] == "Mia Park"]
    said("user", "uninvite", mine["id"][-12:])
    with pytest.raises(NotFound):
        access.open_invitation(token_of(link))
    with pytest.raises(NotFound, match="no open invitation"):
        datong("user", "uninvite", mine["id"])
    (entry,) = audit.page(leaf.id, verb="staff.uninvite").entries
    assert entry.actor.endswith("(command line)")


def test_sessions_are_listed_and_ended(leaf: Brand) -> None:
    said("user", "create", "ann", "--role", "owner", "--password-stdin", typed=f"{PASSWORD}\n")
    browser, other = Client(), Client(REMOTE_ADDR="10.0.0.9", headers={"User-Agent": "Till 7"})
    for each in (browser, other):
        each.post("/login/", {"username": "ann", "password": PASSWORD})
    found = json.loads(said("user", "sessions", "ann", "--json"))
    assert {(each["from"], each["browser"], each["by"]) for each in found} == {
        ("127.0.0.1", "", "password"), ("10.0.0.9", "Till 7", "password"),
    }  # fmt: skip
    till = next(each["id"] for each in found if each["browser"] == "Till 7")
    said("user", "sessions", "ann", "--end", till[-12:])
    assert (browser.get("/staff/").status_code, other.get("/staff/").status_code) == (200, 302)
    assert said("user", "sessions", "ann", "--end", "all").startswith("1 ended")
    assert browser.get("/staff/").status_code == 302
    assert [e.after for e in audit.page(leaf.id, verb="session.end").entries] == [{"sessions": 1}, {"sessions": 1}]
    with pytest.raises(NotFound, match="no session"):
        datong("user", "sessions", "ann", "--end", "nothing")


def test_who_leaves_is_out_and_leaves_nothing_hanging(leaf: Brand) -> None:
    kind = ApprovalKind("test.adjust", "Stock test", Action.STOCK_COUNT, lambda asked: None)
    access.register_approval(kind)
    said("user", "create", "olga", "--role", "owner", "--no-password")
    said(
        "user", "create", "mia", "--role", "store_manager", "--store", "0001", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    browser = Client()
    browser.post("/login/", {"username": "mia", "password": PASSWORD})
    channel = uuid7()
    brands.register_channel(leaf.id, Channel(channel, "web", "Web", ChannelKind.SITE))
    key = access.create_client(leaf.id, channel, "till", [Scope.ORDERS_READ], by="mia")
    mia = access.staff_of(access.user_id_of("mia"), leaf.id)
    (store,) = mia.store_ids
    asked = access.ask(
        "test.adjust", brand=leaf.id, by=mia, subject="CUP", facts={}, amount_minor=10**6, store_id=store
    )
    with pytest.raises(BadValue, match="who answers for 1 open requests"):
        datong("user", "leave", "mia")
    assert browser.get("/").status_code == 200
    done = datong("user", "leave", "mia", "--successor", "olga", "--reason", "moved away")
    assert "key till: revoked" in done.stderr
    assert browser.get("/").status_code == 302
    assert access.client_of(key.key) is None
    assert access.approval(leaf.id, asked.id).held_by == "olga"
    assert not Client().login(username="mia", password=PASSWORD)
    with pytest.raises(NotFound, match="nobody with a role here"):
        datong("user", "leave", "mia", "--successor", "olga")
