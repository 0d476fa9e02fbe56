from __future__ import annotations

import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from datong.access import api as access
from datong.access.types import Role
from datong.books import api as books
from datong.channels.console.books.posting import event_word
from datong.fulfilment.types import FulfilmentKind
from datong.inventory import api as inventory
from datong.kernel import audit, clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Transfer
from datong.payments.types import PaymentMethod

pytestmark = pytest.mark.django_db


def strange(house) -> None:
    """A transfer of an account that no chart names."""
    sides = Account("expense:unheard", "USD"), Account("asset:bank", "USD")
    day = ledger.rulebook(house.brand.id).business_date(clock.now())
    ledger.post([Transfer(uuid7(), *sides, 77, "odd", uuid7(), day)], brand=house.brand.id)


@pytest.mark.requirement("S-202", "S-203", "S-215")
def test_from_the_income_statement_one_comes_to_the_entry_and_its_order(house):
    order = house.sold_elsewhere(2000)
    client = house.client(Role.FINANCE)
    shown = client.get(reverse("books-income")).content.decode()
    assert "The market" in shown and "Platform commission" in shown and "$1.00" in shown and "Loss" in shown
    where = f"{reverse('books-entries')}?account=expense:commission&channel={house.channels['market']}"
    entries = client.get(where).content.decode()
    assert order.number in entries and reverse("order", args=[order.number]) in entries
    other = client.get(f"{reverse('books-entries')}?account=expense:commission&channel={house.channels['web']}")
    assert order.number not in other.content.decode()


@pytest.mark.requirement("S-200")
def test_what_stands_where_tells_receivables_cash_and_debts_and_shows_what_nothing_maps(house):
    house.sold_elsewhere(2000)
    strange(house)
    shown = house.client(Role.AUDITOR).get(reverse("books")).content.decode()
    assert "Owed to us $19.00" in shown and "owed by us $20.00" in shown
    assert "112201 Receivable from platforms" in shown and "expense:unheard" in shown
    chinese = house.client(Role.FINANCE, headers={"accept-language": "zh-hans"}).get(reverse("books"))
    assert "应收账款-平台" in chinese.content.decode()


def test_every_report_can_be_taken_along_as_csv_and_workbook(house):
    order = house.sold_elsewhere(2000)
    client = house.client(Role.FINANCE)
    for name in ("books", "books-income", "books-trial", "books-entries"):
        text = client.get(f"{reverse(name)}?format=csv").content.decode("utf-8-sig")
        assert "20.0" in text or "-20.0" in text or "19.0" in text or "-1.0,-1.0" in text, name
        book = load_workbook(io.BytesIO(client.get(f"{reverse(name)}?format=xlsx").content))
        assert book.active.max_row > 2
    assert order.number in client.get(f"{reverse('books-entries')}?format=csv").content.decode()
    assert client.get(f"{reverse('books-trial')}?format=pdf").status_code == 422
    assert client.get(f"{reverse('books-trial')}?by=colour").status_code == 422
    assert client.get(f"{reverse('books-trial')}?from=2026-02-01&to=2026-01-01").status_code == 422


def test_the_trial_balance_is_split_by_any_dimension(house):
    order = house.sold_elsewhere(2000)
    client = house.client(Role.FINANCE)
    for by in ("", "channel", "store", "merchant", "campaign", "order"):
        shown = client.get(f"{reverse('books-trial')}?by={by}").content.decode()
        assert "debits equal credits" in shown
        assert (order.number in shown) is (by == "order")


def test_a_rule_is_changed_from_tomorrow_and_what_is_wrong_stands_beside_its_field(house):
    client = house.client(Role.FINANCE)
    assert "income:sales" in client.get(reverse("books-rules")).content.decode()
    page = reverse("books-rule", args=["sale.goods"])
    wanted = {"debit": "clearing:order", "credit": "income:goods", "valid_from": "2020-01-01", "reason": "new"}
    refused = client.post(page, wanted)
    assert refused.status_code == 422 and "what is posted stays" in refused.content.decode()
    assert "income:goods" in refused.content.decode()
    day = (ledger.first_day(house.brand.id) + timedelta(days=1)).isoformat()
    assert client.post(page, {**wanted, "valid_from": day}).status_code == 302
    assert audit.page(house.brand.id, verb="posting_rule.put").entries[0].actor.startswith("finance@")
    assert "changes on" in client.get(reverse("books-rules")).content.decode()
    assert house.client(Role.AUDITOR).post(page, wanted).status_code == 403


