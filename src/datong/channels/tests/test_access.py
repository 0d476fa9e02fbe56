"""Who may see and do what: log-in, roles, store scope, and that a refusal leaves everything as it was."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.channels.tests.conftest import PASSWORD, House
from datong.integration import api as integration
from datong.orders import api as orders
from datong.orders.types import Contact, IntentLine

PAGES = ("/", "/inbox/", "/products/", "/products/CUP/", "/stores/", "/channels/", "/channels/web/", "/readiness/")
SAFE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\bstyle=|\son[a-z]+=|javascript:")


@pytest.mark.parametrize("path", [*PAGES, "/search/", "/orders/export.csv", "/orders/new/", "/tour/"])
def test_nobody_sees_anything_without_logging_in(house: House, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 302 and response.headers["Location"].startswith("/login/?next=")


def test_a_name_and_a_password_open_the_page_that_was_asked_for(house: House) -> None:
    access.set_password(house.users[Role.HQ], PASSWORD, by="test")
    client = Client()
    form = {"username": f"HQ@{house.brand.slug}", "password": PASSWORD, "next": "/stores/"}
    assert client.post("/login/", {**form, "password": "wrong"}).status_code == 422
    assert client.post("/login/", form).headers["Location"] == "/stores/"
    assert client.get("/stores/").status_code == 200
    client.post("/logout/")
    assert client.get("/stores/").status_code == 302


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_a_log_in_never_leads_to_another_site(house: House, elsewhere: str) -> None:
    access.set_password(house.users[Role.HQ], PASSWORD, by="test")
    form = {"username": f"hq@{house.brand.slug}", "password": PASSWORD, "next": elsewhere}
    assert Client().post("/login/", form).headers["Location"] == "/"


def test_guessing_is_slowed_and_the_right_password_waits_as_well(house: House) -> None:
    access.set_password(house.users[Role.HQ], PASSWORD, by="test")
    form = {"username": f"hq@{house.brand.slug}", "password": "wrong"}
    client = Client()
    assert [client.post("/login/", form).status_code for _ in range(9)] == [422] * 8 + [429]
    waits = client.post("/login/", {**form, "password": PASSWORD})
    assert waits.status_code == 429 and waits.headers["Retry-After"] == "300"
    assert client.get("/").status_code == 302


def test_a_log_in_link_opens_its_brand_once(house: House) -> None:
    token = access.login_token(house.users[Role.HQ], house.brand.id)
    client = Client()
    assert client.head(f"/in/{token}").status_code == 405  # a preview of the link does not use it up
    assert client.get(f"/in/{token}").headers["Location"] == "/"
    assert client.get("/").status_code == 200
    again = Client()
    assert "has been used" in again.get(f"/in/{token}", follow=True).content.decode()
    assert again.get("/").status_code == 302


def test_somebody_without_a_role_here_is_not_let_in(house: House) -> None:
    stranger = access.create_user(f"stranger@{house.brand.slug}")
    house.users[Role.HQ] = stranger
    assert house.client().get("/").status_code == 302


@pytest.mark.requirement("S-164")
def test_store_staff_see_their_own_store_only(house: House) -> None:
    ours, theirs = house.pickup(house.near), house.pickup(house.far)
    client = house.client(Role.STORE)
    board = client.get("/").content.decode()
    assert ours.number in board and theirs.number not in board
    assert "1 order today" in board
    assert client.get(f"/orders/{ours.number}/").status_code == 200
    assert client.get(f"/orders/{theirs.number}/").status_code == 404
    assert "Nothing found" in client.get("/search/", {"q": theirs.number}).content.decode()
    export = b"".join(client.get("/orders/export.csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert ours.number in export and theirs.number not in export
    stores = client.get("/stores/").content.decode()
    assert "Uptown" in stores and "Airport" not in stores
    assert client.get("/stores/FAR/").status_code == 404
    assert "Airport" not in client.get("/products/CUP/").content.decode()
    assert "Airport" not in client.get("/stores/options/").content.decode()


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        (Role.STORE, {"/inbox/", "/channels/", "/channels/web/", "/readiness/"}),
        (Role.AGENT, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_a_role_opens_its_pages_and_the_rail_shows_no_others(house: House, role: Role, hidden: set[str]) -> None:
    client = house.client(role)
    assert {path for path in PAGES if client.get(path).status_code == 403} == hidden
    rail = set(re.findall(r'class="rail-link" href="([^"]+)"', client.get("/").content.decode()))
    assert rail & hidden == set() and "/" in rail


def _everything(house: House) -> dict[str, Any]:
    """All that the console's writes could touch."""
    return {
        "channels": brands.list_channels(house.brand.id),
        "owners": access.owners(house.brand.id),
        "prices": catalog.price_history(house.brand.id, "CUP"),
        "board": orders.board(house.brand.id, orders.BoardFilter()),
        "pages": [
            orders.order_page(house.brand.id, r.id) for r in orders.board(house.brand.id, orders.BoardFilter()).rows
        ],
        "inbox": integration.inbox_page(house.brand.id).entries,
    }


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.STORE])
def test_who_may_not_write_is_refused_and_nothing_is_changed(house: House, role: Role) -> None:
    sold, waiting = house.sold_elsewhere(1100), house.place(house.intent(lines=(IntentLine(1, "CUP", 11),)))
    theirs, bad = house.pickup(house.far), house.deliver(quantity=-3)
    finding = orders.order_page(house.brand.id, sold.number).findings[0]
    before = _everything(house)
    client = house.client(role)
    record = {"name": "Shop", "role": "x", "owner": "x", "buffer_units": "9", "code": "new", "kind": "tv"}
    attempts = [
        ("/products/CUP/", {"amount": "1.00", "reason": "x"}),
        ("/channels/web/", record),
        ("/channels/new/", record),
        (f"/inbox/{bad.id}/act/", {"do": "correct", "body": bad.body.replace("-3", "1")}),
        (f"/inbox/{bad.id}/act/", {"do": "replay"}),
        ("/orders/bulk/", {"id": str(waiting.order_id)}),
        (f"/orders/{waiting.number}/act/", {"do": "retry"}),
        (f"/orders/{theirs.number}/act/", {"do": "retry"}),
    ]
    if role is Role.AUDITOR:
        attempts.append((f"/orders/{sold.number}/act/", {"do": "close", "finding": str(finding.id), "reason": "x"}))
    refused = {path: client.post(path, data).status_code for path, data in attempts}
    assert set(refused.values()) <= {403, 404}, refused
    assert _everything(house) == before


