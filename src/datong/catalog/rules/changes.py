"""What a change of many prices comes to: formula, rounding, margin, flags, where a list holds. Integers only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from datong.catalog.rules.discounts import FULL_BPS
from datong.catalog.rules.promotion_checks import CODE, MAX_PRICE_MINOR, storable
from datong.catalog.rules.promotions import in_force
from datong.catalog.types import FULL_PPM, Cost, Flag, Formula, Overlap, Price, PricePolicy, Rounding, Wanted
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import exponent, part_minor

MAX_LINES = 20_000
MAX_WORTH_MINOR = 10**15
BIG_JUMP_BPS = 3_000
MAX_MARGIN_BPS = 100_000_000
SOLD = 100
"""A change is worth what it comes to when so many of each product are sold."""
LEFT_OUT = frozenset({Flag.UNCHANGED, Flag.NO_BASE, Flag.NEGATIVE})


def new_price(before: int | None, base: int | None, wanted: Wanted, own: int | None, currency: str) -> int | None:
    """The price the formula makes of the list's own price (else the brand's); None when there is none to reckon from.

    May be negative, which is the caller's to refuse.
    """
    start = before if before is not None else base
    if wanted.formula is Formula.MATCH:
        return base
    if wanted.formula is Formula.SET:
        return round_price(own if own is not None else wanted.value, wanted.rounding, currency)
    if start is None:
        return None
    if wanted.formula is Formula.PERCENT:
        after = start + part_minor(start, wanted.value, FULL_BPS)
    else:
        after = start + wanted.value
    return round_price(after, wanted.rounding, currency)


def round_price(amount: int, rounding: Rounding, currency: str) -> int:
    """To the nearest price of the wanted ending, the higher one when it lies between; never to nothing."""
    unit = 10 ** exponent(currency)
    if rounding is Rounding.NONE or amount <= 0:
        return amount
    if rounding is Rounding.NINE:
        return max(_nearest(amount + unit, 10 * unit) - unit, 9 * unit)
    whole = max(_nearest(amount, unit), unit)
    return whole - 1 if rounding is Rounding.NINETY_NINE and unit > 1 else whole


def _nearest(amount: int, step: int) -> int:
    return (amount + step // 2) // step * step


def margin_bps(price: int | None, cost: int | None, tax_ppm: int, *, inclusive: bool) -> int | None:
    """What is left of the price without its tax after the cost, in basis points of it; None without a cost."""
    if price is None or cost is None:
        return None
    net = price - part_minor(price, tax_ppm, FULL_PPM + tax_ppm) if inclusive else price
    if net <= 0:
        return -MAX_MARGIN_BPS if cost else 0
    return max(-MAX_MARGIN_BPS, part_minor(net - cost, FULL_BPS, net))


def flags_of(before: int | None, after: int | None, margin: int | None) -> list[Flag]:
    """What to look at, the reason to leave the line out first."""
    if after is None:
        return [Flag.NO_BASE]
    if not 0 <= after <= MAX_PRICE_MINOR:
        return [Flag.NEGATIVE]
    if after == before:
        return [Flag.UNCHANGED]
    found = [] if before is not None else [Flag.NEW_PRICE]
    if margin is not None and margin < 0:
        found.append(Flag.BELOW_COST)
    if before is not None and (before == 0 or abs(after - before) * FULL_BPS >= BIG_JUMP_BPS * before):
        found.append(Flag.BIG_JUMP)
    return found


def worth_minor(lines: Iterable[tuple[int | None, int]]) -> int:
    """What (before, after) come to when SOLD of each are sold, whatever the direction."""
    return min(SOLD * sum(abs(after - (before or 0)) for before, after in lines), MAX_WORTH_MINOR)


def check_wanted(wanted: Wanted, now: datetime) -> None:
    """Raises BadInput with every field that cannot be used and its fix."""
    found: list[Problem] = []

    def wrong(field: str, fix: str, value: object) -> None:
        found.append(Problem(field, "bad_value", fix, str(value)[:200]))

    if not (wanted.everything or wanted.category or wanted.search or wanted.skus or wanted.own):
        wrong("selection", "a category, words to search for, SKUs, a file, or everything", "")
    if wanted.formula is Formula.PERCENT and not (-FULL_BPS < wanted.value <= 10 * FULL_BPS and wanted.value):
        wrong("value", "a per cent above -100 and up to 1000, not 0", wanted.value)
    if wanted.formula is Formula.AMOUNT and not (0 < abs(wanted.value) <= MAX_PRICE_MINOR):
        wrong("value", "an amount other than 0", wanted.value)
    if wanted.formula is Formula.SET and not wanted.own and not 0 <= wanted.value <= MAX_PRICE_MINOR:
        wrong("value", "a price of 0 or more", wanted.value)
    if wanted.formula is Formula.MATCH and not wanted.price_list:
        wrong("price_list", "a list of its own: the brand's list is what others are matched with", "")
    if any(type(amount) is not int or not 0 <= amount <= MAX_PRICE_MINOR for amount in wanted.own.values()):
        wrong("own", f"whole minor units from 0 to {MAX_PRICE_MINOR}", "")
    if max(len(wanted.skus), len(wanted.own)) > MAX_LINES:
        wrong("skus", f"at most {MAX_LINES} products at once", max(len(wanted.skus), len(wanted.own)))
    if not storable(wanted.category, wanted.search, *wanted.skus, *wanted.own):
        wrong("search", "text without NUL or lone surrogates", "")
    if wanted.begins is not None and wanted.begins < now:
        wrong("begins", "now or later: what was sold keeps its price", wanted.begins.isoformat())
    if wanted.ends is not None and wanted.ends <= (wanted.begins or now):
        wrong("ends", "later than it begins", wanted.ends.isoformat())
    if found:
        raise BadInput(f"{len(found)} fields of the price change cannot be used", *found)


def check_costs(costs: Sequence[Cost]) -> None:
    """Whole minor units, moments with a zone; raises BadInput."""
    problems = [
        Problem(f"costs/{n}/{field}", "bad_value", fix, str(value)[:200])
        for n, cost in enumerate(costs)
        for field, fix, value, right in (
            ("sku", "a SKU", cost.sku, bool(CODE.fullmatch(cost.sku))),
            ("cost_minor", "whole minor units of 0 or more", cost.cost_minor, 0 <= cost.cost_minor <= MAX_PRICE_MINOR),
            ("valid_from", "a moment with its time zone", cost.valid_from, cost.valid_from.tzinfo is not None),
        )
        if not right
    ]
    if problems:
        raise BadInput(f"{len(problems)} values of costs cannot be used", *problems[:100])


def check_policy(policy: PricePolicy, others: Sequence[PricePolicy]) -> None:
    """A list, a reason, somebody, somewhere, and no other policy for the same doors at the same time.

    Raises BadValue; an overlap names the other policy and when it would have to end.
    """
    if not policy.price_list:
        raise BadValue("price_list", "", "a list of its own; the brand's list holds everywhere without a policy")
    if not policy.reason.strip():
        raise BadValue("reason", policy.reason, "why this list differs from the brand's")
    if not policy.by.strip():
        raise BadValue("by", policy.by, "who decided it")
    if not (policy.channels or policy.stores or policy.regions):
        raise BadValue("where", "", "at least one channel, store or region where it holds")
    if policy.valid_to is not None and policy.valid_to <= policy.valid_from:
        raise BadValue("valid_to", policy.valid_to.isoformat(), "later than it begins")
    for other in others:
        if other.id != policy.id and _same_time(policy, other) and _same_place(policy, other):
            fix = (
                f"end the policy for list {other.price_list} (since {other.valid_from:%Y-%m-%d}, {other.reason[:60]}) "
                f"before {policy.valid_from.isoformat()}, or choose other doors"
            )
            raise BadValue("where", policy.price_list, fix)


def _same_time(one: PricePolicy, two: PricePolicy) -> bool:
    return (two.valid_to is None or one.valid_from < two.valid_to) and (
        one.valid_to is None or two.valid_from < one.valid_to
    )


def _same_place(one: PricePolicy, two: PricePolicy) -> bool:
    """Whether some door could be meant by both, and neither is the more exact one."""
    if rank(one) != rank(two):
        return False
    pairs = ((one.channels, two.channels), (one.stores, two.stores), (one.regions, two.regions))
    return all(not a or not b or a & b for a, b in pairs)


def rank(policy: PricePolicy) -> int:
    """How exact a policy is: a store counts more than a region, that more than a channel; more kinds count more."""
    return 4 * bool(policy.stores) + 2 * bool(policy.regions) + bool(policy.channels)


def policy_of(
    policies: Iterable[PricePolicy], channel: UUID, store: UUID | None, region: str, at: datetime
) -> PricePolicy | None:
    """The most exact policy for a door, store and region at a moment; of equal ones the latest."""
    return max(
        (
            policy
            for policy in policies
            if in_force(policy.valid_from, policy.valid_to, at)
            and (not policy.channels or channel in policy.channels)
            and (not policy.stores or store in policy.stores)
            and (not policy.regions or region in policy.regions)
        ),
        key=lambda policy: (rank(policy), policy.valid_from),
        default=None,
    )


def overlaps(prices: Sequence[Price]) -> list[Overlap]:
    """Dated specials of one product and list that hold at the same time, each with the next one it runs into."""
    specials = sorted(
        (price for price in prices if price.valid_to is not None),
        key=lambda price: (price.sku, price.price_list, price.valid_from),
    )
    found = []
    for n, first in enumerate(specials):
        for second in specials[n + 1 :]:
            if (first.sku, first.price_list) != (second.sku, second.price_list):
                break
            assert first.valid_to is not None and second.valid_to is not None
            if second.valid_from >= first.valid_to:
                break
            found.append(
                Overlap(
                    first.sku, first.price_list, first.amount_minor, first.valid_from, first.valid_to,
                    second.amount_minor, second.valid_from, second.valid_to,
                )
            )  # fmt: skip
            break
    return found
