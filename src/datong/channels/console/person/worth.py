"""What they are worth and why, where they stand, what comes next, and what they have not bought yet (S-102, S-106)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console import words
from datong.channels.console.contacts import whole_brand
from datong.channels.console.person.blocks import Block, Seen
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.customers import api as customers
from datong.insight import api as insight
from datong.insight.types import Held, LifeStage, Segment, Value
from datong.kernel import clock

PAGE = 50
MISSING = 3
SEGMENT: words.Words = {
    Segment.CHAMPION: gettext_lazy("champion"),
    Segment.LOYAL: gettext_lazy("loyal"),
    Segment.BIG: gettext_lazy("seldom, but much"),
    Segment.NEW: gettext_lazy("new"),
    Segment.REGULAR: gettext_lazy("regular"),
    Segment.COOLING: gettext_lazy("cooling off"),
    Segment.LOST: gettext_lazy("lost"),
}
MEANS: words.Words = {
    Segment.CHAMPION: gettext_lazy("Bought lately, often and much. Thank them; ask them to recommend you."),
    Segment.LOYAL: gettext_lazy("Come again and again. Keep what they come for; show them what is new first."),
    Segment.BIG: gettext_lazy("Spend much, seldom. Give them somebody who knows them."),
    Segment.NEW: gettext_lazy("Bought once, lately. What counts is the second order."),
    Segment.REGULAR: gettext_lazy("In the middle. Show them a category they have not bought yet."),
    Segment.COOLING: gettext_lazy("Used to come often, and have not lately. Ask what went wrong before they are gone."),
    Segment.LOST: gettext_lazy("Seldom, and long ago. One friendly try; then let them be."),
}
STAGE: words.Words = {
    LifeStage.IDENTIFIED: gettext_lazy("identified"),
    LifeStage.DEVELOPED: gettext_lazy("developed"),
    LifeStage.MAINTAINED: gettext_lazy("maintained"),
}
NEXT: words.Words = {
    LifeStage.IDENTIFIED: gettext_lazy("Next: win the second order."),
    LifeStage.DEVELOPED: gettext_lazy("Next: widen what they buy."),
    LifeStage.MAINTAINED: gettext_lazy("Next: keep them; call when they are quiet for longer than usual."),
}
HUE = {Segment.CHAMPION: words.GOOD, Segment.LOYAL: words.GOOD, Segment.COOLING: words.WAITING}


def read(seen: Seen) -> dict[str, Any] | None:
    """For whoever sees the whole brand: a store's people would see what was bought elsewhere."""
    if not whole_brand(seen.who):
        return None
    worth = insight.value_of(seen.who.brand.id, seen.person.id)
    if worth is None:
        return None
    held = insight.categories_held(seen.who.brand.id, seen.records)
    missing = [one for one in held if not one.orders][:MISSING]
    titles = _titles(seen.who, held)
    return {
        "it": worth,
        "segment": words.word(SEGMENT, worth.segment),
        "hue": HUE.get(worth.segment, words.NEUTRAL),
        "means": words.word(MEANS, worth.segment),
        "stage": words.word(STAGE, worth.stage),
        "next": words.word(NEXT, worth.stage),
        "reasons": reasons(worth),
        "held": [{"it": one, "title": titles[one.category]} for one in held if one.orders][:6],
        "missing": [{"it": one, "title": titles[one.category]} for one in missing],
    }


BLOCK = Block("worth", "console/person/worth.html", read, aside=True)


def reasons(worth: Value) -> list[str]:
    """Why they are rated so, in words."""
    ago = max((clock.now() - worth.last_at).days, 0)
    times = ngettext("bought on %(n)s day", "bought on %(n)s days", worth.days) % {"n": number(worth.days)}
    said = [
        _("%(times)s, the last %(ago)s days ago") % {"times": times, "ago": number(ago)},
        _("spent %(money)s; more than %(share)s in 10 customers")
        % {"money": money(worth.spent_minor, worth.currency), "share": number((worth.money - 1) * 2)},
    ]
    if worth.gap_days:
        usual = _("usually comes every %(days)s days") % {"days": number(max(round(worth.gap_days), 1))}
        late = ago > 2 * worth.gap_days
        said.append(_("%(usual)s: quiet for longer than that") % {"usual": usual} if late else usual)
    if worth.alive is not None:
        said.append(
            _("still a customer with a chance of %(percent)s %%") % {"percent": number(round(worth.alive * 100))}
        )
    if worth.ahead_minor is not None:
        about = money(worth.ahead_minor, worth.currency)
        said.append(_("about %(money)s to come within a year, if they go on like this") % {"money": about})
    return said


def _titles(who: Who, held: list[Held]) -> dict[str, str]:
    known, language = catalog.categories_of(who.brand.id), get_language() or ""
    return {
        one.category: (known[one.category].titles.get(language) or known[one.category].title)
        if one.category in known
        else one.category
        for one in held
    }


@require_safe
@desk(Action.CUSTOMERS_VIEW)
def segments(request: HttpRequest, who: Who) -> HttpResponse:
    """All customers by what they are worth; each figure opens the customers."""
    if not whole_brand(who):
        return page(request, who, "person/segments", {"lead": _("Only for those who see the whole brand."), "rows": []})
    sums = insight.segment_sums(who.brand.id)
    chosen = request.GET.get("segment", "")
    segment = Segment(chosen) if chosen in set(Segment) else None
    found = insight.customers_in(who.brand.id, segment, last=_id(request), limit=PAGE) if segment else []
    names = customers.customers_by_id(who.brand.id, [one.customer_id for one in found])
    full = access.sees_contacts(who.staff, None)
    count = sum(one.customers for one in sums)
    lead = ngettext(
        "%(n)s customer who bought, by what they are worth", "%(n)s customers who bought, by what they are worth", count
    )
    here = reverse("segments")
    given = {
        "lead": lead % {"n": number(count)}
        if count
        else _("Nobody was counted yet: the worker does it every six hours."),
        "currency": who.brand.currency,
        "rows": [
            {
                "it": one,
                "title": words.word(SEGMENT, one.segment),
                "means": words.word(MEANS, one.segment),
                "href": f"{here}?segment={one.segment}#customers",
            }
            for one in sums
        ],
        "chosen": words.word(SEGMENT, segment) if segment else "",
        "customers": [
            {"it": one, "name": _name(names, one, full=full), "stage": words.word(STAGE, one.stage)} for one in found
        ],
        "older": f"{here}?segment={chosen}&last={found[-1].customer_id}" if len(found) == PAGE else "",
    }
    return page(request, who, "person/segments", given)


def _name(names: Any, worth: Value, *, full: bool) -> str:
    name = names[worth.customer_id].name if worth.customer_id in names else ""
    return (name if full else access.mask_name(name)) or _("customer")


def _id(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET["last"]) if request.GET.get("last") else None
    except ValueError:
        return None
