"""Limits, bonuses, codes and the order of spending: pure, in minor units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from msgspec import convert

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR, part_minor, split_minor
from datong.wallet.rules.programmes import CODE
from datong.wallet.types.packets import PacketLimits
from datong.wallet.types.stored import BonusRule, Opening, Part, Policy, PurseKind, SpendOrder, refused

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 characters that nobody mistakes for another; a prime, so that the check character sees every swap and slip."""
GIFT_CHARS = 16
MAX_YEARS_AHEAD = 30
MAX_BONUS = 50
MAX_PLACES = 200

PLACES: dict[str, dict[str, Any]] = {
    # Single-purpose prepaid cards, Ministry of Commerce, order 9 of 2012 (amended 2016): articles 18 and 19. Cards of
    # several brands need a payment licence of the central bank.
    "CN": {
        "named_max_minor": 500_000,
        "anonymous_max_minor": 100_000,
        "anonymous_months": 36,
        "named_expires": False,
        "needs_licence": True,
    },
    # Regulation E, section 1005.20(e): funds do not expire within five years.
    "US": {"anonymous_months": 60},
}
"""What a place allows where the brand says nothing else."""


def policy_of(country: str, said: Mapping[str, Any]) -> Policy:
    """The place's limits, with what the brand said of its own."""
    fields = {"place": country, **PLACES.get(country, {}), **said}
    fields["bonus"] = tuple(_bonus_rule(said) for said in fields.get("bonus", ()))
    fields["order"] = SpendOrder(fields.get("order", SpendOrder.PRINCIPAL_FIRST))
    if not isinstance(fields.get("packets"), PacketLimits):
        fields["packets"] = convert(fields.get("packets", {}), PacketLimits)
    return Policy(**fields)


def _bonus_rule(said: Any) -> BonusRule:
    """A rule as it is kept; a pair is (from, bonus), the short way to say it."""
    if isinstance(said, Mapping):
        return convert(said, BonusRule)
    start, bonus = said
    return BonusRule(f"from-{int(start)}", int(start), int(bonus))


def check_bonus(rule: BonusRule, at: str = "") -> None:
    """Raises BadInput naming every field that cannot be; `at` goes before the names."""
    problems = []

    def wrong(field: str, fix: str) -> None:
        problems.append(Problem(f"{at}{field}", "bad_value", fix, str(getattr(rule, field))[:60]))

    if not CODE.fullmatch(rule.code):
        wrong("code", "1 to 40 small letters, digits, - and _")
    if not 0 < rule.from_minor <= MAX_MINOR:
        wrong("from_minor", "an amount above 0")
    if bool(rule.bonus_minor) == bool(rule.percent) or not 0 <= rule.bonus_minor <= MAX_MINOR:
        wrong("bonus_minor", "an amount above 0, or a percentage instead")
    if not 0 <= rule.percent <= 100:
        wrong("percent", "1 to 100")
    if rule.max_minor is not None and not 0 < rule.max_minor <= MAX_MINOR:
        wrong("max_minor", "an amount above 0, or nothing")
    if rule.starts_at and rule.ends_at and rule.starts_at >= rule.ends_at:
        wrong("ends_at", "after it starts")
    for field in ("stores", "channels"):
        if len(getattr(rule, field)) > MAX_PLACES:
            wrong(field, f"at most {MAX_PLACES}")
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def check_policy(policy: Policy) -> None:
    """Raises BadValue naming the field that cannot be."""
    for name in ("named_max_minor", "anonymous_max_minor"):
        value = getattr(policy, name)
        if value is not None and not 0 < value <= MAX_MINOR:
            raise BadValue(name, value, "an amount above 0, or none")
    legal = PLACES.get(policy.place, {})
    for name in ("named_max_minor", "anonymous_max_minor"):
        most, value = legal.get(name), getattr(policy, name)
        if most is not None and (value is None or value > most):
            raise BadValue(name, value, f"at most {most}: that is the limit of {policy.place}")
    if policy.anonymous_months < legal.get("anonymous_months", 0):
        raise BadValue("anonymous_months", policy.anonymous_months, f"at least {legal['anonymous_months']}")
    if (policy.named_expires and legal.get("named_expires") is False) or (
        not policy.needs_licence and legal.get("needs_licence")
    ):
        raise BadValue("place", policy.place, f"the rules of {policy.place}")
    codes = [rule.code for rule in policy.bonus]
    if len(codes) > MAX_BONUS or len(set(codes)) != len(codes):
        raise BadValue("bonus", str(codes)[:80], f"at most {MAX_BONUS} rules, each code (or 'from') once")
    for n, rule in enumerate(policy.bonus):
        check_bonus(rule, f"bonus/{n}/")
    if not 0 <= policy.offline_limit_minor <= MAX_MINOR or not 1 <= policy.hold_minutes <= 1440:
        raise BadValue("hold_minutes", policy.hold_minutes, "1 to 1440 minutes")


def bonus_of(
    policy: Policy, amount_minor: int, now: datetime, store: str = "", channel: str = ""
) -> tuple[int, BonusRule | None]:
    """What is given on top of a top-up here and now, and by which rule: of those that hold the one that gives most."""
    best: tuple[int, BonusRule | None] = (0, None)
    for rule in policy.bonus:
        if amount_minor < rule.from_minor or (rule.stores and store not in rule.stores):
            continue
        if rule.channels and channel not in rule.channels:
            continue
        if (rule.starts_at and now < rule.starts_at) or (rule.ends_at and now >= rule.ends_at):
            continue
        bonus = rule.bonus_minor or part_minor(amount_minor, rule.percent, 100)
        bonus = bonus if rule.max_minor is None else min(bonus, rule.max_minor)
        if bonus > best[0]:
            best = bonus, rule
    return best


