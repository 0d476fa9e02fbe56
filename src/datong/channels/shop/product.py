"""One thing: what it costs here, where it is, what may be chosen about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datong.catalog import api as catalog
from datong.catalog.types import Attribute, AttributeType, FeeAsk, Item, Modifier, Picture, Product
from datong.channels.shop.browse import category_url, crumbs, name_of
from datong.channels.shop.door import Shopper, door, page
from datong.channels.shop.prices import Priced, plain_amount, priced
from datong.channels.shop.tiles import tile_of
from datong.channels.shop.words import opening, title_of
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.errors import NotFound
from datong.orders import api as orders

NEAR = 4
FEW = 5
MAX_OPTIONS = 60
OPTION = "option-"


@door()
def product(request: HttpRequest, shopper: Shopper, sku: str) -> HttpResponse:
    """A SKU's page; the other sizes of its product are other addresses, so that a link says what is meant."""
    brand = shopper.brand.id
    item = catalog.items_by_sku(brand, [sku]).get(sku)
    if item is None or not catalog.on_shelf(brand, shopper.channel, sku):
        raise NotFound(f"{sku} is not sold here")
    whole = catalog.products_of_skus(brand, [sku]).get(sku)
    chosen = options_of(request.GET) if asked_for(request.GET) else defaults(whole)
    (price,) = priced(shopper, [(sku, chosen)])
    if not price.sold:
        raise NotFound(f"{sku} is not sold here")
    tree = catalog.categories_of(brand)
    category = whole.category if whole else item.category
    pictures = catalog.pictures_of(brand, [whole.id]).get(whole.id, ()) if whole else ()
    shown = _pictures(shopper, pictures)
    given = {
        "sku": sku,
        "title": name(item, whole),
        "description": _said(whole, "description"),
        "safety": _said(whole, "safety"),
        "allergens": whole.allergens if whole else (),
        "age_min": whole.age_min if whole else 0,
        "facts": _facts(brand, whole),
        "crumbs": [*crumbs(shopper, category, tree), (name_of(category, tree), category_url(shopper, category))]
        if category
        else [],
        "price": price,
        "wrong": _wrong(price),
        "groups": groups(whole, chosen),
        "variants": _variants(shopper, whole, sku),
        "pictures": shown,
        "tile": tile_of(sku),
        "near": _near(shopper, price),
        "brings": _brings(shopper, price),
        "ld": _json_ld(request, shopper, item, whole, price, shown),
    }
    return page(request, shopper, "product", given)


def asked_for(sent: QueryDict) -> bool:
    """Whether a form of choices was sent, be it without any."""
    return any(key.startswith(OPTION) for key in sent)


def options_of(sent: QueryDict) -> tuple[str, ...]:
    """The codes that were chosen in the form's groups."""
    found = [code for key in sent if key.startswith(OPTION) for code in sent.getlist(key) if code]
    return tuple(code[:60] for code in found[:MAX_OPTIONS])


def name(item: Item, whole: Product | None) -> str:
    """The product's name with what tells this SKU from its siblings."""
    if whole is None:
        return title_of(item.titles, item.title)
    words = {code: said.title for code, said in whole.texts.items()}
    return title_of(words, whole.title)


def _said(whole: Product | None, what: str) -> str:
    if whole is None:
        return ""
    words = {code: getattr(said, what) for code, said in whole.texts.items()}
    return title_of(words, next((text for text in words.values() if text), ""))


def _facts(brand: Any, whole: Product | None) -> list[tuple[str, str]]:
    """What the product says about itself, as its template names it."""
    if whole is None:
        return []
    template = catalog.templates_of(brand).get(whole.template)
    told = [(one, whole.attributes.get(one.code)) for one in (template.attributes if template else ())]
    return [
        (title_of(one.titles, one.title), _value(one, value)) for one, value in told[:20] if value not in (None, "")
    ]


def _value(attribute: Attribute, value: Any) -> str:
    if attribute.type is AttributeType.YES_NO:
        return _("yes") if value else _("no")
    return f"{value} {attribute.unit}".strip()


def defaults(whole: Product | None) -> tuple[str, ...]:
    """The first choice of every group from which something must be taken."""
    found: list[str] = []
    for group in whole.modifiers if whole else ():
        found += [choice.code for choice in group.choices[: group.least]]
    return tuple(found)


