"""Every page and every operation of the API against every role and scope: what it declares is what happens."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver

from datong.access.api import assign, create_user, let_go, roles_of, staff_of
from datong.access.types import Action, Client, Role, Scope
from datong.channels.console import shell
from datong.kernel.clock import now
from datong.kernel.errors import NotAllowed
from datong.kernel.ids import uuid7
from datong.site.api import api
from datong.site.house_tests import ROOT

OF_MACHINES = ("api/", "hooks/", "shadow/hooks/", "health", "i18n/", "static/")
"""Addresses that are no page of the console: the API (below), doors that check signatures, what holds nothing."""
SAMPLES: dict[str, Any] = {"int": 1, "uuid": UUID(int=7), "str": "nothing", "path": "nothing", "slug": "nothing"}
STORE = uuid7()
OF_STORES = (Role.STORE, Role.MANAGER, Role.CASHIER, Role.REGION)
"""Their pages may still refuse what is of no store, or of another."""


def pages() -> Iterator[tuple[str, Any]]:
    """(address, view) of every page."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, Any]]:
        for found in patterns:
            address = before + str(found.pattern)
            if isinstance(found, URLResolver):
                yield from walk(found.url_patterns, address)
            elif isinstance(found, URLPattern) and not address.startswith(OF_MACHINES):
                for name, converter in found.pattern.converters.items():
                    kind = type(converter).__name__.removesuffix("Converter").lower()
                    sample = str(SAMPLES.get(kind.replace("string", "str"), "nothing"))
                    address = address.replace(f"<{kind.replace('string', 'str')}:{name}>", sample)
                yield "/" + address, found.callback

    yield from walk(get_resolver().url_patterns, "")


PAGES = list(pages())
IN_DESK = [(address, view) for address, view in PAGES if hasattr(view, "needs")]


def test_every_page_says_what_it_needs():
    silent = [address for address, view in PAGES if not hasattr(view, "needs") and not hasattr(view, "open_because")]
    assert silent == [], (
        "these pages declare nothing: put @desk(Action.X) or @desk(Action.X, write=Action.Y) on the view, or "
        "@anyone('why it needs no role') when everybody may open it"
    )
    assert len(IN_DESK) >= 25


PAGES_MD = ROOT / "docs" / "reference" / "pages.md"
HEAD = """# Pages

What each page of the console asks of whoever opens it, and of whoever sends it something: an action of the
[table of roles](roles-and-scopes.md), or why it needs no role. A test compares this with what the pages declare, so
that no page becomes open to more people unseen. After a page was added:
`DATONG_RENEW=1 .venv/bin/pytest src/datong/site/tests/test_rights_matrix.py -k declare`

| page | to open | to send |
|---|---|---|
"""


def pages_table() -> str:
    rows = []

    def walk(patterns: Any, before: str) -> None:
        for found in patterns:
            address = before + str(found.pattern)
            if isinstance(found, URLResolver):
                walk(found.url_patterns, address)
            elif not address.startswith(OF_MACHINES):
                view = found.callback
                asked = (f"`{view.needs}`", f"`{view.needs_to_write}`") if hasattr(view, "needs") else (_why(view), "")
                rows.append(f"| `/{address}` | {asked[0]} | {asked[1]} |")

    walk(get_resolver().url_patterns, "")
    return HEAD + "\n".join(sorted(set(rows))) + "\n"


def _why(view: Any) -> str:
    return f"nobody is asked: {getattr(view, 'open_because', '')}"


def test_the_table_of_pages_is_what_the_pages_declare():
    if os.environ.get("DATONG_RENEW") == "1":
        PAGES_MD.write_text(pages_table())
    now, kept = pages_table().splitlines(), PAGES_MD.read_text().splitlines()
    wrong = sorted(set(now) ^ set(kept))
    assert wrong == [], "a page asks for something else than docs/reference/pages.md says: mend the page, or renew it"


@pytest.fixture
def people(brand, monkeypatch) -> dict[Role, Browser]:
    """Somebody of each role, logged in. Who is let in is asked here; what a page shows is not drawn."""
    monkeypatch.setattr(shell, "render", lambda *given, status=200: HttpResponse(status=status))
    monkeypatch.setattr(shell, "rail", lambda *given: [])
    browsers = {}
    for role in Role:
        user = create_user(f"{role.value}.{brand.slug}")
        assign(brand.id, user, role, by="test", store_ids=[STORE] if role in OF_STORES else [])
        browsers[role] = Browser(raise_request_exception=False)
        browsers[role].force_login(get_user_model().objects.get(pk=user))
    return browsers


