"""Day close 日结: a store's day on one page, from counting the cash to the lock; the list of days of all stores."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access import api as access
from datong.access.types import Action, ApprovalState
from datong.books import api as books
from datong.books.types import KIND_OF_DAY, Day, DayState, Shift
from datong.brand.types import Store
from datong.channels.console.books.common import Names
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict, DatongError, NotFound
from datong.kernel.money import Money, minor_of
from datong.ledger import api as ledger
from datong.ledger.types import Account

LOOK_BACK = 14
MOST_STORES = 60


def state_word(state: DayState) -> str:
    return {
        DayState.OPEN: pgettext("day", "open"),
        DayState.COUNTED: pgettext("day", "counted"),
        DayState.CLOSED: pgettext("day", "closed"),
        DayState.LOCKED: pgettext("day", "locked"),
    }[state]


HUE = {DayState.OPEN: "waiting", DayState.COUNTED: "information", DayState.CLOSED: "good", DayState.LOCKED: "neutral"}


@require_safe
@desk(Action.DAY_VIEW)
def days(request: HttpRequest, who: Who) -> HttpResponse:
    """Yesterday and today of the reader's stores, and the days before that are not locked."""
    today = ledger.rulebook(who.brand.id).business_date(clock.now())
    stores = sorted(stores_of(who), key=lambda s: s.name)
    wanted = request.GET.get("q", "").strip().lower()
    mine = [s for s in stores if s.open and (not wanted or wanted in f"{s.code} {s.name}".lower())][:MOST_STORES]
    book, now = ledger.rulebook(who.brand.id), clock.now()
    known = {(d.store_id, d.day): d for d in books.days_of(who.brand.id, today - timedelta(days=LOOK_BACK),
                                                            [s.id for s in mine])}  # fmt: skip
    rows: list[dict[str, Any]] = []
    for store in mine:
        here = book.business_date(now, store.id)
        listed = {here, here - timedelta(days=1), *(d for s, d in known if s == store.id)}
        for day in sorted(listed, reverse=True):
            found = known.get((store.id, day))
            state = found.state if found else DayState.OPEN
            rows.append({"store": store, "day": day.isoformat(), "d": found, "word": state_word(state),
                         "hue": HUE[state]})  # fmt: skip
    open_days = sum(1 for row in rows if row["d"] is None or row["d"].state in (DayState.OPEN, DayState.COUNTED))
    lead = ngettext("%(n)s day is still open.", "%(n)s days are still open.", open_days) % {"n": number(open_days)}
    given = {"lead": lead, "rows": rows, "q": wanted, "many": len(stores) > MOST_STORES or bool(wanted),
             "currency": who.brand.currency}  # fmt: skip
    return page(request, who, "books/days", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.DAY_VIEW, write=Action.DAY_CLOSE)
def day(request: HttpRequest, who: Who, code: str, day: str) -> HttpResponse:
    store = next((s for s in stores_of(who) if s.code == code), None)
    if store is None:
        raise NotFound(_("There is no store %(code)s.") % {"code": code})
    at = _date(day)
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.DAY_CLOSE, store.id)
        try:
            _do(request, who, store, at)
            return redirect("store-day", code=code, day=day)
        except (BadInput, Conflict) as error:
            errors = {problem.field: problem.fix for problem in error.problems} or {"": str(error)}
    given = _given(request, who, store, at, books.day_of(who.brand.id, store.id, at), errors)
    return page(request, who, "books/day", given, status=422 if errors else 200)


def _do(request: HttpRequest, who: Who, store: Store, at: date) -> None:
    """The step that was sent."""
    brand, by, post = who.brand, who.staff.username, request.POST
    verb = post.get("do", "")
    if verb == "count":
        pieces = {face: _whole(f"pieces/{face}", post.get(f"face-{face}", "")) for face in books.faces(brand.currency)}
        books.count_cash(brand.id, store.id, at, pieces, by=by, note=post.get("note", ""))
        messages.success(request, _("Counted. Look at the difference, then close the day."))
    elif verb == "close":
        amount = _amount(post.get("deposit", "") or "0", brand.currency, "deposit")
        books.close_day(brand.id, store.id, at, deposit_minor=amount, by=by)
        messages.success(request, _("The day is closed; what comes later belongs to the next one."))
    elif verb == "match":
        require(who, Action.MONEY_EDIT)  # the figure is of all stores
        account = post.get("account", "")
        amount = _amount(post.get("theirs", ""), brand.currency, f"theirs {account}")
        books.match_provider(brand.id, at, account, amount, by=by, reason=post.get("reason", ""))
        messages.success(request, _("Matched."))
    elif verb == "lock":
        books.lock_day(brand.id, store.id, at, by=by)
        messages.success(request, _("The day is locked."))
    elif verb == "reopen":
        books.ask_reopen(brand.id, store.id, at, by=who.staff, reason=post.get("why", ""))
        messages.success(request, _("Asked: another person decides, under Approvals."))


