"""The decision: conditions refuse, the score orders, the first rule that finds a store wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import UUID

import numpy as np

from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import distance_m
from datong.orders.sourcing.index import Bools, Floats, Ints, SupplyIndex
from datong.orders.sourcing.types import NAMED_STORE, Candidate, Condition, Demand, DemandLine, Plan, Rule, Share

LOOK_AT = 64
"""Stores looked at for an order, nearest first; when none serves, all within the rule's distance."""
KEEP_REFUSED = 12
"""Refused candidates kept in the decision's record."""


Lack = tuple[Condition, str]
"""Why the stock of a store is not enough, with the item, what is left of it and what was wanted."""


@dataclass(slots=True)
class Sifted:
    """Candidates after the hard conditions but stock: rows of the index, metres, and the condition that failed."""

    rows: Ints
    metres: Floats
    failed: list[Condition | None]
    enough: Bools
    lacking: list[Lack | None]


def plan(demands: Sequence[Demand], index: SupplyIndex, rules: Sequence[Rule]) -> list[Plan]:
    """A plan for each demand in order of arrival; each takes its units from the index: the next sees what is left."""
    return [plan_one(demand, index, rules) for demand in demands]


def plan_one(demand: Demand, index: SupplyIndex, rules: Sequence[Rule]) -> Plan:
    if demand.fixed_store is not None:
        return _fixed(demand, index)
    if demand.place is None:
        return Plan(demand.order_id, (), "", "address_not_located", waits=True)
    refused: list[Candidate] = []
    for rule in rules:
        if not rule.takes(demand):
            continue
        found = _by_rule(demand, index, rule, refused)
        if found:
            return found
    # Several rules may have refused the same store; the record names it once.
    once = tuple({c.store_id: c for c in reversed(refused)}.values())[::-1]
    reason = "no_store_in_reach" if not once else _main_reason(once)
    return Plan(demand.order_id, (), "", reason, (), once[:KEEP_REFUSED], waits=True)


def sift(demand: Demand, index: SupplyIndex, rule: Rule, count: int) -> Sifted:
    """The stores within the rule's distance, with the first condition that refuses each (None: only stock is left)."""
    place = demand.place
    assert place is not None
    ((rows, metres),) = index.nearest([place], count, rule.max_distance_m)
    stores = [index.stores[i] for i in rows]
    open_now = index.open_at(demand.at)[rows] if demand.at else np.ones(len(rows), bool)
    serves = index.serves(rows, metres, place)
    failed: list[Condition | None] = [None] * len(rows)
    for n, store in enumerate(stores):
        if not store.open or store.id in demand.excluded:
            failed[n] = Condition.TAKEN if store.id in demand.excluded else Condition.CLOSED_DOWN
        elif demand.allowed_stores and store.id not in demand.allowed_stores:
            failed[n] = Condition.CHANNEL
        elif store.id in demand.not_at:
            failed[n] = Condition.ASSORTMENT
        elif not store.lends_stock:
            failed[n] = Condition.LENDING
        elif (rule.store_kinds and store.kind.value not in rule.store_kinds) or (
            rule.regions and store.region not in rule.regions
        ):
            failed[n] = Condition.GROUP
        elif demand.fulfilment is FulfilmentKind.DELIVERY and not serves[n]:
            failed[n] = Condition.AREA
        elif not open_now[n]:
            failed[n] = Condition.HOURS
        elif index.load[rows[n]] >= index.limit[rows[n]]:
            failed[n] = Condition.LIMIT
    enough, lacking = stocked(demand, index, rows)
    return Sifted(rows, metres, failed, enough, lacking)


def left_of(demand: Demand, index: SupplyIndex, item: UUID) -> Ints:
    """Units of an item by store that this order may take: free, the channel's buffer kept, the queue served first."""
    left = index.column(item) if demand.waiting else index.left(item, named=demand.fixed_store is not None)
    result: Ints = np.asarray(left, np.int64) - demand.buffer_units
    return result


def stocked(demand: Demand, index: SupplyIndex, rows: Ints) -> tuple[Bools, list[Lack | None]]:
    """Which of these stores have all lines, and what the first missing line lacked."""
    enough = np.ones(len(rows), bool)
    lacking: list[Lack | None] = [None] * len(rows)
    for item, units in units_by_item(demand.lines).items():
        free, short = index.column(item)[rows], left_of(demand, index, item)[rows] < units
        for n in np.flatnonzero(short & enough):
            why = Condition.STOCK if free[n] - demand.buffer_units < units else Condition.PROMISED
            lacking[n] = why, f"{item}:{int(free[n])}/{units}"
        enough &= ~short
    for item in demand.also & index.out.keys():
        out = index.out[item][rows]
        for n in np.flatnonzero(out & enough):
            lacking[n] = Condition.STOCK, f"{item}:0/1"
        enough &= ~out
    return enough, lacking


