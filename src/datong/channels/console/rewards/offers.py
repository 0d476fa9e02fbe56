"""Voucher offers: what a voucher is good for, batches of codes with their progress, and the file of a batch."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datong.access.types import Action
from datong.channels.console.moments import moment_text
from datong.channels.console.rewards import words
from datong.channels.console.rewards.overview import said_of
from datong.channels.console.rewards.typed import Typed, errors_of, listed, plain
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import audit
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types import Good, Offer


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_EDIT)
def new(request: HttpRequest, who: Who) -> HttpResponse:
    return _form(request, who, wallet.new_offer("", "", Good.MONEY), fresh=True)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.REWARDS_VIEW, write=Action.REWARDS_EDIT)
def offer(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    return _form(request, who, wallet.offer(who.brand.id, code), fresh=False)


def _form(request: HttpRequest, who: Who, found: Offer, *, fresh: bool) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.REWARDS_EDIT)
        typed = Typed(request.POST, who.brand.currency)
        try:
            wanted = replace(
                found,
                code=typed.text("code").lower() if fresh else found.code,
                name=typed.text("name"),
                good=next((good for good in Good if good == typed.text("good")), Good.MONEY),
                amount_minor=typed.amount("amount_minor", empty=0),
                percent=typed.whole("percent", empty=0),
                max_minor=typed.amount("max_minor") if typed.text("max_minor") else None,
                sku=typed.text("sku"),
                min_minor=typed.amount("min_minor", empty=0),
                condition=typed.text("condition"),
                starts_at=typed.moment("starts_at"),
                ends_at=typed.moment("ends_at"),
                valid_days=typed.maybe("valid_days"),
                stores=typed.codes("stores"),
                channels=typed.codes("channels"),
                price_minor=typed.amount("price_minor", empty=0),
                active=fresh or "active" in request.POST,
            )
            typed.check()
            wallet.put_offer(who.brand.id, wanted, by=who.staff.username, fresh=fresh)
            messages.success(request, _("%(name)s is kept.") % {"name": wanted.name})
            return redirect("rewards-offer", code=wanted.code)
        except BadInput as error:
            errors = errors_of(error)
    return _page(request, who, found, errors, fresh=fresh)


@require_POST
@desk(Action.REWARDS_EDIT)
def batch(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    """Make a batch of codes: once for the form's own key, however often it is sent."""
    found, typed = wallet.offer(who.brand.id, code), Typed(request.POST, who.brand.currency)
    try:
        count = typed.whole("count", least=1)
        typed.check()
        key = UUID(typed.text("key"))
        made = wallet.issue_batch(
            code, count, brand=who.brand.id, by=who.staff.username, id=key, name=typed.text("batch_name")
        )
    except (BadInput, Conflict) as error:
        fix = error.problems[0].fix if error.problems else str(error)
        return _page(request, who, found, {"count": fix})
    said = ngettext("%(n)s code is on its way.", "%(n)s codes are on their way.", made.wanted)
    messages.success(request, said % {"n": number(made.wanted)})
    return redirect("rewards-offer", code=code)


@require_GET
@desk(Action.REWARDS_EDIT)
def batch_csv(request: HttpRequest, who: Who, batch_id: UUID) -> StreamingHttpResponse:
    """The codes of a batch, for printing or sending: who has the file has the vouchers, so it is noted who took it."""
    found = next(iter(wallet.batches(who.brand.id, id=batch_id)), None)
    if found is None:
        raise NotFound(_("There is no such batch."))
    subject = f"batch {batch_id}"
    audit.record(brand=who.brand.id, actor=who.staff.username, verb="voucher.export", subject=subject)
    header = ["\ufeff" + _("Code"), _("State"), _("Until")]
    response = StreamingHttpResponse(
        (_line(row) for row in _rows(header, who.brand.id, batch_id)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="vouchers-{batch_id}.csv"'
    return response


def _rows(header: list[str], brand: UUID, batch_id: UUID) -> Iterator[list[str]]:
    yield header
    after: UUID | None = None
    while found := wallet.batch_vouchers(brand, batch_id, after=after, limit=1_000):
        for one in found:
            ends = one.ends_at.isoformat() if one.ends_at else ""
            yield [wallet.shown(one.code), str(words.STATE[one.state]), ends]
        after = found[-1].id


def _line(row: list[str]) -> str:
    out = StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()


def _page(request: HttpRequest, who: Who, found: Offer, errors: dict[str, str], *, fresh: bool = False) -> HttpResponse:
    currency = who.brand.currency
    typed: Any = {
        "code": found.code, "name": found.name, "good": found.good.value, "sku": found.sku,
        "percent": found.percent or "", "condition": found.condition, "valid_days": found.valid_days,
        **{name: plain(getattr(found, name), currency)
           for name in ("amount_minor", "max_minor", "min_minor", "price_minor")},
        "starts_at": moment_text(found.starts_at), "ends_at": moment_text(found.ends_at),
        "stores": listed(found.stores), "channels": listed(found.channels),
    }  # fmt: skip
    counts = wallet.voucher_counts(who.brand.id).get(found.code, (0, 0, 0))
    given = {
        "o": found,
        "fresh": fresh,
        "title": _("New voucher") if fresh else found.name,
        "said": "" if fresh else said_of(found, currency),
        "counts": counts,
        "typed": request.POST if errors and "count" not in errors else typed,
        "errors": errors,
        "goods": [(good.value, words.GOOD_FOR[good]) for good in Good],
        "batches": [] if fresh else wallet.batches(who.brand.id, offer_id=found.id),
        "key": uuid7(),
        "may": who.may(Action.REWARDS_EDIT),
        "currency": currency,
    }
    return page(request, who, "rewards/offer", given, status=422 if errors else 200)
