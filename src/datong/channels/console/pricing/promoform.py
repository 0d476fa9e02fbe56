"""The form of a promotion: what it shows, and the promotion read from what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Piece, Promotion, PromotionKind, Tier, Window
from datong.catalog.types import Who as For
from datong.channels.console.moments import moment_text
from datong.channels.console.places import stores_of
from datong.channels.console.pricing import words
from datong.channels.console.pricing.forms import Reader
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7
from datong.kernel.money import Money

NAMES = ("skus", "categories", "excluded_skus", "excluded_categories", "levels")


def blank(kind: PromotionKind) -> Promotion:
    return Promotion(uuid7(), "", "", kind)


def read(post: QueryDict, who: Who, before: Promotion) -> Promotion:
    """The promotion that was typed; raises BadInput naming each field that cannot be read."""
    form = Reader(post, who.brand.currency)
    kind = before.kind
    money_kinds = (PromotionKind.AMOUNT, PromotionKind.BUNDLE_PRICE, PromotionKind.UNIT_PRICE)
    value = form.amount("value") if kind in money_kinds else form.bps("value") if post.get("value") else 0
    stores = {store.code: store.id for store in stores_of(who)}
    channels = {str(channel.id): channel.id for channel in brands.list_channels(who.brand.id)}
    together = form.text("together")
    promotion = replace(
        before,
        code=before.code or form.text("code", 60),
        title=form.text("title"),
        value=value,
        threshold_minor=form.amount("threshold"),
        x=form.whole("x"),
        y=form.whole("y"),
        tiers=_tiers(form) if kind is PromotionKind.THRESHOLDS else (),
        bundle=_bundle(form) if kind is PromotionKind.BUNDLE_PRICE else (),
        skus=frozenset(form.names("skus")),
        categories=frozenset(form.names("categories")),
        excluded_skus=frozenset(form.names("excluded_skus")),
        excluded_categories=frozenset(form.names("excluded_categories")),
        channels=frozenset(channels[i] for i in post.getlist("channels") if i in channels),
        stores=frozenset(_known(form, "stores", stores)),
        valid_from=form.moment("begins"),
        valid_to=form.moment("ends"),
        windows=_windows(form, post),
        in_store_zone="in_store_zone" in post,
        who=For.MEMBERS if "members" in post else For.EVERYBODY,
        levels=frozenset(form.names("levels")),
        stackable=together == "stackable",
        best_of=together == "best",
        group="" if together == "stackable" else form.text("group", 40),
        priority=_priority(form),
        cap_minor=form.amount("cap"),
        times=form.whole("times"),
        min_people=form.whole("min_people", 1),
        condition=form.text("condition"),
    )
    form.done()
    return promotion


def _priority(form: Reader) -> int:
    text = form.text("priority") or "0"
    if not text.lstrip("-").isdecimal() or len(text) > 7:
        form.wrong("priority", _("Write a whole number."))
        return 0
    return int(text)


def _known(form: Reader, name: str, known: Mapping[str, UUID]) -> list[UUID]:
    codes = form.names(name)
    unknown = [code for code in codes if code not in known]
    if unknown:
        form.wrong(name, _("Store codes of the brand; %(code)s is none.") % {"code": unknown[0]})
    return [known[code] for code in codes if code in known]


def _tiers(form: Reader) -> tuple[Tier, ...]:
    """Steps as people write them: 30-5, 60-12."""
    text = form.text("tiers")
    try:
        read_as = catalog.coupon_promotion(uuid7(), "x", text, form.currency, field="tiers")
    except BadInput:
        form.wrong("tiers", _("Write steps such as 30-5, 60-12: spend 30, save 5; spend 60, save 12."))
        return ()
    if read_as.kind is PromotionKind.AMOUNT:
        return (Tier(read_as.threshold_minor, read_as.value),)
    return read_as.tiers


def _bundle(form: Reader) -> tuple[Piece, ...]:
    """SKUs with their units: TEA-01, 2 x CUP."""
    pieces = []
    for part in form.names("bundle"):
        units, mark, sku = part.replace("×", "x").partition("x ")
        if mark and units.strip().isdecimal():
            pieces.append(Piece(sku.strip(), int(units)))
        else:
            pieces.append(Piece(part))
    return tuple(pieces)


def _windows(form: Reader, post: QueryDict) -> tuple[Window, ...]:
    begins, ends = form.text("window_begins"), form.text("window_ends")
    if not begins and not ends:
        return ()
    minutes = [_minutes(text) for text in (begins, ends)]
    if None in minutes:
        form.wrong("windows", _("Two times of day such as 14:00 and 17:00."))
        return ()
    days = frozenset(int(day) for day in post.getlist("weekdays") if day in "1234567" and len(day) == 1)
    return (Window(minutes[0] or 0, minutes[1] or 0, days),)


def _minutes(text: str) -> int | None:
    hours, _mark, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes[:2].isdecimal()) or int(hours) > 23 or int(minutes[:2]) > 59:
        return None
    return int(hours) * 60 + int(minutes[:2])


def shown(promotion: Promotion, who: Who) -> dict[str, Any]:
    """A promotion as the form's fields."""
    currency = who.brand.currency

    def amount(minor: int) -> str:
        return str(Money(minor, currency).decimal) if minor else ""

    percents = (PromotionKind.PERCENTAGE, PromotionKind.NTH_ITEM)
    window = promotion.windows[0] if promotion.windows else None
    codes = {store.id: store.code for store in stores_of(who)}
    return {
        "code": promotion.code,
        "title": promotion.title,
        "value": (promotion.value and words.percent(promotion.value)) or ""
        if promotion.kind in percents
        else amount(promotion.value),
        "threshold": amount(promotion.threshold_minor),
        "x": promotion.x or "",
        "y": promotion.y or "",
        "tiers": ", ".join(f"{amount(t.threshold_minor)}-{amount(t.off_minor)}" for t in promotion.tiers),
        "bundle": ", ".join(p.sku if p.units == 1 else f"{p.units} x {p.sku}" for p in promotion.bundle),
        **{name: ", ".join(sorted(getattr(promotion, name))) for name in NAMES},
        "stores": ", ".join(sorted(codes.get(i, "") for i in promotion.stores)),
        "begins": moment_text(promotion.valid_from),
        "ends": moment_text(promotion.valid_to),
        "window_begins": f"{window.begins // 60:02}:{window.begins % 60:02}" if window else "",
        "window_ends": f"{window.ends // 60 % 24:02}:{window.ends % 60:02}" if window else "",
        "in_store_zone": promotion.in_store_zone,
        "members": promotion.who is For.MEMBERS,
        "together": "stackable" if promotion.stackable else "best" if promotion.best_of else "first",
        "group": promotion.group,
        "priority": promotion.priority,
        "cap": amount(promotion.cap_minor),
        "times": promotion.times or "",
        "min_people": promotion.min_people,
        "condition": promotion.condition,
    }  # fmt: skip


def days(chosen: list[str]) -> list[tuple[str, str, bool]]:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return [(str(n), name, str(n) in chosen) for n, name in enumerate(names, 1)]
