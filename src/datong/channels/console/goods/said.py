"""Words of the product factory, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from datong.catalog.types import AttributeType, Product, ProductState
from datong.channels.console.words import Words

STATE: Words = {
    ProductState.IDEA: pgettext_lazy("product", "idea"),
    ProductState.DEVELOPMENT: pgettext_lazy("product", "in development"),
    ProductState.READY: pgettext_lazy("product", "ready"),
    ProductState.ON_SALE: pgettext_lazy("product", "on sale"),
    ProductState.PAUSED: pgettext_lazy("product", "paused"),
    ProductState.WITHDRAWN: pgettext_lazy("product", "withdrawn"),
}
HUE = {
    ProductState.IDEA: "neutral",
    ProductState.DEVELOPMENT: "information",
    ProductState.READY: "information",
    ProductState.ON_SALE: "good",
    ProductState.PAUSED: "waiting",
    ProductState.WITHDRAWN: "neutral",
}
STEP: Words = {
    ProductState.IDEA: pgettext_lazy("step", "Back to an idea"),
    ProductState.DEVELOPMENT: pgettext_lazy("step", "Develop"),
    ProductState.READY: pgettext_lazy("step", "Declare ready"),
    ProductState.ON_SALE: pgettext_lazy("step", "Put on sale"),
    ProductState.PAUSED: pgettext_lazy("step", "Pause"),
    ProductState.WITHDRAWN: pgettext_lazy("step", "Withdraw"),
}
FAMILY: Words = {
    "goods": pgettext_lazy("family", "Goods"),
    "food": pgettext_lazy("family", "Food and drink"),
    "service": pgettext_lazy("family", "Services"),
    "campus": pgettext_lazy("family", "Campus"),
    "ticket": pgettext_lazy("family", "Tickets and vouchers"),
    "deal": pgettext_lazy("family", "Offers and listings"),
    "digital": pgettext_lazy("family", "For members"),
    "bank": pgettext_lazy("family", "Bank"),
    "": pgettext_lazy("family", "Your own"),
}
WHAT: Words = {
    "created": pgettext_lazy("history", "Made"),
    "changed": pgettext_lazy("history", "Changed"),
    "derived": pgettext_lazy("history", "Derived from another product"),
    "picture_added": pgettext_lazy("history", "Picture added"),
    "picture_removed": pgettext_lazy("history", "Picture taken away"),
    "pictures_arranged": pgettext_lazy("history", "Pictures ordered or described"),
}
ATTRIBUTE: Words = {
    AttributeType.TEXT: pgettext_lazy("attribute", "text"),
    AttributeType.LONG_TEXT: pgettext_lazy("attribute", "long text"),
    AttributeType.WHOLE: pgettext_lazy("attribute", "whole number"),
    AttributeType.NUMBER: pgettext_lazy("attribute", "decimal number"),
    AttributeType.YES_NO: pgettext_lazy("attribute", "yes or no"),
    AttributeType.CHOICE: pgettext_lazy("attribute", "one of some choices"),
    AttributeType.DATE: pgettext_lazy("attribute", "date"),
    AttributeType.RATE: pgettext_lazy("attribute", "dated rate"),
}
ALLERGEN: Words = {
    "celery": pgettext_lazy("allergen", "celery"),
    "cereals": pgettext_lazy("allergen", "cereals with gluten"),
    "crustaceans": pgettext_lazy("allergen", "crustaceans"),
    "eggs": pgettext_lazy("allergen", "eggs"),
    "fish": pgettext_lazy("allergen", "fish"),
    "lupin": pgettext_lazy("allergen", "lupin"),
    "milk": pgettext_lazy("allergen", "milk"),
    "molluscs": pgettext_lazy("allergen", "molluscs"),
    "mustard": pgettext_lazy("allergen", "mustard"),
    "nuts": pgettext_lazy("allergen", "nuts"),
    "peanuts": pgettext_lazy("allergen", "peanuts"),
    "sesame": pgettext_lazy("allergen", "sesame"),
    "soybeans": pgettext_lazy("allergen", "soybeans"),
    "sulphites": pgettext_lazy("allergen", "sulphites"),
}


def told(titles: Mapping[str, str], plain: str) -> str:
    """A title in the reader's language when there is one."""
    chinese = (get_language() or "").startswith("zh")
    return next((titles[code] for code in (("zh-Hans", "zh") if chinese else ("en",)) if titles.get(code)), plain)


def name_of(product: Product) -> str:
    return told({code: words.title for code, words in product.texts.items()}, product.title)


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the factory, side by side."""
    pages = (
        ("goods", pgettext("tab", "Products")),
        ("products", _("SKUs and prices")),
        ("goods-templates", _("Templates")),
        ("goods-categories", _("Categories")),
        ("goods-assortments", _("Sold where")),
    )
    return [{"text": text, "href": reverse(name), "current": name == here} for name, text in pages]


def axis(name: str) -> str:
    """A usual axis in the reader's language, any other as it was written."""
    known = {"size": pgettext("axis", "Size"), "color": pgettext("axis", "Color"), "flavor": pgettext("axis", "Flavor")}
    return known.get(name, name)
