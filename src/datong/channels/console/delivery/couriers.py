"""Couriers and stations, the cash couriers owe, and who delivers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access import api as access
from datong.access.types import Action, Role
from datong.brand import api as brands
from datong.channels.console.delivery.words import WAY
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Courier, Way
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7

WAYS = ((Way.OWN,), (Way.PARTNER, Way.OWN), (Way.PARTNER,), (Way.OWN, Way.NONE), (Way.NONE,))
SEVEN_DAYS = "Mon-Sun: 08:00-22:00"


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.DELIVERY_VIEW, write=Action.DELIVERY_ASSIGN)
def couriers(request: HttpRequest, who: Who) -> HttpResponse:
    """Who is on duty, with what; new ones, stations, cash handed in, and who delivers from when on."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        do = _DO.get(request.POST.get("do", ""))
        if do is None:
            raise NotFound("no such thing to do")
        try:
            said = do(who, request.POST)
        except (BadInput, Conflict) as error:
            errors = {problem.field: problem.fix for problem in error.problems} or {"": str(error)}
        else:
            messages.success(request, said)
            return redirect("delivery-couriers")
    return _page(request, who, errors)


def _page(request: HttpRequest, who: Who, errors: dict[str, str]) -> HttpResponse:
    found, owed = fulfilment.couriers_of(who.brand.id), fulfilment.cash_owed(who.brand.id)
    stations = fulfilment.stations_of(who.brand.id)
    named = {one.id: one.name for one in stations}
    companies = {one.id: one.name for one in brands.tree(who.brand.id).companies}
    rows = [
        {"courier": one, "station": named.get(one.station_id or UUID(int=0), ""), "owes": owed.get(one.id, 0),
         "company": companies.get(one.company_id or UUID(int=0), "")}
        for one in found
    ]  # fmt: skip
    mine = stores_of(who)
    known = {store.id: store.name for store in mine}
    rules = [
        {"rule": rule, "where": known.get(rule.store_id, _("all stores")) if rule.store_id else _("all stores"),
         "ways": _said(rule.ways)}
        for rule in fulfilment.way_rules(who.brand.id)[:20]
    ]  # fmt: skip
    taken = {one.user_id for one in found}
    people = [
        (str(one.user_id), one.name or one.username)
        for one in access.list_staff(who.brand.id)
        if one.role is Role.COURIER and one.user_id not in taken
    ]
    duty = sum(one.on_duty for one in found)
    given = {
        "rows": rows, "stations": stations, "rules": rules, "errors": errors, "typed": request.POST,
        "lead": _("%(duty)s of %(all)s couriers are on duty.") % {"duty": duty, "all": len(found)},
        "people": [("", _("Choose later")), *people],
        "station_choices": [("", _("None")), *((str(one.id), one.name) for one in stations)],
        "company_choices": [("", _("Our own")), *((str(id_), name) for id_, name in companies.items())],
        "store_choices": [(str(store.id), store.name) for store in mine[:500]],
        "store_choices_all": [("", _("All stores")), *((str(store.id), store.name) for store in mine[:500])],
        "way_choices": [(",".join(ways), _said(ways)) for ways in WAYS],
        "may_edit": who.may(Action.DELIVERY_EDIT), "currency": who.brand.currency, "hours": SEVEN_DAYS,
    }  # fmt: skip
    return page(request, who, "delivery/couriers", given, status=422 if errors else 200)


def _said(ways: tuple[Way, ...]) -> str:
    return _(", else ").join(str(WAY[way]) for way in ways)


def _put_courier(who: Who, sent: QueryDict) -> str:
    require(who, Action.DELIVERY_EDIT)
    room = sent.get("room", "")
    courier = Courier(
        uuid7(), sent.get("name", ""), sent.get("phone", "").strip(), _uuid(sent.get("user", "")),
        _uuid(sent.get("station", "")), _uuid(sent.get("company", "")),
        int(room) if room.isascii() and room.isdecimal() and len(room) < 4 else 0,
    )  # fmt: skip
    fulfilment.put_courier(courier, brand=who.brand.id, by=who.staff.username)
    return _("The courier is set up. With a log-in, the phone's page is /courier/.")


def _put_station(who: Who, sent: QueryDict) -> str:
    require(who, Action.DELIVERY_EDIT)
    spot = brands.find_spot(who.brand.id, sent.get("place", ""), country=who.brand.country)
    place = spot.place if spot else _point(sent.get("place", ""))
    fulfilment.put_station(
        who.brand.id, sent.get("code", ""), sent.get("station_name", ""), place, hours=sent.get("hours", ""),
        timezone=who.brand.timezone, by=who.staff.username,
    )  # fmt: skip
    return _("The station is kept.")


def _point(text: str) -> Point:
    lat, _comma, lon = text.partition(",")
    try:
        return Point(float(lon), float(lat))
    except ValueError:
        fix = _("a town or postcode, or latitude and longitude such as 44.95, -93.25")
        raise BadValue("place", text[:80], fix) from None


def _put_ways(who: Who, sent: QueryDict) -> str:
    store = _uuid(sent.get("store", ""))
    require(who, Action.DELIVERY_EDIT, store)
    if store is not None and store not in {one.id for one in stores_of(who)}:
        raise NotFound("no such store")
    try:
        ways = [Way(way) for way in sent.get("ways", "").split(",")]
    except ValueError:
        raise BadValue("ways", sent.get("ways", "")[:40], _("one of the choices")) from None
    day = sent.get("since", "")
    since = clock.now()
    if day:
        try:
            since = datetime.fromisoformat(day).replace(tzinfo=timezone.get_current_timezone())
        except ValueError:
            raise BadValue("since", day[:20], _("a day")) from None
    fulfilment.put_ways(ways, brand=who.brand.id, by=who.staff.username, since=since, store_id=store)
    return _("Noted: it holds from then on.")


def _hand_in(who: Who, sent: QueryDict) -> str:
    store, courier = _uuid(sent.get("store", "")), _uuid(sent.get("courier", ""))
    require(who, Action.DELIVERY_ASSIGN, store)
    if store is None or courier is None or store not in {one.id for one in stores_of(who)}:
        raise BadValue("store", "", _("the store that has the cash now"))
    fulfilment.hand_in_cash(courier, store, brand=who.brand.id, by=who.staff.username)
    return _("The cash is the store's now.")


def _duty(who: Who, sent: QueryDict) -> str:
    require(who, Action.DELIVERY_EDIT)
    courier = _uuid(sent.get("courier", ""))
    if courier is None:
        raise NotFound("no such courier")
    fulfilment.set_duty(courier, sent.get("on") == "1", brand=who.brand.id, by=who.staff.username)
    return _("Noted.")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadValue("id", text[:40], _("one of the choices")) from None


_DO: dict[str, Callable[[Who, QueryDict], str]] = {
    "courier": _put_courier,
    "station": _put_station,
    "ways": _put_ways,
    "cash": _hand_in,
    "duty": _duty,
}
