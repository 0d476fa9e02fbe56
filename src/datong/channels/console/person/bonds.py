"""What they are, whom they belong with and who looks after them; the lists of the managers (S-100, S-103, S-104)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.consents import MEANS
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.customers import managers
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.customers.types import Bond, BondKind, CustomerKind, Details, Means
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound, Problem

PAGE = 100
PERIOD = timedelta(days=30)
KIND: words.Words = {
    CustomerKind.PERSON: gettext_lazy("person"),
    CustomerKind.ORGANISATION: gettext_lazy("organisation"),
}
BOND: words.Words = {
    BondKind.HOUSEHOLD: gettext_lazy("same household"),
    BondKind.CONTACT: gettext_lazy("contact at"),
    BondKind.PART: gettext_lazy("part of"),
}
BACK: words.Words = {
    BondKind.HOUSEHOLD: gettext_lazy("same household"),
    BondKind.CONTACT: gettext_lazy("their contact"),
    BondKind.PART: gettext_lazy("has as a part"),
}


def read(seen: Seen) -> dict[str, Any]:
    brand = seen.who.brand.id
    details = customers.details_of(brand, seen.person.id)
    bonds = customers.bonds_of(brand, seen.person.id)
    others = {_other(bond, seen.records) for bond in bonds}
    names = customers.customers_by_id(brand, others)
    keepings = customers.keepings_of(brand, seen.person.id)
    return {
        "details": details if seen.full else Details(seen.person.id, details.kind),
        "kind": words.word(KIND, details.kind),
        "is_company": details.kind is CustomerKind.ORGANISATION,
        "preferred": words.word(MEANS, details.preferred) if details.preferred else "",
        "language": details.language or seen.person.language,
        "bonds": [_bond(bond, seen, names) for bond in bonds],
        "keeper": next((one for one in keepings if one.until is None), None),
        "kinds": [(kind.value, words.word(KIND, kind)) for kind in CustomerKind],
        "means": [("", "–"), *((each.value, words.word(MEANS, each)) for each in Means)],
        "bond_kinds": [(kind.value, words.word(BOND, kind)) for kind in BondKind],
        "managers": managers(seen.who) if seen.full else [],
    }


BLOCK = Block("bonds", "console/person/bonds.html", read, aside=True)


def _other(bond: Bond, records: tuple[UUID, ...]) -> UUID:
    return bond.other_id if bond.customer_id in records else bond.customer_id


def _bond(bond: Bond, seen: Seen, names: Any) -> dict[str, Any]:
    other, mine = _other(bond, seen.records), bond.customer_id in seen.records
    name = names[other].name if other in names else ""
    return {
        "it": bond,
        "other": other,
        "name": (name if seen.full else access.mask_name(name)) or _("customer"),
        "what": words.word(BOND if mine else BACK, bond.kind),
    }


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.ORDERS_ACT)
def put(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Details, a bond, or who looks after them: by the name of the button."""
    if not opened(who, orders_of(who, customer_id, 20)):
        raise NotFound("no such customer")
    do: dict[str, Callable[[], object]] = {
        "details": lambda: _put_details(request, who, customer_id),
        "bind": lambda: _bind(request, who, customer_id),
        "unbind": lambda: customers.unbind(UUID(request.POST["bond"]), brand=who.brand.id, by=who.staff.username),
        "keep": lambda: _keep(request, who, customer_id),
    }
    try:
        do[request.POST.get("do", "")]()
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except (ValueError, KeyError):
        messages.error(request, _("Please choose from what is offered."))
    else:
        messages.success(request, _("Noted."))
    return redirect("customer", customer_id)


def _put_details(request: HttpRequest, who: Who, customer_id: UUID) -> None:
    given, kind = request.POST, CustomerKind(request.POST.get("kind", ""))
    company = kind is CustomerKind.ORGANISATION
    preferred, born = given.get("preferred", ""), given.get("birthday", "")
    made = Details(
        customer_id,
        kind,
        legal_name=given.get("legal_name", "") if company else "",
        legal_id=given.get("legal_id", "") if company else "",
        industry=given.get("industry", "") if company else "",
        preferred=Means(preferred) if preferred else None,
        language=given.get("language", "").strip(),
        birthday=date.fromisoformat(born) if born and not company else None,
        company=given.get("company", ""),
        address=given.get("address", ""),
        tags=tuple(given.get("tags", "").replace("；", ";").split(";")),
    )
    customers.put_details(made, brand=who.brand.id, by=who.staff.username)


def _bind(request: HttpRequest, who: Who, customer_id: UUID) -> None:
    """The other is named by what finds one customer alone: a phone, an e-mail, a number, a name."""
    text = request.POST.get("other", "")
    found = customers.search_customers(who.brand.id, text, limit=2)
    if len(found) != 1:
        raise BadInput(_("nobody, or more than one"), *_choose(text))
    kind, role = BondKind(request.POST.get("kind", "")), request.POST.get("role", "")
    customers.bind(customer_id, found[0].id, kind, brand=who.brand.id, by=who.staff.username, role=role)


def _choose(text: str) -> tuple[Any, ...]:
    return (Problem("other", "not_one", _("a phone, e-mail or name that only one customer has"), text[:80]),)


def _keep(request: HttpRequest, who: Who, customer_id: UUID) -> None:
    name = request.POST.get("manager", "")
    if name not in dict(managers(who)):
        raise ValueError(name)
    customers.keep(customer_id, name, brand=who.brand.id, by=who.staff.username)


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def portfolio(request: HttpRequest, who: Who) -> HttpResponse:
    """My customers with what is next; for the head office everybody's sheet."""
    mine = who.staff.username
    everybody = who.stores is None and who.may(Action.STAFF_VIEW)
    chosen = request.GET.get("of", "") if everybody else ""
    manager = chosen or mine
    today, since = timezone.localdate(), clock.now() - PERIOD
    after = request.GET.get("after", "")
    kept = customers.kept_by(who.brand.id, manager, after=_id(after), limit=PAGE)
    sheets = customers.portfolios(who.brand.id, day=today, since=since, manager="" if everybody else mine)
    due = customers.due_touches(who.brand.id, today, doer=manager)
    names = customers.customers_by_id(who.brand.id, [each.customer_id for each in due])
    # Whoever looks after them knows them; others see names as they see them elsewhere.
    full = manager == mine or access.sees_contacts(who.staff, None)
    count = sum(sheet.customers for sheet in sheets if sheet.manager == manager)
    lead = ngettext("%(n)s customer to look after", "%(n)s customers to look after", count) % {"n": number(count)}
    todo = ngettext("%(n)s thing to do by today", "%(n)s things to do by today", len(due)) % {"n": number(len(due))}
    given = {
        "title": _("My customers") if manager == mine else _("Customers of %(who)s") % {"who": manager},
        "lead": f"{lead} · {todo}",
        "rows": [
            {
                "it": one,
                "name": one.name if full else access.mask_name(one.name),
                "kind": words.word(KIND, one.kind),
                "late": one.due and one.due < today,
            }
            for one in kept
        ],
        "due": [(each, names[each.customer_id].name) for each in due if each.customer_id in names and full],
        "full": full,
        "sheets": sheets if everybody else [],
        "older": f"{reverse('portfolio')}?of={manager}&after={kept[-1].customer_id}" if len(kept) == PAGE else "",
        "today": today,
    }
    return page(request, who, "person/portfolio", given)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
