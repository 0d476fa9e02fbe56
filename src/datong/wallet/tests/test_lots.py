"""The book of points by itself: whatever happens in whatever order, points are conserved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.wallet.rules import Book, change_of, earned_by_sale, value_of
from datong.wallet.types import Bucket, EarningRule, Lot, NotEnoughPoints, RuleKind, Sale, SaleLine

T0 = datetime(2026, 1, 1, tzinfo=UTC)
A, B = UUID(int=1), UUID(int=2)


def lot(n: int, points: int, days: int | None = None, purse: UUID = A, *, pending: bool = False) -> Lot:
    expires = None if days is None or pending else T0 + timedelta(days=days)
    return Lot(UUID(int=n + 10), purse, points, points, points * 2, "order", T0, pending, None, expires)


def test_the_first_to_expire_is_spent_first_and_comes_back_where_it_was() -> None:
    book = Book()
    for each in (lot(1, 50), lot(2, 30, 90), lot(3, 20, 10)):
        book.earn(each)
    used = book.burn([A], 40, T0)
    assert used == [(UUID(int=13), 20), (UUID(int=12), 20)]
    assert book.give_back(used, 25, T0, T0) == [(UUID(int=12), 20), (UUID(int=13), 5)]
    assert [each.left for each in book.lots.values()] == [50, 30, 5]
    assert book.lots[UUID(int=13)].expires_at == T0 + timedelta(days=10)


def test_points_given_back_after_they_expired_live_through_the_grace_and_no_others_do() -> None:
    book = Book()
    book.earn(lot(1, 50, 10))
    used = book.burn([A], 20, T0)
    later = T0 + timedelta(days=20)
    assert book.expire(later) == 30
    book.give_back(used, 20, later, later + timedelta(days=5))
    assert book.spendable([A], later) == 20
    assert book.spendable([A], later + timedelta(days=5)) == 0


def test_what_is_taken_back_and_not_there_is_owed_and_the_next_points_fill_it() -> None:
    book = Book()
    book.earn(lot(1, 50))
    book.burn([A], 40, T0)
    assert book.take_back([UUID(int=11)], 50, T0, None) == 50
    assert book.owed == {A: 40}
    with pytest.raises(NotEnoughPoints):
        book.burn([A], 1, T0)
    book.earn(lot(2, 60))
    assert (book.owed[A], book.spendable([A], T0)) == (0, 20)


def test_a_person_may_not_spend_with_one_record_what_another_owes() -> None:
    book = Book()
    book.earn(lot(1, 100))
    book.earn(lot(2, 30, purse=B))
    book.burn([B], 30, T0)
    book.take_back([UUID(int=12)], 30, T0, None)
    with pytest.raises(NotEnoughPoints) as refused:
        book.burn([A, B], 71, T0)
    assert refused.value.available == 70


def test_a_debt_ends_where_the_programme_says() -> None:
    book = Book()
    book.earn(lot(1, 50))
    book.burn([A], 50, T0)
    assert book.take_back([UUID(int=11)], 50, T0, 10) == 10


def test_points_that_wait_are_not_spent() -> None:
    book = Book()
    book.earn(lot(1, 50, pending=True))
    assert book.spendable([A], T0) == 0
    book.activate(UUID(int=11), T0 + timedelta(days=1))
    assert book.spendable([A], T0) == 50


steps = st.lists(
    st.tuples(
        st.sampled_from(["earn", "wait", "activate", "burn", "back", "take", "expire"]),
        st.sampled_from([A, B, None]),  # None: the two are merged, the act is the person's
        st.integers(1, 90),
        st.integers(0, 40),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_any_sequence_conserves_points(actions: list[tuple[str, UUID | None, int, int]]) -> None:
    """What there is equals what was earned less what was spent, taken and expired, in each purse and in all."""
    book, now, flows, burned = Book(), T0, {A: 0, B: 0}, []
    for n, (what, who, points, day) in enumerate(actions):
        now = max(now, T0 + timedelta(days=day))
        purses, purse = ([A, B], A) if who is None else ([who], who)
        book.expire(now)
        if what in ("earn", "wait"):
            book.earn(lot(n, points, day + points, purse, pending=what == "wait"))
        elif what == "activate":
            for each in list(book.lots.values()):
                book.activate(each.id, now + timedelta(days=points))
        elif what == "burn":
            before = book.spendable(purses, now)
            try:
                burned.append(book.burn(purses, points, now))
                assert points <= before
            except NotEnoughPoints as error:
                assert (error.available, points > before) == (before, True)
        elif what == "back" and burned:
            used = burned.pop()
            assert sum(p for _, p in book.give_back(used, points, now, now + timedelta(days=9))) == min(
                points, sum(p for _, p in used)
            )
        elif what == "take" and book.lots:
            target = list(book.lots)[points % len(book.lots)]
            assert book.take_back([target], points, now, None) == points
        for move in book.take_moves():
            flows[move.purse_id] += change_of([move])
        sound(book, flows)


def sound(book: Book, flows: dict[UUID, int]) -> None:
    for purse in (A, B):
        lots = [each for each in book.lots.values() if each.purse_id == purse]
        assert all(0 <= each.left <= each.points for each in lots)
        owed = book.owed.get(purse, 0)
        assert owed >= 0 and not (owed and any(each.left for each in lots if not each.pending))
        assert sum(each.left for each in lots) - owed == flows[purse]


@given(st.integers(1, 10_000), st.integers(0, 100_000), st.lists(st.integers(1, 500), max_size=20))
def test_the_value_that_leaves_a_lot_in_parts_is_the_value_it_came_with(
    points: int, value: int, parts: list[int]
) -> None:
    whole = Lot(uuid5(A, "x"), A, points, points, value, "order", T0)
    book = Book()
    book.earn(whole)
    for part in parts:
        book.burn([A], min(part, book.spendable([A], T0)), T0)
    moved = sum(move.value_minor for move in book.moves)
    assert moved == value_of(whole, book.lots[whole.id].left)
    assert all(move.bucket is Bucket.ACTIVE for move in book.moves)


def sale(*amounts: int, **fields: object) -> Sale:
    lines = tuple(SaleLine(n, f"S{n}", amount, frozenset({"drinks"})) for n, amount in enumerate(amounts, 1))
    return Sale(UUID(int=5), UUID(int=6), T0, lines, **fields)  # type: ignore[arg-type]


def test_small_lines_together_earn_what_one_large_line_does() -> None:
    rule = EarningRule("base", RuleKind.MONEY, points=1, per_minor=100)
    earning = earned_by_sale(sale(150, 150, 99), [rule])
    assert (earning.points, earning.by_line) == (3, {1: 1, 2: 1, 3: 1})
    assert earned_by_sale(sale(99), [rule]).points == 0


def test_the_best_rate_and_the_best_multiplier_hold_and_the_tiers_own_comes_on_top() -> None:
    rules = [
        EarningRule("base", RuleKind.MONEY, points=1, per_minor=100),
        EarningRule("tea", RuleKind.MONEY, points=2, per_minor=100, skus=frozenset({"S1"})),
        EarningRule("double", RuleKind.TIMES, percent=200, categories=frozenset({"drinks"}), campaign="spring"),
        EarningRule("gold-only", RuleKind.TIMES, percent=500, tiers=frozenset({"gold"})),
        EarningRule("first", RuleKind.ORDER, points=7, min_minor=2000),
        EarningRule("over", RuleKind.TIMES, percent=900, ends_at=T0),
    ]
    earning = earned_by_sale(sale(1000, 1000), rules, percent=150)
    assert (earning.points, earning.by_line) == (60 + 30 + 7, {1: 60, 2: 30})
    assert earning.rules == ("base", "double", "first", "tea")
    assert earned_by_sale(sale(1000, 1000), rules, tier="gold").points == 150 + 7


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.integers(1, 9), st.integers(50, 400))
def test_the_points_of_the_lines_sum_to_the_orders(amounts: list[int], points: int, percent: int) -> None:
    rule = EarningRule("base", RuleKind.MONEY, points=points, per_minor=130)
    earning = earned_by_sale(sale(*amounts), [rule], percent=percent)
    assert sum(earning.by_line.values()) == earning.points == sum(amounts) * points * percent // (130 * 100)
