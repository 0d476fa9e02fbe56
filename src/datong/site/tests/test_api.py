"""Every refusal of the API is problem details (RFC 9457): status, field and fix, never a traceback."""

from __future__ import annotations

import logging
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from datong.access.types import Role, Scope
from datong.brand.types import ChannelKind
from datong.integration.types import BadSignature, NotAnOrder, NotYet, TooLarge, TooMany, UnknownEndpoint
from datong.kernel import errors
from datong.kernel.errors import DatongError, Problem
from datong.orders import http as orders_http
from datong.site import settings as site_settings
from datong.site.api import api
from datong.site.tests.house import House, open_house
from datong.site.tests.test_api_values import PLACES, with_body

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
FIELD = Problem("/lines/0/sku", "unknown_sku", "an item that this brand sells", "X")
ERRORS: list[tuple[DatongError, int]] = [
    (errors.BadInput("x", FIELD), 422),
    (errors.BadValue("/lines/0/sku", "X", "an item that this brand sells", code="unknown_sku"), 422),
    (errors.NotFound("x", FIELD), 404),
    (errors.NotAllowed("x", FIELD), 403),
    (errors.NotAuthenticated("x", FIELD), 401),
    (errors.Conflict("x", FIELD), 409),
    (errors.Unavailable("x", retry_after_s=7), 503),
    (BadSignature("x", FIELD), 401),
    (UnknownEndpoint("x", FIELD), 404),
    (TooLarge("x", FIELD), 413),
    (TooMany("x", retry_after_s=7), 429),
    (NotAnOrder("x", FIELD), 422),
    (NotYet("x", retry_after_s=7), 503),
    (errors.TooManyTries("x", retry_after_s=7), 429),
]


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def operations() -> Iterator[tuple[str, str]]:
    """(method, address) of every operation there is."""
    for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items():
        yield from ((method.upper(), path.format(**PLACES)) for method in methods)


OPERATIONS = list(operations())


