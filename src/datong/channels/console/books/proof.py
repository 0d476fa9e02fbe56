"""The proof of the books 账务核验: what the last recount found, and money that is held just now."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.books.account import statement_link
from datong.channels.console.books.common import Names, tabs
from datong.channels.console.books.kinds import kind_word
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import NotAllowed
from datong.kernel.pages import read_cursor, write_cursor
from datong.ledger import api as ledger
from datong.ledger.types import Difference

PAGE = 50
SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def proof(request: HttpRequest, who: Who) -> HttpResponse:
    _whole(who)
    if request.method == "POST":
        ledger.ask_verification(who.brand.id)
        messages.success(request, _("Everything is being added up again; the result stands here in a moment."))
        return redirect("books-proof")
    last = ledger.last_verification(who.brand.id)
    if last is None:
        lead = _("The books were not added up again yet; it is done every night.")
    elif last.found:
        lead = _("The last recount found %(count)s things that do not add up.") % {"count": last.found}
    else:
        lead = _("Everything adds up.")
    given = {
        "lead": lead,
        "tabs": tabs("books-proof"),
        "last": last,
        "may": who.may(Action.MONEY_EDIT),
        "found": [(difference_word(d), d) for d in last.differences[:SHOWN]] if last else [],
    }
    return page(request, who, "books/proof", given)


@require_safe
@desk(Action.MONEY_VIEW)
def holds(request: HttpRequest, who: Who) -> HttpResponse:
    _whole(who)
    after = read_cursor(request.GET.get("after", ""))
    found = ledger.open_holds(who.brand.id, **({"after": after} if after else {}), limit=PAGE + 1)
    more, found = len(found) > PAGE, found[:PAGE]
    names = Names(who, ledger.chart_on(who.brand.id, clock.now().date()))
    names.learn(str(held.hold.subject_id) for held in found)
    lead = _("Money that customers have promised and nobody has taken yet: %(count)s holds.") % {
        "count": f"{PAGE}+" if more or after else len(found)
    }
    given = {
        "lead": lead if found else _("Nothing is held just now."),
        "title": pgettext("money", "Holds"),
        "tabs": tabs("books-holds"),
        "rows": [
            {
                "held": held,
                "account": names.account(held.hold.debit, statement_link(held.hold.debit)),
                "kind": kind_word(held.hold.kind),
                "order": names.order(held.hold.subject_id),
                "left": held.left_minor,
            }
            for held in found
        ],
        "older": "?" + urlencode({"after": write_cursor(found[-1].hold.id)}) if more else "",
    }
    return page(request, who, "books/holds", given)


def _whole(who: Who) -> None:
    if who.stores is not None:
        raise NotAllowed(_("This page is about the whole brand; the entries of your stores are under Entries."))


def difference_word(difference: Difference) -> str:
    """What a recount found, in words."""
    return {
        "clearing_open": _("A clearing account has not come back to zero"),
        "currency_unbalanced": _("Debits and credits of a currency differ"),
        "account_missing": _("An entry names an account that is not there"),
        "account_differs": _("An entry is in another currency than its account"),
        "balance_differs": _("A purse's balance is not the sum of its entries"),
        "held_differs": _("What is held of a purse is not the sum of its holds"),
        "hold_exceeded": _("More was taken than was held"),
        "hold_overdue": _("A hold did not come back after its time"),
        "capture_differs": _("What was taken of a hold is not in the entries"),
        "totals_differ": _("A day's total is not the sum of its entries"),
        "seal_broken": _("A sealed entry was changed or is gone"),
        "seal_missing": _("A seal is gone"),
        "unsealed": _("An entry was put in behind the seals"),
        "companies_differ": _("What companies owe each other is not the sum of their lines"),
        "exchange_differs": _("The two sides of an exchange do not fit its rate"),
    }.get(difference.what, difference.what)
