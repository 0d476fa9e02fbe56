"""What is forecast, how its error is told, and how much is ordered."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.kernel.ids import uuid7
from datong.purchasing import rules
from datong.purchasing.types import Forecast, Policy, Position, SupplierItem

WEEK = [2.0, 1.0, 1.0, 3.0, 5.0, 9.0, 7.0]


def terms(**fields):
    return SupplierItem(uuid7(), uuid7(), 100, **fields)


def test_a_week_that_repeats_is_forecast_without_error():
    said = rules.forecast(WEEK * 8, 7, season=7, quick=True)
    assert (said.model, said.units, said.wape, said.sd) == ("naive", 28.0, 0.0, 0.0)


@pytest.mark.requirement("S-150")
def test_the_model_that_was_least_wrong_on_the_past_is_chosen_and_named():
    noisy = [4.0 + (3 if n % 2 else -3) for n in range(60)]
    said = rules.forecast(noisy, 3, season=1, quick=True)
    assert said.model == "average" and said.wape < said.naive_wape and said.mase < 1
    grows = [float(n) for n in range(60)]
    assert rules.forecast(grows, 7, season=1).model == "holt_winters"


def test_an_item_that_sells_now_and_then_is_forecast_by_its_gaps():
    rare = [0.0, 0.0, 0.0, 0.0, 6.0] * 16
    assert rules.MODELS["croston"](rare, 10, 1) == pytest.approx(10 * 0.95 * 6 / 5)
    assert rules.MODELS["croston"]([0.0] * 20, 10, 1) == 0.0


def test_the_errors_are_those_of_the_definitions():
    series = [10.0, 12.0, 8.0, 10.0, 14.0, 6.0, 10.0, 12.0]
    pairs = rules.backtest(series, 1, 1, "naive", origins=3)
    assert pairs == [(10.0, 12.0), (6.0, 10.0), (14.0, 6.0)]
    said = rules.forecast(series, 1, season=1, quick=True)
    tried = rules.backtest(series, 1, 1, said.model)
    naive = rules.backtest(series, 1, 1, "naive")
    error, base = (sum(abs(a - b) for a, b in found) for found in (tried, naive))
    assert said.wape == pytest.approx(error / sum(b for _, b in tried))
    assert said.mase == pytest.approx(error / base)
    assert said.mape == pytest.approx(sum(abs(a - b) / b for a, b in tried) / len(tried))
    assert said.sd == pytest.approx(math.sqrt(sum((a - b) ** 2 for a, b in tried) / len(tried)))


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(1, 14))
def test_a_forecast_is_never_below_nothing_whatever_the_past(past, horizon):
    said = rules.forecast([float(n) for n in past], horizon, season=7, quick=True)
    assert said.units >= 0 and math.isfinite(said.units) and said.sd >= 0


def test_min_and_max_order_up_to_the_max_when_the_min_is_reached():
    policy = Policy(uuid7(), uuid7(), low=5, high=20)
    assert rules.order_units(Position(6, 0), terms(), policy=policy) == (0, "min_max", 20)
    assert rules.order_units(Position(6, 1), terms(), policy=policy) == (15, "min_max", 20)
    assert rules.order_units(Position(1, 0, in_transit=2, on_order=4), terms(), policy=policy)[0] == 0


def test_packs_are_whole_and_the_suppliers_least_is_kept():
    said = Forecast("average", 10.0, 0.0)
    assert rules.order_units(Position(0, 0), terms(pack_units=6), forecast=said)[0] == 12
    assert rules.order_units(Position(9, 0), terms(pack_units=6, min_units=20), forecast=said)[0] == 24
    assert rules.order_units(Position(10, 0), terms(pack_units=6), forecast=said)[0] == 0


def test_the_safety_stock_follows_the_forecasts_own_error():
    said = Forecast("average", 10.0, 4.0)
    assert rules.order_units(Position(0, 0), terms(), forecast=said, service=0.95)[0] == math.ceil(10 + 1.6449 * 4)
    assert rules.order_units(Position(0, 0), terms(), forecast=said, service=0.5)[0] == 10


def test_goods_that_spoil_are_not_ordered_beyond_what_is_wanted_while_they_keep():
    said = Forecast("average", 30.0, 5.0)
    assert rules.order_units(Position(0, 0), terms(shelf_life_days=3), forecast=said, cover_days=10)[0] == 9
