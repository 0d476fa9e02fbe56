"""Which tier a person has at a moment: a pure function of what counted and when, told again at any time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from datong.kernel.errors import BadInput, Problem
from datong.wallet.rules.programmes import CODE
from datong.wallet.types.tiers import Fact, Standing, Tier, TierPlan

MAX_TIERS = 12
MAX_PERKS = 12


def standing(facts: Iterable[Fact], plan: TierPlan, now: datetime) -> Standing:
    """The highest tier that was reached and is still kept.

    A tier is reached the moment the sum of the last `period_days` is enough, and kept until it has not been for
    `keep_days`.
    """
    past = [fact for fact in facts if fact.at <= now]
    period, keep = timedelta(days=plan.period_days), timedelta(days=plan.keep_days)
    amount = sum(fact.amount for fact in past if fact.at > now - period)
    held: Standing | None = None
    for tier in plan.tiers:
        for since, until in _spans(past, tier.threshold, period, keep):
            if since <= now < until:
                held = Standing(tier, amount, since, until)
    above = [tier for tier in plan.tiers if held is None or held.tier is None or tier.threshold > held.tier.threshold]
    following = above[0] if above else None
    missing = max(following.threshold - amount, 0) if following else 0
    if held is None:
        return Standing(None, amount, next=following, missing=missing)
    return Standing(held.tier, amount, held.since, held.until, following, missing)


def _spans(
    facts: Sequence[Fact], threshold: int, period: timedelta, keep: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """The times in which a tier is held: enough within the period, and the days it is kept; touching ones are one."""
    steps: dict[datetime, int] = {}
    for fact in facts:
        steps[fact.at] = steps.get(fact.at, 0) + fact.amount
        steps[fact.at + period] = steps.get(fact.at + period, 0) - fact.amount
    total, since, ended = 0, None, None
    for at in sorted(steps):
        enough_before, total = total >= threshold, total + steps[at]
        if total >= threshold and not enough_before:
            if since is not None and ended is not None and at > ended:
                yield since, ended
                since = None
            since = since or at
        elif enough_before and total < threshold:
            ended = at + keep
    if since is not None and ended is not None:
        yield since, ended


def check_plan(plan: TierPlan) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = list(_faults(plan))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def _faults(plan: TierPlan) -> Iterator[Problem]:
    for field, least in (("period_days", 1), ("keep_days", 0)):
        if not least <= getattr(plan, field) <= 3_650:
            yield Problem(field, "range", f"{least} to 3650 days", getattr(plan, field))
    if len(plan.tiers) > MAX_TIERS:
        yield Problem("tiers", "length", f"at most {MAX_TIERS} tiers", len(plan.tiers))
    lowest = 0
    seen: set[str] = set()
    for n, tier in enumerate(plan.tiers):
        yield from _tier_faults(n, tier, lowest, seen)
        lowest = tier.threshold
        seen.add(tier.code)


def _tier_faults(n: int, tier: Tier, lowest: int, seen: set[str]) -> Iterator[Problem]:
    if not CODE.fullmatch(tier.code) or tier.code in seen:
        yield Problem(f"tiers/{n}/code", "bad_value", "small letters, digits, - and _, each code once", tier.code[:80])
    if not 0 < len(tier.name.strip()) <= 60:
        yield Problem(f"tiers/{n}/name", "length", "1 to 60 characters", tier.name[:80])
    if not lowest < tier.threshold <= 10**12:
        yield Problem(f"tiers/{n}/threshold", "range", f"more than {lowest}, as the one before it", tier.threshold)
    if not 100 <= tier.points_percent <= 10_000:
        yield Problem(f"tiers/{n}/points_percent", "range", "100 to 10000 per cent", tier.points_percent)
    if len(tier.perks) > MAX_PERKS or any(not 0 < len(perk) <= 120 for perk in tier.perks):
        yield Problem(f"tiers/{n}/perks", "length", f"at most {MAX_PERKS}, 1 to 120 characters each", len(tier.perks))
