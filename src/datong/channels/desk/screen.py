"""One screen: who calls, by phone, order number, name or last digits; their orders of all doors; what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.contacts import contact_of, delivering, narrowed, whole_brand
from datong.channels.console.order import visible
from datong.channels.console.service.words import STATE, STATE_HUE, reason_name
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.channels.desk.doing import doing_of
from datong.channels.shop.checkout import phone_of
from datong.customers import api as customers
from datong.customers.types import CustomerPage
from datong.fulfilment import api as fulfilment
from datong.kernel.db import in_brand
from datong.kernel.errors import NotFound
from datong.orders import api as orders
from datong.orders.api import BoardFilter, BoardRow, OrderView
from datong.service import api as service
from datong.service.types import CaseFilter
from datong.wallet import api as wallet

SHOWN, HITS = 12, 8


@require_safe
@desk(Action.SERVICE_DESK)
def screen(request: HttpRequest, who: Who) -> HttpResponse:
    """`?q=` looks somebody up, `?phone=` is a telephone system's screen-pop; `?c=` is a customer, `?o=` an order."""
    get = request.GET
    phone = get.get("phone", "").replace("\x00", "").strip()[:40]
    text = (phone_of(phone, who.brand.country) or phone) if phone else get.get("q", "").replace("\x00", "").strip()[:80]
    with in_brand(who.brand.id), customers.remembering_records():
        found = _order(who, get.get("o", ""))
        person = _person(who, get.get("c", "")) or (_person(who, str(found.customer_id)) if found else None)
        people, bought = _look_up(who, text) if text and person is None and found is None else ((), ())
        if person is None and found is None and len(people) == 1 and not (set(_ids(bought)) - {people[0].id}):
            person, people = _person(who, str(people[0].id)), ()
        elif not people and len(bought) == 1:
            found = _order(who, bought[0].number)
            person, bought = (_person(who, str(found.customer_id)) if found else None), ()
        names = Names.of(who)
        given = {
            "q": "" if phone else text,
            "phone": text if phone else "",
            "lead": _lead(text, person, people, bought, found),
            "people": people,
            "bought": rows_of(who, bought, names),
            "unknown": bool(text) and not (people or bought or person or found),
            "caller": urlencode({"phone": text}) if phone else "",
            **(_customer(who, person, names) if person else {}),
            **(_one(request, who, found, names) if found else {}),
        }
    if person:
        customers.see_customer(person.id, brand=who.brand.id, by=who.staff.username, place="desk")
    return page(request, who, "desk/screen", given)


def _ids(bought: Sequence[BoardRow]) -> list[UUID]:
    return [row.customer_id for row in bought if row.customer_id]


def _order(who: Who, text: str) -> OrderView | None:
    try:
        return visible(who, text.strip()[:60]) if text.strip() else None
    except NotFound:
        return None


def _person(who: Who, text: str) -> CustomerPage | None:
    """The customer, for an agent of the whole brand; an agent of some stores sees those who bought there."""
    try:
        found = customers.customer_page(who.brand.id, UUID(text))
    except (ValueError, NotFound):
        return None
    if whole_brand(who):
        return found
    bought = orders.board(who.brand.id, BoardFilter(customer_id=found.id, limit=1, **narrowed(who))).rows
    return found if bought else None


def _look_up(who: Who, text: str) -> tuple[Sequence[Any], Sequence[BoardRow]]:
    """By the two searches that have their indexes: customers by name, phone or its last digits; orders by number."""
    people = customers.search_customers(who.brand.id, text, limit=HITS)
    people = [one for one in people if _person(who, str(one.id))] if not whole_brand(who) else people
    return people, orders.board(who.brand.id, BoardFilter(text=text, limit=HITS, **narrowed(who))).rows


