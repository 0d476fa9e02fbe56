"""Stock and what is bought; orders whose money or stock a person changes."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from datong.inventory import api as inventory
from datong.inventory.types import AdjustmentKind, StockRow
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.ledger.types import Account, Reversal, Transfer, purse_account
from datong.orders import api as orders
from datong.payments.types import PaymentMethod
from datong.purchasing import api as purchasing
from datong.purchasing.types import Policy, Supplier, SupplierItem
from datong.site.tests.audited.world import BY, VERBS, World, verb

DAY = date(2026, 11, 22)


def moved(w: World) -> Any:
    return inventory.ask_transfer(w.brand, w.near, w.far, {w.cup: 2}, **BY)


def sent(w: World) -> Any:
    return inventory.send_transfer(w.brand, moved(w).id, **BY)


def counting(w: World) -> Any:
    count = inventory.open_count(w.brand, w.near, items=[w.cup], **BY)
    inventory.tally(w.brand, count.id, w.cup, 7, **BY)
    return count


def sold_out(w: World) -> Any:
    return inventory.set_sold_out(w.brand, [w.cup], store_id=w.near, **BY)


def supplier(w: World) -> UUID:
    mill = Supplier(uuid7(), "MILL", "The Mill")
    purchasing.put_supplier(w.brand, mill, **BY)
    purchasing.put_supplier_items(w.brand, [SupplierItem(mill.id, w.cup, 400)], **BY)
    return mill.id


def bought(w: World) -> Any:
    return purchasing.create_order(w.brand, supplier(w), w.near, {w.cup: 12}, **BY)


def submitted(w: World) -> Any:
    return purchasing.submit_order(w.brand, bought(w).id, by=w.owner)


def ordered(w: World) -> Any:
    return purchasing.send_order(w.brand, submitted(w).id, **BY)


def posted(w: World) -> UUID:
    sale = Transfer(uuid7(), Account("asset:bank", "USD"), Account("income:sales", "USD"), 5, "sale", uuid7(), DAY)
    ledger.post([sale], brand=w.brand)
    return sale.id


def paid(w: World) -> Any:
    order = w.house.place(w.house.intent(payment=PaymentMethod.PREPAID, paid=False))
    orders.pay(order.order_id, amount_minor=1200, provider_ref="p-1", brand=w.brand, who="ann")
    return order


VERBS |= {
    "inventory.add_reason": lambda w: inventory.add_reason(w.brand, AdjustmentKind.WASTE, "Mice", **BY),
    "inventory.ask_transfer": moved,
    "inventory.back_on_sale": lambda w: (sold_out(w), inventory.back_on_sale(w.brand, [w.cup], store_id=w.near, **BY)),
    "inventory.cancel_transfer": lambda w: inventory.cancel_transfer(w.brand, moved(w).id, **BY),
    "inventory.close_count": lambda w: inventory.close_count(w.brand, counting(w).id, by=w.owner),
    "inventory.count": lambda w: inventory.count(w.brand, w.near, w.cup, 7, who="ann"),
    "inventory.put_stock": lambda w: inventory.put_stock(w.brand, [StockRow(w.near, w.cup, 3)], who="ann"),
    "inventory.receive_transfer": lambda w: inventory.receive_transfer(w.brand, sent(w).id, **BY),
    "inventory.recount": lambda w: inventory.recount(w.brand, [StockRow(w.near, w.cup, 3)], who="ann"),
    "inventory.send_transfer": sent,
    "inventory.set_sold_out": sold_out,
    "inventory.undo_sold_out": lambda w: inventory.undo_sold_out(w.brand, sold_out(w).batch, **BY),
    "inventory.write_off": lambda w: inventory.write_off(
        w.brand, w.near, [(w.cup, 1)], kind=AdjustmentKind.WASTE, reason="damaged", by=w.owner
    ),
    "ledger.reverse": lambda w: ledger.reverse([Reversal(uuid7(), posted(w), DAY, "twice")], brand=w.brand, by="ann"),
    "ledger.set_floor": lambda w: ledger.set_floor(
        w.brand, purse_account(uuid7(), "principal", "CNY"), -500, by="ann", reason="company account"
    ),
    "orders.cancel": lambda w: orders.cancel(w.house.place().order_id, brand=w.brand, who="ann", reason="asked"),
    "orders.give_back": lambda w: orders.give_back(
        paid(w).order_id, amount_minor=100, reason="late", key="k", brand=w.brand, who="ann"
    ),
    "orders.ask_to_give_back": lambda w: orders.ask_to_give_back(
        paid(w).order_id, amount_minor=100, reason="late", key="k", brand=w.brand, by=w.owner, shown=str, href="/"
    ),
    "orders.withdraw": lambda w: orders.withdraw(
        paid(w).order_id, units={1: 1}, reason="short", key="k", brand=w.brand, who="ann"
    ),
    "orders.put_rules": lambda w: orders.put_rules(
        w.brand, [orders.settings_of(rule) for rule in orders.sourcing_rules(w.brand)][:1], who="ann"
    ),
    "purchasing.cancel_order": lambda w: purchasing.cancel_order(w.brand, bought(w).id, **BY),
    "purchasing.close_order": lambda w: purchasing.close_order(w.brand, ordered(w).id, **BY),
    "purchasing.confirm_order": lambda w: purchasing.confirm_order(w.brand, ordered(w).id, **BY),
    "purchasing.create_order": bought,
    "purchasing.put_levels": lambda w: purchasing.put_levels(w.brand, [Policy(w.near, w.cup, 2, 9)], **BY),
    "purchasing.put_supplier": supplier,
    "purchasing.put_supplier_items": supplier,
    "purchasing.receive_goods": lambda w: purchasing.receive_goods(w.brand, ordered(w).id, {w.cup: 12}, **BY),
    "purchasing.renew_link": lambda w: purchasing.renew_link(w.brand, supplier(w), **BY),
    "purchasing.send_order": ordered,
    "purchasing.submit_order": submitted,
}


@verb("orders.close_finding")
def close_finding(w: World) -> object:
    sold = w.house.sold_elsewhere(999)
    found = orders.order_page(w.brand, sold.order_id).findings[0]
    return orders.close_finding(w.brand, found.id, who="ann", resolution="agreed")


@verb("inventory.retire_reason")
def retire_reason(w: World) -> object:
    made = inventory.add_reason(w.brand, AdjustmentKind.WASTE, "Mice", **BY)
    return inventory.retire_reason(w.brand, AdjustmentKind.WASTE, made.code, **BY)