def _by_rule(demand: Demand, index: SupplyIndex, rule: Rule, refused: list[Candidate]) -> Plan | None:
    for count in (LOOK_AT, len(index.stores)):
        sifted = sift(demand, index, rule, count)
        fit = [n for n, why in enumerate(sifted.failed) if why is None]
        whole = [n for n in fit if sifted.enough[n]]
        partly = rule.max_stores > 1 and _many(demand.lines)
        if whole:
            best = best_of(demand, index, rule, sifted, whole)
            if partly and rule.weights.split < rule.weights.others:
                rest = [n for n in fit if not sifted.enough[n]]
                shares = _cover(demand, index, rule, sifted, rest)
                if shares and split_score(demand, index, rule, sifted, shares) > best.score:
                    return _split(demand, index, rule, sifted, shares, "split_scores_better")
            return _whole(demand, index, rule, sifted, best)
        if partly and (shares := _cover(demand, index, rule, sifted, fit)):
            return _split(demand, index, rule, sifted, shares, "split_no_store_has_all")
        if len(sifted.rows) < count:
            break
    refused.extend(candidate(sifted, index, n) for n in range(min(len(sifted.rows), KEEP_REFUSED)))
    return None


@dataclass(frozen=True, slots=True)
class Best:
    """The stores that have everything: which of them wins, its score, and the others' scores with their parts."""

    n: int
    score: float
    scored: dict[int, tuple[float, dict[str, float]]]


def best_of(demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, whole: list[int]) -> Best:
    scores, parts = score(demand, index, rule, sifted, whole)
    best = max(range(len(whole)), key=lambda i: (scores[i], -sifted.metres[whole[i]]))
    return Best(whole[best], scores[best], dict(zip(whole, zip(scores, parts, strict=True), strict=True)))


def _whole(demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, best: Best) -> Plan:
    chosen = candidate(sifted, index, best.n, *best.scored[best.n])
    others = [candidate(sifted, index, n) for n in range(len(sifted.rows)) if n not in best.scored]
    outscored = [
        candidate(sifted, index, n, *scored, Condition.OUTSCORED) for n, scored in best.scored.items() if n != best.n
    ]
    nearest_first = sorted(others + outscored, key=lambda c: c.distance_m)[:KEEP_REFUSED]
    share = Share(chosen.store_id, chosen.distance_m, demand.lines)
    take(index, share)
    nearer = sum(c.distance_m < chosen.distance_m for c in nearest_first)
    reason = "nearest_store_serves" if nearer == 0 else "best_score"
    return Plan(demand.order_id, (share,), rule.name, reason, (chosen,), tuple(nearest_first))


USUAL_DAY = 200
"""Orders a day a store without a limit is measured against: ten more are half a kilometre, not four."""


def score(
    demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, whole: list[int], stores: int = 1
) -> tuple[list[float], list[dict[str, float]]]:
    """Weighted score of the stores that fit, each part 0 to 1: near, idle, deep in stock, cheap and few are good.

    `stores` is how many serve the order together.
    """
    rows, metres = sifted.rows[whole], sifted.metres[whole]
    near = 1 - metres / rule.max_distance_m
    limit = np.minimum(index.limit[rows], max(int(index.load.max(initial=0)) * 2, USUAL_DAY))
    idle = 1 - np.minimum(index.load[rows] / limit, 1)
    depth = np.ones(len(whole))
    for item, units in units_by_item(demand.lines).items():
        depth = np.minimum(depth, np.minimum(index.column(item)[rows] / (units * 4), 1))
    cheap = 1 - index.cost[rows] / max(int(index.cost[sifted.rows].max(initial=0)), 1)
    w = rule.weights
    total = near * w.distance + idle * w.load + depth * w.depth + cheap * w.cost
    columns = {"distance": near, "load": idle, "depth": depth, "cost": cheap}
    weight = w.others
    if rule.max_stores > 1:
        few = 1 - (stores - 1) / (rule.max_stores - 1)
        columns["split"] = np.full(len(whole), few)
        total, weight = total + few * w.split, weight + w.split
    parts = [{name: round(float(values[i]), 3) for name, values in columns.items()} for i in range(len(whole))]
    return [round(float(t), 4) for t in total / weight], parts


Cover = list[tuple[int, tuple[DemandLine, ...]]]
"""Candidates with the lines each serves."""


def split_score(demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, shares: Cover) -> float:
    """What a split is worth beside one store: the mean of its stores, each for its own lines."""
    each = [score(replace(demand, lines=lines), index, rule, sifted, [n], len(shares))[0][0] for n, lines in shares]
    return sum(each) / len(each)


def _many(lines: Sequence[DemandLine]) -> bool:
    return any(line.line_no != lines[0].line_no for line in lines)


