"""A basket explained: what it costs at a door, at a moment, for a member or not, and why; what a draft would change."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, Explanation, ListWhy, Promotion
from datong.channels.console.places import stores_of
from datong.channels.console.pricing import words
from datong.channels.console.pricing.forms import Reader, errors_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel import clock
from datong.kernel.errors import BadInput
from datong.kernel.ids import uuid7

MOST_LINES = 50
FIELD_OF = {"units": "basket", "sku": "basket"}


@require_safe
@desk(Action.CATALOG_VIEW)
def simulator(request: HttpRequest, who: Who) -> HttpResponse:
    errors: dict[str, str] = {}
    found, without = None, None
    book = catalog.list_rules(who.brand.id)
    basket = request.GET.get("basket", "")
    if basket.strip():
        try:
            found, without = _explain(request, who, list(book.promotions))
        except BadInput as error:
            errors = {FIELD_OF.get(name, name): fix for name, fix in errors_of(error).items()}
    titles = {p.code: p.title for p in book.promotions}
    given = {
        "typed": request.GET,
        "errors": errors,
        "basket": basket or _example(who),
        "people": request.GET.get("people") or "1",
        "channels": [(str(c.id), c.name) for c in brands.list_channels(who.brand.id) if c.open],
        "stores": [("", _("No store named")), *((s.code, s.name) for s in stores_of(who)[:500])],
        "drafts": [("", _("As it is")), *((p.code, p.title or p.code) for p in book.promotions)],
        "receipt": _receipt(found, who, titles) if found else None,
        "without": without.quote.total_minor if without and found else None,
        "crumbs": [(_("Promotions"), reverse("promotions"))],
        "currency": who.brand.currency,
    }
    return page(request, who, "pricing/simulator", given, status=422 if errors else 200)


def _example(who: Who) -> str:
    return "\n".join(f"{n} {item.sku}" for n, item in enumerate(catalog.list_items(who.brand.id, limit=2), 1))


def _explain(request: HttpRequest, who: Who, promotions: list[Promotion]) -> tuple[Explanation, Explanation | None]:
    form = Reader(request.GET, who.brand.currency)
    lines = lines_of(form)
    channels = {str(c.id): c.id for c in brands.list_channels(who.brand.id)}
    channel = channels.get(form.text("channel")) or next(iter(channels.values()), uuid7())
    store = next((s for s in stores_of(who) if s.code == form.text("store")), None)
    at = form.moment("at") or clock.now()
    rule = form.text("rule")
    distance = form.whole("distance", 0) if form.text("distance") else None
    form.done()
    ask = Ask(
        channel,
        who.brand.currency,
        at,
        lines,
        form.text("region", 80),
        store_id=store.id if store else None,
        member=form.text("level", 40) if "member" in request.GET else None,
        people=max(1, form.whole("people", 1)),
    )
    drafts = _drafts(form.text("draft", 60), rule, who, promotions)
    found = catalog.explain(ask, brand=who.brand.id, drafts=drafts, distance_m=distance)
    return found, catalog.explain(ask, brand=who.brand.id) if drafts else None


def _drafts(code: str, rule: str, who: Who, promotions: list[Promotion]) -> list[Promotion]:
    """A promotion as if it held now and everywhere, and a rule that was typed, as if it were one."""
    drafts = [
        replace(p, valid_from=None, valid_to=None, channels=frozenset(), stores=frozenset())
        for p in promotions
        if p.code == code
    ]
    if rule:
        drafts.append(catalog.coupon_promotion(uuid7(), "what-if", rule, who.brand.currency, field="rule"))
    return drafts


def lines_of(form: Reader) -> tuple[AskLine, ...]:
    """Units and SKU a line: `2 TEA-01`."""
    lines: list[AskLine] = []
    for text in form.post.get("basket", "")[:5_000].splitlines():
        first, space, rest = text.strip().partition(" ")
        if not first:
            continue
        units, sku = (first, rest.strip()) if space and first.isdecimal() else ("1", text.strip())
        lines.append(AskLine(len(lines) + 1, sku, min(int(units), 100_001)))
    if not 0 < len(lines) <= MOST_LINES:
        form.wrong("basket", _("1 to %(n)s lines, each with units and SKU, such as 2 TEA-01.") % {"n": MOST_LINES})
    return tuple(lines)


def _receipt(found: Explanation, who: Who, titles: dict[str, str]) -> dict[str, Any]:
    currency = found.quote.currency
    return {
        "total": found.quote.total_minor,
        "tax": found.quote.tax_minor,
        "inclusive": found.quote.tax_inclusive,
        "lines": [
            {
                "line": line,
                "from": _price_from(line.price, currency),
                "steps": [{"step": s, "name": s.title or titles.get(s.code) or s.code} for s in line.steps],
                "rate": words.rate(line.quoted.taxed.ppm),
                "problem": ", ".join(map(_problem, line.problems)),
            }
            for line in found.lines
        ],
        "findings": [
            {"name": f.title or f.code, "code": f.code, "off": f.off_minor, "why": words.why(f, currency, titles)}
            for f in found.findings
        ],
        "delivery": found.delivery,
        "pays": found.quote.total_minor
        + (found.delivery.minor if found.delivery else 0)
        + (0 if found.quote.tax_inclusive else found.delivery_tax_minor),
        "off": sum(f.off_minor for f in found.findings),
    }


def _problem(code: str) -> str:
    said = {
        "unknown_sku": _("no such SKU"),
        "inactive_item": _("not on sale"),
        "no_price": _("it has no price here"),
    }
    return said.get(code, code)


def _price_from(price: Any, currency: str) -> str:
    since = f"{price.valid_from:%Y-%m-%d}" if price.valid_from else ""
    said = {
        "since": since,
        "by": price.set_by,
        "reason": price.reason or "–",
        "list": price.price_list,
        "note": price.note,
    }
    match price.why:
        case ListWhy.POLICY:
            base = money(price.base_minor, currency) if price.base_minor is not None else "–"
            return _("List %(list)s, since %(since)s, by policy: %(note)s. The brand's list says %(base)s.") % {
                **said,
                "base": base,
            }
        case ListWhy.FALLBACK:
            return _("The brand's list, since %(since)s: this door's own list does not name the product.") % said
        case ListWhy.NONE:
            return _("No price holds at this moment.")
    return _("The brand's list, since %(since)s, set by %(by)s: %(reason)s") % said
