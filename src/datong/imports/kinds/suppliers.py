"""Suppliers: who delivers goods, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.brand import api as brands
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.purchasing import api as purchasing
from datong.purchasing.types import Supplier

PLAIN = ("name", "email", "phone", "terms", "lead_days", "min_order_minor", "active")


class Suppliers(Kind):
    name = "suppliers"
    title = _("Suppliers")
    about = _("Who delivers goods, and on which terms.")
    icon = "truck"
    needs, shows = Action.SUPPLIERS_EDIT, Action.SUPPLIERS_VIEW
    columns = (
        Column("code", _("Supplier number"), cells.code(40), _("Letters, digits, dots or dashes."), "S-01",
               needed=True, also=("supplier", "supplier code", "vendor", "供应商", "供应商编码")),
        Column("name", _("Supplier name"), cells.text(120), _("As it stands on the invoice."), "Leaf Trading",
               first=True, also=("vendor name",), width=24),
        Column("email", _("E-mail"), cells.text(200), _("Where orders go."), "orders@example.com", clears=True,
               also=("mail", "电子邮件"), width=24),
        Column("phone", _("Phone"), cells.code(40), _("For questions."), "+16125550100", clears=True,
               also=("tel", "联系电话")),
        Column("terms", pgettext_lazy("column", "Terms"), cells.text(300),
               _("Of payment and delivery."), "30 days net", clears=True,
               width=24),
        Column("lead_days", _("Lead time (days)"), cells.whole(0, 365), _("From the order to the goods."), 7,
               also=("lead time",)),
        Column("min_order_minor", pgettext_lazy("column", "Least order"), cells.money,
               _("In the brand's currency."), "100.00",
               also=("minimum order",)),
        Column("active", _("Active"), cells.flag, _("no: nothing is ordered there any more."), "yes",
               choices=("yes", "no")),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        return [("supplier", row.values["code"])] if "code" in row.values else []

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = set(keys)
        found = {("supplier", s.code): state_of(s) for s in purchasing.suppliers(context.brand.id)}
        return {key: state for key, state in found.items() if key in wanted}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        state = dict(before.get(key) or state_of(Supplier(uuid7(), key[1], "")))
        return {key: state | {name: row.values[name] for name in PLAIN if name in row.values}}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            purchasing.put_supplier(context.brand.id, _supplier(change.key[1], change.after), by=context.by)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        """What was new has a number that orders may name: nothing is ordered there any more."""
        for change in changes:
            state = change.before or {**change.after, "active": False}
            purchasing.put_supplier(context.brand.id, _supplier(change.key[1], state), by=context.by)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        currency = brands.get_brand(brand_id).currency
        for found in purchasing.suppliers(brand_id):
            least = str(Money(found.min_order_minor, currency).decimal)
            yield {**{name: getattr(found, name) for name in PLAIN}, "code": found.code, "min_order_minor": least}


def state_of(found: Supplier) -> State:
    return {"id": str(found.id), **{name: getattr(found, name) for name in PLAIN}}


def _supplier(code: str, state: Mapping[str, object]) -> Supplier:
    return Supplier(UUID(str(state["id"])), code, **{name: state[name] for name in PLAIN})  # type: ignore[arg-type]
