"""What will be wanted: several models tried on the past, the one that was least wrong chosen and named.

Holt-Winters is statsmodels'; it is imported when first needed, for that takes seconds. Croston's method with the
correction of Syntetos and Boylan (2005) is for items that sell now and then.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence

from datong.purchasing.types import Forecast

Model = Callable[[Sequence[float], int, int], float]
"""(series, horizon, season) -> what will be wanted over the next `horizon` periods together."""

ORIGINS = 8
"""How many moments of the past a model is tried from."""
LONG_ENOUGH = 3
"""Seasons (or, without one, four periods each) Holt-Winters must see."""


def naive(series: Sequence[float], horizon: int, season: int) -> float:
    """The last season again; with a season of one, the last period."""
    last = series[-season:]
    return sum(last[n % len(last)] for n in range(horizon))


def average(series: Sequence[float], horizon: int, season: int) -> float:
    """The mean of the last four seasons, or of eight periods."""
    recent = series[-max(4 * season, 8) :]
    return horizon * sum(recent) / len(recent)


def croston(series: Sequence[float], horizon: int, season: int, alpha: float = 0.1) -> float:
    """Sizes and gaps between sales smoothed apart (Croston 1972), times 1 - alpha/2 (Syntetos and Boylan)."""
    size = gap = 0.0
    since = 1
    for value in series:
        if value > 0:
            size = value if not size else size + alpha * (value - size)
            gap = float(since) if not gap else gap + alpha * (since - gap)
            since = 1
        else:
            since += 1
    return horizon * (1 - alpha / 2) * size / gap if gap else 0.0


def holt_winters(series: Sequence[float], horizon: int, season: int) -> float:
    """Level, damped trend and, with two seasons of past, a season; what it says is never below nothing."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    seasonal = season > 1 and len(series) >= 2 * season + 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ExponentialSmoothing(
            list(series),
            trend="add",
            damped_trend=True,
            seasonal="add" if seasonal else None,
            seasonal_periods=season if seasonal else None,
            initialization_method="estimated",
        ).fit()
        said = fitted.forecast(horizon)
    total = float(sum(max(float(value), 0.0) for value in said))
    return total if math.isfinite(total) else naive(series, horizon, season)


MODELS: dict[str, Model] = {"naive": naive, "average": average, "croston": croston, "holt_winters": holt_winters}


def backtest(
    series: Sequence[float], horizon: int, season: int, model: str, origins: int = ORIGINS
) -> list[tuple[float, float]]:
    """(said, was) over `horizon` periods, from up to `origins` moments of the past, each blind to what came after."""
    how = MODELS[model]
    first = max(2 * season, 4)
    ends = [len(series) - horizon - n for n in range(origins)]
    return [(how(series[:end], horizon, season), sum(series[end : end + horizon])) for end in ends if end >= first]


def forecast(series: Sequence[float], horizon: int, *, season: int = 7, quick: bool = False) -> Forecast:
    """The forecast of the model with the least error on this series' own past (WAPE; ties go to the simpler).

    `series`: units a period, the oldest first. `quick` leaves Holt-Winters out. A past too short to try on is answered
    by the average, with its own spread.
    """
    usable = [model for model in MODELS if model != "holt_winters" or _fits(series, season, quick)]
    tried = {model: backtest(series, horizon, season, model) for model in usable}
    if not tried["naive"]:
        units = average(series, horizon, season) if series else 0.0
        return Forecast("average", units, _spread(series, horizon))
    errors = {model: sum(abs(said - was) for said, was in pairs) for model, pairs in tried.items()}
    best = min(usable, key=lambda model: errors[model])
    wanted = sum(was for _, was in tried[best])
    pairs = tried[best]
    sd = math.sqrt(sum((said - was) ** 2 for said, was in pairs) / len(pairs))
    shares = [abs(said - was) / was for said, was in pairs if was > 0]
    return Forecast(
        model=best,
        units=max(MODELS[best](series, horizon, season), 0.0),
        sd=sd,
        wape=errors[best] / wanted if wanted else None,
        mase=errors[best] / errors["naive"] if errors["naive"] else None,
        mape=sum(shares) / len(shares) if shares else None,
        naive_wape=errors["naive"] / wanted if wanted else None,
    )


def _fits(series: Sequence[float], season: int, quick: bool) -> bool:
    """Holt-Winters wants a past, and something sold in most periods."""
    long = len(series) >= LONG_ENOUGH * max(season, 4)
    return not quick and long and sum(value > 0 for value in series) * 2 >= len(series)


def _spread(series: Sequence[float], horizon: int) -> float:
    if len(series) < 2:
        return 0.0
    mean = sum(series) / len(series)
    return math.sqrt(sum((value - mean) ** 2 for value in series) / (len(series) - 1) * horizon)
