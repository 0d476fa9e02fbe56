"""What a ticket says of an order: made when its store accepts it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.brand.api import get_brand
from datong.catalog.api import items_by_sku, products_of_skus
from datong.catalog.types import Item
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task, said
from datong.fulfilment.types.printing import TicketLine, TicketText
from datong.kernel.db import in_brand
from datong.kernel.money import Money
from datong.orders.queries.work import Work, WorkLine, work_of

KINDS = {
    FulfilmentKind.DELIVERY: ("Delivery", "配送"),
    FulfilmentKind.PICKUP: ("Pickup", "自提"),
    FulfilmentKind.IN_STORE: ("In the store", "堂食"),
    FulfilmentKind.TILL: ("Counter", "收银"),
}
COLLECT = ("To collect: ", "待收：")


def print_tickets(task_ids: Sequence[UUID], *, brand: UUID, order_ids: Sequence[UUID]) -> int:
    """Have these tasks of these orders printed at their stores, once each; how many tickets. For events."""
    with in_brand(brand):
        wanted = set(task_ids)
        tasks = [task for task in fulfilment.tasks_of(brand, order_ids) if task.id in wanted]
        stores = {task.store_id for task in tasks}
        if not tasks or not fulfilment.printers_of(brand, sorted(stores), limit=1):
            return 0
        return sum(_ask(task, brand, by="accepted") for task in tasks)


def print_again(task: Task, *, brand: UUID, by: str) -> int:
    """Another copy at every printer of the store that prints something of it; how many."""
    with in_brand(brand):
        return _ask(task, brand, by=by, again=True)


def _ask(task: Task, brand: UUID, *, by: str, again: bool = False) -> int:
    work = work_of(brand, task.store_id, [task.order_id]).get(task.order_id)
    if work is None or not work.lines:
        return 0
    return fulfilment.ask_tickets(brand, task.id, task.store_id, _text(task, work, brand), by=by, again=again)


def _text(task: Task, work: Work, brand: UUID) -> TicketText:
    calling = fulfilment.callings_of(brand, [task.order_id]).get(task.id)
    skus = [line.sku for line in work.lines]
    items, products = items_by_sku(brand, skus), products_of_skus(brand, skus)
    allergens = sorted({a for product in products.values() for a in product.allergens})
    chinese = get_brand(brand).locale.startswith("zh")
    due = Money(work.due_minor, work.currency).format("zh_Hans_CN" if chinese else "en_US") if work.due_minor else ""
    return TicketText(
        head=said(calling.number) if calling else work.number[-4:],
        kind=KINDS[task.kind][chinese],
        order_number=work.number,
        facts=tuple(filter(None, [work.contact_name[:60], due and COLLECT[chinese] + due])),
        lines=tuple(_line(line, items.get(line.sku), chinese=chinese) for line in work.lines),
        notes=tuple(filter(None, [work.note[:300], ", ".join(allergens)])),
    )


def _line(line: WorkLine, item: Item | None, *, chinese: bool) -> TicketLine:
    title = (item.titles.get("zh-Hans", "") if item and chinese else "") or line.title or line.sku
    options = [f"{o.get('title', '')} x {o['units']}" if o.get("units", 1) > 1 else str(o.get("title", ""))
               for o in line.options]  # fmt: skip
    return TicketLine(line.units, title, tuple(options), item.category if item else "")
