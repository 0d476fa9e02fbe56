"""The words for what is found, the same on the page, in the PDF and on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language, ngettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from datong.kernel.money import Money
from datong.shadow.types import Finding, Kind, KindFigures, Report, Severity, SystemKind

KIND: Mapping[Kind, Any] = {
    Kind.OVERSELL: lazy("Oversold"),
    Kind.NEAR_MISS: lazy("Near misses"),
    Kind.MISSING: lazy("Orders missing in the book"),
    Kind.STRAY: lazy("Orders nobody sold"),
    Kind.DOUBLED: lazy("Doubled orders"),
    Kind.DIFFERS: lazy("Orders that differ"),
    Kind.PRICE_GAP: lazy("Price gaps"),
    Kind.DUPLICATE: lazy("Duplicate customers"),
    Kind.MAYBE_SAME: lazy("Perhaps one customer"),
    Kind.NEARER: lazy("A nearer store had it"),
}
COUNTED: Mapping[Kind, Any] = {
    Kind.OVERSELL: ngettext_lazy("%(n)s oversell", "%(n)s oversells", "count"),
    Kind.NEAR_MISS: ngettext_lazy("%(n)s near miss", "%(n)s near misses", "count"),
    Kind.MISSING: ngettext_lazy("%(n)s order missing in the book", "%(n)s orders missing in the book", "count"),
    Kind.STRAY: ngettext_lazy("%(n)s order that nobody sold", "%(n)s orders that nobody sold", "count"),
    Kind.DOUBLED: ngettext_lazy("%(n)s doubled order", "%(n)s doubled orders", "count"),
    Kind.DIFFERS: ngettext_lazy("%(n)s order that differs", "%(n)s orders that differ", "count"),
    Kind.PRICE_GAP: ngettext_lazy("%(n)s product at two prices", "%(n)s products at two prices", "count"),
    Kind.DUPLICATE: ngettext_lazy(
        "%(n)s customer under several numbers", "%(n)s customers under several numbers", "count"
    ),
    Kind.MAYBE_SAME: ngettext_lazy(
        "%(n)s pair that may be one customer", "%(n)s pairs that may be one customer", "count"
    ),
    Kind.NEARER: ngettext_lazy(
        "%(n)s order that a nearer store could have served",
        "%(n)s orders that a nearer store could have served",
        "count",
    ),
}
MEANS: Mapping[Kind, Any] = {
    Kind.OVERSELL: lazy("More was sold at a store than any system had there. Somebody paid for what is not there."),
    Kind.NEAR_MISS: lazy("Two systems sold the last units before either could hear of the other. It held by luck."),
    Kind.MISSING: lazy("A channel sold it, and the system that should keep the book never had it."),
    Kind.STRAY: lazy("The book has an order that none of the selling systems knows."),
    Kind.DOUBLED: lazy("One order stands there twice: in the book, or sent twice by the customer."),
    Kind.DIFFERS: lazy("Both have the order, with other units, another amount, or cancelled on one side only."),
    Kind.PRICE_GAP: lazy("Two channels asked different prices for one product at the same moment."),
    Kind.DUPLICATE: lazy("One person has several numbers that do not know of each other."),
    Kind.MAYBE_SAME: lazy("They share a contact that nobody has verified. Only a person can tell."),
    Kind.NEARER: lazy("By your own sourcing rules a nearer store with stock would have served it."),
}
MONEY: Mapping[Kind, Any] = {
    Kind.OVERSELL: lazy("the price of the units that are not there"),
    Kind.NEAR_MISS: lazy("the price of the last units"),
    Kind.MISSING: lazy("the goods of the order"),
    Kind.STRAY: lazy("the goods of the order"),
    Kind.DOUBLED: lazy("the goods of the copies"),
    Kind.DIFFERS: lazy("what the two differ by"),
    Kind.PRICE_GAP: lazy("what the units sold at the lower price would have brought more"),
    Kind.DUPLICATE: lazy("what these people bought on the last day; not lost, but split"),
    Kind.MAYBE_SAME: lazy("what these people bought on the last day; not lost, but split"),
    Kind.NEARER: lazy("the delivery cost of the distance saved"),
}
SEVERITY: Mapping[Severity, Any] = {
    Severity.HIGH: pgettext_lazy("shadow", "high"),
    Severity.MEDIUM: pgettext_lazy("shadow", "medium"),
    Severity.LOW: pgettext_lazy("shadow", "low"),
}
SYSTEM_KIND: Mapping[SystemKind, Any] = {
    SystemKind.SHOP: pgettext_lazy("shadow", "shop"),
    SystemKind.MARKETPLACE: pgettext_lazy("shadow", "marketplace"),
    SystemKind.TILL: pgettext_lazy("shadow", "registers"),
    SystemKind.ERP: pgettext_lazy("shadow", "ERP"),
    SystemKind.OMS: pgettext_lazy("shadow", "order management"),
    SystemKind.MEMBERS: pgettext_lazy("shadow", "members"),
    SystemKind.OTHER: pgettext_lazy("shadow", "other"),
}
IN_HEADLINE = (Kind.OVERSELL, Kind.MISSING, Kind.DOUBLED, Kind.PRICE_GAP, Kind.DUPLICATE, Kind.NEARER)


def money(minor: int, currency: str) -> str:
    """As a reader of the language in use writes it."""
    locale = "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_US"
    return Money(minor, currency).format(locale)


def counted(kind: Kind, count: int) -> str:
    return str(COUNTED[kind] % {"count": count, "n": f"{count:,}"})


def headline(report: Report) -> str:
    """'In one day: 14 oversells worth ¥3,420, ...; ¥9,310 at stake.'"""
    if report.ran_at is None:
        return _("Nothing has been looked at yet.")
    days = (report.until - report.since).days + 1
    begin = _("In one day") if days == 1 else _("In %(n)s days") % {"n": days}
    parts = [_part(each, report.project.currency) for each in report.kinds if each.kind in IN_HEADLINE and each.count]
    if not report.found:
        return _("%(when)s, %(orders)s orders: nothing that does not fit.") % {
            "when": begin,
            "orders": f"{report.orders:,}",
        }
    stake = money(report.at_stake_minor, report.project.currency)
    said = {"when": begin, "parts": pgettext("shadow", ", ").join(parts), "stake": stake}
    if not parts:
        return _("%(when)s: %(stake)s at stake.") % said
    return _("%(when)s: %(parts)s. %(stake)s at stake.") % said


def _part(figures: KindFigures, currency: str) -> str:
    what = counted(figures.kind, figures.count)
    if figures.kind in (Kind.DUPLICATE, Kind.MAYBE_SAME) or not figures.amount_minor:
        return what
    return _("%(what)s worth %(money)s") % {"what": what, "money": money(figures.amount_minor, currency)}


def said(finding: Finding, systems: Mapping[str, str] | None = None, stores: Mapping[str, str] | None = None) -> str:
    """One finding in one line; `systems` and `stores` are names by code."""
    facts: dict[str, Any] = dict(finding.facts)
    for keys, names in ((("has", "lacks"), systems or {}), (("served_by", "instead"), stores or {})):
        facts |= {key: names.get(facts[key], facts[key]) for key in keys if key in facts}
    match finding.kind:
        case Kind.OVERSELL:
            return _("sold %(sold)s, had %(had)s: %(short)s too many") % facts
        case Kind.NEAR_MISS:
            return _("the last %(units)s went %(seconds)s s after another system's sale") % facts
        case Kind.MISSING:
            return _("%(has)s has it, %(lacks)s does not") % facts
        case Kind.STRAY:
            return _("%(has)s has it, nobody sold it") % facts
        case Kind.DOUBLED if facts.get("sure"):
            return _("booked %(times)s times under one number") % facts
        case Kind.DOUBLED:
            return _("the same basket of the same person as %(before)s, %(seconds)s s later") % facts
        case Kind.DIFFERS if facts.get("cancelled"):
            return _("cancelled on one side only")
        case Kind.DIFFERS:
            return _("units differ by %(units)s") % facts if facts.get("units") else _("the amounts differ")
        case Kind.PRICE_GAP:
            low, high = (money(facts[name], finding.currency) for name in ("low_minor", "high_minor"))
            return _("%(low)s and %(high)s; %(units)s sold at the lower price") % {**facts, "low": low, "high": high}
        case Kind.NEARER:
            shown = {**facts, "km": f"{facts['saved_m'] / 1000:,.0f}", "hours": f"{facts['saved_hours']:g}"}
            return _("%(served_by)s served it, %(instead)s had it: %(km)s km and %(hours)s h less") % shown
        case _ if facts.get("systems") == 1:
            return _("%(records)s records in one system") % facts
        case _:
            return _("%(records)s records in %(systems)s systems") % facts


def subject(finding: Finding) -> str:
    """What it is about: a product, an order, a person."""
    return finding.title or finding.item or finding.mark.rpartition(":")[2]


def masked(text: str) -> str:
    """A contact or a name for readers who may not see customers: its ends only."""
    text = text.strip()
    if "@" in text:
        name, _at, domain = text.partition("@")
        return f"{name[:1]}***@{domain}"
    if len(text) > 6 and text.lstrip("+").isdigit():
        return f"{text[:-8]}****{text[-4:]}" if len(text) > 8 else f"***{text[-4:]}"
    return f"{text[:1]}**" if text else ""


def hidden(finding: Finding) -> Finding:
    """The finding with names and contacts masked."""
    if finding.kind not in (Kind.DUPLICATE, Kind.MAYBE_SAME):
        return finding
    names = ("name", "phone", "email")
    rows = tuple(
        {**row, **{n: masked(str(row.get(n, ""))) for n in names}, "by": [masked(b) for b in row.get("by", ())]}
        for row in finding.evidence
    )
    return replace(finding, title=masked(finding.title), evidence=rows)


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON object, amounts in minor units of `currency`."""
    return {
        "project": report.project.name,
        "since": report.since.isoformat(),
        "until": report.until.isoformat(),
        "ran_at": report.ran_at.isoformat() if report.ran_at else None,
        "seconds": report.seconds,
        "orders": report.orders,
        "currency": report.project.currency,
        "headline": headline(report),
        "at_stake_minor": report.at_stake_minor,
        "kinds": {
            found.kind.value: {
                "count": found.count,
                "amount_minor": found.amount_minor,
                "high": found.high,
                "explained": found.explained,
            }
            for found in report.kinds
        },
        "days": [
            {
                "day": day.day.isoformat(),
                "amount_minor": day.amount_minor,
                "counts": {kind.value: count for kind, count in day.counts.items()},
            }
            for day in report.days
        ],
        "systems": {
            seen.system.code: {
                "orders": seen.orders,
                "stock_rows": seen.stock_rows,
                "prices": seen.prices,
                "members": seen.members,
                "only_there": seen.unmatched,
            }
            for seen in report.coverage
        },
        "notes": dict(report.notes),
    }
