"""What a platform's coupon posts, and what may be said of a platform and its deals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from uuid import UUID

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR
from datong.wallet.types.coupons import NEEDS, Certificate, Deal, Offered, Platform

MAX_SHOWN = 2_000
MAX_USES = 50
MAX_DEAL = 64
MAX_SHOPS = 10_000


def events_of(offered: Offered, *, alone: bool) -> list[tuple[str, int, str]]:
    """(event of the posting rules, minor units, kind) of one verification.

    The platform owes the price less what we gave; what the coupon pays of an order beyond that is our expense, what it
    pays less is a sale. It waits for its payment, or is a sale at once when it is for nothing else.
    """
    value, owed = offered.value_minor, offered.certificate.owed_minor
    made = [
        ("coupon.verified", min(value, owed), "coupon"),
        ("coupon.given", value - owed, "coupon_discount"),
        ("coupon.more", owed - value, "coupon"),
    ]
    if alone:
        made.append(("coupon.alone", value, "coupon_sale"))
    return [each for each in made if each[1] > 0]


def masked(code: str) -> str:
    """A code's last four characters; nothing of a short one."""
    plain = re.sub(r"\W", "", code)
    return f"****{plain[-4:]}" if len(plain) >= 8 else "****"


def shown_end(shown: str, certificates: Iterable[Certificate]) -> str:
    """What is kept of what was scanned: a link tells nothing, its coupons' own codes do."""
    first = next(iter(certificates), None)
    code = first.code if first and first.code else ("" if "://" in shown else shown)
    return masked(code)


def check_shown(shown: str, count: object = 1) -> None:
    problems = []
    if not 0 < len(shown.strip()) <= MAX_SHOWN or not shown.isprintable():
        problems.append(Problem("code", "bad_value", "the code as it was scanned or typed", shown[:40]))
    if type(count) is not int or not 1 <= count <= MAX_USES:
        problems.append(Problem("count", "bad_value", f"1 to {MAX_USES} uses", str(count)[:20]))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def check_connection(platform: Platform, base_url: str, secrets: Mapping[str, str], shops: Mapping[UUID, str]) -> None:
    """Raises BadInput naming every field that cannot be used."""
    problems = [
        Problem(f"secrets/{name}", "missing", f"{platform.value} believes nobody without it")
        for name in NEEDS[platform]
        if not secrets.get(name)
    ]
    problems += [Problem(f"secrets/{name}", "unknown", "one of " + ", ".join(NEEDS[platform]))
                 for name in secrets if name not in NEEDS[platform]]  # fmt: skip
    parts = urlsplit(base_url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost"))):
        problems.append(Problem("base_url", "not_https", "an address such as https://open.douyin.com", base_url[:200]))
    if len(shops) > MAX_SHOPS:
        problems.append(Problem("shops", "length", f"at most {MAX_SHOPS}", len(shops)))
    if any(not 0 < len(mark) <= 300 or not mark.isprintable() for mark in shops.values()):
        problems.append(Problem("shops", "bad_value", "each store with its own mark at the platform"))
    if problems:
        raise BadInput("the platform cannot be connected", *problems)


def check_deal(deal: Deal) -> None:
    if not 0 < len(deal.deal_id) <= MAX_DEAL or not deal.deal_id.isprintable():
        raise BadValue("deal_id", deal.deal_id[:80], "the platform's number of the deal")
    if deal.value_minor is not None and not 0 < deal.value_minor <= MAX_MINOR:
        raise BadValue("value_minor", deal.value_minor, "an amount above 0, or nothing for the market price")
