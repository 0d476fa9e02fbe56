"""The models of buying and spending: the published figures, parameters that are found again, and their bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datong.insight.rules import value
from datong.insight.rules.segments import segments, stages
from datong.insight.rules.value import Buying, Spending
from datong.insight.types import LifeStage, Segment

CDNOW = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Estimates of the CDNOW sample in weeks: Fader, Hardie and Lee (2005), table 1."""
CDNOW_SPENDING = Spending(p=6.25, q=3.74, v=15.44)
"""Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013)."""


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.requirement("S-102")
def test_the_published_customers_are_expected_as_published() -> None:
    """Customer 0001 of CDNOW: two repeat purchases, the last in week 30.43 of 38.86; 1.226 more within 39 weeks."""
    seen = column(2), column(30.43), column(38.86)
    assert value.expected(CDNOW, *seen, days=39)[0] == pytest.approx(1.226, abs=0.001)
    assert value.alive(CDNOW, *seen)[0] == pytest.approx(0.7266, abs=0.0005)
    assert value.alive(CDNOW, column(0), column(0), column(38.86))[0] == 1
    worth = value.worth(CDNOW_SPENDING, column(2, 1, 0), column(22.35, 11.77, 0))
    assert worth == pytest.approx([24.66, 18.91, 35.2], abs=0.05)


def simulated(fit: Buying, customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers who buy and drop out as the model says: (repeat purchases, the last of them, watched for)."""
    dice = np.random.default_rng(seed)
    rate, drop = dice.gamma(fit.r, 1 / fit.alpha, customers), dice.beta(fit.a, fit.b, customers)
    watched = dice.uniform(200, 700, customers)
    times, last = np.zeros(customers), np.zeros(customers)
    count, here = np.zeros(customers), np.ones(customers, dtype=bool)
    while here.any():
        times = times + dice.exponential(1 / rate)
        here &= times <= watched
        count, last = count + here, np.where(here, times, last)
        here &= dice.random(customers) > drop
    return count, last, watched


@pytest.mark.requirement("S-102")
def test_the_parameters_of_simulated_customers_are_found_again() -> None:
    true = Buying(r=0.9, alpha=20.0, a=0.8, b=2.4)
    x, t_x, t = simulated(true, 6000, seed=7)
    found = value.fit_buying(x, t_x, t)
    assert found is not None
    assert (found.r, found.alpha) == pytest.approx((true.r, true.alpha), rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(true.a / (true.a + true.b), rel=0.1)
    dice = np.random.default_rng(8)
    bought = x + 1
    spending = Spending(6.0, 4.0, 1500.0)
    own = dice.gamma(spending.q, 1 / spending.v, x.size)
    mean = dice.gamma(spending.p * bought, 1 / (own * bought))
    again = value.fit_spending(bought, mean)
    assert again is not None
    everybody = spending.p * spending.v / (spending.q - 1)
    assert again.p * again.v / (again.q - 1) == pytest.approx(everybody, rel=0.05)
    assert (again.p, again.q) == pytest.approx((spending.p, spending.q), rel=0.2)


def test_too_few_customers_fit_nothing() -> None:
    few = np.ones(10)
    assert value.fit_buying(few, few, few * 2) is None and value.fit_spending(few, few) is None
    many = np.zeros(100)
    assert value.fit_buying(many, many, many + 10) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 300), st.floats(0.001, 3000), st.floats(0, 3000), st.floats(0.01, 4))
def test_what_is_expected_is_never_less_than_nothing_and_a_chance_is_one(
    x: int, t_x: float, more: float, a: float
) -> None:
    fit = Buying(0.5, 10.0, a, 2.0)
    seen = column(x), column(t_x if x else 0), column(t_x + more)
    chance, ahead = value.alive(fit, *seen)[0], value.expected(fit, *seen, days=365)[0]
    assert 0 <= chance <= 1 and 0 <= ahead < 20_000


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_fifths_follow_rank_and_equals_are_equal(numbers: list[int]) -> None:
    ranks = value.fifths(column(*numbers))
    assert ((ranks >= 1) & (ranks <= 5)).all()
    pairs = sorted(zip(numbers, ranks.tolist(), strict=True))
    assert all(a[1] <= b[1] if a[0] < b[0] else a[1] == b[1] for a, b in zip(pairs, pairs[1:], strict=False))


@pytest.mark.requirement("S-99", "S-107")
def test_everybody_is_in_one_segment_and_one_stage() -> None:
    def ranks(*values: int) -> np.ndarray:
        return np.array(values, dtype=np.int64)

    found = segments(
        ranks(5, 3, 2, 5, 3, 1, 3), ranks(5, 4, 4, 1, 2, 1, 2), ranks(5, 2, 3, 3, 5, 1, 2), ranks(9, 6, 5, 1, 2, 1, 2)
    )
    assert found == [
        Segment.CHAMPION,
        Segment.LOYAL,
        Segment.COOLING,
        Segment.NEW,
        Segment.BIG,
        Segment.LOST,
        Segment.REGULAR,
    ]
    assert stages(ranks(1, 2, 4, 5)) == [
        LifeStage.IDENTIFIED,
        LifeStage.DEVELOPED,
        LifeStage.DEVELOPED,
        LifeStage.MAINTAINED,
    ]