def test_store_staff_may_act_on_their_own_orders_but_not_on_many(house: House) -> None:
    house.pickup(house.near)
    client = house.client(Role.STORE)
    assert "data-bulk" not in client.get("/").content.decode()


def test_every_form_needs_the_token_of_its_page(house: House) -> None:
    client = house.client(enforce_csrf_checks=True)
    before = brands.list_channels(house.brand.id)
    for path in ("/channels/web/", "/channels/new/", "/products/CUP/", "/orders/bulk/", "/preferences/", "/logout/"):
        assert client.post(path, {"name": "x"}).status_code == 403, path
    assert brands.list_channels(house.brand.id) == before


def test_pages_carry_strict_headers_and_no_script_or_style_of_their_own(house: House) -> None:
    sold, bad = house.sold_elsewhere(1100), house.deliver(quantity=-3)
    client = house.client()
    more = (
        f"/orders/{sold.number}/",
        f"/inbox/{bad.id}/",
        f"/inbox/{bad.id}/?edit=1",
        "/stores/NEAR/",
        "/channels/new/",
    )
    for path in (*PAGES, *more, "/design/", "/login/", "/search/?q=cup"):
        response = client.get(path)
        html = response.content.decode()
        assert SAFE.findall(html) == [], path
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"


def test_what_a_sender_wrote_is_never_markup(house: House) -> None:
    taken, client = house.deliver(quantity=1, number=7001), house.client()
    house.place(house.intent(contact=Contact(name="<script>alert(1)</script>"), note="<img src=x>"))
    pages = [
        f"/inbox/{taken.id}/",
        "/",
        f"/orders/{orders.board(house.brand.id, orders.BoardFilter()).rows[0].number}/",
    ]
    html = "".join(client.get(path).content.decode() for path in pages)
    assert "Cup &lt;b&gt;" in html and "Cup <b>" not in html
    assert "&lt;script&gt;alert(1)" in html and "<script>alert" not in html and "<img src=x" not in html


def test_language_and_theme_are_kept_with_the_log_in(house: House) -> None:
    client = house.client()
    response = client.post("/preferences/", {"language": "zh-hans", "theme": "dark", "next": "/stores/"})
    assert response.headers["Location"] == "/stores/"
    html = client.get("/stores/").content.decode()
    assert 'data-theme="dark"' in html and 'lang="zh-Hans"' in html
    staff = access.staff_of(house.users[Role.HQ], house.brand.id)
    assert staff and staff.locale == "zh-Hans"


def test_going_over_to_another_brand_needs_a_role_there(house: House, make_brand: Any) -> None:
    foreign = make_brand(name="Foreign")
    client = house.client()
    client.post("/brand/", {"brand": str(foreign.id)})
    assert house.brand.name in client.get("/").content.decode()
    access.assign(foreign.id, house.users[Role.HQ], Role.AUDITOR, by="test")
    client.post("/brand/", {"brand": str(foreign.id)})
    assert "No orders yet" in client.get("/").content.decode()
    assert client.get("/channels/new/").status_code == 403
