"""Platforms' coupons that were verified: a day by platform and store, the list with search, a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_safe

from datong.access.types import Action
from datong.channels.console.coupons.words import platform_of, platform_options, platform_word, state_badge
from datong.channels.console.export import line
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.channels.templatetags.design import money
from datong.kernel import clock
from datong.kernel.money import Money
from datong.ledger.api import rulebook
from datong.wallet import api as wallet
from datong.wallet.types.coupons import Coupon, Wanted

PAGE = 50
MOST_ROWS = 100_000


@require_safe
@desk(Action.REWARDS_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    asked, names = request.GET, {store.id: store.name for store in stores_of(who)}
    found, following = wallet.list_coupons(who.brand.id, _wanted(request, who), cursor=asked.get("cursor", ""),
                                           limit=PAGE)  # fmt: skip
    day = rulebook(who.brand.id).business_date(clock.now())
    if chosen := _day(asked.get("day", "")):
        day = chosen.date()
    totals = wallet.coupon_totals(who.brand.id, day, store_ids=who.stores)
    kept = {name: asked[name] for name in ("q", "platform", "day") if asked.get(name)}
    given: dict[str, Any] = {
        "lead": _lead(who, totals, day),
        "totals": [{"t": t, "platform": platform_word(t.platform), "store": names.get(t.store_id, "")} for t in totals],
        "coupons": [_row(one, names) for one in found],
        "filtered": bool(kept),
        "asked": asked,
        "day": day.isoformat(),
        "platforms": [("", _("Any platform")), *platform_options()],
        "older": f"?{urlencode({**kept, 'cursor': following})}" if following else "",
        "csv": f"?{urlencode(kept)}" if kept else "",
        "unclear": wallet.unclear_coupons(who.brand.id, clock.now()),
        "unmapped": wallet.unmapped_deals(who.brand.id),
        "may_verify": who.sees(Action.VOUCHERS_REDEEM),
    }
    return page(request, who, "coupons/overview", given)


def _lead(who: Who, totals: list[Any], day: Any) -> str:
    count = sum(total.count for total in totals)
    owed = money(sum(total.owed_minor for total in totals), who.brand.currency)
    said = ngettext(
        "%(n)s coupon on %(day)s: the platforms owe %(owed)s for it.",
        "%(n)s coupons on %(day)s: the platforms owe %(owed)s for them.",
        count,
    )
    return said % {"n": number(count), "day": day.isoformat(), "owed": owed}


def _row(one: Coupon, names: dict[Any, str]) -> dict[str, Any]:
    badge = state_badge(one.state)
    told = {"c": one, "badge": badge, "platform": platform_word(one.platform), "store": names.get(one.store_id, "")}
    if one.rest_minor and one.rest_at:
        rest = money(one.rest_minor, one.currency)
        told |= {"rest": rest, "rest_day": timezone.localtime(one.rest_at).date().isoformat()}
    return told


def _wanted(request: HttpRequest, who: Who) -> Wanted:
    asked = request.GET
    since = _day(asked.get("day", ""))
    stores = tuple(who.stores) if who.stores is not None else None
    until = since + timedelta(days=1) if since else None
    return Wanted(platform_of(asked.get("platform", "")), stores, asked.get("q", ""), since, until)


def _day(text: str) -> datetime | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(found, time())) if found else None


@require_GET
@desk(Action.REWARDS_VIEW)
def coupons_csv(request: HttpRequest, who: Who) -> StreamingHttpResponse:
    names = {store.id: store.code for store in stores_of(who)}
    head = [_("Time"), _("Platform"), _("Store"), _("Deal"), _("Title"), _("SKU"), _("Code"), _("Certificate"),
            _("Market price"), _("Sold for"), _("Customer paid"), _("Platform gave"), _("We gave"), _("Pays"),
            _("Platform owes"), _("Unused rest"), _("Currency"), _("State"), _("By"), _("Why taken back")]  # fmt: skip
    answer = StreamingHttpResponse(
        (line(row) for row in _rows(head, who, _wanted(request, who), names)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="coupons-{who.brand.slug}.csv"'
    return answer


def _rows(head: list[str], who: Who, wanted: Wanted, names: dict[Any, str]) -> Iterator[list[Any]]:
    yield ["\ufeff" + head[0], *head[1:]]
    cursor, told = "", 0
    while told < MOST_ROWS:
        found, cursor = wallet.list_coupons(who.brand.id, wanted, cursor=cursor, limit=1000)
        for one in found:
            amounts = (one.face_minor, one.price_minor, one.paid_minor, one.platform_minor, one.merchant_minor,
                       one.value_minor, one.owed_minor, one.rest_minor or 0)  # fmt: skip
            yield [timezone.localtime(one.at).isoformat(timespec="seconds"), one.platform.value,
                   names.get(one.store_id, ""), one.deal_id, one.title, one.sku, one.code_end, one.certificate_id,
                   *(str(Money(minor, one.currency).decimal) for minor in amounts), one.currency, one.state.value,
                   one.by, one.reason]  # fmt: skip
        told += len(found)
        if not cursor:
            return
