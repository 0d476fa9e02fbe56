"""The form of an advert, and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from datong.channels.console.partners.common import partner_of
from datong.channels.console.rewards.typed import Typed, plain
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel.errors import BadValue, DatongError
from datong.merchants import api as merchants
from datong.merchants.types.adverts import Advert, AdvertBasis, AdvertReport, AdvertState

LANGUAGES = (("en", "English"), ("zh-Hans", "中文"))


def state_badge(state: AdvertState) -> tuple[str, str]:
    return {
        AdvertState.COMING: (_("not begun"), "waiting"),
        AdvertState.SHOWN: (_("on show"), "good"),
        AdvertState.CAPPED: (_("cap reached"), "information"),
        AdvertState.OVER: (_("over"), "neutral"),
    }[state]


def basis_word(basis: AdvertBasis) -> str:
    return {AdvertBasis.VIEWS: _("for 1,000 views"), AdvertBasis.DAY: _("for each day")}[basis]


def price_of(advert: Advert) -> str:
    return f"{money(advert.price_minor, advert.currency)} {basis_word(advert.basis)}"


def put(request: HttpRequest, who: Who, advert_id: UUID, known: Advert | None = None) -> AdvertReport:
    """Read the form and sell the advert, or change it; of one that is `known` what is not in the form stays."""
    typed, unit = Typed(request.POST, known.currency if known else who.brand.currency), who.brand.currency
    company = known.company_id if known else _company(typed.text("company_id"))
    partner_of(who, company)
    price = known.price_minor if known else typed.amount("price_minor")
    cap = typed.amount("cap_minor") if typed.text("cap_minor") else None
    typed.check()
    basis = AdvertBasis(typed.text("basis")) if typed.text("basis") in set(AdvertBasis) else AdvertBasis.VIEWS
    wanted = Advert(
        advert_id,
        company,
        known.code if known else typed.text("code"),
        typed.text("title"),
        typed.text("channel"),
        typed.text("place"),
        typed.text("text"),
        typed.text("link"),
        typed.text("language"),
        known.since if known else _day("since", typed.text("since")),
        _day("until", typed.text("until")),
        known.basis if known else basis,
        price,
        known.currency if known else unit,
        cap,
    )
    return merchants.put_advert(wanted, brand=who.brand.id, by=who.staff.username)


def typed_of(advert: Advert) -> dict[str, Any]:
    """An advert as its form has it."""
    said: dict[str, Any] = {name: getattr(advert, name) for name in ("title", "channel", "place", "text", "link")}
    until = advert.until.isoformat()
    return {**said, "language": advert.language, "until": until, "cap_minor": plain(advert.cap_minor, advert.currency)}


def errors_of(error: DatongError) -> dict[str, str]:
    """Beside the fields, in the reader's language."""
    return {problem.field: _fix(problem.field, problem.code, problem.fix) for problem in error.problems} or {
        "all": str(error)
    }


def _fix(field: str, code: str, fix: str) -> str:
    return {
        "code": _("Another advert has this code.") if code == "used_code" else _word(),
        "channel": _word(),
        "place": _word(),
        "title": _("1 to 60 characters."),
        "text": _("1 to 300 characters."),
        "link": _("An address that begins with https://."),
        "company_id": _("A company from the list."),
        "since": _("Today or later."),
        "until": _("Today or later, and not before the first day."),
        "price_minor": _("An amount such as 12.50."),
        "cap_minor": _("Empty, or an amount such as 500.00, not below what was charged."),
        "reason": _("At most 300 characters."),
    }.get(field, fix)


def _word() -> str:
    return _("1 to 60 of a-z, 0-9, - and _.")


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(field, text[:20], "a day such as 2031-12-31") from None


def _company(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue("company_id", text[:40], "a company from the list") from None
