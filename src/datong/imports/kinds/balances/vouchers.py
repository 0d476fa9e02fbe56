"""Vouchers of another system: the codes people hold, and which of them were used."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.imports.kinds.balances import base
from datong.imports.kinds.balances.base import Balances
from datong.imports.kinds.balances.holders import CARD, HOLDER, find_holders, mask_code
from datong.imports.kinds.balances.leaving import ID
from datong.imports.kinds.balances.money import EXPIRY, MASKED
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Row, State
from datong.kernel.errors import BadValue
from datong.wallet import api as wallet
from datong.wallet.types import VOUCHER, Offer
from datong.wallet.types.opening import Taken

STATES = {
    "active": "active", "unused": "active", "valid": "active", "未使用": "active", "有效": "active", "可用": "active",
    "redeemed": "redeemed", "used": "redeemed", "已使用": "redeemed", "已核销": "redeemed",
    "expired": "expired", "已过期": "expired",
    "void": "void", "cancelled": "void", "canceled": "void", "作废": "void", "已作废": "void",
}  # fmt: skip


class Vouchers(Balances):
    name = "vouchers"
    title = pgettext_lazy("column", "Vouchers")
    about = _("Codes of another system, with what they are good for and which were used.")
    icon = "ticket"
    needs, shows = Action.WALLET_MANAGE, Action.WALLET_MANAGE
    taken = Taken.VOUCHER
    measures = ()
    columns = (
        Column("code", pgettext_lazy("column", "Code"), cells.code(40),
               _("4 to 40 letters and digits."), "SUMMER-0417", needed=True, also=(
               "voucher code", "coupon code", "券码", "优惠券码"), width=22, mask=mask_code),
        Column("offer", _("Offer"), cells.text(40), _("Code of the offer here that says what it is good for."), "five",
               first=True, also=("coupon", "template", "券模板", "优惠券", "活动")),
        CARD,
        *HOLDER,
        Column("state", _("State"), cells.choice(STATES), _("active, redeemed, expired or void; left out, active."),
               "active", choices=("active", "redeemed", "expired", "void"), also=("status", "状态", "使用状态")),
        EXPIRY,
        ID,
    )  # fmt: skip

    def group(self, state: State) -> tuple[str, ...]:
        return state["group"], state["state"]

    def says_of(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        return (row.values.get("offer", "-"), row.values.get("state", "active")), {}

    def look_of(self, rows: Sequence[Row], context: Context) -> None:
        find_holders(rows, context, needed=False)
        known: dict[str, Offer] = context.once(
            "offers", lambda: {one.code: one for one in wallet.offers(context.brand.id)}
        )
        for row in rows:
            if row.values.get("offer") not in (None, *known):
                row.wrong("offer", "unknown_offer", near=", ".join(sorted(known)[:12]) or "-")
            if code := _plain(row):
                row.values |= {"_ref": code, "_called": code}
            if base.passed(row, "expiry", context) and row.values.get("state", "active") == "active":
                row.wrong("expiry", "past")
        refs = {row.values["_ref"] for row in rows if "_ref" in row.values}
        mine = wallet.taken_over(context.brand.id, self.taken, refs)
        used = wallet.codes_in_use(context.brand.id, self.taken, refs)
        for row in rows:
            if row.values.get("_ref") in used - mine.keys():
                row.wrong("code", "code_taken")

    def want_of(self, row: Row, before: State | None, context: Context) -> State:
        v = row.values
        more = {
            "group": v.get("offer", before["group"] if before else ""),
            "state": v.get("state", "active"),
            "ends": v.get("expiry", ""),
        }
        return base.fresh(row, VOUCHER, 1, v["_called"], before, **more)

    def write(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_of(self.taken, changes)
        wallet.bring_vouchers(steps, brand=context.brand.id, by=context.by, run=context.run_id)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_back(self.taken, changes)
        wallet.bring_vouchers(steps, brand=context.brand.id, by=context.by, run=context.run_id)


def _plain(row: Row) -> str:
    if "code" not in row.values:
        return ""
    if row.values["code"].startswith(MASKED):
        row.wrong("code", "masked")
        return ""
    try:
        return wallet.plain_voucher_code(row.values["code"])
    except BadValue:
        row.wrong("code", "voucher_code")
        return ""
