"""Coupons that platforms sold, verified at servers that speak the platforms' protocols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha1
from typing import Any
from uuid import UUID

import pytest

from datong.books import api as books
from datong.books.types import Verdict
from datong.brand.api import always_open, put_stores
from datong.brand.types import Brand, Store
from datong.catalog.api import put_items, put_tax_rates
from datong.catalog.types import Item, ItemKind, TaxRate
from datong.integration.coupons.meituan import sign
from datong.integration.local.coupons import LocalDouyin, LocalMeituan
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, Conflict, TooManyTries, Unavailable
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.wallet import api
from datong.wallet.types.coupons import Coupon, CouponRefused, CouponState, Deal, NotConnected, Platform, Wanted
from datong.wallet.types.paying import PayAsk

BY = {"by": "kim"}
TEA = {"dealId": 993507556, "dealTitle": "Tea for two", "dealPrice": 88.0, "dealMarketPrice": 128.0}
SKU = {"sku_id": "177001", "title": "Tea for one", "market_price": 6800, "groupon_type": 1}
PAID = {"original_amount": 3990, "pay_amount": 3490, "merchant_ticket_amount": 200, "list_market_amount": 6800}


@dataclass
class Counter:
    """A brand with one store that verifies at both platforms."""

    brand: UUID
    store: UUID
    meituan: LocalMeituan
    douyin: LocalDouyin

    def connect(self) -> None:
        ours = (
            (Platform.MEITUAN, self.meituan, {"developer_id": "100001", "sign_key": "local-key"}, "shop-1"),
            (Platform.DOUYIN, self.douyin, {"client_key": "aw-local", "client_secret": "local-secret"}, "poi-1"),
        )
        for platform, server, secrets, mark in ours:
            known = {"secrets": secrets, "shops": {self.store: mark}, "base_url": server.url}
            api.put_coupon_platform(platform, brand=self.brand, **known, **BY)

    def map(self) -> None:
        deals = [Deal(Platform.MEITUAN, "993507556", "", "SET"), Deal(Platform.DOUYIN, "177001", "", "TEA", 5_000)]
        api.put_coupon_deals(deals, brand=self.brand, **BY)

    def verify(self, code: str, count: int = 1, *, key: str = "", at: Platform = Platform.MEITUAN, **kw: Any) -> Any:
        key = key or str(uuid7())
        where = {"brand": self.brand, "store_id": self.store, "asker": "till 7", **BY}
        return api.verify_coupons(at, code, count, key=key, **where, **kw)

    def cancel(self, coupon: Coupon) -> Coupon:
        return api.cancel_coupon(coupon.id, brand=self.brand, reason="the wrong one", **BY)

    def stands(self, account: str) -> int:
        """Debits less credits."""
        return sum(b.debits_minor - b.credits_minor for b in ledger.balances(self.brand, [account]))


def open_counter(brand: Brand) -> Iterator[Counter]:
    store = Store(uuid7(), "S1", "One", Point(121.4, 31.2), "Shanghai", always_open(), "Asia/Shanghai")
    put_stores(brand.id, [store])
    put_items(brand.id, [Item(uuid7(), sku, sku, ItemKind.ON_SITE) for sku in ("SET", "TEA")])
    with LocalMeituan() as meituan, LocalDouyin() as douyin:
        counter = Counter(brand.id, store.id, meituan, douyin)
        counter.connect()
        counter.map()
        yield counter


@pytest.fixture
def counter(db: str, make_brand: Any) -> Iterator[Counter]:
    yield from open_counter(make_brand(currency="CNY", country="CN", timezone="Asia/Shanghai"))


@pytest.fixture
def committed(committed_db: str, make_brand: Any) -> Iterator[Counter]:
    yield from open_counter(make_brand(currency="CNY", country="CN", timezone="Asia/Shanghai"))


def why(error: Any) -> str:
    return error.value.problems[0].code


def test_a_request_is_signed_as_the_platform_says() -> None:
    """The key, then names and values in the order of the names; empty values and the signature itself are left out."""
    fields = {"b": "2", "a": "1", "empty": "", "sign": "x"}
    assert sign(fields, "key") == sha1(b"keya1b2").hexdigest()
    assert sign(fields, "key") == sign({"a": "1", "b": "2"}, "key") != sign({"a": "1", "b": "2"}, "kez")


@pytest.mark.requirement("S-127")
def test_a_code_shows_its_uses_and_as_many_are_verified_as_are_wanted(counter: Counter) -> None:
    counter.meituan.sell(["4455667788", "4455667799", "4455667700"], TEA, order="mt-1", merchant="5", platform="3")
    offered = api.prepare_coupon(
        Platform.MEITUAN, "4455 6677 88", brand=counter.brand, store_id=counter.store, asker="a"
    )
    assert [(one.certificate.title, one.value_minor, one.deal.sku) for one in offered] == [
        ("Tea for two", 12_800, "SET")
    ] * 3
    made = counter.verify("4455667788", 2)
    assert {(c.state, c.code_end, c.value_minor, c.owed_minor, c.paid_minor) for c in made} == {
        (CouponState.VERIFIED, end, 12_800, 8_300, 8_000) for end in ("****7788", "****7799")
    }
    assert (made[0].platform_minor, made[0].merchant_minor, made[0].face_minor) == (300, 500, 12_800)
    assert counter.stands("asset:issuer:meituan") == 16_600
    assert counter.stands("liability:vouchers:meituan") == -25_600, "they wait for the payment that takes them"
    assert counter.stands("expense:vouchers:meituan") == 9_000
    found, _ = api.list_coupons(counter.brand, Wanted(text="7799"))
    assert [c.code_end for c in found] == ["****7799"]
    with pytest.raises(CouponRefused) as few:
        counter.verify("4455667700", 2)
    assert why(few) == "too_few"
    assert "4455667788" not in str(rows_of(counter.brand)), "the code is kept sealed"


def rows_of(brand: UUID) -> list[Any]:
    with in_brand(brand):
        return rows("SELECT * FROM wallet_coupon") + rows("SELECT * FROM wallet_couponask")


def test_a_qr_code_of_douyin_is_followed_and_verified_and_sold_by_itself(counter: Counter) -> None:
    counter.douyin.sell(["102030405060"], SKU, PAID, order="dy-1")
    link = counter.douyin.link("eHHc1ft", "102030405060")
    with pytest.raises(CouponRefused) as stranger:
        counter.verify("https://example.com/x", at=Platform.DOUYIN)
    assert why(stranger) == "unknown", "no address is asked but Douyin's own"
    long = f"https://www.iesdouyin.com/share/?object_id={counter.douyin.links['eHHc1ft']}"
    assert link.endswith("/eHHc1ft/")
    (made,) = counter.verify(long, at=Platform.DOUYIN, alone=True)
    assert (made.value_minor, made.owed_minor, made.paid_minor, made.platform_minor) == (5_000, 3_790, 3_490, 300)
    assert made.certificate_id and made.code_end == "****5060" and made.sku == "TEA"
    assert counter.stands("liability:vouchers:douyin") == 0 and counter.stands("income:sales") == -5_000
    counter.cancel(made)
    assert counter.stands("asset:issuer:douyin") == 0 and counter.stands("income:sales") == 0
    assert counter.douyin.coupons["enc-102030405060"]["verify"] is None


def test_a_coupon_that_is_for_nothing_else_is_taxed_as_any_sale_at_the_store(counter: Counter) -> None:
    put_tax_rates(counter.brand, [TaxRate("standard", 60_000, clock.now() - timedelta(days=1))])
    counter.douyin.sell(["102030405060"], SKU, PAID, order="dy-1")
    counter.meituan.sell(["4455667788"], TEA, order="mt-1")
    (made,) = counter.verify("102030405060", at=Platform.DOUYIN, alone=True)
    tax = 283  # 6 per cent, contained in 50.00
    assert (counter.stands("liability:tax"), counter.stands("income:sales")) == (-tax, tax - 5_000)
    counter.verify("4455667788")
    assert counter.stands("liability:tax") == -tax, "one that pays an order is taxed with the order"
    counter.cancel(made)
    assert (counter.stands("liability:tax"), counter.stands("income:sales")) == (0, 0)


@pytest.mark.parametrize("at", [Platform.MEITUAN, Platform.DOUYIN])
@pytest.mark.parametrize("trouble", ["drop", "500", "lost"])
def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_verified_twice(
    counter: Counter, at: Platform, trouble: str
) -> None:
    server = counter.meituan if at is Platform.MEITUAN else counter.douyin
    counter.meituan.sell(["4455667788", "4455667799"], TEA, order="mt-1")
    counter.douyin.sell(["102030405060", "102030405061"], SKU, PAID, order="dy-1")
    code = "4455667788" if at is Platform.MEITUAN else "102030405060"
    server.troubles.append(trouble)
    if trouble == "drop":
        made = counter.verify(code, key="k", at=at)
    else:
        with pytest.raises(Unavailable):
            counter.verify(code, key="k", at=at)
        with pytest.raises(Unavailable, match="being verified"):
            counter.verify(code, key="k", at=at)
        with clock.held_at(clock.now() + timedelta(seconds=16)):
            made = counter.verify(code, key="k", at=at)
    assert [c.id for c in counter.verify(code, key="k", at=at)] == [made[0].id] and len(made) == 1
    used = [c for c in counter.meituan.coupons.values() if c["state"] == "used"] if at is Platform.MEITUAN else [
        c for c in counter.douyin.coupons.values() if c["verify"]
    ]  # fmt: skip
    assert len(used) == 1, "one of the two"
    assert counter.stands(f"asset:issuer:{at.value}") == made[0].owed_minor
    with pytest.raises(Conflict):
        counter.verify(code, 2, key="k", at=at)


def die(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_died_after_the_call_is_found_out_by_the_job(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.meituan.sell(["4455667788"], TEA, order="mt-1")
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(
            "datong.wallet.actions.coupons.verify.settle", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        counter.verify("4455667788", key="k")
    assert api.ask_coupons_again(counter.brand) == 0, "its caller may still be at it"
    with clock.held_at(clock.now() + timedelta(minutes=3)):
        assert api.unclear_coupons(counter.brand, clock.now()) == 1
        assert api.ask_coupons_again(counter.brand) == 1
        (made,) = counter.verify("4455667788", key="k")
    assert made.owed_minor == 8_800 and counter.meituan.calls["consume"] == 1
    counter.meituan.sell(["4455667711"], TEA, order="mt-2")
    counter.meituan.troubles.append("lost")
    with pytest.raises(Unavailable):
        counter.verify("4455667711", key="gone")
    with clock.held_at(clock.now() + timedelta(minutes=11)):
        assert api.ask_coupons_again(counter.brand) == 1
        with pytest.raises(CouponRefused, match="refuses"):
            counter.verify("4455667711", key="gone")
        assert counter.verify("4455667711", key="anew"), "the platform never heard of it"


def test_too_many_calls_leave_nothing_and_the_same_key_may_come_again(counter: Counter) -> None:
    counter.meituan.sell(["4455667788"], TEA, order="mt-1")
    counter.meituan.troubles.append("429")
    with pytest.raises(Unavailable) as busy:
        counter.verify("4455667788", key="k")
    assert busy.value.retry_after_s == 7
    assert len(counter.verify("4455667788", key="k")) == 1


def test_each_refusal_has_its_own_reason_and_wrong_codes_are_counted(counter: Counter) -> None:
    for state in ("used", "expired", "refunded"):
        counter.meituan.sell([f"{state}0001"], TEA, order=state, state=state)
        with pytest.raises(CouponRefused) as no:
            counter.verify(f"{state}0001")
        assert why(no) == state
    odd = {**TEA, "dealId": 5, "dealTitle": "Unheard of"}
    counter.meituan.sell(["4455660000"], odd, order="odd")
    with pytest.raises(CouponRefused) as unmapped:
        counter.verify("4455660000")
    assert why(unmapped) == "unmapped_deal" and "5 (Unheard of)" in unmapped.value.fix
    assert api.unmapped_deals(counter.brand) == 1 and counter.meituan.calls["consume"] == 0, "kept, and not verified"
    api.put_coupon_deals([Deal(Platform.MEITUAN, "5", "", "TEA")], brand=counter.brand, **BY)
    assert counter.verify("4455660000")[0].title == "Unheard of"
    with pytest.raises(BadInput) as sku:
        api.put_coupon_deals([Deal(Platform.MEITUAN, "6", "", "NO")], brand=counter.brand, **BY)
    assert sku.value.problems[0].field == "deals/0/sku"
    with pytest.raises(BadInput):
        counter.verify("")
    for _ in range(20):
        with pytest.raises(CouponRefused):
            counter.verify("000000000")
    with pytest.raises(TooManyTries):
        counter.verify("000000000")


def test_a_verification_is_taken_back_within_the_platforms_time(counter: Counter) -> None:
    counter.meituan.sell(["4455667788", "4455667799"], TEA, order="mt-1")
    (first,), (second,) = counter.verify("4455667788"), counter.verify("4455667799")
    counter.meituan.troubles.append("drop")
    gone = counter.cancel(first)
    assert (gone.state, gone.reason, counter.cancel(first).id) == (CouponState.CANCELLED, "the wrong one", first.id)
    assert counter.stands("asset:issuer:meituan") == 8_800
    with clock.held_at(clock.now() + timedelta(minutes=11)), pytest.raises(CouponRefused) as late:
        counter.cancel(second)
    assert why(late) == "too_late"
    (again,) = counter.verify("4455667788")
    assert again.id != first.id and counter.stands("asset:issuer:meituan") == 17_600
    counter.meituan.troubles.append("500")
    with pytest.raises(Unavailable):
        counter.cancel(again)
    assert api.get_coupon(counter.brand, again.id).state is CouponState.VERIFIED
    day = ledger.rulebook(counter.brand).business_date(clock.now())
    (total,) = api.coupon_totals(counter.brand, day)
    assert (total.count, total.owed_minor, total.cancelled) == (2, 17_600, 1)


def test_credentials_are_never_told_and_wrong_ones_are_said_to_be(counter: Counter) -> None:
    (one, two) = api.coupon_platforms(counter.brand)
    assert (one.platform, two.platform, two.shops) == (Platform.DOUYIN, Platform.MEITUAN, (counter.store,))
    kept = {"secrets": {"sign_key": "other"}, "shops": {counter.store: ""}, "base_url": counter.meituan.url}
    api.put_coupon_platform(Platform.MEITUAN, brand=counter.brand, **kept, **BY)
    counter.meituan.sell(["4455667788"], TEA, order="mt-1")
    with pytest.raises(Unavailable, match="believe"):
        counter.verify("4455667788")
    with pytest.raises(BadInput) as wrong:
        api.put_coupon_platform(
            Platform.DOUYIN, brand=counter.brand, secrets={}, shops={}, base_url="http://example.com", **BY
        )
    assert [p.field for p in wrong.value.problems] == ["base_url"], "the credentials that are kept still hold"
    api.put_coupon_platform(Platform.DOUYIN, brand=counter.brand, secrets={}, shops={}, base_url=two.base_url, **BY)
    with pytest.raises(NotConnected) as gone:
        counter.verify("102030405060", at=Platform.DOUYIN)
    assert why(gone) == "not_connected"


def test_of_ten_tills_that_verify_one_coupon_at_once_one_has_it(committed: Counter, in_parallel: Any) -> None:
    committed.meituan.sell(["4455667788"], TEA, order="mt-1")
    committed.douyin.sell(["102030405060"], SKU, PAID, order="dy-1")

    def till() -> int:
        made = 0
        for at, code in ((Platform.MEITUAN, "4455667788"), (Platform.DOUYIN, "102030405060")):
            try:
                made += len(committed.verify(code, at=at))
            except CouponRefused as no:
                assert no.why == "used"
        return made

    assert sum(in_parallel(10, till)) == 2
    assert committed.stands("asset:issuer:meituan") == 8_800 and committed.stands("asset:issuer:douyin") == 3_790


def test_the_platforms_bill_is_matched_coupon_by_coupon(counter: Counter) -> None:
    counter.meituan.sell(["4455667788", "4455667799"], TEA, order="mt-1", merchant="5")
    made = counter.verify("4455667788", 2)
    counter.douyin.sell(["102030405060"], SKU, PAID, order="dy-1")
    (cup,) = counter.verify("102030405060", at=Platform.DOUYIN)
    today = ledger.rulebook(counter.brand).business_date(clock.now())
    bill = [(2, ["4455667788", "83.00", "4.15", str(today)]), (3, ["4455667700", "83.00", "4.15", str(today)])]
    told = books.take_statement(
        counter.brand, "asset:issuer:meituan", ["券号", "金额", "佣金", "时间"], bill, file="mt.csv", by="kim"
    )
    entries = books.statement_entries(counter.brand, told.id)
    other = next(c.certificate_id for c in made if c.code_end == "****7799")
    assert {(e.verdict, e.ref) for e in entries} == {
        (Verdict.MATCHED, "4455667788"),
        (Verdict.NOT_OURS, "4455667700"),
        (Verdict.NOT_THEIRS, other),
    }
    lines = [(2, [cup.certificate_id, "37.90", "", str(today)])]
    told = books.take_statement(
        counter.brand, "asset:issuer:douyin", ["certificate id", "amount", "fee", "time"], lines, file="d", by="kim"
    )
    assert [e.verdict for e in books.statement_entries(counter.brand, told.id)] == [Verdict.MATCHED]


@pytest.mark.requirement("S-124")
def test_an_order_is_paid_with_verified_coupons_and_they_come_back_with_its_money(counter: Counter) -> None:
    counter.meituan.sell(["4455667788", "4455667799"], TEA, order="mt-1")
    one, two = counter.verify("4455667788", 2)
    ask = PayAsk(20_000, "CNY", "pay", coupons=(one.id, two.id))
    made = api.authorise(ask, brand=counter.brand, by="till", asker="till")
    assert [(t.kind, t.amount_minor, t.name) for t in made.takes] == [
        ("coupon", 12_800, "meituan"), ("coupon", 7_200, "meituan")
    ]  # fmt: skip
    with pytest.raises(CouponRefused) as taken:
        api.authorise(PayAsk(100, "CNY", "again", coupons=(one.id,)), brand=counter.brand, by="till", asker="till")
    assert why(taken) == "taken"
    with pytest.raises(CouponRefused):
        counter.cancel(two)
    order = uuid7()
    api.take_payment(made.id, order, 20_000, brand=counter.brand)
    assert counter.stands("clearing:wallet") == -20_000 and counter.stands("liability:vouchers:meituan") == 0
    assert counter.stands("expense:vouchers:meituan") == 20_000 - 17_600, "no change is given"
    api.give_back_payment(order, 20_000, "CNY", brand=counter.brand, key="r")
    assert counter.stands("clearing:wallet") == 0 and counter.stands("liability:vouchers:meituan") == -25_600
    assert [c.payment_id for c in api.get_coupons(counter.brand, [one.id, two.id]).values()] == [None, None]
    held = api.authorise(PayAsk(12_000, "CNY", "k3", coupons=(two.id,)), brand=counter.brand, by="till", asker="till")
    api.release_payment(held.id, brand=counter.brand)
    api.release_payment(held.id, brand=counter.brand)
    counter.cancel(one)
    counter.cancel(two)
    for account in ("asset:issuer:meituan", "liability:vouchers:meituan", "expense:vouchers:meituan"):
        assert counter.stands(account) == 0, account