def test_the_rules_of_a_kind_of_business_begin_together_and_name_every_event_of_the_wallet(house):
    client = house.client(Role.FINANCE)
    shown = client.get("/books/rules/").content.decode()
    for said in ("Points: earned, at fair value", "Stored value: top-up", "Voucher: lapsed (breakage)"):
        assert said in shown
    client.post("/books/rules/", {"template": "restaurant", "valid_from": "2026-01-01"})
    assert client.post("/books/rules/", {"template": "inn", "valid_from": "2026-01-01"}).status_code == 422
    first = ledger.first_day(house.brand.id)
    client.post("/books/rules/", {"template": "restaurant", "valid_from": first.isoformat()})
    ledger.forget_rulebook(house.brand.id)
    assert ledger.rulebook(house.brand.id).account("wallet.cash", first) == "asset:till:wallet"
    with translation.override("zh-hans"):
        assert all(event_word(event) != event for event in (*ledger.EVENTS, *ledger.ACCOUNTS))


def test_the_business_day_of_a_store_ends_from_tomorrow_where_the_page_says(house):
    client, store = house.client(Role.FINANCE), house.near
    assert "midnight" in client.get("/days/ends/").content.decode()
    first = ledger.first_day_of(house.brand.id, store.id).isoformat()
    wrong = client.post("/days/ends/", {"store": "NOWHERE", "hour": "4", "valid_from": first})
    assert wrong.status_code == 422 and "NOWHERE" in wrong.content.decode()
    assert client.post("/days/ends/", {"store": "", "hour": "brand", "valid_from": first}).status_code == 422
    done = client.post("/days/ends/", {"store": store.code, "hour": "4", "valid_from": first, "reason": "late"})
    assert done.status_code == 302
    [end] = ledger.day_ends(house.brand.id)
    assert (end.store_id, end.hour, end.zone) == (store.id, 4, store.timezone)
    shown = client.get("/days/ends/").content.decode()
    assert "04:00" in shown and store.name in shown
    assert house.client(Role.AUDITOR).post("/days/ends/", {"hour": "4"}).status_code == 403


def test_an_account_is_added_changed_and_a_template_adopted(house):
    strange(house)
    client = house.client(Role.FINANCE)
    fresh = reverse("books-chart-line", args=["new"])
    own = {"number": "6999", "name": "Odd", "name_zh": "其他", "line": "administration", "codes": "expense:unheard"}
    assert client.post(fresh, {**own, "number": "6 9"}).status_code == 422
    assert client.post(fresh, own).status_code == 302
    shown = client.get(reverse("books-trial")).content.decode()
    assert "6999 Odd" in shown and "Not in the chart" not in shown
    line = reverse("books-chart-line", args=["6999"])
    assert client.post(line, {**own, "name": "Odds", "do": "put"}).status_code == 302
    assert client.post(line, {"do": "remove"}).status_code == 302
    assert client.get(line).status_code == 404
    day = ledger.rulebook(house.brand.id).business_date(clock.now()).isoformat()
    wanted = {"template": "restaurant", "standard": "ifrs", "valid_from": day}
    assert client.post(reverse("books-chart"), {**wanted, "standard": "x"}).status_code == 422
    assert client.post(reverse("books-chart"), wanted).status_code == 302
    assert "Ingredients" in client.get(reverse("books-chart")).content.decode()


