"""How wrong forecasts of demand are against the naive one, on the year of real sales in the demo's extract.

The model is chosen on the past alone and judged on four moments it has not seen: the units of each item
over the next two weeks.
"""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date, timedelta

from datong.purchasing import api
from datong.purchasing.rules import MODELS
from datong.site.bench.figures import Figure, Goal, Report
from datong.site.demo.retail.source import read_baskets

ITEMS = 150
"""The most sold items, and as many of those that sell now and then."""
WEEKS_AHEAD = 2
JUDGED = 4


def run() -> Report:
    """Units a week of an item over the chain; errors are sums over items and moments, so that large items count."""
    fast, slow = _series()
    report = Report("replenish")
    total: dict[str, list[float]] = defaultdict(list)
    for name, listed in (("fast", fast), ("slow", slow)):
        found, models = _judge(listed)
        for model, (error, wanted) in found.items():
            report.figures[f"{name}_wape_{model}"] = Figure((error / wanted,), "share")
            total[model] += [error, wanted]
        report.notes[f"{name}_items"] = len(listed)
        report.notes[f"{name}_models_chosen"] = models
    wape = {model: sum(values[::2]) / sum(values[1::2]) for model, values in total.items()}
    report.figures["wape_chosen"] = Figure((wape["chosen"],), "share")
    report.figures["wape_naive"] = Figure((wape["naive"],), "share")
    ratio = wape["chosen"] / wape["naive"]
    report.figures["error_against_naive"] = Figure((ratio,), "share")
    report.goals["error_against_naive"] = Goal("error_against_naive", 1.0)
    start = time.process_time()
    for series in fast[:20]:
        api.forecast(series, WEEKS_AHEAD, season=1)
    report.figures["forecast_cpu_ms"] = Figure(((time.process_time() - start) / 20 * 1000,), "ms")
    report.notes |= {"weeks_ahead": WEEKS_AHEAD, "moments_judged": JUDGED, "data": "UCI Online Retail, demo extract"}
    return report


def _series() -> tuple[list[list[float]], list[list[float]]]:
    """Units a week of the items sold most often, and of those sold seldom, over all whole weeks."""
    baskets = read_baskets()
    first = min(b.at.date() for b in baskets)
    monday = first - timedelta(days=first.weekday())
    weeks = (max(b.at.date() for b in baskets) - monday).days // 7
    sold: defaultdict[str, list[float]] = defaultdict(lambda: [0.0] * weeks)
    for basket in baskets:
        week = _week(basket.at.date(), monday)
        if week < weeks:
            for line in basket.lines:
                sold[line.sku][week] += line.units
    by_weeks = sorted(sold, key=lambda sku: (-sum(units > 0 for units in sold[sku]), sku))
    seldom = [sku for sku in by_weeks if 8 <= sum(units > 0 for units in sold[sku]) <= 15]
    return [sold[sku] for sku in by_weeks[:ITEMS]], [sold[sku] for sku in seldom[:ITEMS]]


def _week(day: date, monday: date) -> int:
    return (day - monday).days // 7


def _judge(listed: list[list[float]]) -> tuple[dict[str, tuple[float, float]], dict[str, int]]:
    """(sum of errors, sum of what was wanted) by model, and how often each was chosen."""
    errors: defaultdict[str, float] = defaultdict(float)
    wanted, chosen = 0.0, defaultdict[str, int](int)
    for series in listed:
        for n in range(JUDGED):
            end = len(series) - WEEKS_AHEAD - n * WEEKS_AHEAD
            past, was = series[:end], sum(series[end : end + WEEKS_AHEAD])
            wanted += was
            said = api.forecast(past, WEEKS_AHEAD, season=1)
            chosen[said.model] += 1
            errors["chosen"] += abs(said.units - was)
            for model in ("naive", "average", "croston"):
                errors[model] += abs(MODELS[model](past, WEEKS_AHEAD, 1) - was)
    return {model: (error, wanted) for model, error in errors.items()}, dict(chosen)
