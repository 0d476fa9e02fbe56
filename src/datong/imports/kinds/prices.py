"""Prices with their dates, in the usual list or one of a channel's or region's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.imports.kinds import named, pricing
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.kernel import clock
from datong.kernel.money import Money

PAGE = 1000


class Prices(Kind):
    name = "prices"
    title = _("Prices")
    about = _("Prices with the days they hold. Without a beginning a price holds from the moment of the import on.")
    icon = "tag"
    needs, shows = Action.CATALOG_EDIT, Action.CATALOG_VIEW
    columns = (
        Column("sku", pgettext_lazy("column", "SKU"), cells.code(60),
               _("Of a product that is known."), "CUP-01", needed=True,
               also=("item", "product code", "商品编码", "货号", "商品编号")),
        Column("price", _("Price"), cells.money, _("In the brand's currency."), "12.00", needed=True,
               also=("unit price", "amount", "retail price", "售价", "零售价", "单价")),
        Column("valid_from", _("Valid from"), cells.moment, _("A day, 2026-12-24, or a moment; left out: now."),
               "2026-12-24", also=("from", "start", "start date", "开始日期", "生效日期", "生效时间")),
        Column("valid_to", _("Valid to"), cells.moment, _("The first day on which it does not hold any more."), "",
               also=("until", "to", "end", "end date", "结束日期", "失效日期", "失效时间")),
        Column("price_list", _("Price list"), cells.code(40), _("Code of a list; left out: the usual prices."), "",
               also=("list", "价格表", "价格清单")),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        if "sku" not in row.values:
            return []
        return [pricing.key(row.values.get("price_list", ""), row.values["sku"], row.values.get("valid_from", ""))]

    def across(self, context: Context) -> Callable[[Row], None]:
        """Two prices of one product and list may follow each other; none may end after the next one began."""
        spans: dict[tuple[str, str], list[tuple[str, str, int]]] = {}

        def look(row: Row) -> None:
            if "sku" not in row.values:
                return
            start, end = row.values.get("valid_from") or clock.now().isoformat(), row.values.get("valid_to", "")
            if end and end <= start:
                row.wrong("valid_to", "ends_first")
                return
            seen = spans.setdefault((row.values.get("price_list", ""), row.values["sku"]), [])
            for other_start, other_end, line in seen:
                first, second = sorted([(other_start, other_end), (start, end)])
                if first[1] and first[1] > second[0] and first[0] != second[0]:
                    row.wrong("valid_from", "overlap", above=line, until=(other_end or "-")[:10])
                    return
            seen.append((start, end, row.line))

        return look

    def look(self, rows: Sequence[Row], context: Context) -> None:
        named.items(rows, context)
        lists = context.once("lists", lambda: {"", *catalog.list_rules(context.brand.id).lists})
        for row in rows:
            if row.values.get("price_list", "") not in lists:
                row.wrong("price_list", "unknown_list", near=", ".join(sorted(filter(None, lists))) or "-")

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        return pricing.standing(keys, context)

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        (key,) = self.keys(row)
        end = row.values.get("valid_to") or None
        if key[3] == pricing.NOW and end is None:
            return {key: {"amount": row.values["price"]}}
        if key[3] == pricing.NOW:
            key = pricing.key(key[2], key[1], context.at.isoformat())
        return {key: {"amount": row.values["price"], "until": end}}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        pricing.write(changes, context)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        pricing.take_back(changes, context)

    def apart(self, changes: Sequence[Change], context: Context) -> set[Key]:
        return pricing.apart(changes, context)

    def waits(self, context: Context) -> bool:
        return pricing.waits(context)

    def settle(self, context: Context) -> None:
        pricing.settle(context)

    def unsettle(self, context: Context) -> None:
        pricing.unsettle(context)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        brand, after = brands.get_brand(brand_id), ""
        currencies = {code: found.currency for code, found in catalog.list_rules(brand_id).lists.items()}
        while page := catalog.list_items(brand_id, after=after, limit=PAGE):
            for price in catalog.prices_of(brand_id, [item.sku for item in page], clock.now()):
                currency = currencies.get(price.price_list, brand.currency)
                yield {
                    "sku": price.sku,
                    "price": str(Money(price.amount_minor, currency).decimal),
                    "valid_from": price.valid_from.isoformat(),
                    "valid_to": price.valid_to.isoformat() if price.valid_to else "",
                    "price_list": price.price_list,
                }
            after = page[-1].sku
