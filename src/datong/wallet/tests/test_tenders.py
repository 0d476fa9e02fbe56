"""Vouchers and points as parts of one payment: what each pays, and what comes back of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from datong.customers import api as customers
from datong.kernel import clock
from datong.kernel.errors import BadInput, Conflict
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.wallet import api, rules
from datong.wallet.rules.paying import plan_points
from datong.wallet.tests.stored import BY, balance, code, gift, pay, person, phone, purse
from datong.wallet.tests.test_points import NO_SHRINKING
from datong.wallet.tests.test_stored import CNY
from datong.wallet.types import Good, NotEnoughPoints, VoucherRefused, VoucherState
from datong.wallet.types.paying import NotEnough, PaymentState, PointsAsk, TakeKind, Tender
from datong.wallet.types.vouchers import Place


@dataclass
class Member:
    """Somebody with points, a purse and a phone at a brand that has both."""

    brand: Any
    who: UUID
    purse_id: UUID
    programme: UUID
    key: Any

    def put(self, **limits: Any) -> None:
        worth = {"burn_points": 100, "burn_minor": 100, "fair_points": 100, "fair_minor": 80, "grace_days": 5}
        made = api.put_programme(self.brand.id, api.new_programme("club", "Club", **worth | limits), **BY)
        self.programme = made.id

    def earn(self, points: int, **kw: Any) -> None:
        api.adjust_points(self.who, points, key=str(uuid7()), brand=self.brand.id, by="kim", reason="start", **kw)

    def points(self) -> int:
        return api.points_of(self.brand.id, self.who)[0].spendable

    def lots(self) -> list[tuple[UUID, int, Any]]:
        return [(lot.id, lot.left, lot.expires_at) for lot, _ in api.lots_of(self.brand.id, self.who, self.programme)]

    def voucher(self, offer: str = "five", **kw: Any) -> Any:
        return api.issue_voucher(offer, brand=self.brand.id, id=uuid7(), customer_id=self.who, **BY, **kw)

    def state(self, voucher: Any) -> VoucherState:
        [found] = [v for v in api.vouchers_of(self.brand.id, self.who, active=False) if v.id == voucher.id]
        return found.state

    def pay(self, amount: int, **kw: Any) -> Any:
        self.key = phone(self.brand, self.who)  # a new phone: each code pays once
        return pay(self.brand, amount, **{"code": code(self.key), **kw})

    def take(self, payment: Any, amount: int) -> UUID:
        order = uuid7()
        api.take_payment(payment.id, order, amount, brand=self.brand.id)
        return order

    def back(self, order: UUID, amount: int) -> dict[TakeKind, int]:
        made = api.give_back_payment(order, amount, "CNY", brand=self.brand.id, key=str(uuid7()))
        sums: Counter[TakeKind] = Counter()
        for part in made:
            sums[part.kind] += part.amount_minor
        return dict(sums)

    def clearing(self, order: UUID) -> int:
        """What stands on the wallet's clearing account about one order."""
        about = [p.transfer for p in ledger.transfers_of(self.brand.id, [order])]
        debits = sum(t.amount_minor for t in about if t.debit.code == "clearing:wallet")
        return debits - sum(t.amount_minor for t in about if t.credit.code == "clearing:wallet")

    def sound(self) -> None:
        assert api.differences(self.brand.id) == []
        assert api.stored_differences(self.brand.id) == []


def join(brand: Any, points: int = 3_000, stored: int = 100_000) -> Member:
    who = person(brand, "ann")
    mine = Member(brand, who, purse(brand, who, stored).id, uuid7(), None)
    mine.put()
    if points:
        mine.earn(points)
    api.put_offer(brand.id, api.new_offer("five", "Five off", Good.MONEY, amount_minor=500), **BY)
    sold = {"amount_minor": 1_000, "price_minor": 800}
    api.put_offer(brand.id, api.new_offer("ten", "Ten, for eight", Good.MONEY, **sold), **BY)
    return mine


@pytest.fixture
def ann(db: Any, make_brand: Any) -> Member:
    return join(make_brand(**CNY))


def kinds(payment: Any) -> list[tuple[str, int, int]]:
    return [(take.kind.value, take.amount_minor, take.points) for take in payment.takes]


