"""What fits and what does not. Pure: all facts in, a list of mismatches out, each with its fix."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from datong.sync.compat.types import Area, Facts, Goods, Level, Mismatch

SHOWN = 8
WARN_DAYS = 90
QUARTERLY = re.compile(r"(20\d\d)-(01|04|07|10)")


def check(facts: Facts) -> list[Mismatch]:
    """Every mismatch of a channel's connection, and what was looked at and fits."""
    found = [*_way(facts)]
    if facts.has_link:
        found += [*_version(facts), *_currency(facts), *_places(facts), *_tax(facts), *_choices(facts)]
        if facts.goods is not None:
            found += _goods(facts.goods)
    return sorted(found, key=lambda m: (list(Level).index(m.level), list(Area).index(m.area)))


def _way(facts: Facts) -> Iterator[Mismatch]:
    if not facts.has_door:
        what, fix = "No door for its orders.", "Open one: datong endpoint create CONNECTOR --channel CODE."
        yield Mismatch(Area.WAY, Level.BLOCKING, "no_door", what, fix)
    if not facts.has_link:
        what = "No way out: nothing can be asked or told."
        yield Mismatch(Area.WAY, Level.BLOCKING, "no_link", what, "Connect the channel with its address and key.")
    if facts.trouble:
        code, what, fix = facts.trouble
        yield Mismatch(Area.WAY, Level.BLOCKING, code, what, fix)
    elif facts.has_link and facts.has_door:
        yield Mismatch(Area.WAY, Level.FINE, "answers", "It answers, and accepts our key.")
    if facts.has_link and not facts.lists_orders:
        what = "Its mapping does not say how orders are listed, so a lost message cannot be found."
        fix = "Add a [listing] section to the mapping, or upload daily totals."
        yield Mismatch(Area.FIELDS, Level.WARNING, "no_listing", what, fix)


def _version(facts: Facts) -> Iterator[Mismatch]:
    """Shopify supports each quarterly version for at least twelve months."""
    if facts.platform != "shopify":
        return
    found = QUARTERLY.fullmatch(facts.api_version)
    if not found:
        what = "The API version is not one of Shopify's."
        fix = "Set api_version to a quarter, such as 2026-07."
        yield Mismatch(Area.VERSION, Level.BLOCKING, "unknown_version", what, fix, facts.api_version)
        return
    ends = date(int(found[1]) + 1, int(found[2]), 1)
    left = (ends - facts.today).days
    fix = "Set api_version to a newer quarter and check again."
    if left < 0:
        what = f"The API version ended on {ends}."
        yield Mismatch(Area.VERSION, Level.BLOCKING, "version_ended", what, fix, facts.api_version)
    elif left < WARN_DAYS:
        what = f"The API version ends on {ends}."
        yield Mismatch(Area.VERSION, Level.WARNING, "version_ends", what, fix, facts.api_version)
    else:
        yield Mismatch(Area.VERSION, Level.FINE, "version", f"The API version is supported until {ends}.")


def _currency(facts: Facts) -> Iterator[Mismatch]:
    others = facts.their_currencies - {facts.currency}
    if others:
        what = f"Orders come in {_few(others)}, the brand counts in {facts.currency}."
        fix = f"Let the shop sell in {facts.currency}, or give this channel a brand of that currency."
        yield Mismatch(Area.CURRENCY, Level.BLOCKING, "other_currency", what, fix, _few(others))
    else:
        yield Mismatch(Area.CURRENCY, Level.FINE, "currency", f"Both sides count in {facts.currency}.")


def _places(facts: Facts) -> Iterator[Mismatch]:
    unknown = facts.named_stores - set(facts.stores.values())
    if unknown:
        fix = "Correct the codes in the door's settings, or open the stores."
        what = "The door's settings name stores we do not have."
        yield Mismatch(Area.PLACES, Level.BLOCKING, "unknown_store", what, fix, _few(unknown))
    if facts.by_location:
        without = [code for key, code in facts.stores.items() if not facts.places.get(key)]
        if without:
            what = "Stores without a location of theirs: their stock is not shown."
            fix = "Name their location in the connection's places."
            yield Mismatch(Area.PLACES, Level.WARNING, "no_location", what, fix, _few(without))
    if not unknown:
        yield Mismatch(Area.PLACES, Level.FINE, "places", "Every store code that is named is known.")