def test_the_books_are_closed_by_two_people_from_the_page(house):
    day = (ledger.rulebook(house.brand.id).business_date(clock.now()) - timedelta(days=1)).isoformat()
    client, page = house.client(Role.FINANCE), reverse("books-periods")
    assert client.post(page, {"until": "2099-01-01", "reason": "x"}).status_code == 422
    assert client.post(page, {"until": day, "reason": ""}).status_code == 422
    assert client.post(page, {"until": day, "reason": "month end"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Waits for a second person" in shown and "No day is closed yet" in shown
    (request,) = access.list_approvals(house.brand.id, kind="ledger.period").approvals
    where = reverse("approval", args=[request.id])
    client.post(where, {"do": "approve"})
    assert "No day is closed yet" in client.get(page).content.decode()
    house.client(Role.HQ).post(where, {"do": "approve"})
    assert f"Closed up to {day}" in client.get(page).content.decode()


@pytest.mark.requirement("S-207", "S-215")
def test_profit_is_told_by_channel_store_and_product(house):
    inventory.put_costs(house.brand.id, {house.items["CUP"].id: 700})
    till = {"fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL, "completed": True, "store_code": "NEAR"}
    order = house.place(house.intent("till", destination=None, **till))
    books.keep_margins(house.brand.id, [order.order_id])
    client, page = house.client(Role.FINANCE), reverse("books-profit")
    shown = client.get(page).content.decode()
    assert "Margin $5.00, 42% of sales" in shown and "The till" in shown
    assert "Uptown" in client.get(f"{page}?by=store").content.decode()
    assert "CUP" in client.get(f"{page}?by=product").content.decode()
    assert "CUP" in client.get(f"{page}?by=product&format=csv").content.decode()
    assert client.get(f"{page}?by=campaign").status_code == 422


@pytest.mark.requirement("S-209")
def test_a_store_manager_closes_the_day_on_one_page_and_head_office_locks_it(house):
    today = ledger.rulebook(house.brand.id).business_date(clock.now())
    day = (today - timedelta(days=1)).isoformat()
    manager, page = house.client(Role.MANAGER), reverse("store-day", args=["NEAR", day])
    assert day in manager.get(reverse("store-days")).content.decode()
    assert "Save the count" in manager.get(page).content.decode()
    wrong = manager.post(page, {"do": "count", "face-1000": "many"})
    assert wrong.status_code == 422 and 'value="many"' in wrong.content.decode()
    assert manager.post(page, {"do": "count", "face-1000": "3", "face-25": "2", "note": "found"}).status_code == 302
    shown = manager.get(page).content.decode()
    assert "$30.50" in shown and "Close the day" in shown and 'value="30.50"' in shown
    assert manager.post(page, {"do": "close", "deposit": "99.00"}).status_code == 422
    assert manager.post(page, {"do": "close", "deposit": "30.00"}).status_code == 302
    assert "Lock the day" in manager.get(page).content.decode()
    assert manager.post(page, {"do": "lock"}).status_code == 302
    manager.post(page, {"do": "reopen", "why": "wrong bag"})
    assert "Somebody asked to open a day again" in manager.get(page).content.decode()
    assert manager.get(reverse("store-day", args=["FAR", day])).status_code == 404
    assert house.client(Role.AUDITOR).post(page, {"do": "lock"}).status_code == 403
    assert house.client(Role.AGENT).get(page).status_code == 403


@pytest.mark.requirement("S-214")
def test_a_provider_s_file_is_laid_beside_the_books_and_settled_on_the_page(house):
    paid = {"payment": PaymentMethod.PREPAID, "paid": True, "provider_ref": "P-1"}
    order = house.place(house.intent(**paid))
    day = ledger.rulebook(house.brand.id).business_date(clock.now()).isoformat()
    client, page = house.client(Role.FINANCE), reverse("books-bills")

    def send(text: str, **more: str):
        file = SimpleUploadedFile("bill.csv", text.encode())
        return client.post(page, {"account": "asset:provider:web", "file": file, "from": day, "to": day, **more})

    wrong = send("bill,sum\nP-1,12.00\n")
    assert wrong.status_code == 422 and "say which column it is: bill, sum" in wrong.content.decode()
    bad = send("order,amount\nP-1,many\n")
    assert bad.status_code == 422 and "row 2 paid" in bad.content.decode()
    taken = send("bill,sum,fee\nP-1,12.00,0.07\nX-9,3.00,\n", order_ref="bill", paid="sum")
    assert taken.status_code == 302
    where = taken.headers["Location"]
    shown = client.get(where).content.decode()
    assert order.number in shown and "look in the inbox" in shown and "1 line differs" in shown
    (entry,) = books.statement_entries(house.brand.id, UUID(where.split("/")[-2]), verdict="not_ours")
    assert client.post(where, {"entry": str(entry.id), "reason": ""}).status_code == 422
    assert client.post(where, {"entry": str(entry.id), "reason": "of the other shop"}).status_code == 302
    assert client.post(f"{where}fee/").status_code == 302
    shown = client.get(where).content.decode()
    assert "Nothing is open" in shown and "The fee is posted" in shown
    assert "X-9" in client.get(f"{where}?format=csv").content.decode()
    assert "bill.csv" in client.get(page).content.decode()
    assert house.client(Role.AUDITOR).post(f"{where}fee/").status_code == 403
