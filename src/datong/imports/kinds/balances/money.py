"""Stored value of members, and gift cards: to the cent, in their own currency."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.imports.kinds.balances import base
from datong.imports.kinds.balances.base import Balances
from datong.imports.kinds.balances.holders import CARD, HOLDER, called, find_holders, holder_of, mask_code
from datong.imports.kinds.balances.leaving import ID
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Facts, Raw, Row, State, Wrong
from datong.kernel.errors import BadValue
from datong.kernel.money import Money, exponent
from datong.wallet import api as wallet
from datong.wallet.types.opening import Taken
from datong.wallet.types.stored import Policy

STATES = {
    "active": "active", "valid": "active", "normal": "active", "正常": "active", "有效": "active", "启用": "active",
    "frozen": "frozen", "lost": "frozen", "blocked": "frozen", "冻结": "frozen", "挂失": "frozen", "停用": "frozen",
}  # fmt: skip


def _currency(raw: Raw, facts: Facts) -> str:
    found = {"元": "CNY", "人民币": "CNY", "RMB": "CNY"}.get(cells.plain(raw).upper(), cells.plain(raw).upper())
    try:
        exponent(found)
    except (BadValue, KeyError, ValueError):
        raise Wrong("currency") from None
    return found


def _sealed(raw: Raw, facts: Facts) -> str:
    found = cells.plain(raw).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        raise Wrong("sealed")
    return found


CURRENCY = Column("currency", _("Currency"), _currency, _("Left out, the brand's."), "CNY", also=("币种",))
EXPIRY = Column("expiry", _("Good until"), base.until, _("The last day; left out, without end."), "2028-12-31", also=(
                "expires", "expiry date", "valid until", "有效期", "有效期至", "到期日"))  # fmt: skip

STATE = Column("state", _("State"), cells.choice(STATES), _("active or frozen; left out, active."), "active", choices=(
               "active", "frozen"), also=("status", "状态", "卡状态"))  # fmt: skip
MASKED = "***"


class OfMoney(Balances):
    """What both tables of money share."""

    needs, shows = Action.WALLET_MANAGE, Action.WALLET_MANAGE

    def group(self, state: State) -> tuple[str, ...]:
        return (state["unit"],)

    def unit(self, about: Mapping[str, Any]) -> str:
        return str(about.get("unit") or about["_currency"])

    def write(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_of(self.taken, changes)
        wallet.bring_money(self.taken, steps, brand=context.brand.id, by=context.by, run=context.run_id)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_back(self.taken, changes)
        wallet.bring_money(self.taken, steps, brand=context.brand.id, by=context.by, run=context.run_id)

    def policy(self, currency: str, context: Context) -> Policy:
        found: Policy = context.once(f"policy {currency}", lambda: wallet.stored_policy(context.brand.id, currency))
        return found


class StoredValue(OfMoney):
    name = "stored_value"
    title = _("Stored value")
    about = _("What members have on their cards in another system: principal and bonus apart.")
    taken = Taken.STORED
    measures = ("principal", "bonus")
    columns = (
        CARD,
        *HOLDER,
        CURRENCY,
        Column("principal", _("Principal"), base.raw_cell, _("What was paid in and is left."), "128.50", needed=True,
               also=("balance", "cash balance", "本金", "余额", "储值余额", "本金余额")),
        Column("bonus", _("Bonus"), base.raw_cell, _("What was given on top and is left."), "20.00", also=(
               "gift balance", "赠送金", "赠送余额", "赠金")),
        EXPIRY,
        STATE,
        ID,
    )  # fmt: skip

    def look_of(self, rows: Sequence[Row], context: Context) -> None:
        find_holders(rows, context)
        for row in rows:
            currency = row.values.get("currency", context.brand.currency)
            row.values |= {
                "_currency": currency,
                "_principal": base.amount(row, "principal", currency, context),
                "_bonus": base.amount(row, "bonus", currency, context, none=0),
                "_called": called(row),
            }
            holder = holder_of(row)
            if holder is not None:
                what = f"card:{row.values['card']}" if "card" in row.values else f"of:{holder}"
                what = f"id:{row.values['id']}" if "id" in row.values else what  # several of one person
                row.values["_ref"] = f"{currency}:{what}"
                _findings(row, self.policy(currency, context), context)

    def says_of(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        v = row.values
        if v["_principal"] is None or v["_bonus"] is None:
            return None
        return (v["_currency"],), {"principal": v["_principal"], "bonus": v["_bonus"]}

    def want_of(self, row: Row, before: State | None, context: Context) -> State:
        v = row.values
        ends = v.get("expiry", "") if self.policy(v["_currency"], context).named_expires else ""
        more = {"bonus": v["_bonus"], "ends": ends, "state": _state(row, before)}
        return base.fresh(row, v["_currency"], v["_principal"], v["_called"], before, **more)


def _findings(row: Row, policy: Policy, context: Context) -> None:
    """What the place says of a card with a name: told, and the balance is taken over all the same."""
    has = (row.values["_principal"] or 0) + (row.values["_bonus"] or 0)
    most = policy.named_max_minor
    if most is not None and has > most:
        row.find("principal", "over_named", most=str(Money(most, row.values["_currency"]).decimal))
    if "expiry" in row.values and not policy.named_expires:
        row.find("expiry", "named_expires")
    elif base.passed(row, "expiry", context):
        row.wrong("expiry", "past")


class GiftCards(OfMoney):
    name = "gift_cards"
    title = _("Gift cards")
    about = _("Cards without a name of another system: whoever has the code spends what is left.")
    icon = "gift"
    taken = Taken.GIFT
    measures = ("principal", "face")
    columns = (
        Column("code", pgettext_lazy("column", "Code"), cells.code(60),
               _("As printed; it is kept as a hash only."), "GC-7788-9900-1122",
               also=("card code", "card no", "card number", "卡号", "卡密", "礼品卡号"), width=24, mask=mask_code),
        CURRENCY,
        Column("face", _("Face value"), base.raw_cell, _("For what it was sold."), "100.00", also=(
               "amount", "面值", "面额")),
        Column("left", _("Left"), base.raw_cell, _("What is still on it."), "64.00", needed=True, also=("balance",
               "remaining", "余额", "剩余金额")),
        EXPIRY,
        STATE,
        Column("sealed", _("Sealed code"), _sealed, _("In place of the code, from an export of Datong: what is kept of "
               "it."), None, width=30, mask=lambda sealed: ""),
        ID,
    )  # fmt: skip

    def look_of(self, rows: Sequence[Row], context: Context) -> None:
        for row in rows:
            currency = row.values.get("currency", context.brand.currency)
            left = base.amount(row, "left", currency, context)
            face = base.amount(row, "face", currency, context, none=left)
            row.values |= {"_currency": currency, "_left": left, "_face": face}
            if left is not None and face is not None and left > face:
                row.wrong("left", "more_than_face")
            _known_by(row)
            if base.passed(row, "expiry", context) and left:
                row.wrong("expiry", "past")
            most = self.policy(currency, context).anonymous_max_minor
            if most is not None and (left or 0) > most:
                row.find("left", "over_anonymous", most=str(Money(most, currency).decimal))
        mine = wallet.taken_over(context.brand.id, self.taken, {r.values["_ref"] for r in rows if "_ref" in r.values})
        used = wallet.codes_in_use(context.brand.id, self.taken, {r.values["_ref"] for r in rows if "_ref" in r.values})
        for row in rows:
            if row.values.get("_ref") in used - mine.keys():
                row.wrong("code", "code_taken")

    def says_of(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        v = row.values
        if v["_left"] is None or v["_face"] is None:
            return None
        return (v["_currency"],), {"principal": v["_left"], "face": v["_face"]}

    def want_of(self, row: Row, before: State | None, context: Context) -> State:
        v = row.values
        more = {"face": v["_face"], "ends": v.get("expiry", ""), "state": _state(row, before)}
        state = base.fresh(row, v["_currency"], v["_left"], v["_called"], before, **more)
        return {**state, "_end": v["_end"]} if "_called" in state else state


def _state(row: Row, before: State | None) -> str:
    return str(row.values.get("state", before["state"] if before else "active"))


def _known_by(row: Row) -> None:
    """A card by its code, or, where it came from an export, by what was kept of the code."""
    sealed, code = row.values.get("sealed"), str(row.values.get("code", ""))
    if sealed is not None:
        end = re.sub(r"[^0-9A-Z]", "", code.upper())[-4:]
        row.values |= {"_ref": sealed, "_called": f"…{end}", "_end": end}
    elif code.startswith(MASKED):
        row.wrong("code", "masked")
    elif code := _plain(row):
        row.values |= {"_ref": wallet.gift_hash(code), "_called": f"…{code[-4:]}", "_end": code[-4:]}
    elif not row.faults:
        row.wrong("code", "needed")


def _plain(row: Row) -> str:
    if "code" not in row.values:
        return ""
    try:
        return wallet.plain_gift_code(row.values["code"])
    except BadValue:
        row.wrong("code", "gift_code")
        return ""