def groups(whole: Product | None, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    """The groups of choices as a form shows them: one of several, or several."""
    return [
        {
            "title": title_of(group.titles, group.title),
            "one": group.most == 1,
            "hint": _hint(group),
            "choices": [
                {
                    "code": choice.code,
                    "title": title_of(choice.titles, choice.title),
                    "delta_minor": choice.delta_minor,
                    "chosen": choice.code in chosen,
                }
                for choice in group.choices
            ],
            "optional": group.least == 0,
            "none": group.least == 0 and not any(choice.code in chosen for choice in group.choices),
            "code": group.code,
        }
        for group in (whole.modifiers if whole else ())
    ]


def _hint(group: Modifier) -> str:
    if group.most == 1:
        return ""
    if group.least:
        return _("choose %(least)s to %(most)s") % {"least": group.least, "most": group.most}
    return _("up to %(most)s") % {"most": group.most}


def _wrong(price: Priced) -> str:
    if "option_sold_out" in price.problems:
        return _("One of these choices is sold out today.")
    if {"option_required", "too_many_options", "unknown_option"}.intersection(price.problems):
        return _("These choices do not go together. Please choose again.")
    return ""


def _variants(shopper: Shopper, whole: Product | None, sku: str) -> list[dict[str, Any]]:
    """The other SKUs of the product, each with its own price."""
    active = [one for one in (whole.variants if whole else ()) if one.active]
    if len(active) < 2:
        return []
    prices = {one.line.sku: one for one in priced(shopper, [(one.sku, defaults(whole)) for one in active[:60]])}
    return [
        {
            "sku": one.sku,
            "name": " · ".join(one.values.values()) or one.sku,
            "price": prices[one.sku],
            "current": one.sku == sku,
        }
        for one in active
        if one.sku in prices and prices[one.sku].sold
    ]


def _near(shopper: Shopper, price: Priced) -> dict[str, Any]:
    """Where it is now: the chosen store or the nearest ones, with how many they have."""
    stores, most = orders.store_units(shopper.brand.id, shopper.channel.id, price.line)
    now = clock.now()
    rows = []
    if shopper.place is not None:
        for one in orders.stores_near(
            shopper.brand.id, shopper.channel.id, place=shopper.place, line=price.line, limit=NEAR
        ):
            few = one.units is not None and 0 < one.units <= FEW
            rows.append({"one": one, "said": opening(one.store, now)[1], "few": few})
    return {"rows": rows, "stores": stores, "any": most > 0}


def _brings(shopper: Shopper, price: Priced) -> dict[str, Any] | None:
    """Who would bring it, from how far and for how much, when we know where the customer is."""
    if shopper.spot is None:
        return None
    foreseen = orders.foresee(
        shopper.brand.id,
        shopper.channel.id,
        [price.line],
        fulfilment=FulfilmentKind.DELIVERY,
        place=shopper.spot.place,
        total_minor=price.unit_minor,
    )
    if not foreseen.stores:
        return {"store": None}
    asked = FeeAsk(foreseen.distance_m, price.unit_minor, shopper.spot.region, clock.now())
    (fee,) = catalog.delivery_fees(shopper.brand.id, [asked])
    return {
        "store": foreseen.stores[0],
        "distance_m": foreseen.distance_m,
        "fee_minor": fee.minor if fee else 0,
        "promise": orders.promise_of(shopper.brand.id, foreseen),
    }


def _pictures(shopper: Shopper, pictures: tuple[Picture, ...]) -> list[dict[str, Any]]:
    return [
        {
            "full": shopper.url("picture", one.digest, "full"),
            "alt": title_of(one.alt, next(iter(one.alt.values()), "")),
            "width": one.width,
            "height": one.height,
        }
        for one in pictures
    ]


def _json_ld(
    request: HttpRequest, shopper: Shopper, item: Item, whole: Product | None, price: Priced, shown: Any
) -> SafeString:
    """schema.org Product with the Offer of this SKU: the price is the page's, tax in it."""
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": name(item, whole),
        "sku": item.sku,
        "inLanguage": get_language(),
        "brand": {"@type": "Brand", "name": shopper.brand.name},
    }
    if item.gtin:
        about["gtin"] = item.gtin
    if text := _said(whole, "description"):
        about["description"] = text
    if shown:
        about["image"] = [request.build_absolute_uri(one["full"]) for one in shown]
    _stores, most = orders.store_units(shopper.brand.id, shopper.channel.id, price.line)
    about["offers"] = {
        "@type": "Offer",
        "url": request.build_absolute_uri(shopper.url("product", item.sku)),
        "price": plain_amount(price.unit_minor, shopper.brand.currency),
        "priceCurrency": shopper.brand.currency,
        "availability": f"https://schema.org/{'InStock' if most else 'OutOfStock'}",
        "seller": {"@type": "Organization", "name": shopper.brand.name},
    }
    return mark_safe(_script_safe(about))  # noqa: S308 - every character that could end the element is escaped


def _script_safe(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
