"""Sales tax: what a basket owes at an address and why, the rates of every jurisdiction, how each market is taxed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.catalog.types import (
    Ask,
    Explanation,
    Jurisdiction,
    PriceList,
    TaxedPart,
    TaxLevel,
    TaxRate,
    TaxRounding,
)
from datong.channels.console.places import stores_of
from datong.channels.console.pricing import words
from datong.channels.console.pricing.forms import Reader, errors_of
from datong.channels.console.pricing.prices import tabs
from datong.channels.console.pricing.simulator import lines_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput

SHOWN = 300
ADDRESS = ("city", "region", "postcode", "country")


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def taxes(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            return _put_terms(request, who) if "list" in request.POST else _put_rate(request, who)
        except BadInput as error:
            names = {"valid_from": "begins", "code": "jurisdiction"}
            errors = {names.get(name, name): fix for name, fix in errors_of(error).items()}
    found = None
    if request.GET.get("basket", "").strip():
        try:
            found = _explain(request, who)
        except BadInput as error:
            errors = {{"units": "basket", "sku": "basket"}.get(n, n): fix for n, fix in errors_of(error).items()}
    rates = _rates(who, request.GET.get("q", "").strip()[:80])
    given = {
        "tabs": tabs("taxes"),
        "currency": who.brand.currency,
        "typed": request.POST if request.method == "POST" else request.GET,
        "errors": errors,
        "basket": request.GET.get("basket") or _example(who),
        "stores": [("", _("None: it is delivered")), *((s.code, s.name) for s in stores_of(who)[:500])],
        "owed": _owed(found, who) if found else None,
        "rates": rates[:SHOWN],
        "more": len(rates) > SHOWN,
        "q": request.GET.get("q", ""),
        "terms": _terms(who),
        "levels": [("", _("As the code says")), *((level.value, level_word(level)) for level in list(TaxLevel)[1:])],
        "roundings": [(TaxRounding.LINE.value, _("each line")), (TaxRounding.DOCUMENT.value, _("the whole order"))],
        "may_edit": who.may(Action.CATALOG_EDIT),
        "export": reverse("import-export", args=["taxes", "csv"]) if who.sees(Action.IMPORTS_VIEW) else "",
        "imports": reverse("imports") if who.sees(Action.IMPORTS_VIEW) else "",
    }
    return page(request, who, "pricing/taxes", given, status=422 if errors else 200)


def level_word(level: TaxLevel) -> str:
    return {
        TaxLevel.EVERYWHERE: _("Everywhere"),
        TaxLevel.COUNTRY: _("Country"),
        TaxLevel.REGION: _("State or province"),
        TaxLevel.COUNTY: _("County"),
        TaxLevel.CITY: _("City"),
        TaxLevel.DISTRICT: _("District"),
    }[level]


def part_word(part: TaxedPart) -> str:
    return {
        TaxedPart.GOODS: _("Goods"),
        TaxedPart.DELIVERY: _("Delivery fee"),
        TaxedPart.PACKAGING: _("Packaging fee"),
    }[part]


def _example(who: Who) -> str:
    return "\n".join(f"{n} {item.sku}" for n, item in enumerate(catalog.list_items(who.brand.id, limit=2), 1))


def _explain(request: HttpRequest, who: Who) -> Explanation:
    form = Reader(request.GET, who.brand.currency)
    lines = lines_of(form)
    store = next((s for s in stores_of(who) if s.code == form.text("store")), None)
    place = AddressText("", *(form.text(name, 80) for name in ADDRESS))
    at = form.moment("at") or clock.now()
    form.done()
    channel = next(iter(brands.list_channels(who.brand.id)), None)
    if channel is None:
        form.wrong("basket", _("The brand has no channel yet."))
        form.done()
    assert channel is not None
    if store is None and not place.country:
        place = replace(place, country=who.brand.country)
    ask = Ask(
        channel.id, who.brand.currency, at, lines, place.region,
        store_id=store.id if store else None, place=store.address_text if store else place,
    )  # fmt: skip
    found = catalog.explain(ask, brand=who.brand.id, distance_m=form.whole("distance", 0))
    if unknown := [line.sku for line, told in zip(lines, found.lines, strict=True) if "unknown_sku" in told.problems]:
        form.wrong("basket", _("There is no %(skus)s.") % {"skus": ", ".join(unknown)[:200]})
        form.done()
    return found


def _owed(found: Explanation, who: Who) -> dict[str, Any]:
    """The tax of the basket, share by share, and which jurisdictions were looked at."""
    names = {each.code: each.name for each in catalog.list_jurisdictions(who.brand.id)}
    quote = found.quote
    levying = {share.jurisdiction for share in quote.taxes}
    fee = found.delivery.minor if found.delivery else 0
    added = 0 if quote.tax_inclusive else found.delivery_tax_minor
    return {
        "tax": quote.tax_minor + found.delivery_tax_minor,
        "total": quote.total_minor + fee + added,
        "fee": fee,
        "fee_tax": found.delivery_tax_minor,
        "fee_rate": words.rate(quote.delivery.ppm),
        "inclusive": quote.tax_inclusive,
        "rounding": quote.tax_rounding.value,
        "shares": [
            {
                "name": names.get(share.jurisdiction, share.jurisdiction) or _("Everywhere"),
                "code": share.jurisdiction,
                "class": share.tax_class,
                "rate": words.rate(share.rate_ppm),
                "base": share.base_minor,
                "tax": share.tax_minor,
            }
            for share in quote.taxes
        ],
        "silent": [each.name for each in found.jurisdictions if each.code and each.code not in levying],
        "untaxed": [line.quoted.sku for line in found.lines if not line.quoted.taxed.rates],
        "problems": [line.quoted.sku for line in found.lines if line.problems],
    }


def _rates(who: Who, search: str) -> list[dict[str, Any]]:
    """Every rate with whether it holds, is over or is still to come, by jurisdiction and class."""
    now, known = clock.now(), {each.code: each for each in catalog.list_jurisdictions(who.brand.id)}
    rows, holds = [], set()
    for rate in catalog.list_tax_rates(who.brand.id):
        each = known.get(rate.jurisdiction)
        name = each.name if each else _("Everywhere")
        if search and search.casefold() not in f"{name} {rate.jurisdiction} {rate.tax_class}".casefold():
            continue
        begun, key = rate.valid_from <= now, (rate.jurisdiction, rate.tax_class)
        rows.append(
            {
                "rate": rate,
                "name": name,
                "percent": words.rate(rate.rate_ppm),
                "level": level_word(each.level if each else TaxLevel.EVERYWHERE),
                "stacks": bool(each and each.stacks),
                "where": _where(each) if each else "",
                "source": each.source if each else "",
                "holds": begun and key not in holds,
                "later": not begun,
            }
        )
        if begun:
            holds.add(key)
    return rows


def _where(each: Jurisdiction) -> str:
    parts = (each.country, "/".join(each.regions[:2]), ", ".join(each.cities[:3]), ", ".join(each.postcodes[:4]))
    more = " …" if len(each.cities) > 3 or len(each.postcodes) > 4 else ""
    return " · ".join(filter(None, parts)) + more


def _terms(who: Who) -> list[PriceList]:
    lists = catalog.list_rules(who.brand.id).lists
    return sorted(lists.values(), key=lambda each: each.code)


def _put_terms(request: HttpRequest, who: Who) -> HttpResponse:
    form = Reader(request.POST, who.brand.currency)
    rounding = TaxRounding.DOCUMENT if form.text("rounding") == TaxRounding.DOCUMENT.value else TaxRounding.LINE
    classes = form.text("delivery_tax_class", 41), form.text("packaging_tax_class", 41)
    wanted = PriceList(form.text("list", 40), "", "inclusive" in request.POST, rounding, *classes)
    catalog.put_tax_terms(who.brand.id, wanted, by=who.staff.username)
    messages.success(request, _("Kept. Every quote from now on is taxed so; orders that were taken stay as they are."))
    return redirect("taxes")


def _put_rate(request: HttpRequest, who: Who) -> HttpResponse:
    form = Reader(request.POST, who.brand.currency)
    code, level = form.text("jurisdiction", 41), form.text("level")
    begins = form.moment("begins") or clock.now()
    form.done()
    rate = TaxRate(form.text("tax_class", 41) or "standard", catalog.read_tax_rate(form.text("rate")), begins, code)
    known = {each.code for each in catalog.list_jurisdictions(who.brand.id)}
    by = who.staff.username
    if code and code not in known and level:
        each = Jurisdiction(
            code, form.text("name", 121) or code, TaxLevel(level), form.text("country", 2).upper() or who.brand.country,
            form.names("regions"), form.names("cities"), form.names("postcodes"), "stacks" in request.POST,
            form.text("source", 301),
        )  # fmt: skip
        catalog.put_jurisdictions(who.brand.id, [each], by=by)
    catalog.put_tax_rates(who.brand.id, [rate], by=by)
    messages.success(request, _("The rate holds from its date on, at every channel."))
    return redirect("taxes")
