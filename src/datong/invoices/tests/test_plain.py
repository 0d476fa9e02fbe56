"""Plain invoices: numbered without a gap whatever fails, saying what the law wants, taken back by credit notes."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.invoices import api, rules
from datong.invoices.actions import plain
from datong.invoices.rules.series import is_series, number_of, series_on
from datong.invoices.types import Buyer, Heard, Kind, Line, State, StoredMode, TaxShare
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict
from datong.site.testing.china import open_in_china
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, PurseKind

SELLER = {
    "provider": "plain", "title": "Tea House Inc.", "tax_no": "41-1234567", "address": "", "account": "", "clerk": "",
    "tax_code": "", "item_name": "", "postal": "1 Main Street\nMinneapolis, MN 55401",
    "note": "Registered in Minnesota",
}  # fmt: skip
FIRM = Buyer("Leaf Trading GmbH", "DE123456789", postal="Ufer 2\n10115 Berlin")
ANN = Buyer("Ann")


def open_plain(brand):
    return open_in_china(brand, **SELLER)


@pytest.fixture
def house(brand):
    return open_plain(brand)


def issue(house, order, buyer=ANN):
    made = house.ask(order, buyer)
    house.send(2)
    return api.document(house.brand.id, made.id)


def said(pdf: bytes) -> str:
    """Every text of a PDF that is set in a standard font."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)
    drawn = b"".join(zlib.decompress(a85decode(one.strip().removesuffix(b"~>"))) for one in streams)
    return b" ".join(re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", drawn)).decode("cp1252")


def numbers(brand, kind="blue"):
    with in_brand(brand.id):
        asked = "SELECT number FROM invoices_document WHERE kind = %s AND nth IS NOT NULL ORDER BY nth"
        return [number for (number,) in rows(asked, [kind])]


def test_a_series_may_have_capitals_digits_and_the_year():
    assert [is_series(s) for s in ("INV-{year}-", "2/A-", "", "inv", "A{month}", "A" * 21, "发票")] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert series_on("INV-{year}-", date(2026, 11, 23)) == "INV-2026-"
    assert (number_of("INV-2026-", 17), number_of("A", 1_234_567)) == ("INV-2026-000017", "A1234567")


def test_what_is_wrong_with_a_seller_of_plain_invoices_is_named(house):
    (seller,) = api.sellers(house.brand.id)
    wrong = type(seller)(**{**{n: getattr(seller, n) for n in seller.__slots__}, "tax_no": "?", "postal": " ",
                            "series": "inv", "credit_series": ""})  # fmt: skip
    with pytest.raises(BadInput) as refused:
        api.put_seller(house.brand.id, wrong, by="ann")
    assert [p.field for p in refused.value.problems] == ["tax_no", "postal", "series", "credit_series"]


def test_an_invoice_is_numbered_and_says_what_the_law_wants(house):
    with clock.held_at(datetime(2026, 5, 4, 12, tzinfo=UTC)):
        order = house.paid(("TEA", 2), ("CUP", 1))
        done = issue(house, order, FIRM)
    assert (done.state, done.number, done.pdf_url) == (State.ISSUED, "INV-2026-000001", "")
    assert [(t.rate_ppm, t.base_minor, t.tax_minor) for t in done.taxes] == [(130_000, 1947, 253)]
    paper = said(api.invoice_pdf(house.brand.id, done.id))
    for fact in (
        "Invoice INV-2026-000001", "Tea House Inc.", "Minneapolis, MN 55401", "Tax number 41-1234567",
        "Leaf Trading GmbH", "10115 Berlin", "Tax number DE123456789", "2026-05-04", order.number, "Green tea", "Cup",
        "13 %", "$19.47", "$2.53", "$22.00", "nothing is owed", "Registered in Minnesota",
    ):  # fmt: skip
        assert fact in paper, fact
    assert api.invoice_pdf(house.brand.id, done.id) == api.invoice_pdf(house.brand.id, done.id)
    assert api.invoice_pdf(house.brand.id, done.id, language="zh-hans").startswith(b"%PDF-")


def test_a_seller_who_moves_changes_no_invoice_that_was_issued(house):
    done = issue(house, house.paid())
    before = api.invoice_pdf(house.brand.id, done.id)
    (seller,) = api.sellers(house.brand.id)
    moved = {**{n: getattr(seller, n) for n in seller.__slots__}, "title": "New Name", "postal": "Elsewhere"}
    api.put_seller(house.brand.id, type(seller)(**moved), by="ann")
    assert api.invoice_pdf(house.brand.id, done.id) == before


def test_a_refund_makes_a_credit_note_that_names_the_invoice(house):
    order = house.paid(("TEA", 2), ("CUP", 1))
    done = issue(house, order)
    house.back(order, 700)
    house.send(3)
    (note,) = api.reds_of(house.brand.id, done.id)
    assert (note.kind, note.state, note.total_minor, note.bill) == (Kind.RED, State.ISSUED, 700, "")
    assert re.fullmatch(r"CN-\d{4}-000001", note.number)
    paper = said(api.invoice_pdf(house.brand.id, note.id))
    assert f"Credit note {note.number}" in paper and f"Takes back from invoice {done.number} of" in paper
    house.back(order, 1500, key="rest")
    house.send(3)
    notes = api.reds_of(house.brand.id, done.id)
    assert api.document(house.brand.id, done.id).state is State.RED
    assert sum(t.tax_minor for n in notes for t in n.taxes) == sum(t.tax_minor for t in done.taxes) == 253
    assert sum(t.base_minor for n in notes for t in n.taxes) == sum(t.base_minor for t in done.taxes)
    assert numbers(house.brand, "red") == [n.number for n in notes]
    assert [d.number for d in api.issued_about(house.brand.id, done.about, done.subject_id)] == [
        done.number, *numbers(house.brand, "red"),
    ]  # fmt: skip


def test_what_is_not_issued_has_no_paper(house):
    made = house.ask(house.paid(), ANN)
    with pytest.raises(Conflict):
        api.invoice_pdf(house.brand.id, made.id)


def test_a_top_up_is_invoiced_as_a_card_without_tax(house):
    (seller,) = api.sellers(house.brand.id)
    mode = {**{n: getattr(seller, n) for n in seller.__slots__}, "stored": StoredMode.TOP_UP}
    api.put_seller(house.brand.id, type(seller)(**mode), by="ann")
    (card,) = wallet.issue_gifts(1, 10_000, Opening(PurseKind.GIFT, "USD"), brand=house.brand.id, by="kim")
    (top_up,) = wallet.top_ups_of(house.brand.id, [card.purse_id])
    made = api.ask_for_top_up(house.brand.id, top_up.id, ANN, by="customer")
    house.send(2)
    paper = said(api.invoice_pdf(house.brand.id, made.id))
    assert "Prepaid card" in paper and "Not taxed" in paper and "$100.00" in paper


def test_each_year_and_each_kind_counts_from_one(house):
    for year in (2026, 2026, 2027):
        with clock.held_at(datetime(year, 6, 1, 12, tzinfo=UTC)):
            issue(house, house.paid())
    assert sorted(numbers(house.brand)) == ["INV-2026-000001", "INV-2026-000002", "INV-2027-000001"]
    assert [(s.series, s.last, s.count) for s in api.series_of(house.brand.id)] == [
        ("INV-2026-", 2, 2), ("INV-2027-", 1, 1),
    ]  # fmt: skip


def test_numbers_have_no_gap_whoever_issues_at_once_and_fails(committed_db, make_brand, in_parallel, monkeypatch):
    house = open_plain(make_brand())
    order = [house.ask(house.paid(), ANN) for _ in range(12)]
    with in_brand(house.brand.id):
        execute("UPDATE invoices_document SET state = 'issuing'")
    (seller,) = api.sellers(house.brand.id)
    really, turn, worker = plain.hear, count(), count()

    def dying(brand_id, heard):
        """Every third one dies after it took a number, before its transaction ends."""
        if next(turn) % 3 == 1:
            raise RuntimeError("killed")
        return really(brand_id, heard)

    monkeypatch.setattr(plain, "hear", dying)

    def work():
        mine = 3 * next(worker)
        for one in (order[mine:] + order[:mine]) * 3:
            with suppress(RuntimeError):
                plain.number_document(house.brand.id, seller, one)

    in_parallel(4, work)
    assert next(turn) > 15  # twelve numbers, and a third of all tries died
    assert [int(n.rsplit("-", 1)[1]) for n in numbers(house.brand)] == list(range(1, 13))
    assert [(s.last, s.count) for s in api.series_of(house.brand.id)] == [(12, 12)]


@given(
    st.lists(st.tuples(st.integers(0, 10**5), st.integers(0, 90_000)), min_size=1, max_size=5),
    st.lists(st.integers(1, 10**5), min_size=1, max_size=5),
)
def test_the_shares_of_jurisdictions_are_the_tax_of_invoice_and_credit_notes(found, refunds):
    order = [TaxShare(f"J{n}", "", n, tax * 10, tax) for n, (tax, _) in enumerate(found)]
    tax = sum(share.tax_minor for share in order)
    lines = (Line("x", "", 1, sum(refunds) + tax, tax, 1),)
    shares = rules.shares_of(order, sum(refunds) + tax, lines)
    assert sum(share.tax_minor for share in shares) == tax
    total, gone, reds, taken = lines[0].total_minor, 0, [], []
    for part in [*refunds, tax]:
        if part:
            (line,) = rules.red_lines(lines, taken, part)
            taken.append((line,))
            reds.append(rules.red_shares(shares, reds, line.tax_minor, gone, gone + part, total))
            gone += part
    for at, share in enumerate(shares):
        assert sum(red[at].tax_minor for red in reds) == share.tax_minor
        assert sum(red[at].base_minor for red in reds) == share.base_minor


def test_a_red_letter_outlives_answers_that_are_lost_late_and_doubled(brand, provider):
    shop = open_in_china(brand)
    order = shop.paid(("TEA", 2))
    made = shop.ask(order)
    shop.send()
    shop.back(order, 400)
    provider.lost, provider.ready = 1, False
    shop.send(5)
    (red,) = api.reds_of(brand.id, made.id)
    assert (red.state, red.total_minor) == (State.ISSUING, 400)
    provider.ready = True
    for _ in range(2):
        assert api.receive_call(brand.id, red.company_id, str(red.id).encode())
    shop.send(3)
    (done,) = api.reds_of(brand.id, made.id)
    assert done.state is State.ISSUED and done.number
    assert not api.hear(brand.id, Heard(red.id, State.ISSUED, number="another"))
    assert not api.hear(brand.id, Heard(red.id, State.REFUSED, message="late"))
    assert api.document(brand.id, red.id).number == done.number
    assert [one.id for one in provider.got.values() if one.kind is Kind.RED] == [red.id]