def _tax(facts: Facts) -> Iterator[Mismatch]:
    """Only where tax is kept at all: a brand without rates sells at prices that contain it."""
    missing = facts.tax_classes - facts.tax_rates
    if facts.tax_rates and missing:
        fix = "Add a rate for each, or correct the products' tax class."
        what = "Products have tax classes without a rate."
        yield Mismatch(Area.TAX, Level.WARNING, "no_rate", what, fix, _few(missing))
    else:
        yield Mismatch(Area.TAX, Level.FINE, "tax", "Every tax class of our products is covered.")


def _choices(facts: Facts) -> Iterator[Mismatch]:
    """Options (做法, 加料) the mapping translates to a code of ours that no product has."""
    unknown = {name for name in facts.named_choices if name.casefold() not in facts.choices}
    if unknown:
        what = "The mapping translates options to codes none of our products has."
        fix = "Correct the codes in the mapping's options, or give the products these choices."
        yield Mismatch(Area.FIELDS, Level.WARNING, "unknown_choice", what, fix, _few(unknown))
    elif facts.named_choices:
        yield Mismatch(Area.FIELDS, Level.FINE, "choices", "Every option the mapping names is a choice of ours.")


def _goods(goods: Goods) -> Iterator[Mismatch]:
    skus = Counter(sku for sku, _, _ in goods.listed if sku)
    without = [title for sku, title, _ in goods.listed if not sku]
    if goods.reused:
        what = "A product id there was used again for another product; nothing is sent for it."
        fix = "Say on the channel's page which product it is now, then learn the products again."
        yield Mismatch(Area.PRODUCTS, Level.BLOCKING, "reused", what, fix, _few(goods.reused))
    if without:
        fix = "Give each the article number under which we sell it."
        what = f"{len(without)} of their products have no SKU: an order of them cannot be read."
        yield Mismatch(Area.FIELDS, Level.WARNING, "no_sku", what, fix, _few(without))
    unpriced = [sku for sku, _, price in goods.listed if sku and price is None]
    if unpriced:
        what, fix = "Products there show no price.", "Give them one there, or take them off sale."
        yield Mismatch(Area.FIELDS, Level.WARNING, "no_price", what, fix, _few(unpriced))
    doubled = [sku for sku, n in skus.items() if n > 1]
    if doubled:
        what, fix = (
            "Several of their products carry the same SKU.",
            "Keep it at one of them: stock cannot be told to two.",
        )
        yield Mismatch(Area.PRODUCTS, Level.WARNING, "doubled", what, fix, _few(doubled))
    known, unknown = set(skus) & goods.ours, set(skus) - goods.ours
    if skus and not known:
        what = "None of their SKUs is one of ours."
        fix = "Import their products first, or correct the SKUs there."
        yield Mismatch(Area.PRODUCTS, Level.BLOCKING, "no_overlap", what, fix, _few(unknown))
    elif unknown:
        what = f"{len(unknown)} of their {len(skus)} SKUs are not in our catalogue."
        fix = "Import them, or correct the SKUs there: their orders are taken with an exception."
        yield Mismatch(Area.PRODUCTS, Level.WARNING, "unknown_sku", what, fix, _few(unknown))
    elif skus:
        yield Mismatch(Area.PRODUCTS, Level.FINE, "skus", f"All of their {len(skus)} SKUs are ours.")
    unlisted = goods.ours - set(skus)
    if skus and unlisted:
        what = f"{len(unlisted)} of our products are not listed there."
        yield Mismatch(Area.PRODUCTS, Level.FINE, "unlisted", what, found=_few(unlisted))


def _few(values: Iterable[str]) -> str:
    found = sorted(str(value)[:60] for value in values)
    more = len(found) - SHOWN
    return ", ".join(found[:SHOWN]) + (f" (+{more})" if more > 0 else "")