def check_amount(amount: object, field: str = "amount_minor") -> int:
    if type(amount) is not int or not 0 < amount <= MAX_MINOR:
        raise BadValue(field, amount, "whole minor units above 0")
    return amount


def check_opening(opening: Opening, policy: Policy, now: datetime) -> None:
    """What the place allows of a new card: its name, its expiry, its issuer."""
    ends = opening.expires_at
    if opening.kind is PurseKind.GIFT and opening.customer_id is None:
        check_months(ends, policy, now)
    if opening.kind is PurseKind.PREPAID and ends is not None and not policy.named_expires:
        raise BadValue("expires_at", ends.isoformat(), "none: a named card does not expire in this place")
    if ends is not None and not now < ends < _months_later(now, 12 * MAX_YEARS_AHEAD):
        raise BadValue("expires_at", ends.isoformat(), f"a time ahead, within {MAX_YEARS_AHEAD} years")
    if opening.kind is PurseKind.PARTNER:
        if not opening.issuer.strip():
            raise BadValue("issuer", opening.issuer, "who issues the card")
        if policy.needs_licence and not opening.licence.strip():
            raise refused("unlicensed", field="licence")
    elif opening.issuer or opening.licence:
        raise BadValue("issuer", opening.issuer, "nobody: only a partner's card has an issuer")


def check_months(ends: datetime | None, policy: Policy, now: datetime) -> None:
    """Raises BadValue for a card without a name that ends sooner than the place lets it."""
    least = _months_later(now, policy.anonymous_months)
    if ends is not None and ends.date() < least.date():
        raise BadValue("expires_at", ends.isoformat(), f"{least.date()} or later: the place asks for that")


def _months_later(at: datetime, months: int) -> datetime:
    years, month = divmod(at.month - 1 + months, 12)
    return at.replace(year=at.year + years, month=month + 1, day=min(at.day, 28))


def room(policy: Policy, *, named: bool) -> int | None:
    """How much one card may hold; None: anything."""
    return policy.named_max_minor if named else policy.anonymous_max_minor


def parts_of(amount_minor: int, principal: int, bonus: int, order: SpendOrder) -> dict[Part, int]:
    """How much of principal and bonus an amount takes, no more than there is; together exactly the amount.

    `amount_minor` is at most principal + bonus.
    """
    if not 0 <= amount_minor <= principal + bonus:
        raise ValueError("more than there is")
    if order is SpendOrder.PRO_RATA and principal + bonus:
        from_principal, from_bonus = split_minor(amount_minor, [principal, bonus])
    elif order is SpendOrder.BONUS_FIRST:
        from_bonus = min(bonus, amount_minor)
        from_principal = amount_minor - from_bonus
    else:
        from_principal = min(principal, amount_minor)
        from_bonus = amount_minor - from_principal
    return {part: n for part, n in ((Part.PRINCIPAL, from_principal), (Part.BONUS, from_bonus)) if n}


def gift_tag(brand: UUID) -> str:
    """Three characters that tell a brand's gift cards from another's."""
    value = int.from_bytes(sha256(b"gift" + brand.bytes).digest()[:4], "big")
    return "".join(ALPHABET[value // 31**place % 31] for place in range(3))


def _check_char(body: str) -> str:
    """Weighted sum modulo 31 (as ISBN-10 does with 11): every wrong character and every swap of two is seen."""
    total = sum(ALPHABET.index(char) * weight for weight, char in enumerate(body, start=2))
    return ALPHABET[-total % 31]


def make_gift_code(brand: UUID, chance: int) -> str:
    """A gift card's code without dashes; `chance` below 31**12."""
    body = gift_tag(brand) + "".join(ALPHABET[chance // 31**place % 31] for place in range(12))
    return body + _check_char(body)


def plain_gift_code(text: str) -> str:
    """A code without what people put between, in capitals, of an older system's cards, too; BadValue for none."""
    code = re.sub(r"[\s-]", "", text[:60]).upper()
    if not 4 <= len(code) <= 40 or not code.isascii() or not code.isalnum():
        raise BadValue("code", text[:40], "the 16 letters and digits of the card")
    return code


def read_gift_code(text: str, brand: UUID) -> str:
    """A code as somebody typed it; BadValue for what is none, PurseRefused for another brand's."""
    code = re.sub(r"[\s-]", "", text[:60]).upper()
    if len(code) != GIFT_CHARS or any(char not in ALPHABET for char in code):
        raise BadValue("code", text[:40], "the 16 letters and digits of the card")
    if _check_char(code[:-1]) != code[-1]:
        raise BadValue("code", text[:40], "the code as printed: a character is wrong", code="check_digit")
    if code[:3] != gift_tag(brand):
        raise refused("gift_other_brand")
    return code


def shown_gift_code(code: str) -> str:
    """In fours, as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def code_hash(code: str) -> str:
    """What is kept of a code: 59 bits of chance, so that a hash alone does not give it away."""
    return sha256(code.encode()).hexdigest()


def pay_back(
    amount_minor: int, top_ups: Sequence[tuple[UUID, int, int, int]], bonus_left: int
) -> list[tuple[UUID, int, int]]:
    """(top-up, principal, bonus to take back) of a refund: the newest top-ups first, each at most what is left of it.

    `top_ups`: (id, principal, principal paid back already, bonus), the newest first. The bonus goes in proportion, as
    far as it is still there. What no top-up covers (money that came by transfer) is left out.
    """
    made = []
    for top_up, principal, back, bonus in top_ups:
        part = min(amount_minor, principal - back)
        if part <= 0:
            continue
        gift = min(bonus_left, bonus * (back + part) // principal - bonus * back // principal)
        made.append((top_up, part, gift))
        amount_minor, bonus_left = amount_minor - part, bonus_left - gift
    return made