@pytest.mark.requirement("S-31")
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_pages_of_the_table_and_is_refused_the_others(people, role):
    wrong = []
    for address, view in IN_DESK:
        for method, action in (("get", view.needs), ("post", view.needs_to_write)):
            allowed = role in roles_of(view.needs) and role in roles_of(action)
            if allowed and "nothing" not in address and method == "post":
                continue  # what a form does is the page's own test; here nobody is to be let in who is not
            status = getattr(people[role], method)(address).status_code
            if not allowed and status not in (403, 405):
                wrong.append(f"{method.upper()} {address}: {status} for {role}, the table refuses {action}")
            elif allowed and method == "get" and status == 403 and role not in OF_STORES:
                wrong.append(f"{method.upper()} {address}: 403 for {role}, the table allows {action}")
    assert wrong == []


BY_ITSELF = ("/me/", "/approvals/", "/orders/columns/", "/tour/end/", "/imports/", "/prices/changes/", "/tables/")
"""What even somebody who only reads may send, or what asks by what is sent: the own log-in and screen, a request of
one's own, an import by its kind, a change of prices or a table to be edited or decided."""


def test_an_auditor_sends_nothing_that_changes_anything(people):
    let_in = []
    for address, view in IN_DESK:
        if not address.startswith(BY_ITSELF):
            status = people[Role.AUDITOR].post(address).status_code
            if status not in (403, 405):
                let_in.append(f"POST {address}: {status}, asks for {view.needs_to_write}")
    assert let_in == [], "\n".join(let_in)


def test_who_was_let_go_opens_and_sends_nothing(brand, people):
    owner = staff_of(get_user_model().objects.get(username=f"owner.{brand.slug}").pk, brand.id)
    leaver = get_user_model().objects.get(username=f"hq.{brand.slug}").pk
    assert people[Role.HQ].get("/staff/").status_code == 200
    let_go(brand.id, leaver, by=owner)
    for address, _ in IN_DESK:
        for method in ("get", "post"):
            answer = getattr(people[Role.HQ], method)(address)
            assert answer.status_code in (302, 405), f"{method} {address}: {answer.status_code}"
            assert answer.status_code == 405 or answer["Location"].startswith("/login/"), f"{method} {address}"


def test_nobody_opens_a_page_without_logging_in(db):
    let_in = [address for address, _ in IN_DESK if Browser().get(address).status_code not in (302, 405)]
    assert let_in == []


def operations() -> Iterator[tuple[str, Any]]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield f"{'/'.join(sorted(operation.methods))} {prefix}{path}", operation.view_func


def ask(view: Any, scopes: set[Scope]) -> str:
    """'' when an operation lets a client with these scopes in, else why not. It meets no database here."""
    client = Client(uuid7(), uuid7(), uuid7(), "matrix", frozenset(scopes), now())
    request = MagicMock(auth=client)
    given = {name: MagicMock() for name in list(inspect.signature(view).parameters)[1:]}
    try:
        view(request, **given)
    except NotAllowed as refused:
        return str(refused) if "needs the scope" in str(refused) else ""
    except BaseException:  # it got past the question; what it does with such arguments is not asked here
        return ""
    return ""


OPERATIONS = list(operations())
TABLE = (ROOT / "docs" / "reference" / "roles-and-scopes.md").read_text()


@pytest.mark.parametrize(("name", "view"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_an_operation_asks_for_a_scope_before_anything_else(name, view):
    refusal = ask(view, set())
    assert refusal, f"{name} asks for no scope: begin it with client = access.require(request, Scope.X)"
    needed = Scope(refusal.rsplit(" ", 1)[-1])
    assert needed.value in refusal
    refused = ask(view, set(Scope) - {needed})
    assert refused.endswith(needed.value), f"{name} is let in without {needed}"
    assert ask(view, {needed}) == "", f"{name} needs more than {needed}: one operation, one scope"
    assert f"`{needed}`" in TABLE, f"{needed} does not stand in docs/reference/roles-and-scopes.md"


def test_every_action_has_a_role_that_may_do_it():
    assert [action for action in Action if Role.OWNER not in roles_of(action)] == []
