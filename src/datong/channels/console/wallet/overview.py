"""Stored value of the brand: what is owed on it, what was gone when a till told it later, cards with a code."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from datong.access.types import Action
from datong.channels.console.export import line
from datong.channels.console.shell import desk, page
from datong.channels.console.wallet.said import fault, kind_word, state_badge
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError
from datong.kernel.ids import uuid7
from datong.kernel.money import Money, minor_of
from datong.kernel.pages import read_cursor, write_cursor
from datong.wallet import api as wallet
from datong.wallet.types.paying import Resolution
from datong.wallet.types.stored import GiftCard, Opening, PurseKind

PAGE = 50
MAX_CARDS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.WALLET_VIEW, write=Action.MONEY_EDIT)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    """POST issues a batch of cards and answers with their codes as a file: they are told this once."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _file(_issue(request, who), request.POST.get("batch", "").strip())
        except (BadInput, Conflict) as error:
            errors = _errors(error)
    after = read_cursor(request.GET.get("after", ""))
    end = request.GET.get("end", "").strip().upper()[-4:]
    cards = wallet.gift_purses(who.brand.id, end=end, after=after, limit=PAGE)
    owed = wallet.liabilities(who.brand.id)
    short = wallet.open_shortfalls(who.brand.id)
    given = {
        "lead": _lead(who, len(short)),
        "owed": [{"it": each, "kind": kind_word(each.kind)} for each in owed],
        "short": [{"it": each, "key": each.id.hex[-8:]} for each in short],
        "resolutions": [(Resolution.COLLECTED, _("collected otherwise")), (Resolution.WRITTEN_OFF, _("written off"))],
        "cards": [{"it": c, "badge": state_badge(c.state), "kind": kind_word(c.kind)} for c in cards],
        "end": end,
        "older": f"?end={end}&after={write_cursor(cards[-1].id)}" if len(cards) == PAGE else "",
        "may": who.may(Action.MONEY_EDIT),
        "may_move": who.sees(Action.WALLET_MANAGE),
        "typed": request.POST,
        "errors": errors,
        "key": request.POST.get("key") or str(uuid7()),
        "currency": who.brand.currency,
    }
    return page(request, who, "wallet/overview", given, status=422 if errors else 200)


def _lead(who: Who, short: int) -> str:
    if short:
        return ngettext("%(n)s shortfall waits for somebody", "%(n)s shortfalls wait for somebody", short) % {
            "n": number(short)
        }
    owed = Counter[str]()
    for each in wallet.liabilities(who.brand.id):
        owed[each.currency] += each.principal_minor + each.bonus_minor
    sums = [Money(minor, unit).format(who.brand.locale) for unit, minor in sorted(owed.items()) if minor]
    return _("Owed on cards: %(sums)s.") % {"sums": ", ".join(sums)} if sums else _("Nothing is owed on cards.")


def _errors(error: DatongError) -> dict[str, str]:
    """The fault beside its field; what is of no field of this form stands on top."""
    fields = {"face_minor": "face", "price_minor": "price", "count": "count", "expires_at": "ends"}
    fields |= {"issuer": "issuer", "licence": "licence", "face": "face", "price": "price", "ends": "ends"}
    field = error.problems[0].field if error.problems else ""
    return {fields.get(field, "all"): fault(error)}


def _issue(request: HttpRequest, who: Who) -> list[GiftCard]:
    given, currency = request.POST, who.brand.currency
    count = given.get("count", "").strip()
    if not count.isascii() or not count.isdigit() or not 0 < int(count[:6]) <= MAX_CARDS:
        raise BadValue("count", count[:20], f"1 to {MAX_CARDS}")
    face = minor_of(given.get("face", "").strip() or "?", currency, field="face")
    price = given.get("price", "").strip()
    ends = parse_date(given.get("ends", "").strip()) if given.get("ends", "").strip() else None
    if given.get("ends", "").strip() and ends is None:
        raise BadValue("ends", given["ends"][:20], _("a day such as 2031-12-31"))
    issuer = given.get("issuer", "").strip()
    opening = Opening(
        PurseKind.PARTNER if issuer else PurseKind.GIFT,
        currency,
        None,
        timezone.make_aware(datetime.combine(ends, time(23, 59))) if ends else None,
        issuer,
        given.get("licence", "").strip(),
        given.get("batch", "").strip()[:60],
    )
    return wallet.issue_gifts(
        int(count),
        face,
        opening,
        brand=who.brand.id,
        by=who.staff.username,
        price_minor=minor_of(price, currency, field="price") if price else None,
        key=f"{who.staff.username} {given.get('key', '')[:60]}",
    )


def _file(cards: list[GiftCard], batch: str) -> HttpResponse:
    rows = [line(["code", "amount", "currency", "expires_at", "id"])]
    for card in cards:
        amount = str(Money(card.amount_minor, card.currency).decimal)
        ends = card.expires_at.date().isoformat() if card.expires_at else ""
        rows.append(line([card.code, amount, card.currency, ends, str(card.purse_id)]))
    answer = HttpResponse("".join(rows), content_type="text/csv; charset=utf-8")
    name = "".join(char for char in batch if char.isascii() and char.isalnum()) or clock.now().date().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="gift-cards-{name}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@desk(Action.WALLET_VIEW, write=Action.MONEY_EDIT)
def close(request: HttpRequest, who: Who, shortfall_id: UUID) -> HttpResponse:
    """What became of money that was not there."""
    try:
        resolution = Resolution(request.POST.get("resolution", ""))
        note = request.POST.get("note", "")
        wallet.close_shortfall(shortfall_id, resolution, brand=who.brand.id, by=who.staff.username, note=note)
    except ValueError:
        messages.error(request, _("Please say what became of it."))
    except (BadInput, Conflict) as error:
        messages.error(request, fault(error))
    else:
        messages.success(request, _("Closed."))
    return redirect("stored-value")