def _lead(text: str, person: Any, people: Sequence[Any], bought: Sequence[Any], found: OrderView | None) -> str:
    if person:
        return person.name or _("A customer without a name.")
    if found:
        return _("An order of somebody we do not know by name.")
    if not text:
        return _("Who calls? Type a phone number, an order number, a name or the last four digits.")
    if not people and not bought:
        return _("Nobody is known by %(text)s.") % {"text": text}
    return ngettext("%(n)s fits.", "%(n)s fit.", len(people) + len(bought)) % {"n": number(len(people) + len(bought))}


def rows_of(who: Who, bought: Sequence[BoardRow], names: Names) -> list[dict[str, Any]]:
    """Orders of all doors, each with how far it is."""
    tasks: dict[UUID, list[Any]] = {}
    for task in fulfilment.tasks_of(who.brand.id, [row.id for row in bought]):
        tasks.setdefault(task.order_id, []).append(words.word(words.TASK_STATE, task.state))
    return [
        {
            "row": row,
            "channel": names.channels[row.channel_id].name if row.channel_id in names.channels else "",
            "store": names.stores[row.store_id].name if row.store_id in names.stores else "",
            "state": words.word(words.ORDER_STATE, row.state),
            "hue": words.ORDER_HUE.get(row.state, ""),
            "live": " · ".join(dict.fromkeys(map(str, tasks.get(row.id, ())))),
        }
        for row in bought
    ]


def _customer(who: Who, person: CustomerPage, names: Names) -> dict[str, Any]:
    """The customer in a dense form: the reads of their own page, fewer of them."""
    brand, records = who.brand.id, tuple(record.id for record in person.records)
    bought = orders.board(brand, BoardFilter(customer_id=person.id, limit=SHOWN, **narrowed(who))).rows
    reasons = service.reasons(brand)
    open_cases = service.list_cases(brand, CaseFilter(customers=records), limit=SHOWN).cases
    tier = wallet.tiers_of(brand, {person.id}).get(person.id)
    money_of: dict[str, int] = {}
    for purse in wallet.purses_of(brand, person.id):
        money_of[purse.currency] = money_of.get(purse.currency, 0) + purse.principal_minor + purse.bonus_minor
    points = [one for one in wallet.points_of(brand, person.id) if one.spendable or one.pending]
    return {
        "person": person,
        "key": str(person.id),
        "signs": list(dict.fromkeys(one.value for one in person.identities if one.kind in ("phone", "email", "card"))),
        "tier": tier.name if tier else "",
        "points": " · ".join(f"{number(one.spendable)} {one.programme}" for one in points),
        "purse": " · ".join(money(minor, currency) for currency, minor in money_of.items() if minor),
        "rows": rows_of(who, bought, names),
        "cases": [
            {"c": c, "reason": reason_name(reasons.get(c.reason), c.reason), "state": words.word(STATE, c.state),
             "hue": STATE_HUE[c.state]}
            for c in open_cases
        ],
        "touches": customers.touches_of(brand, person.id, limit=8),
    }  # fmt: skip


def _one(request: HttpRequest, who: Who, found: OrderView, names: Names) -> dict[str, Any]:
    """The chosen order with all that can be done about it."""
    contact = contact_of(who, found, delivering(found))
    tasks = fulfilment.tasks_of(who.brand.id, [found.id])
    return {
        "order": found,
        "contact": contact,
        "channel": names.channels.get(found.channel_id),
        "state": words.word(words.ORDER_STATE, found.state),
        "hue": words.ORDER_HUE.get(found.state, ""),
        "fulfilment": words.word(words.FULFILMENT, found.fulfilment),
        "payment": words.word(words.PAYMENT, found.payment),
        "live": [(names.stores[t.store_id].name if t.store_id in names.stores else "",
                  words.word(words.TASK_STATE, t.state)) for t in tasks],
        "doing": doing_of(request, who, replace(found, address=contact.address), tasks),
        "page_url": reverse("order", args=[found.number]),
    }  # fmt: skip