def _given(
    request: HttpRequest, who: Who, store: Store, at: date, found: Day, errors: dict[str, str]
) -> dict[str, Any]:
    currency, typed = who.brand.currency, request.POST if errors else {}
    over = at < ledger.rulebook(who.brand.id).business_date(clock.now(), store.id)
    closed = found.state in (DayState.CLOSED, DayState.LOCKED)
    names = Names(who, ledger.chart_on(who.brand.id, at))
    figures = books.provider_figures(who.brand.id, at, store_id=store.id) if closed else []
    asked = access.list_approvals(who.brand.id, kind=KIND_OF_DAY, state=ApprovalState.PENDING, stores=[store.id])
    return {
        "store": store,
        "day": at.isoformat(),
        "d": found,
        "word": state_word(found.state),
        "hue": HUE[found.state],
        "lead": _lead(found),
        "faces": [
            {"minor": f, "text": money(f, currency), "name": f"face-{f}", "error": errors.get(f"pieces/{f}", ""),
             "value": typed.get(f"face-{f}", found.pieces.get(f, ""))}
            for f in books.faces(currency)
        ],
        "typed": typed,
        "deposit": typed.get("deposit") or str(Money(found.counted_minor, currency).decimal),
        "errors": errors,
        "error": errors.get("", ""),
        "closed": closed,
        "over": over,
        "figures": [
            {"m": m, "account": names.account(Account(m.account, currency)), "error": errors.get(f"theirs {m.account}")
             or (errors.get("reason") if typed.get("account") == m.account else "")}
            for m in figures
        ],
        "ready": over and all(m.theirs_minor is not None for m in figures),
        "asked": asked.approvals,
        "shifts": _shifts(who, store, at),
        "currency": currency,
        "may": who.may(Action.DAY_CLOSE, store.id),
        "may_match": who.may(Action.MONEY_EDIT),
    }  # fmt: skip


def _shifts(who: Who, store: Store, at: date) -> list[Shift]:
    """The shifts of the store's tills that ended on this day, or began on it and are open."""
    book = ledger.rulebook(who.brand.id)
    noon = datetime.combine(at, time(12), tzinfo=UTC)
    around = books.shifts_of(who.brand.id, store.id, noon - timedelta(days=2), noon + timedelta(days=2))
    return [s for s in around if book.business_date(s.closed_at or s.opened_at or noon, store.id) == at]


def _lead(found: Day) -> str:
    if found.state is DayState.OPEN:
        return _("Count the notes and coins; what the books expect is shown afterwards.")
    counted, expected = money(found.counted_minor, found.currency), money(found.expected_minor, found.currency)
    if not found.difference_minor:
        return _("The cash is right: %(counted)s.") % {"counted": counted}
    said = _("Counted %(counted)s, expected %(expected)s: %(difference)s too much.")
    if found.difference_minor < 0:
        said = _("Counted %(counted)s, expected %(expected)s: %(difference)s is missing.")
    difference = money(abs(found.difference_minor), found.currency)
    return said % {"counted": counted, "expected": expected, "difference": difference}


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("There is no such day.")) from None


def _whole(field: str, text: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 6:
        raise BadValue(field, text, _("A whole number, %(least)s or more.") % {"least": 0})
    return int(text)


def _amount(text: str, currency: str, field: str) -> int:
    try:
        return minor_of(text.strip().replace(",", "") or "–", currency, field=field)
    except DatongError:
        raise BadValue(field, text, _("An amount such as 12.50.")) from None
