"""Balances leave as a table that comes back: to another brand to the cent, to the same one as nothing new."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datong.brand.types import Brand
from datong.imports import api as imports
from datong.imports.tests.conftest import Desk
from datong.imports.tests.test_balances import PEOPLE, member, sound
from datong.kernel import audit
from datong.kernel.db import execute, in_brand
from datong.wallet import api as wallet
from datong.wallet.types import Good, VoucherRefused

KINDS = ("cards", "stored_value", "gift_cards", "points", "vouchers")


def left(desk: Desk, kind: str, **more: bool) -> str:
    return b"".join(imports.export_file(desk.brand.id, kind, "csv", "en", by="ann", **more)).decode()


def prepare(desk: Desk) -> None:
    wallet.put_programme(desk.brand.id, wallet.new_programme("club", "Club"), by="ann")
    wallet.put_offer(desk.brand.id, wallet.new_offer("five", "Five", Good.MONEY, amount_minor=500), by="ann")


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.take("customers", PEOPLE)
    prepare(desk)
    desk.take("cards", "number,member,state,expiry\n880012,M-1,active,2098-12-31\n880013,M-2,frozen,\n")
    desk.take("stored_value", "member,currency,principal,bonus,state\nM-1,USD,128.50,20.00,\nM-3,JPY,700,,frozen\n")
    desk.take("gift_cards", "code,face,left,expiry\nGC-7788-9900,100.00,64.00,2099-12-31\n")
    desk.take("points", "member,points,lots\nM-1,1250,1000@2098-06-30; 250@2099-12-31\nM-2,40,\n")
    desk.take("vouchers", "code,offer,member,state,expiry\nOLD-1,five,M-1,,2099-01-31\nOLD-2,five,,redeemed,\n")
    (purse,) = wallet.purses_of(desk.brand.id, member(desk, "M-1"))
    wallet.pay_out(purse.id, 850, brand=desk.brand.id, by="ann", key="k", reason="asked")
    return desk


@pytest.mark.requirement("S-397")
def test_what_leaves_one_brand_comes_to_another_to_the_cent(full: Desk, make_brand: Callable[[], Brand]) -> None:
    other = Desk(make_brand())
    other.take("customers", PEOPLE)
    prepare(other)
    for kind in KINDS:
        run = other.take(kind, left(full, kind))
        assert (run.counts.bad, other.told(run)) == (0, []), kind
    brand = other.brand.id
    (purse,) = wallet.purses_of(brand, member(other, "M-1"))
    assert (purse.principal_minor, purse.bonus_minor, purse.currency, purse.state.value) == (
        12_000, 1_868, "USD", "active",
    )  # fmt: skip
    (frozen,) = wallet.purses_of(brand, member(other, "M-3"))
    assert (frozen.principal_minor, frozen.currency, frozen.state.value) == (700, "JPY", "frozen")
    (gift,) = wallet.find_gifts(("gc77889900",), brand=brand, asker="till")
    assert (gift.available_minor, gift.code_end) == (6_400, "9900")
    (points,) = wallet.points_of(brand, member(other, "M-1"))
    assert points.active == 1_250
    with pytest.raises(VoucherRefused, match="not used"):
        wallet.redeem_voucher("OLD-2", brand=brand, by="till", key="r2")
    assert wallet.redeem_voucher("OLD-1", brand=brand, by="till", key="r1")
    assert sound(other)
    body = {kind: sorted(line.split(",")[:-1] for line in left(full, kind).splitlines()[2:]) for kind in KINDS[:4]}
    there = {kind: sorted(line.split(",")[:-1] for line in left(other, kind).splitlines()[2:]) for kind in KINDS[:4]}
    assert there == body  # all but the ids of the things


def test_what_comes_back_to_where_it_left_is_the_same_and_never_a_second_balance(full: Desk) -> None:
    files = {kind: left(full, kind) for kind in KINDS}
    for kind, data in files.items():
        run = full.take(kind, data)
        assert (run.counts.new, run.counts.changed, run.counts.bad) == (0, 0, 0), (kind, full.told(run))
        assert run.counts.same == len(data.splitlines()) - 2
    (purse,) = wallet.purses_of(full.brand.id, member(full, "M-1"))
    assert purse.principal_minor == 12_000
    wallet.pay_out(purse.id, 100, brand=full.brand.id, by="ann", key="k2", reason="asked")
    again = full.take("stored_value", files["stored_value"], again=True)
    assert [(f.column, f.code, f.facts["stands"]) for f in full.faults(again)] == [
        ("principal", "stands_here", "119.00")
    ]
    assert sound(full)


def test_who_has_nothing_but_a_card_is_told_by_it(desk: Desk) -> None:
    desk.take("customers", "number,name\nM-1,Ann\n")
    desk.take("cards", "number,member\n88001234,M-1\n")
    with in_brand(desk.brand.id):
        execute("DELETE FROM customers_identity WHERE brand_id = %s AND kind = 'member'", [desk.brand.id])
    desk.take("stored_value", "card,principal\n88001234,5.00\n")
    assert left(desk, "stored_value").splitlines()[2].startswith("88001234,,,,USD,5.00,")


def test_a_masked_file_shows_no_code_and_does_not_come_in(full: Desk) -> None:
    shown = "".join(left(full, kind, masked=True) for kind in KINDS)
    assert not any(secret in shown for secret in ("880012", "880013", "OLD1", "7788", "+86138"))
    assert "***9900" in shown
    for kind, code in (("gift_cards", "masked"), ("vouchers", "masked"), ("cards", "card_number")):
        data = left(full, kind, masked=True)
        without = "\n".join(line.rpartition(",")[0] for line in data.splitlines()) if kind != "cards" else data
        run = full.check(kind, without)
        assert run.counts.bad == run.rows and {f.code for f in full.faults(run)} >= {code}


def test_whoever_takes_a_table_is_written_down_and_a_part_has_so_many_rows(
    full: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datong.imports.actions.leave.MAX_ROWS", 1)
    parts = [
        b"".join(imports.export_file(full.brand.id, "points", "csv", "en", by="bo", part=n)).decode() for n in (1, 2, 3)
    ]
    assert [len(part.splitlines()) - 2 for part in parts] == [1, 1, 0]
    found = audit.page(full.brand.id, verb="imports.export").entries
    assert [(entry.actor, entry.subject, (entry.after or {})["part"]) for entry in found] == [
        ("bo", "table points", n) for n in (3, 2, 1)
    ]
