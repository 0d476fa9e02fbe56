"""What people type or scan on the stock pages: a product by its number or barcode, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from datong.catalog import api as catalog
from datong.catalog.types import Item
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue, Problem

MOST_LINES = 500
_LINE = re.compile(r"\A(?P<code>\S.*?)(?:[\s,;×*]+(?P<units>\d{1,6}))?\Z")


def item_of(who: Who, code: str) -> Item:
    """The product with this number or barcode; BadValue names what was typed."""
    found = items_of(who, [code]).get(code.strip())
    if found is None:
        raise BadValue("sku", code, _("There is no product %(sku)s.") % {"sku": code.strip()[:60]})
    return found


def items_of(who: Who, codes: list[str]) -> dict[str, Item]:
    """Products by what was typed: their number, or their barcode."""
    wanted = {code.strip() for code in codes if code.strip()}
    found = dict(catalog.items_by_sku(who.brand.id, sorted(wanted)))
    for code in sorted(wanted - found.keys()):
        if code.isdecimal() and 8 <= len(code) <= 14:
            hit = next((i for i in catalog.search_items(who.brand.id, code, limit=5) if i.gtin == code), None)
            if hit:
                found[code] = hit
    return found


def lines_of(who: Who, text: str) -> dict[UUID, int]:
    """Units by product of a list, one product a line: 'number units', units 1 when left out; doubles are added up."""
    rows = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not rows:
        raise BadValue("lines", "", _("Write at least one product: its number and the units."))
    if len(rows) > MOST_LINES:
        raise BadValue("lines", len(rows), _("At most %(n)s lines at a time.") % {"n": MOST_LINES})
    parsed = [(n, match["code"], int(match["units"] or 1)) for n, line in rows if (match := _LINE.match(line))]
    known = items_of(who, [code for _n, code, _u in parsed])
    problems = [
        Problem("lines", "unknown_sku", _("line %(n)s: there is no product %(sku)s") % {"n": n, "sku": code[:60]}, code)
        for n, code, _u in parsed
        if code not in known
    ]
    if problems:
        raise BadInput(_("Some lines cannot be read."), *problems)
    total: dict[UUID, int] = {}
    for _n, code, units in parsed:
        total[known[code].id] = total.get(known[code].id, 0) + units
    return total


def units_of(post: Mapping[str, str], kind: str, items: Iterable[UUID], *, needed: bool = False) -> dict[UUID, int]:
    """Units by item of a form with one field a line, named `kind-ITEM`; an empty one is 0 unless it is `needed`.

    Raises BadInput naming each field that is no whole number.
    """
    typed = {item: post.get(f"{kind}-{item}", "").strip() or ("" if needed else "0") for item in items}
    wrong = [item for item, text in typed.items() if not text.isdecimal() or len(text) > 7]
    if wrong:
        fix = _("A whole number of units for each line; 0 for none.")
        problems = [Problem(f"{kind}-{item}", "units", fix, typed[item][:20]) for item in wrong]
        raise BadInput(fix, *problems)
    return {item: int(text) for item, text in typed.items()}


def errors_of(error: BadInput, *, rest: str = "") -> dict[str, str]:
    """What is wrong by field of the form; what belongs to none stands under `rest`."""
    fields = [p.field.split("/")[1] if "/" in p.field else p.field for p in error.problems]
    return {
        field: "; ".join(dict.fromkeys(p.fix for p, of in zip(error.problems, fields, strict=True) if of == field))
        for field in fields
    } or {rest: str(error)}


def said(error: BadInput) -> str:
    """Every problem's fix, for beside the field."""
    return "; ".join(dict.fromkeys(p.fix for p in error.problems[:8])) or str(error)
