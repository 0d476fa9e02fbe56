"""What the pages of partners share: which companies somebody sees, words, the companies' names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.access.types import ScopeKind
from datong.brand.api import tree
from datong.channels.console.who import Who
from datong.kernel.errors import NotFound
from datong.merchants import api as merchants
from datong.merchants.types import EntryKind, LineState, Partner, Period, SettlementState, Use


def seen(who: Who) -> frozenset[UUID] | None:
    """The companies whose affairs this person sees; None: all. People of some stores see none."""
    if who.stores is None:
        return None
    return who.staff.scope_ids if who.staff.scope is ScopeKind.COMPANY else frozenset()


def partner_of(who: Who, company_id: UUID) -> Partner:
    """The partner, if this person may see it; else as if there were none."""
    mine = seen(who)
    if mine is not None and company_id not in mine:
        raise NotFound(_("There is no such partner."))
    return merchants.partner(who.brand.id, company_id)


def names(who: Who) -> dict[UUID | None, str]:
    """Companies by id; None is the brand itself."""
    return {None: who.brand.name, **{company.id: company.name for company in tree(who.brand.id).companies}}


def use_word(use: Use) -> str:
    return {
        Use.CARD: _("Takes the member card and stored value"),
        Use.EARN: _("Gives points"),
        Use.BURN: _("Takes points"),
    }[use]


def kind_word(kind: EntryKind, words: str = "") -> str:
    if kind is EntryKind.POSTED:
        return words or _("posted by hand")
    if kind is EntryKind.ADVERT:
        return _("Advert: %(title)s") % {"title": words}
    return {
        EntryKind.EARN: _("Points given"),
        EntryKind.BURN: _("Points taken"),
        EntryKind.BURN_PAID: _("Points that paid an order"),
        EntryKind.CARD: _("Stored value spent"),
        EntryKind.VOUCHER: _("Voucher taken"),
        EntryKind.TOP_UP: _("Top-up taken"),
        EntryKind.COMMISSION: _("Commission"),
        EntryKind.CARDS_BOUGHT: _("Cards bought out"),
        EntryKind.CARDS_SOLD: _("Cards sold for it"),
    }[kind]


def period_word(period: Period) -> str:
    return {Period.WEEK: _("every week"), Period.MONTH: _("every month")}[period]


def line_badge(state: LineState) -> tuple[str, str]:
    return {
        LineState.OPEN: (pgettext("settlement", "open"), "neutral"),
        LineState.CONTESTED: (pgettext("settlement", "contested"), "problem"),
        LineState.PROPOSED: (pgettext("settlement", "waits for approval"), "waiting"),
        LineState.SETTLED: (pgettext("settlement", "settled"), "information"),
        LineState.PAID: (pgettext("settlement", "paid"), "good"),
    }[state]


def run_badge(state: SettlementState) -> tuple[str, str]:
    return {
        SettlementState.DRAFT: (pgettext("settlement", "due: to be checked"), "waiting"),
        SettlementState.PROPOSED: (pgettext("settlement", "waits for approval"), "waiting"),
        SettlementState.POSTED: (pgettext("settlement", "to be paid"), "information"),
        SettlementState.PAID: (pgettext("settlement", "paid"), "good"),
        SettlementState.REFUSED: (pgettext("settlement", "refused"), "neutral"),
        SettlementState.UNDONE: (pgettext("settlement", "undone"), "neutral"),
    }[state]


def cursor_of(request: HttpRequest) -> UUID | None:
    """Where the page before ended; a text that is no id is the first page."""
    try:
        return UUID(request.GET.get("after", ""))
    except ValueError:
        return None


def tabs(here: str) -> list[dict[str, Any]]:
    listed = (("partners", _("Partner companies")), ("settlements", _("Settlements")),
              ("adverts", _("Adverts")))  # fmt: skip
    return [{"text": text, "href": reverse(name), "current": name == here} for name, text in listed]
