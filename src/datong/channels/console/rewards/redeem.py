"""Redeeming a voucher at the counter (核销): type or scan, see what it is good for, redeem; undo with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.places import stores_of
from datong.channels.console.rewards import words
from datong.channels.console.rewards.overview import said_of
from datong.channels.console.rewards.typed import Typed, errors_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.templatetags.design import money
from datong.kernel.errors import BadInput, NotAllowed, Unavailable
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types import Basket, NoSuchVoucher, Place, VoucherRefused


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.VOUCHERS_REDEEM)
def redeem(request: HttpRequest, who: Who) -> HttpResponse:
    given: dict[str, Any] = {"typed": request.POST, "errors": {}, "key": request.POST.get("key") or uuid7().hex}
    if request.method == "POST":
        try:
            if done := _post(request, who, given):
                return done
        except (NoSuchVoucher, VoucherRefused) as error:
            fix = error.problems[0].fix if isinstance(error, VoucherRefused) else ""
            given |= {"refused": words.REFUSED[error.why], "why": fix}
        except BadInput as error:
            given["errors"] = errors_of(error)
        except Unavailable as error:
            given |= {"refused": _("Too many wrong codes. Wait a few minutes and try again."), "why": str(error)}
    stores = _stores(who)
    given |= {"stores": [(store.code, store.name) for store in stores], "currency": who.brand.currency}
    status = 422 if given.get("refused") or given["errors"] else 200
    return page(request, who, "rewards/redeem", given, status=status)


def _post(request: HttpRequest, who: Who, given: dict[str, Any]) -> HttpResponse | None:
    typed = Typed(request.POST, who.brand.currency)
    by, brand = who.staff.username, who.brand.id
    store = next((store for store in _stores(who) if store.code == typed.text("store")), None)
    if store is None:
        raise NotAllowed(_("Choose one of your stores."))
    require(who, Action.VOUCHERS_REDEEM, store.id)
    if redemption := typed.text("undo"):
        wallet.reverse_redemption(UUID(redemption), brand=brand, by=by, reason=typed.text("reason"))
        messages.success(request, _("The redemption is undone: the voucher can be redeemed again."))
        return redirect("voucher-redeem")
    basket = Basket(typed.amount("total") if typed.text("total") else None)
    typed.check()
    place, code = Place(store.code), typed.text("code")
    if request.POST.get("do") != "redeem":
        found, about, value = wallet.check_voucher(code, brand=brand, asker=by, place=place, basket=basket)
        worth = money(value, who.brand.currency)
        given |= {"found": found, "about": about, "worth": worth, "said": said_of(about, who.brand.currency)}
        return None
    key = typed.text("key")
    done = wallet.redeem_voucher(code, key=key, brand=brand, by=by, place=place, basket=basket)
    given |= {"done": done, "worth": money(done.value_minor, who.brand.currency), "key": uuid7().hex}
    return None


def _stores(who: Who) -> list[Store]:
    return list(stores_of(who))