def _cover(demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, fit: list[int]) -> Cover | None:
    """Cover the lines with as few stores as the rule allows: each time the store that has most of what is open."""
    open_lines = list(demand.lines)
    shares: Cover = []
    while open_lines and len(shares) < rule.max_stores:
        best: tuple[int, tuple[DemandLine, ...]] | None = None
        for n in fit:
            if any(n == used for used, _ in shares):
                continue
            row = int(sifted.rows[n])
            if any(item in index.out and index.out[item][row] for item in demand.also):
                continue
            has = _lines_at(demand, index, row, open_lines)
            if has and (best is None or len(has) > len(best[1])):
                best = n, has
        if best is None:
            return None
        shares.append(best)
        open_lines = [line for line in open_lines if line not in best[1]]
    return None if open_lines else shares


def _split(demand: Demand, index: SupplyIndex, rule: Rule, sifted: Sifted, shares: Cover, reason: str) -> Plan:
    many = len(shares)
    chosen = []
    for n, lines in shares:
        (points,), (parts,) = score(replace(demand, lines=lines), index, rule, sifted, [n], many)
        chosen.append(replace(candidate(sifted, index, n, points, parts), refused=None, detail=""))
    done = tuple(Share(c.store_id, c.distance_m, lines) for c, (_, lines) in zip(chosen, shares, strict=True))
    for share in done:
        take(index, share)
    used = {n for n, _ in shares}
    refused = tuple(candidate(sifted, index, n) for n in range(len(sifted.rows)) if n not in used)[:KEEP_REFUSED]
    return Plan(demand.order_id, done, rule.name, reason, tuple(chosen), refused)


def _lines_at(demand: Demand, index: SupplyIndex, row: int, lines: Sequence[DemandLine]) -> tuple[DemandLine, ...]:
    """What this store can serve of the lines; a line of several parts (a bundle) goes to one store, whole."""
    left: dict[UUID, int] = {}
    has: list[DemandLine] = []
    for _, group in groupby(lines, key=lambda line: line.line_no):
        parts = list(group)
        needed = units_by_item(parts)
        for item in needed:
            if item not in left:
                left[item] = int(left_of(demand, index, item)[row])
        if all(left[item] >= units for item, units in needed.items()):
            for item, units in needed.items():
                left[item] -= units
            has += parts
    return tuple(has)


def _fixed(demand: Demand, index: SupplyIndex) -> Plan:
    """The customer or the platform named the store: it serves or the order waits there, it is never moved."""
    at = index.position.get(demand.fixed_store) if demand.fixed_store else None
    if at is None or demand.fixed_store is None:
        return Plan(demand.order_id, (), NAMED_STORE, "named_store_unknown", waits=True)
    store = index.stores[at]
    metres = round(distance_m(store.place, demand.place)) if demand.place else 0
    if store.id in demand.excluded:
        refused = Candidate(store.id, metres, refused=Condition.REFUSED)
        return Plan(demand.order_id, (), NAMED_STORE, "named_store_refused", (), (refused,), waits=True)
    enough, lacking = stocked(demand, index, np.array([at]))
    if not enough[0]:
        why, detail = lacking[0] or (Condition.STOCK, "")
        lack = Candidate(store.id, metres, refused=why, detail=detail)
        return Plan(demand.order_id, (), NAMED_STORE, "named_store_lacks_stock", (), (lack,), waits=True)
    share = Share(store.id, metres, demand.lines)
    take(index, share)
    return Plan(demand.order_id, (share,), NAMED_STORE, "store_was_named", (Candidate(store.id, metres),))


def take(index: SupplyIndex, share: Share) -> None:
    """Count a share off the index, so that the next order of the batch sees what is left."""
    at = index.position[share.store_id]
    for line in share.lines:
        index.column(line.item_id)[at] -= line.units
    index.load[at] += 1


def give_back(index: SupplyIndex, share: Share) -> None:
    """Undo `take` for a share that was not confirmed."""
    at = index.position[share.store_id]
    for line in share.lines:
        index.column(line.item_id)[at] += line.units
    index.load[at] -= 1


def candidate(
    sifted: Sifted,
    index: SupplyIndex,
    n: int,
    points: float = 0.0,
    parts: dict[str, float] | None = None,
    refused: Condition | None = None,
) -> Candidate:
    why, detail = refused or sifted.failed[n], ""
    if why is None and (lack := sifted.lacking[n]):
        why, detail = lack
    store = index.stores[sifted.rows[n]]
    return Candidate(store.id, round(float(sifted.metres[n])), points, parts or {}, why, detail)


def units_by_item(lines: Sequence[DemandLine]) -> dict[UUID, int]:
    total: dict[UUID, int] = {}
    for line in lines:
        total[line.item_id] = total.get(line.item_id, 0) + line.units
    return total


def _main_reason(refused: Sequence[Candidate]) -> str:
    """The condition that refused most of the candidates, in one word for the queue."""
    counts: dict[str, int] = {}
    for c in refused:
        if c.refused:
            counts[c.refused.value] = counts.get(c.refused.value, 0) + 1
    return max(counts, key=lambda k: counts[k]) if counts else "no_store_in_reach"
