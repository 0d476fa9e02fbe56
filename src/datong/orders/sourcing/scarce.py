"""Scarce units and slots of a batch, shared out so that as many orders as possible are served.

In order of arrival, greedy choice leaves up to 45 per cent more orders unserved than need be (ADR 7). When
greedy leaves any that had a candidate, the batch is solved as an integer program: each order at most one store, each
store's units and slots as capacities, the number served first, the scores second (SciPy's HiGHS).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from datong.orders.sourcing import choose
from datong.orders.sourcing.index import SupplyIndex
from datong.orders.sourcing.types import Demand, Plan, Rule, Share

MAX_PAIRS = 20_000
"""Order-store pairs beyond which the batch stays greedy: the program must not hold the intake up."""
TIME_LIMIT_S = 0.5


def share_out(demands: Sequence[Demand], index: SupplyIndex, rules: Sequence[Rule]) -> list[Plan]:
    """Plans for the batch: greedy, and where that leaves somebody unserved who had a store, the best sharing out."""
    plans = choose.plan(demands, index, rules)
    missed = [n for n, p in enumerate(plans) if p.waits and demands[n].fixed_store is None]
    if not missed:
        return plans
    free = [n for n, p in enumerate(plans) if len(p.shares) <= 1 and demands[n].fixed_store is None]
    _undo(plans, free, index)
    if not any(_options(demands[n], index, rules) for n in missed):
        _redo(plans, free, index)
        return plans
    could = [_options(demands[n], index, rules) for n in free]
    small = sum(map(len, could)) <= MAX_PAIRS
    rows = _solve([demands[n] for n in free], could, index) if small else None
    if rows is None or sum(row is not None for row in rows) <= sum(bool(plans[n].shares) for n in free):
        _redo(plans, free, index)
        return plans
    for n, row in zip(free, rows, strict=True):
        plans[n] = _pinned(demands[n], index, rules, row, plans[n])
    return plans


def _undo(plans: Sequence[Plan], which: Sequence[int], index: SupplyIndex) -> None:
    for n in which:
        for share in plans[n].shares:
            choose.give_back(index, share)


def _redo(plans: Sequence[Plan], which: Sequence[int], index: SupplyIndex) -> None:
    for n in which:
        for share in plans[n].shares:
            choose.take(index, share)


def _options(demand: Demand, index: SupplyIndex, rules: Sequence[Rule]) -> dict[int, float]:
    """Rows of the stores that could serve the whole order by the first rule that has any, with their scores."""
    if demand.fixed_store is not None or demand.place is None:
        return {}
    for rule in rules:
        if rule.takes(demand):
            sifted = choose.sift(demand, index, rule, choose.LOOK_AT)
            whole = [n for n, why in enumerate(sifted.failed) if why is None and sifted.enough[n]]
            if whole:
                scores, _ = choose.score(demand, index, rule, sifted, whole)
                return {int(sifted.rows[n]): s for n, s in zip(whole, scores, strict=True)}
    return {}


def _solve(demands: Sequence[Demand], could: Sequence[dict[int, float]], index: SupplyIndex) -> list[int | None] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # a second of imports, which most processes never need
    from scipy.sparse import coo_array

    pairs = [(n, row, score) for n, options in enumerate(could) for row, score in options.items()]
    entries: list[tuple[int, int, float]] = []  # constraint, variable, coefficient
    bounds: list[float] = []
    names: dict[tuple[object, ...], int] = {}

    def constraint(name: tuple[object, ...], bound: float) -> int:
        if name not in names:
            names[name] = len(bounds)
            bounds.append(bound)
        return names[name]

    for variable, (n, row, _) in enumerate(pairs):
        entries.append((constraint(("order", n), 1), variable, 1))
        entries.append((constraint(("slots", row), float(index.limit[row] - index.load[row])), variable, 1))
        for item, units in choose.units_by_item(demands[n].lines).items():
            demand = demands[n]
            name: tuple[object, ...] = ("units", row, item, demand.buffer_units, demand.waiting)
            entries.append((constraint(name, float(choose.left_of(demand, index, item)[row])), variable, units))
            if item in index.parked and not demand.waiting:
                entries.append((constraint(("spare", item), float(index.spare(item))), variable, units))
    i, j, values = zip(*entries, strict=True)
    matrix = coo_array((values, (i, j)), shape=(len(bounds), len(pairs))).tocsr()
    # One order more served weighs more than all scores together.
    gain = np.array([1000 + score for _, _, score in pairs])
    result = milp(
        -gain,
        constraints=LinearConstraint(matrix, -np.inf, np.array(bounds)),
        integrality=np.ones(len(pairs)),
        bounds=Bounds(0, 1),
        options={"time_limit": TIME_LIMIT_S},
    )
    if result.x is None:
        return None
    chosen: list[int | None] = [None] * len(demands)
    for variable, (n, row, _) in enumerate(pairs):
        if result.x[variable] > 0.5:
            chosen[n] = row
    return chosen


def _pinned(demand: Demand, index: SupplyIndex, rules: Sequence[Rule], row: int | None, before: Plan) -> Plan:
    """The plan with the store the program chose, with a record like any other."""
    if row is None:
        return (
            before if not before.shares else Plan(demand.order_id, (), "", "not_enough_stock", (), before.refused, True)
        )
    store: UUID = index.stores[row].id
    if before.shares and before.shares[0].store_id == store:
        choose.take(index, before.shares[0])
        return before
    for rule in rules:
        if not rule.takes(demand):
            continue
        sifted = choose.sift(demand, index, rule, choose.LOOK_AT)
        at = [n for n in range(len(sifted.rows)) if sifted.rows[n] == row]
        if at:
            chosen = choose.candidate(sifted, index, at[0])
            share = Share(store, chosen.distance_m, demand.lines)
            choose.take(index, share)
            refused = tuple(choose.candidate(sifted, index, n) for n in range(len(sifted.rows)) if n != at[0])
            return Plan(
                demand.order_id, (share,), rule.name, "shared_out_in_batch", (chosen,), refused[: choose.KEEP_REFUSED]
            )
    return before
