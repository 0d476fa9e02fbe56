"""What holds of a person, from whom and by which rule; kept by hand, and let go again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from datong.access import api as access
from datong.access.types import Action
from datong.channels.console import words
from datong.channels.console.board import Names
from datong.channels.console.consents import MEANS
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.channels.design.formats import locale
from datong.customers import api as customers
from datong.customers.types import Chosen, Field, Means, Rule, Value, Why
from datong.kernel.errors import BadInput, NotFound

FIELD: words.Words = {
    Field.NAME: gettext_lazy("name"),
    Field.GIVEN_NAME: gettext_lazy("given name"),
    Field.FAMILY_NAME: gettext_lazy("family name"),
    Field.PHONE: gettext_lazy("phone"),
    Field.EMAIL: gettext_lazy("e-mail"),
    Field.ADDRESS: gettext_lazy("address"),
    Field.BIRTHDAY: gettext_lazy("birthday"),
    Field.LANGUAGE: gettext_lazy("language"),
    Field.PREFERRED: gettext_lazy("reach them by"),
    Field.COMPANY: gettext_lazy("company"),
}
WHY: words.Words = {
    Rule.HAND: gettext_lazy("written by staff"),
    Rule.VERIFIED: gettext_lazy("verified"),
    Rule.SOURCES: gettext_lazy("this channel goes first"),
    Rule.RECENT: gettext_lazy("said last"),
    Rule.OFTEN: gettext_lazy("said by most"),
    Rule.LONGEST: gettext_lazy("the longest"),
    Rule.FIRST: gettext_lazy("known longest"),
    Why.ONLY: gettext_lazy("nothing else was said"),
    Why.PINNED: gettext_lazy("kept by hand"),
    Why.PART: gettext_lazy("part of the name"),
    Why.TIE: gettext_lazy("equal by every rule"),
}
_MASKS: dict[Field, Callable[[str], str]] = {
    Field.PHONE: access.mask_phone,
    Field.EMAIL: access.mask_email,
    Field.ADDRESS: access.mask_address,
    Field.PREFERRED: str,
    Field.LANGUAGE: str,
}


def read(seen: Seen) -> dict[str, Any]:
    """A line a field; whoever does not serve the person sees values masked and changes nothing."""
    params, held = seen.request.GET, seen.person.golden.fields
    return {
        "lines": [line(held[of], seen.names, full=seen.full) for of in Field if of in held],
        "fields": [(of.value, words.word(FIELD, of)) for of in Field],
        "keep": params.get("keep", "")[:20],
        "value": params.get("value", "")[:500] if seen.full else "",
        "reason": params.get("reason", "")[:500],
        "may_rules": seen.who.sees(Action.CUSTOMERS_MERGE),
    }


BLOCK = Block("golden", "console/person/golden.html", read)


def line(chosen: Chosen, names: Names, *, full: bool) -> dict[str, Any]:
    """What holds for a field, in words."""
    return {
        "field": chosen.field.value,
        "title": words.word(FIELD, chosen.field),
        "value": shown(chosen.field, chosen.value.text, full=full),
        "source": source(chosen.value, names),
        "seen": chosen.value.last_seen,
        "why": words.word(WHY, chosen.why),
        "pin": chosen.pin,
        "others": [
            {
                "value": shown(chosen.field, other.text, full=full),
                "source": source(other, names),
                "seen": other.last_seen,
                "keep": "?" + urlencode({"keep": chosen.field.value, "value": other.text}) + "#keep" if full else "",
            }
            for other in chosen.others
        ],
    }


def shown(of: Field, text: str, *, full: bool) -> str:
    """A value as it is read: a means in words, a birthday without the year; masked in the way of its kind."""
    if not full:
        return _MASKS.get(of, access.mask_name)(text)
    if of is Field.PREFERRED and text in set(Means):
        return str(words.word(MEANS, Means(text)))
    if of is Field.BIRTHDAY:
        return format_date(date.fromisoformat(text), "long", locale=locale())
    return text


def source(value: Value, names: Names) -> str:
    """Who says it: a channel, somebody at work, or the record as it was opened."""
    if value.by:
        return value.by
    channel = names.channels.get(value.channel_id) if value.channel_id else None
    return channel.name if channel else _("as the record was opened") if not value.channel_id else _("another system")


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.ORDERS_ACT)
def keep(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Keep a value by hand, or let the rules choose again."""
    if not opened(who, orders_of(who, customer_id, 20)):
        raise NotFound("no such customer")
    given, brand, by = request.POST, who.brand.id, who.staff.username
    here = reverse("customer", args=[customer_id])
    try:
        of = Field(given.get("field", ""))
        if given.get("do") == "unpin":
            customers.unpin(customer_id, of, brand=brand, by=by, reason=given.get("reason", ""))
            messages.success(request, _("The rules choose again."))
        else:
            customers.pin(customer_id, of, given.get("value", ""), brand=brand, by=by, reason=given.get("reason", ""))
            messages.success(request, _("Kept, whatever the doors say. It can be let go at any time."))
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except ValueError:
        messages.error(request, _("Please choose from what is offered."))
    else:
        return redirect(f"{here}#golden")
    typed = {"keep": given.get("field", ""), "value": given.get("value", ""), "reason": given.get("reason", "")}
    return redirect(f"{here}?{urlencode(typed)}#keep")
