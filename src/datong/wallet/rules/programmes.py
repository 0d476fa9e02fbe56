"""What a programme and its earning rules may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from datong.kernel.errors import BadInput, Problem
from datong.kernel.money import part_minor
from datong.wallet.types.points import EarningRule, Programme, RuleKind

MAX_POINTS = 1_000_000_000
MAX_RULES = 200
MAX_DAYS = 36_500
MAX_SET = 200
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def expiry(programme: Programme, now: datetime) -> datetime | None:
    """When points that may be spent from now on are gone; None: never."""
    return None if programme.life_days is None else now + timedelta(days=programme.life_days)


def worth(programme: Programme, points: int) -> int:
    """What points pay, in minor units, rounded down: a part of a cent is nobody's."""
    return points * programme.burn_minor // programme.burn_points


def points_for(programme: Programme, amount_minor: int) -> int:
    """The fewest points that pay this amount."""
    return -(-amount_minor * programme.burn_points // programme.burn_minor)


def fair_value(programme: Programme, points: int) -> int:
    return part_minor(points, programme.fair_minor, programme.fair_points)


def check_programme(programme: Programme) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = list(_programme_faults(programme))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def check_rule(rule: EarningRule) -> None:
    problems = list(_rule_faults(rule))
    if problems:
        raise BadInput(f"{len(problems)} values of rule {rule.code!r} cannot be used", *problems)


def _programme_faults(programme: Programme) -> Iterator[Problem]:
    yield from _code(programme.code)
    if not 0 < len(programme.name.strip()) <= 120:
        yield Problem("name", "length", "1 to 120 characters", programme.name[:80])
    for field in ("burn_points", "burn_minor", "fair_points"):
        yield from _whole(field, getattr(programme, field), 1, MAX_POINTS)
    yield from _whole("fair_minor", programme.fair_minor, 0, MAX_POINTS)
    yield from _whole("pending_days", programme.pending_days, 0, 365)
    yield from _whole("grace_days", programme.grace_days, 0, 3_650)
    if programme.life_days is not None:
        yield from _whole("life_days", programme.life_days, 1, MAX_DAYS)
    if programme.max_owed is not None:
        yield from _whole("max_owed", programme.max_owed, 0, MAX_POINTS)
    yield from _whole("pay_least", programme.pay_least, 1, MAX_POINTS)
    if programme.pay_most is not None:
        yield from _whole("pay_most", programme.pay_most, programme.pay_least, MAX_POINTS)
    yield from _whole("pay_percent", programme.pay_percent, 1, 100)


def _rule_faults(rule: EarningRule) -> Iterator[Problem]:
    yield from _code(rule.code)
    yield from _whole("points", rule.points, 0 if rule.kind is RuleKind.TIMES else 1, 1_000_000)
    yield from _whole("per_minor", rule.per_minor, 1, MAX_POINTS)
    yield from _whole("percent", rule.percent, 1, 10_000)
    yield from _whole("min_minor", rule.min_minor, 0, MAX_POINTS)
    if rule.kind is RuleKind.EVENT and not CODE.fullmatch(rule.event):
        yield Problem("event", "bad_value", "the name of an event: small letters, digits, - and _", rule.event[:80])
    for field in ("skus", "categories", "channels", "stores", "tiers"):
        found = getattr(rule, field)
        if len(found) > MAX_SET or any(not 0 < len(each) <= 64 for each in found):
            yield Problem(field, "length", f"at most {MAX_SET} of at most 64 characters", len(found))
    if rule.starts_at and rule.ends_at and rule.starts_at >= rule.ends_at:
        yield Problem("ends_at", "range", "after it starts", rule.ends_at.isoformat())
    if len(rule.campaign) > 60:
        yield Problem("campaign", "length", "at most 60 characters", rule.campaign[:80])


def _code(code: str) -> Iterator[Problem]:
    if not CODE.fullmatch(code):
        yield Problem("code", "bad_value", "1 to 40 small letters, digits, - and _, a letter or digit first", code[:80])


def _whole(field: str, value: object, least: int, most: int) -> Iterator[Problem]:
    if type(value) is not int or not least <= value <= most:
        yield Problem(field, "range", f"a whole number from {least} to {most}", str(value)[:40])
