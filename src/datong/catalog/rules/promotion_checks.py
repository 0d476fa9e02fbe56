"""What makes a promotion usable: each kind has what it needs and takes something off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from datong.catalog.rules import predicates
from datong.catalog.types import Promotion, PromotionKind, Who
from datong.kernel.errors import BadValue

MAX_PRICE_MINOR = 10**11  # times the most units and lines an order may have, still within 64 bits
MAX_UNITS = 100_000
MAX_TIERS = 20
MAX_PIECES = 20
MAX_WINDOWS = 20
MAX_NAMES = 10_000
DAY = 24 * 60

CODE = re.compile(r"[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]{0,58}[^\s\x00-\x1f\x7f])?")
GROUP = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})?")
UNSTORABLE = "printable text without NUL or lone surrogates, which PostgreSQL cannot store"
Found = Iterator[tuple[str, str, object]]
"""(field, what it should be, what it was)"""


def storable(*texts: str) -> bool:
    """Whether PostgreSQL can hold the texts: no NUL, no lone surrogate."""
    joined = "".join(texts)
    if "\x00" in joined:
        return False
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return True


def span_faults(valid_from: datetime | None, valid_to: datetime | None) -> Found:
    times = {"valid_from": valid_from, "valid_to": valid_to}
    naive = [(name, at) for name, at in times.items() if at is not None and at.tzinfo is None]
    for name, at in naive:
        yield name, "a moment with its time zone", at
    if not naive and valid_from is not None and valid_to is not None and valid_to <= valid_from:
        yield "valid_to", "later than valid_from", valid_to


def promotion_faults(promotion: Promotion) -> Found:
    """What is wrong with it, field by field."""
    if not CODE.fullmatch(promotion.code):
        yield "code", "1 to 60 printable characters without spaces around", promotion.code
    if len(promotion.title) > 300:
        yield "title", "at most 300 characters", promotion.title
    names = (*promotion.skus, *promotion.excluded_skus, *promotion.categories, *promotion.excluded_categories)
    if not storable(promotion.code, promotion.title, promotion.condition, *names, *promotion.levels):
        yield "title", UNSTORABLE, ascii(promotion.title)
    if abs(promotion.priority) > 1_000_000:
        yield "priority", "between -1000000 and 1000000", promotion.priority
    yield from span_faults(promotion.valid_from, promotion.valid_to)
    yield from _KINDS[promotion.kind](promotion)
    yield from _reach_faults(promotion)
    yield from _together_faults(promotion)


def _whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _percentage(promotion: Promotion) -> Found:
    if not _whole(promotion.value, 1, 10_000):
        yield "value", "basis points from 1 to 10000", promotion.value


def _amount(promotion: Promotion) -> Found:
    if not _whole(promotion.value, 1, MAX_PRICE_MINOR):
        yield "value", f"minor units from 1 to {MAX_PRICE_MINOR}", promotion.value
    if not _whole(promotion.threshold_minor, 0, MAX_PRICE_MINOR):
        yield "threshold_minor", f"minor units from 0 to {MAX_PRICE_MINOR}", promotion.threshold_minor


def _buy_x_get_y(promotion: Promotion) -> Found:
    if not (_whole(promotion.x, 1, MAX_UNITS) and _whole(promotion.y, 1, MAX_UNITS)):
        yield "x", f"x and y whole numbers from 1 to {MAX_UNITS}", (promotion.x, promotion.y)


def _nth_item(promotion: Promotion) -> Found:
    if not _whole(promotion.x, 2, MAX_UNITS):
        yield "x", f"every so many units, a whole number from 2 to {MAX_UNITS}", promotion.x
    yield from _percentage(promotion)


def _thresholds(promotion: Promotion) -> Found:
    """Each step asks more and gives more, and never more than it asks."""
    tiers = promotion.tiers
    if not 1 <= len(tiers) <= MAX_TIERS:
        yield "tiers", f"1 to {MAX_TIERS} steps such as 30:5", len(tiers)
    for before, tier in zip((None, *tiers), tiers, strict=False):
        said = (tier.threshold_minor, tier.off_minor)
        if not (_whole(tier.threshold_minor, 1, MAX_PRICE_MINOR) and _whole(tier.off_minor, 1, MAX_PRICE_MINOR)):
            yield "tiers", f"whole minor units from 1 to {MAX_PRICE_MINOR}", said
        elif tier.off_minor > tier.threshold_minor:
            yield "tiers", "a step that gives at most what it asks for", said
        elif before and not (before.threshold_minor < tier.threshold_minor and before.off_minor < tier.off_minor):
            yield "tiers", "steps in order, each asking more and giving more than the one before", said


def _bundle_price(promotion: Promotion) -> Found:
    pieces = promotion.bundle
    if not 1 <= len(pieces) <= MAX_PIECES or not all(_whole(piece.units, 1, MAX_UNITS) for piece in pieces):
        yield "bundle", f"1 to {MAX_PIECES} SKUs with at least one unit of each", len(pieces)
    if len({piece.sku for piece in pieces}) != len(pieces):
        yield "bundle", "each SKU once, with its number of units", [piece.sku for piece in pieces]
    if not _whole(promotion.value, 0, MAX_PRICE_MINOR):
        yield "value", f"minor units from 0 to {MAX_PRICE_MINOR}", promotion.value


def _unit_price(promotion: Promotion) -> Found:
    if not _whole(promotion.value, 0, MAX_PRICE_MINOR):
        yield "value", f"minor units from 0 to {MAX_PRICE_MINOR}", promotion.value
    if not promotion.skus and not promotion.categories:
        yield "skus", "the products that cost this much", ""


_KINDS: Mapping[PromotionKind, Callable[[Promotion], Found]] = {
    PromotionKind.PERCENTAGE: _percentage,
    PromotionKind.AMOUNT: _amount,
    PromotionKind.BUY_X_GET_Y: _buy_x_get_y,
    PromotionKind.THRESHOLDS: _thresholds,
    PromotionKind.NTH_ITEM: _nth_item,
    PromotionKind.BUNDLE_PRICE: _bundle_price,
    PromotionKind.UNIT_PRICE: _unit_price,
}


def _reach_faults(promotion: Promotion) -> Found:
    """When, where and for whom."""
    for name in ("skus", "categories", "excluded_skus", "excluded_categories", "channels", "stores", "levels"):
        if len(getattr(promotion, name)) > MAX_NAMES:
            yield name, f"at most {MAX_NAMES}", len(getattr(promotion, name))
    if both := promotion.skus & promotion.excluded_skus:
        yield "excluded_skus", "other SKUs than the promotion names", sorted(both)[0]
    if len(promotion.windows) > MAX_WINDOWS:
        yield "windows", f"at most {MAX_WINDOWS}", len(promotion.windows)
    for window in promotion.windows:
        right = _whole(window.begins, 0, DAY - 1) and _whole(window.ends, 0, DAY) and window.begins != window.ends
        if not right or not window.weekdays <= frozenset(range(1, 8)):
            yield "windows", "weekdays 1 to 7 and two different times of day", (window.begins, window.ends)
    if promotion.levels and promotion.who is not Who.MEMBERS:
        yield "levels", "members: levels are of their cards", sorted(promotion.levels)[0]
    if not _whole(promotion.min_people, 1, MAX_UNITS):
        yield "min_people", f"a whole number from 1 to {MAX_UNITS}", promotion.min_people
    try:
        predicates.check_condition(promotion.condition)
    except BadValue as error:
        for problem in error.problems:
            yield problem.field, problem.fix, problem.value


def _together_faults(promotion: Promotion) -> Found:
    if not GROUP.fullmatch(promotion.group):
        yield "group", "lower-case letters, digits, _ and -, at most 40", promotion.group
    if promotion.stackable and (promotion.best_of or promotion.group):
        yield "stackable", "a group or stackable: what goes with everything is in no group", promotion.group
    if not _whole(promotion.cap_minor, 0, MAX_PRICE_MINOR):
        yield "cap_minor", f"minor units from 0 (no limit) to {MAX_PRICE_MINOR}", promotion.cap_minor
    if not _whole(promotion.times, 0, MAX_UNITS):
        yield "times", f"a whole number from 0 (no limit) to {MAX_UNITS}", promotion.times