def told(answer: Any, status: int) -> dict[str, Any]:
    """The problem that was answered, after what every problem has."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    found: dict[str, Any] = answer.json()
    assert found.keys() == {"type", "title", "status", "detail", "trace", "problems"}
    assert found["status"] == status and found["type"].startswith("/api/docs#")
    assert found["trace"] == answer["traceparent"].split("-")[1]
    return found


# errors -> status -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("error", "status"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_an_error_is_answered_with_its_status_the_field_and_the_fix(
    house: House, monkeypatch: pytest.MonkeyPatch, error: DatongError, status: int
) -> None:
    def fail(*args: Any) -> None:
        raise error

    monkeypatch.setattr(orders_http.api, "board", fail)
    answer = house.call("GET", "/api/v1/orders", house.key())
    found = told(answer, status)
    if error.problems:
        [problem] = found["problems"]
        assert (problem["field"], problem["fix"]) == ("/lines/0/sku", "an item that this brand sells")
    assert answer.headers.get("Retry-After") == ("7" if status in (429, 503) else None)
    assert answer.headers.get("WWW-Authenticate") == ("Bearer" if type(error) is errors.NotAuthenticated else None)


def test_no_class_of_error_was_forgotten() -> None:
    """A new class of the domain is answered as what it derives from; here somebody says that this is right."""

    def below(cls: type[DatongError]) -> Iterator[type[DatongError]]:
        for child in cls.__subclasses__():
            yield child
            yield from below(child)

    homes = ("datong.kernel.errors", "datong.integration.types")
    assert {type(error) for error, _ in ERRORS} == {cls for cls in below(DatongError) if cls.__module__ in homes}


def test_an_unknown_address_a_wrong_method_and_a_wrong_host_are_problems_too(house: House) -> None:
    for path in ("/api/v1/nothing", "/api/v1/orders/1/lines", "/api/", "/api/v2/orders", "/hooks/no/such/door"):
        assert told(house.http.get(path), 404)["type"] == "/api/docs#not_found"
    answer = house.http.delete("/api/v1/orders")
    assert told(answer, 405)["type"] == "/api/docs#method_not_allowed"
    assert sorted(answer["Allow"].split(", ")) == ["GET", "POST"]
    told(house.http.get("/api/v1/orders", headers={"Host": "evil.example"}), 400)
    people = house.http.get("/no/such/page")
    assert people.status_code == 404 and people["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("path", ["/api/v1/orders", "/hooks/any"])
def test_a_crash_is_a_problem_with_its_trace_and_nothing_of_the_inside(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    debug: bool,
    path: str,
) -> None:
    def crash(*args: Any) -> None:
        raise RuntimeError("the password is swordfish")

    settings.DEBUG = debug
    monkeypatch.setattr(orders_http.api, "board", crash)
    monkeypatch.setattr("datong.integration.api.greet", crash)
    with caplog.at_level(logging.ERROR):
        answer = house.call("GET", path, house.key(), traceparent=PARENT)
    assert told(answer, 500)["trace"] == TRACE
    assert b"swordfish" not in answer.content and b"Traceback" not in answer.content
    assert "swordfish" in caplog.text, "whoever mends it finds it in the log"


# who may --------------------------------------------------------------------------------------------------------------


def test_nothing_answers_without_a_key(house: House) -> None:
    wrong: list[dict[str, str]] = [{}, {"Authorization": "Bearer dtk_nobody"}, {"Authorization": "Basic eDp5"}]
    for method, path in OPERATIONS:
        for headers in wrong:
            answer = house.call(method, path, body={}, **headers)
            assert told(answer, 401)["type"] == "/api/docs#not_authenticated"
            assert answer["WWW-Authenticate"] == "Bearer"


NEEDED = {
    "availability": "?sku=LONGJING&lon=120&lat=30",
    "purchasing/levels": "?store=NEAR",
    "ledger/statement": "?account=income:sales&currency=CNY",
    "vouchers/offline": "?store=LAKE",
    "v1/credit": "?since=2026-11-01&until=2026-11-02",
}
"""Reads that need a query to fit their schema, by the end of their address."""

PEOPLE = ("customers", "feedback", "golden", "managers", "matching", "merges", "segments")


def test_a_key_without_the_scope_is_told_which_and_nothing_happens(house: House) -> None:
    read, other = house.key(Scope.CUSTOMERS_READ), house.key(Scope.STORES_READ)
    before = written(house)
    good = {(method, path): body for method, path, body in with_body()}
    for method, path in OPERATIONS:
        query = next((query for end, query in NEEDED.items() if method == "GET" and path.endswith(end)), "")
        body = good.get((method, path), {})
        key = other if path.split("/")[3] in PEOPLE else read
        found = told(house.call(method, path + query, key, body, **{"Idempotency-Key": "once"}), 403)
        assert "it needs the scope " in found["detail"]
    assert written(house) == before


def written(house: House) -> list[tuple[Any, ...]]:
    return house.rows(
        "SELECT (SELECT count(*) FROM orders_order), (SELECT count(*) FROM integration_inbox),"
        " (SELECT count(*) FROM catalog_price), (SELECT count(*) FROM orders_sourcingrule),"
        " (SELECT count(*) FROM kernel_outboxevent WHERE name NOT LIKE 'access.%%')"
    )


def native_order(**fields: Any) -> dict[str, Any]:
    plain = {
        "external_id": "A-1",
        "placed_at": "2026-11-22T12:30:00+08:00",
        "currency": "CNY",
        "lines": [{"sku": "LONGJING", "units": 2}],
        "payment": "cash_on_delivery",
        "destination": {"line": "8 Nanshan Road", "city": "Hangzhou", "postcode": "310002", "country": "CN"},
        "identities": [{"kind": "phone", "value": "+8613800138000", "verified": True}],
    }
    return plain | fields


def test_what_belongs_to_another_brand_does_not_exist(house: House, make_brand: Any) -> None:
    taken = house.call("POST", "/api/v1/orders", house.key(), native_order()).json()
    other = open_house(make_brand)
    key = other.key()
    for path in (f"orders/{taken['number']}", f"orders/{taken['order_id']}", f"inbox/{taken['inbox_id']}"):
        assert house.call("GET", f"/api/v1/{path}", house.key()).status_code == 200
        assert told(other.call("GET", f"/api/v1/{path}", key), 404)["type"] == "/api/docs#not_found"
    for verb, body in (("replay", None), ("correct", {"body": "{}"})):
        told(other.call("POST", f"/api/v1/inbox/{taken['inbox_id']}/{verb}", key, body), 404)
    assert other.call("GET", f"/api/v1/orders?text={taken['number']}", key).json()["orders"] == []
    assert house.rows("SELECT state FROM integration_inbox") == [("placed",)]


# headers --------------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_security_headers(house: House) -> None:
    for path in ("/login/", "/api/docs", "/api/openapi.json", "/api/v1/channels", "/api/v1/nothing", "/hooks/any"):
        headers = house.http.get(path).headers
        rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
        assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
        assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers  # this one speaks plain HTTP


def test_behind_a_proxy_with_tls_browsers_are_told_and_forms_work(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """DATONG_HTTPS=1: without a look at X-Forwarded-Proto no form could be sent, and HSTS would never be."""
    monkeypatch.setenv("DATONG_HTTPS", "1")
    monkeypatch.setenv("DATONG_HOSTS", "tea.example")
    asked = runpy.run_path(site_settings.__file__)
    for name, value in asked.items():
        if name.startswith(("SECURE_", "CSRF_", "SESSION_COOKIE_", "ALLOWED_")):
            setattr(settings, name, value)
    proxy = {"X-Forwarded-Proto": "https", "Host": "tea.example"}
    browser = Client(enforce_csrf_checks=True, headers=proxy, raise_request_exception=False)
    assert browser.get("/api/v1/nothing")["Strict-Transport-Security"] == "max-age=31536000"
    cookie = browser.get("/login/").cookies["csrftoken"]
    form = {"theme": "dark", "csrfmiddlewaretoken": cookie.value}
    assert cookie["secure"] and settings.SESSION_COOKIE_SECURE
    assert browser.post("/preferences/", form, headers={"Origin": "https://tea.example"}).status_code == 302
    assert browser.post("/preferences/", form, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/login/",
        "/logout/",
        "/preferences/",
        "/brand/",
        "/orders/bulk/",
        "/orders/columns/",
        "/orders/1/act/",
        "/inbox/01a20462-e8b9-788d-9889-dd2cc2cbf29f/act/",
        "/channels/new/",
        "/channels/app/",
        "/stores/LAKE/",
        "/products/LONGJING/",
    ],
)
def test_a_form_of_the_console_needs_its_token(house: House, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(path, {"theme": "dark"}).status_code == 403
    token = browser.get("/login/").cookies["csrftoken"].value
    assert browser.post(path, {"theme": "dark", "csrfmiddlewaretoken": token}).status_code != 403


def test_the_api_goes_by_key_alone_and_needs_no_token(house: House) -> None:
    """A browser's cookie opens nothing here, so there is nothing to forge."""
    house.http = Client(enforce_csrf_checks=True)
    house.channel("app", ChannelKind.APP)
    assert house.call("POST", "/api/v1/orders", house.key(), native_order()).status_code == 201


def test_odd_text_anywhere_in_the_console_is_refused_or_answered_but_never_a_crash(house: House) -> None:
    browser = house.staff(Role.HQ)
    browser.raise_request_exception = False
    pages = ["/?q=", "/?state=", "/?channel=", "/inbox/?q=", "/products/?after=", "/search/?q=", "/login/?next="]
    pages += ["/orders/{}/", "/products/{}/", "/stores/{}/", "/channels/{}/", "/in/{}"]
    for page in pages:
        for odd in ("%00", "a%00b", "%ff", "%F4%8F%BF%BF", "x" * 2000, "nowhere"):
            answer = browser.get(page.format(odd) if "{}" in page else page + odd)
            assert answer.status_code < 500, (page, odd)
            if "%00" in odd:
                assert answer.status_code == 400, (page, odd)
    for form in ({"username": "a\x00", "password": "b"}, {"username": "a", "password": "\x00"}):
        assert house.http.post("/login/", form).status_code == 400
    made = {"code": "new", "kind": "site", "name": "x", "role": "a\x00b"}
    assert browser.post("/channels/new/", made).status_code == 400
