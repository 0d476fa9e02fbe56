"""People and rights in the console: invitations, second factor, requests, the trail, what is masked."""

from __future__ import annotations

import re
import socketserver
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, override_settings

from datong.access import api as access
from datong.access.types import Action, ApprovalKind, ApprovalState, Role, ScopeKind
from datong.brand import api as brands
from datong.channels.console.people.mailing import Inviter
from datong.channels.tests.conftest import PASSWORD, House
from datong.channels.tests.test_imports_page import act, run_of, send, work
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import audit
from datong.kernel.ids import uuid7
from datong.orders.types import IntentLine
from datong.site.testing.codes import totp


@pytest.fixture
def owner(house: House) -> Client:
    return house.client(Role.OWNER)


def staff(house: House, role: Role) -> Any:
    return access.staff_of(house.users[role], house.brand.id)


class _Mail(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as a client that sends one message needs."""

    def handle(self) -> None:
        self.wfile.write(b"220 test ESMTP\r\n")
        body: list[bytes] = []
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    body.append(line[1:] if line.startswith(b"..") else line)
                self.server.got.append(b"".join(body))  # type: ignore[attr-defined]
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


@pytest.fixture
def mail_server() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mail) as server:
        server.got = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(timeout=10)


def test_an_invitation_goes_out_by_mail_and_its_link_opens(house: House, owner: Client, mail_server: Any) -> None:
    port = mail_server.server_address[1]
    form = {"name": "Mia", "email": "mia@example.com", "role": "store_manager", "scope": "store",
            "stores": house.near.code, "send": "1"}  # fmt: skip
    url = urllib.parse.urlsplit(f"smtp://127.0.0.1:{port}")
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(DATONG_SMTP=url, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_BACKEND=backend):
        page = owner.post("/staff/invite/", form).content.decode()
    assert "Sent by e-mail" in page
    message = message_from_bytes(mail_server.got[0], policy=policy.default)
    assert message["To"] == "mia@example.com" and house.brand.name in message["Subject"]
    link = re.search(r"http://testserver(/join/\S+)", message.get_body().get_content())[1]
    guest = Client()
    assert "Store manager" in guest.get(link).content.decode()
    short = guest.post(link, {"username": "mia", "password": "short", "name": "Mia"})
    assert short.status_code == 422 and b'value="mia"' in short.content
    assert guest.post(link, {"username": "mia", "password": PASSWORD, "name": "Mia"}).url == "/"
    assert guest.get("/").status_code == 200
    assert Client().get(link).url == "/login/"
    assert access.sessions_of(access.user_id_of("mia"))[0].how == "invitation"


def test_imported_staff_are_mailed_once_and_choose_their_password(
    house: House, owner: Client, mail_server: Any
) -> None:
    port = mail_server.server_address[1]
    url = urllib.parse.urlsplit(f"smtp://127.0.0.1:{port}")
    backend = "django.core.mail.backends.smtp.EmailBackend"
    table = "username,name,role,email,locale\nfinn,Finn,finance,finn@example.com,zh\nnell,Nell,agent,,en\n"
    with override_settings(DATONG_SMTP=url, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_BACKEND=backend):
        run_id = run_of(send(owner, "staff", table.encode(), "staff.csv"))
        work(house, run_id)
        assert "Send the new people an invitation" in owner.get(f"/imports/{run_id}/").content.decode()
        act(owner, run_id, "start", mode="good", invite="1")
        work(house, run_id)
        assert "Invitations are on their way" in owner.get(f"/imports/{run_id}/").content.decode()
        assert "mail waits to be sent" in owner.get("/staff/").content.decode()
        mailer = Inviter(lambda: [house.brand.id])
        assert mailer() == 1
        mailer.due = 0.0
        assert mailer() == 0
    (raw,) = mail_server.got
    message = message_from_bytes(raw, policy=policy.default)
    assert message["To"] == "finn@example.com" and "邀请您加入" in message["Subject"]
    text = message.get_body().get_content()
    assert "finn" in text and "财务" in text
    link = re.search(r"http://testserver(/join/\S+)", text)[1]
    staff = owner.get("/staff/").content.decode()
    assert "mail sent" in staff and "Send again" in staff
    guest = Client()
    page = guest.get(link).content.decode()
    assert 'name="username" value="finn"' in page and 'name="name"' not in page
    assert guest.post(link, {"password": "short"}).status_code == 422
    assert guest.post(link, {"password": PASSWORD}).url == "/"
    assert access.staff_of(access.user_id_of("finn"), house.brand.id).role is Role.FINANCE
    assert Client().get(link).url == "/login/"


def test_head_office_makes_no_owner_by_a_table(house: House) -> None:
    client = house.client(Role.HQ)
    run_id = run_of(send(client, "staff", b"username,name,role\nfinn,Finn,owner\n", "staff.csv"))
    work(house, run_id)
    assert "Only an owner makes somebody an owner" in client.get(f"/imports/{run_id}/").content.decode()
    act(client, run_id, "start", mode="good")
    work(house, run_id)
    assert access.user_id_of("finn") is None


def test_without_a_mail_server_the_link_is_there_to_copy(house: House, owner: Client) -> None:
    form = {"email": "mia@example.com", "role": "agent", "scope": "brand", "send": "1"}
    page = owner.post("/staff/invite/", form).content.decode()
    assert "copy it instead" in page and "/join/" in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"role": "store", "scope": "store", "stores": "NOWHERE"}, "codes of stores"),
        ({"role": "region_manager", "scope": "region"}, "at least one of the list"),
        ({"role": "owner", "scope": "store", "stores": "NEAR"}, "brand for the role owner"),
        ({"role": "agent", "scope": "brand", "email": "no"}, "an e-mail address"),
    ],
)
def test_a_wrong_invitation_says_the_field_and_keeps_what_was_typed(house, owner, form, said) -> None:
    answer = owner.post("/staff/invite/", {"name": "Keep Me", **form})
    assert answer.status_code == 422 and said in answer.content.decode() and b"Keep Me" in answer.content
    assert access.list_invitations(house.brand.id) == []


def log_in(name: str) -> tuple[Client, Any]:
    browser = Client()
    return browser, browser.post("/login/", {"username": name, "password": PASSWORD, "next": "/stores/"})


def test_log_in_asks_for_the_code_once_there_is_an_app(house: House) -> None:
    user = house.users[Role.AGENT]
    access.set_password(user, PASSWORD, by="test")
    name = f"agent@{house.brand.slug}"
    browser, arrived = log_in(name)
    assert arrived.url == "/stores/"
    assert b"<svg" in browser.get("/me/app/").content
    secret = browser.session["datong.totp"]
    wrong = browser.post("/me/app/", {"code": "12"})
    assert wrong.status_code == 422
    assert browser.post("/me/app/", {"code": totp(secret)}).url == "/me/codes/"
    codes = re.findall(r'<li class="mono">(\d+)</li>', browser.get("/me/codes/").content.decode())
    assert len(codes) == 10 and browser.get("/me/codes/").url == "/me/"

    again, asked = log_in(name)
    assert asked.url == "/login/second/" and again.get("/stores/").status_code == 302
    assert again.post("/login/second/", {"code": "000000"}).status_code == 422
    code = totp(secret)
    assert again.post("/login/second/", {"code": code}).url == "/stores/"
    assert again.get("/stores/").status_code == 200
    thief, _ = log_in(name)
    assert thief.post("/login/second/", {"code": code}).status_code == 422, "a code is good once"
    assert thief.post("/login/second/", {"code": codes[0]}).url == "/stores/"
    assert [h.outcome for h in access.logins_of(user, 3)] == ["recovery", "wrong_code", "code"]


def test_the_second_step_waits_after_five_tries(house: House) -> None:
    user = get_user_model().objects.get(pk=house.users[Role.AGENT])
    access.set_password(user.pk, PASSWORD, by="test")
    secret, _, _ = access.new_totp(user)
    access.add_totp(user, secret, totp(secret))
    browser, _ = log_in(user.username)
    seen = [browser.post("/login/second/", {"code": "1"}).status_code for _ in range(6)]
    assert seen == [422] * 5 + [429]
    assert browser.post("/login/second/", {"code": totp(secret)}).status_code == 429


def test_who_must_have_a_second_factor_reaches_nothing_else_before(house: House, owner: Client) -> None:
    assert owner.post("/policy/second-factor/", {"role": ["agent"]}).url == "/policy/"
    agent = house.client(Role.AGENT)
    assert agent.get("/").url == "/me/" and agent.get("/search/?q=a").url == "/me/"
    assert b"Your role needs a second factor" in agent.get("/me/").content
    user = get_user_model().objects.get(pk=house.users[Role.AGENT])
    secret, _, _ = access.new_totp(user)
    access.add_totp(user, secret, totp(secret))
    assert agent.get("/").status_code == 200


def test_a_changed_password_ends_the_other_sessions_and_not_this_one(house: House) -> None:
    access.set_password(house.users[Role.AGENT], PASSWORD, by="test")
    one, _ = log_in(f"agent@{house.brand.slug}")
    two, _ = log_in(f"agent@{house.brand.slug}")
    new = "quite another sentence"
    assert one.post("/me/password/", {"old": "no", "new": new, "again": new}).status_code == 422
    assert one.post("/me/password/", {"old": PASSWORD, "new": new, "again": new}).url == "/me/"
    assert one.get("/").status_code == 200 and two.get("/").status_code == 302


@pytest.fixture
def adjusted() -> list[str]:
    done: list[str] = []
    kind = ApprovalKind("test.adjust", "Stock test", Action.STOCK_COUNT, lambda asked: done.append(asked.subject))
    access.register_approval(kind)
    return done


def test_a_request_waits_with_a_badge_and_is_decided_on_its_page(house: House, owner: Client, adjusted) -> None:
    asked = access.ask("test.adjust", brand=house.brand.id, by=staff(house, Role.MANAGER), subject="CUP",
                       facts={"Units": 40, "href": "/products/CUP/"}, amount_minor=99_900, store_id=house.near.id,
                       reason="broken in transit")  # fmt: skip
    board = owner.get("/").content.decode()
    assert re.search(r'href="/approvals/".*?<span class="tab-count">1</span>', board, re.DOTALL)
    listed = owner.get("/approvals/").content.decode()
    assert "Stock test" in listed and "$999.00" in listed and "broken in transit" in listed
    mine = house.client(Role.MANAGER)
    assert "Stock test" not in mine.get("/approvals/").content.decode()
    assert "Withdraw" in mine.get("/approvals/?show=mine").content.decode()
    assert mine.post(f"/approvals/{asked.id}/", {"do": "approve"}).status_code == 403 and adjusted == []
    page = owner.get(f"/approvals/{asked.id}/").content.decode()
    assert "Units" in page and 'href="/products/CUP/"' in page
    assert owner.post(f"/approvals/{asked.id}/", {"do": "approve", "note": "seen"}).url == "/approvals/"
    assert adjusted == ["CUP"] and access.approval(house.brand.id, asked.id).note == "seen"
    owner.post(f"/approvals/{asked.id}/", {"do": "refuse"})
    assert access.approval(house.brand.id, asked.id).state is ApprovalState.APPROVED and adjusted == ["CUP"]


def test_limits_are_set_by_the_owner_and_seen_by_head_office(house: House, owner: Client, adjusted) -> None:
    form = {"kind": "test.adjust", "how-store_manager": "upto", "amount-store_manager": "1,250.50",
            "how-hq": "never", "how-region_manager": "any"}  # fmt: skip
    assert owner.post("/policy/", form).url == "/policy/"
    assert access.limits(house.brand.id, "test.adjust") == {Role.MANAGER: 125_050, Role.HQ: -1, Role.REGION: None}
    bad = owner.post("/policy/", {**form, "amount-store_manager": "a lot"})
    assert bad.status_code == 422 and b'value="a lot"' in bad.content
    head = house.client(Role.HQ)
    assert head.get("/policy/").status_code == 200 and head.post("/policy/", form).status_code == 403


def test_the_trail_is_filtered_shown_and_exported(house: House, owner: Client) -> None:
    changed = {"before": {"unit_minor": 1200}, "after": {"unit_minor": 1300}, "store_id": house.near.id}
    audit.record(brand=house.brand.id, actor="=amy", verb="price.change", subject="item CUP", **changed)
    page = owner.get("/audit/?what=price").content.decode()
    assert "item CUP" in page and "1300" in page and "Uptown" in page and ">staff.assign<" not in page
    assert "Nothing fits" in owner.get("/audit/?who=nobody").content.decode()
    export = b"".join(owner.get("/audit/export.csv?what=price").streaming_content).decode()
    assert export.startswith("\ufeff") and "'=amy,price.change,item CUP,NEAR" in export


def test_regions_and_companies_are_put_and_a_wrong_code_is_named(house: House, owner: Client) -> None:
    owner.post("/regions/act/", {"do": "region", "name": "East", "stores": "NEAR"})
    wrong = owner.post("/regions/act/", {"do": "company", "name": "Jia", "stores": "NEAR, OOPS", "sharing": "masked"})
    assert wrong.status_code == 422 and b"OOPS" in wrong.content
    owner.post("/regions/act/", {"do": "company", "name": "Yi", "stores": "FAR", "sharing": "none"})
    tree = brands.tree(house.brand.id)
    assert [r.stores for r in tree.regions] == [(house.near.id,)]
    assert brands.veil(house.brand.id).hidden == {house.far.id}
    page = owner.get("/regions/").content.decode()
    assert "East" in page and "Yi" in page


def test_contacts_are_masked_for_who_does_not_serve_the_order(house: House) -> None:
    placed = house.place()
    serving = house.client(Role.AGENT).get(f"/orders/{placed.number}/").content.decode()
    looking = house.client(Role.AUDITOR).get(f"/orders/{placed.number}/").content.decode()
    name = re.search(r"<dt>Name</dt><dd>(?:<a [^>]*>)?([^<]+)", serving)[1]
    assert name in serving and name not in looking and f"{name[0]}***" in looking
    board = house.client(Role.AUDITOR).get("/").content.decode()
    assert name not in board and name in house.client(Role.AGENT).get("/").content.decode()


@pytest.mark.requirement("S-41")
def test_an_order_of_a_store_that_its_contract_hides_does_not_exist_for_the_brand(house: House, owner: Client) -> None:
    placed = house.pickup(house.near)
    company = brands.put_company(house.brand.id, "Jia", by="t", sharing="none")
    brands.set_company_stores(house.brand.id, company.id, [house.near.id], by="t")
    assert owner.get(f"/orders/{placed.number}/").status_code == 404
    assert placed.number not in owner.get("/").content.decode()
    theirs = access.create_user("walt")
    access.assign(house.brand.id, theirs, Role.MANAGER, by="t", scope=ScopeKind.COMPANY, scope_ids=[company.id])
    browser = Client()
    browser.force_login(get_user_model().objects.get(pk=theirs))
    assert browser.get(f"/orders/{placed.number}/").status_code == 200


def test_a_person_is_changed_and_let_go_on_their_page(house: House, owner: Client) -> None:
    user = house.users[Role.CASHIER]
    page = owner.get(f"/staff/{user}/").content.decode()
    assert "act on orders" in page and "At the own stores only" in page
    form = {"do": "assign", "role": "store_manager", "scope": "store", "stores": "FAR", "reason": "promoted"}
    owner.post(f"/staff/{user}/act/", form)
    assert (staff(house, Role.CASHIER).role, staff(house, Role.CASHIER).store_ids) == (Role.MANAGER, {house.far.id})
    assert "/in/" in owner.post(f"/staff/{user}/act/", {"do": "link"}).content.decode()
    head = house.client(Role.HQ)
    assert head.post(f"/staff/{house.users[Role.OWNER]}/leave/").status_code == 403
    assert owner.post(f"/staff/{house.users[Role.OWNER]}/leave/").status_code == 409
    assert owner.post(f"/staff/{user}/leave/", {"reason": "left"}).url == "/staff/"
    assert staff(house, Role.CASHIER) is None


def test_people_of_a_store_see_the_people_of_their_store(house: House) -> None:
    manager = house.client(Role.MANAGER)
    listed = manager.get("/staff/").content.decode()
    assert "Our cashier" in listed and "Our auditor" not in listed
    assert manager.get(f"/staff/{house.users[Role.AUDITOR]}/").status_code == 404
    assert manager.get(f"/staff/{uuid7()}/").status_code == 404


@pytest.fixture
def split(house: House) -> Any:
    """A delivery of a cup from the near store and a teapot from the far one; the near one has the order."""
    for store, sku, units in ((house.near, "POT", 10), (house.far, "CUP", 10)):
        basis = {"fulfilment": FulfilmentKind.PICKUP, "store_code": store.code, "destination": None}
        house.place(house.intent(lines=(IntentLine(1, sku, units),), **basis))
    order = house.place(house.intent(lines=(IntentLine(1, "CUP", 1), IntentLine(2, "POT", 1))))
    assert set(order.store_ids) == {house.near.id, house.far.id}
    return order


def manager_of(house: House, *stores: Any) -> Client:
    user = access.create_user(f"m{len(stores)}{stores[0].code.lower()}@{house.brand.slug}")
    access.assign(house.brand.id, user, Role.MANAGER, by="test", store_ids=[store.id for store in stores])
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user))
    return client


def test_a_store_that_serves_a_part_sees_the_order_its_own_lines_and_whom_to_deliver_to(
    house: House, split: Any
) -> None:
    far = manager_of(house, house.far)
    assert split.number in far.get("/").content.decode()
    html = far.get(f"/orders/{split.number}/").content.decode()
    lines = html[html.index("table-lines") : html.index("</table>", html.index("table-lines"))]
    assert ("POT" in lines, "CUP" in lines, "$2,500.00" in lines) == (True, False, True)
    assert "Ann Lee" in html and "Your lines" in html and "$2,512.00" not in html
    assert far.post(f"/orders/{split.number}/act/", {"do": "approve"}).status_code == 403
    near = manager_of(house, house.near).get(f"/orders/{split.number}/").content.decode()
    assert "$2,512.00" in near and "Your lines" not in near
    assert "2 orders today" in re.sub(r"<[^>]+>", "", far.get("/").content.decode())


def test_who_only_adds_to_a_pickup_elsewhere_does_not_see_whose_it_is(house: House, split: Any) -> None:
    from datong.channels.console.contacts import contact_of, delivering
    from datong.channels.console.who import Who
    from datong.orders import api as orders

    found = orders.order_page(house.brand.id, split.number)
    assert delivering(found) == {house.near.id, house.far.id}
    pickup = replace(found, fulfilment=FulfilmentKind.PICKUP.value)
    assert delivering(pickup) == {house.near.id}
    manager = replace(staff(house, Role.MANAGER), store_ids=frozenset({house.far.id}))
    who = Who(manager, house.brand)
    assert contact_of(who, pickup, delivering(pickup)).name == "A***"
    assert contact_of(who, found, delivering(found)).name == "Ann Lee"


def test_a_split_order_is_the_brands_while_one_of_its_stores_is(house: House, split: Any, owner: Client) -> None:
    franchise = {"do": "company", "name": "Jia", "stores": house.near.code, "sharing": "none"}
    owner.post("/regions/act/", franchise)
    assert brands.veil(house.brand.id).hidden == {house.near.id}
    assert owner.get(f"/orders/{split.number}/").status_code == 200
    board = owner.get("/").content.decode()
    assert split.number in board and "2 orders today" in re.sub(r"<[^>]+>", "", board)
    owner.post("/regions/act/", {**franchise, "stores": f"{house.near.code}, {house.far.code}", "id": _company(house)})
    assert owner.get(f"/orders/{split.number}/").status_code == 404
    assert split.number not in owner.get("/").content.decode()


def _company(house: House) -> str:
    return str(brands.tree(house.brand.id).companies[0].id)