@pytest.mark.requirement("S-198", "S-166")
def test_voucher_points_card_and_cash_pay_one_order_and_all_of_it_comes_back(ann: Member) -> None:
    free, before, lots = ann.voucher(), ann.points(), ann.lots()
    made = ann.pay(
        5_000, vouchers=(free.code,), points=PointsAsk(1_200), tenders=(Tender(TakeKind.CASH, 300),), key="till-1"
    )
    assert kinds(made) == [("voucher", 500, 0), ("points", 1_200, 1_200), ("stored_value", 3_000, 0), ("cash", 300, 0)]
    assert (ann.points(), ann.state(free), balance(ann.brand, ann.purse_id)[2]) == (
        before - 1_200,
        VoucherState.REDEEMED,
        3_000,
    )
    order = ann.take(made, 5_000)
    assert ann.clearing(order) == -5_000, "the order's own entry is the rest"
    books = {b.account.code: b.debits_minor - b.credits_minor for b in ledger.balances(ann.brand.id)}
    assert (books["expense:vouchers"], books["liability:points"]) == (500, -(3_000 - 1_200) * 80 // 100)
    half = ann.back(order, 2_250)
    assert half == {TakeKind.POINTS: 600, TakeKind.STORED_VALUE: 1_500, TakeKind.CASH: 150}, "the voucher is the last"
    assert (ann.points(), ann.state(free)) == (before - 600, VoucherState.REDEEMED)
    rest = ann.back(order, 2_750)
    assert sum(rest.values()) == 2_750 and rest[TakeKind.VOUCHER] == 500
    assert (ann.points(), ann.lots(), ann.state(free)) == (before, lots, VoucherState.ACTIVE)
    assert ann.clearing(order) == 0 and balance(ann.brand, ann.purse_id) == (100_000, 0, 0)
    again = ann.pay(500, vouchers=(free.code,))
    assert kinds(again) == [("voucher", 500, 0)], "it can be spent again, and alone"
    ann.sound()


@settings(
    max_examples=12, deadline=None, phases=NO_SHRINKING, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(1, 9_000),
    st.sampled_from([(), ("five",), ("ten",), ("five", "ten")]),
    st.sampled_from([None, 99, 640, 2_500]),
    st.lists(st.integers(1, 60), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 100)), max_size=6),
    st.booleans(),
)
@example(5_000, ("five", "ten"), 2_500, [40, 5], [(0, 10), (1, 2)], False)
@example(2_000, ("five",), 2_500, [50], [(0, 15)], True)
def test_each_tender_gives_its_part_and_whatever_is_given_back_comes_back_once(
    ann: Member,
    amount: int,
    offers: tuple[str, ...],
    points: int | None,
    captures: list[int],
    refunds: list[tuple[int, int]],
    alone: bool,
) -> None:
    """Captured in parts, refunded in parts, the rest released: tenders sum to the amount, and all is as it was."""
    ann.put(burn_points=7, burn_minor=3, fair_points=7, fair_minor=2)
    card = gift(ann.brand, 700)
    vouchers = [ann.voucher(each, **({"paid_to": "cash"} if each == "ten" else {})) for each in offers]
    before, lots, stored = ann.points(), ann.lots(), balance(ann.brand, ann.purse_id)
    tenders = (Tender(TakeKind.CASH, amount // 9),) if amount >= 9 else ()
    ask = {"vouchers": tuple(v.code for v in vouchers), "points": None if points is None else PointsAsk(points)}
    try:
        made = ann.pay(amount, gifts=() if alone else (card.code,), tenders=tenders, **ask)
    except BadInput as error:
        fields = {problem.code for problem in error.problems}
        assert fields <= {"not_needed", "points_too_few"}
        assert (ann.points(), ann.lots()) == (before, lots), "nothing was taken"
        return
    assert sum(take.amount_minor for take in made.takes) == amount
    assert before - ann.points() == sum(take.points for take in made.takes)
    orders, left = [], amount
    for share in captures:
        if part := min(left, amount * share // 100):
            orders.append((ann.take(made, part), part))
            left -= part
    open_minor = dict(orders)
    for at, share in refunds:
        if orders and (part := min(open_minor[orders[at % len(orders)][0]], amount * share // 100)):
            order = orders[at % len(orders)][0]
            assert sum(ann.back(order, part).values()) == part
            open_minor[order] -= part
            assert ann.clearing(order) == -open_minor[order]
    ended = api.release_payment(made.id, brand=ann.brand.id)
    assert ended.state is (PaymentState.CAPTURED if orders else PaymentState.RELEASED)
    ann.sound()
    for order, part in open_minor.items():
        if part:
            ann.back(order, part)
        assert ann.clearing(order) == 0
        with pytest.raises(BadInput):
            ann.back(order, 1)
    api.release_payment(made.id, brand=ann.brand.id)
    assert (ann.points(), ann.lots(), balance(ann.brand, ann.purse_id)) == (before, lots, stored)
    assert [ann.state(v) for v in vouchers] == [VoucherState.ACTIVE] * len(vouchers)
    books = {b.account.code: b.debits_minor - b.credits_minor for b in ledger.balances(ann.brand.id)}
    assert books.get("clearing:wallet", 0) == 0 and books.get("expense:vouchers", 0) == 0
    ann.sound()


def test_a_payment_that_nobody_takes_gives_points_and_voucher_back_by_itself(ann: Member) -> None:
    voucher, lots = ann.voucher(), ann.lots()
    ann.pay(2_000, vouchers=(voucher.code,), points=PointsAsk(1_000))
    with clock.held_at(clock.now() + timedelta(minutes=16)):
        assert api.release_overdue(ann.brand.id) == 1
        assert (ann.lots(), ann.state(voucher)) == (lots, VoucherState.ACTIVE)
    ann.sound()


def test_points_come_back_with_their_old_expiry_or_days_of_grace_and_an_old_voucher_comes_back_expired(
    ann: Member,
) -> None:
    soon = clock.now() + timedelta(days=10)
    ann.earn(100, expires_at=soon)
    brief = api.new_offer("brief", "Brief", Good.MONEY, amount_minor=400, valid_days=10)
    api.put_offer(ann.brand.id, brief, **BY)
    voucher = ann.voucher("brief")
    made = ann.pay(700, vouchers=(voucher.code,), points=PointsAsk(300))
    order = ann.take(made, 700)
    later = clock.now() + timedelta(days=30)
    with clock.held_at(later):
        ann.back(order, 700)
        expiries = sorted(expires for _, left, expires in ann.lots() if left == 100)
        assert expiries == [later + timedelta(days=5)]
        with pytest.raises(VoucherRefused) as refused:
            ann.pay(400, vouchers=(voucher.code,))
        assert refused.value.why == "expired"
        api.lapse_vouchers(ann.brand.id)
        assert ann.state(voucher) is VoucherState.EXPIRED and ann.clearing(order) == 0
        ann.sound()


def test_refusals_take_nothing_and_name_the_field(ann: Member) -> None:
    ann.put(pay_least=200, pay_most=2_000, pay_percent=50)
    one, lots = ann.voucher(), ann.lots()

    def refusal(kind: type[Exception], **ask: Any) -> Any:
        with pytest.raises(kind) as refused:
            ann.pay(**{"amount": 3_000, "vouchers": (one.code,), **ask})
        assert (ann.lots(), ann.state(one), balance(ann.brand, ann.purse_id)[2]) == (lots, VoucherState.ACTIVE, 0)
        return [(p.field, p.code) for p in refused.value.problems]  # type: ignore[attr-defined]

    assert refusal(BadInput, points=PointsAsk(199)) == [("points/points", "points_too_few")]
    assert refusal(BadInput, points=PointsAsk(2_001)) == [("points/points", "points_too_many")]
    assert refusal(BadInput, points=PointsAsk(1_501)) == [("points/points", "points_share")]
    assert refusal(BadInput, points=PointsAsk(0)) == [("points/points", "range")]
    assert refusal(BadInput, points=PointsAsk(500), code="", gifts=("X",))[0] == ("code", "bad_value")
    assert refusal(BadInput, currency="USD") == [("currency", "bad_value")]
    assert refusal(BadInput, vouchers=(one.code, one.code)) == [("vouchers", "bad_value")]
    assert refusal(BadInput, vouchers=(one.code, "NO!")) == [("vouchers/1", "bad_value")]
    assert refusal(BadInput, amount=500, vouchers=(one.code, ann.voucher().code)) == [("vouchers/1", "not_needed")]
    late = clock.now() - timedelta(hours=1)
    assert {field for field, _ in refusal(BadInput, points=PointsAsk(500), taken_at=late)} == {"vouchers", "points"}
    assert refusal(NotEnough, amount=200_000) == [("amount_minor", "insufficient_balance")]
    ann.put(burn_points=100, burn_minor=100)
    assert refusal(NotEnoughPoints, amount=9_000, points=PointsAsk(3_001)) == [("points", "insufficient")]
    all_of_them = ann.pay(9_000, points=PointsAsk(None))
    assert kinds(all_of_them)[0] == ("points", 3_000, 3_000)


def test_what_pays_is_given_back_with_its_payment_and_not_by_itself(ann: Member) -> None:
    voucher = ann.voucher()
    made = ann.pay(900, vouchers=(voucher.code,), points=PointsAsk(400))
    [redemption] = api.redemptions_of(ann.brand.id, voucher.id)
    with pytest.raises(Conflict, match="part of a payment"):
        api.reverse_redemption(redemption.id, brand=ann.brand.id, by="kim", reason="please")
    [points] = [take for take in made.takes if take.kind is TakeKind.POINTS]
    with pytest.raises(Conflict, match="part of a payment"):
        api.give_back_points(f"payment:{points.id}", key="mine", brand=ann.brand.id, by="kim")
    with pytest.raises(VoucherRefused) as used:
        ann.pay(900, vouchers=(voucher.code,))
    assert used.value.why == "used"


def test_a_vouchers_own_rules_hold_in_a_payment(ann: Member) -> None:
    here = api.new_offer("here", "Here", Good.PERCENT, percent=10, stores=frozenset({"north"}), min_minor=1_000)
    api.put_offer(ann.brand.id, here, **BY)
    voucher = ann.voucher("here")
    for wrong, why in (({"place": Place("south")}, "other_store"), ({"amount": 999}, "too_little")):
        with pytest.raises(VoucherRefused) as refused:
            ann.pay(**{"amount": 2_000, "place": Place("north"), "vouchers": (voucher.code,), **wrong})
        assert refused.value.why == why
    assert kinds(ann.pay(2_000, place=Place("north"), vouchers=(voucher.code,)))[0] == ("voucher", 200, 0)


@given(
    st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 50), st.integers(1, 50),
    st.integers(1, 500), st.one_of(st.none(), st.integers(1, 5_000)), st.integers(1, 100),
    st.one_of(st.none(), st.integers(1, 9_000)),
)  # fmt: skip
def test_points_never_pay_more_than_their_rate_the_room_and_the_limits(
    total: int, room: int, there: int, rate: int, minor: int, least: int, most: int | None, percent: int,
    wanted: int | None,
) -> None:  # fmt: skip
    room = min(room, total)
    most = None if most is None else max(most, least)
    limits = {"pay_least": least, "pay_most": most, "pay_percent": percent}
    club = api.new_programme("club", "Club", burn_points=rate, burn_minor=minor, **limits)
    try:
        points, paid = plan_points(club, wanted, total_minor=total, room_minor=room, there=there)
    except (BadInput, NotEnoughPoints):
        assert wanted is not None
        return
    assert 0 <= points <= min(there, most or there, wanted or there)
    assert paid <= min(room, total * percent // 100) and paid <= rules.worth(club, points)
    assert bool(points) is bool(paid)
    assert wanted is not None or not points or points >= least


def test_one_voucher_and_the_same_points_at_many_tills_pay_once(
    committed_db: str, make_brand: Any, in_parallel: Any
) -> None:
    ann = join(make_brand(**CNY), points=1_000)
    voucher = ann.voucher()
    codes = iter([code(phone(ann.brand, ann.who)) for _ in range(8)])

    def buy() -> list[tuple[str, int, int]]:
        try:
            made = pay(ann.brand, 900, code=next(codes), vouchers=(voucher.code,), points=PointsAsk(400))
        except (VoucherRefused, NotEnoughPoints):
            return []
        ann.take(made, 900)
        return kinds(made)

    done = [each for each in in_parallel(8, buy) if each]
    assert done == [[("voucher", 500, 0), ("points", 400, 400)]]
    assert ann.points() == 600
    ann.sound()


def test_people_are_merged_and_parted_while_their_points_pay(
    committed_db: str, make_brand: Any, in_parallel: Any
) -> None:
    ann = join(make_brand(**CNY), points=2_000)
    ben = person(ann.brand, "ben")
    api.adjust_points(ben, 2_000, key="b", brand=ann.brand.id, by="kim", reason="start")
    turn = iter(range(100))

    def work() -> list[UUID]:
        mine, paid = next(turn), []
        for n in range(3):
            if mine % 3 == 0:
                made = customers.merge(ann.who, ben, brand=ann.brand.id, by="kim", reason="one")
                customers.unmerge(made.id, brand=ann.brand.id, by="kim", reason="two")
                continue
            try:
                card = phone(ann.brand, (ann.who, ben)[mine % 2])
                made = pay(ann.brand, 300, code=code(card), points=PointsAsk(300))
            except (NotEnoughPoints, NotEnough):
                continue
            if n < 2:
                paid.append(ann.take(made, 300))
            else:
                api.release_payment(made.id, brand=ann.brand.id)
        return paid

    orders = [order for each in in_parallel(6, work) for order in each]
    has = sum(api.points_of(ann.brand.id, who)[0].spendable for who in (ann.who, ben))
    assert orders and has == 4_000 - 300 * len(orders)
    for order in orders:
        ann.back(order, 300)
    assert sum(api.points_of(ann.brand.id, who)[0].spendable for who in (ann.who, ben)) == 4_000
    assert all(ann.clearing(order) == 0 for order in orders)
    ann.sound()
