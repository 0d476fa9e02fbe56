"""Membership cards of another system: their numbers go on identifying."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from datong.access.types import Action
from datong.brand import api as brands
from datong.customers import api as customers
from datong.customers.types.moving import CardIn
from datong.imports.kinds.balances import base
from datong.imports.kinds.balances.holders import HOLDER, KINDS, card_number, find_holders, mask_code
from datong.imports.kinds.balances.leaving import last_day, shown
from datong.imports.kinds.balances.money import EXPIRY
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Key, Raw, Row, State
from datong.kernel.ids import uuid7

STATES = {
    "active": "active", "valid": "active", "normal": "active", "正常": "active", "有效": "active", "启用": "active",
    "frozen": "frozen", "lost": "frozen", "blocked": "frozen", "冻结": "frozen", "挂失": "frozen", "停用": "frozen",
    "replaced": "replaced", "ended": "replaced", "cancelled": "replaced", "canceled": "replaced", "注销": "replaced",
    "作废": "replaced", "已换卡": "replaced",
}  # fmt: skip


class Cards(base.Balances):
    name = "cards"
    title = _("Membership cards")
    about = _("Cards that members have: their numbers go on telling who it is.")
    icon = "id-card"
    needs, shows = Action.WALLET_MANAGE, Action.WALLET_MANAGE
    measures = ()
    columns = (
        Column("number", _("Card number"), card_number, _("4 to 32 letters and digits, as printed."), "880012345",
               needed=True, also=("card no", "card", "卡号", "会员卡号"), width=20, mask=mask_code),
        *HOLDER,
        Column("state", _("State"), cells.choice(STATES), _("active, frozen (lost) or ended."), "active",
               choices=("active", "frozen", "ended"), also=("status", "状态", "卡状态")),
        EXPIRY,
    )  # fmt: skip

    def group(self, state: State) -> tuple[str, ...]:
        return (state["state"],)

    def says(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        return (row.values.get("state", "active"),), {}

    def look(self, rows: Sequence[Row], context: Context) -> None:
        numbers = {row.values["number"] for row in rows if "number" in row.values}
        known = customers.cards_by_number(context.brand.id, numbers)
        for row in rows:
            if row.values.get("number") in known and not any(column in row.values for column in KINDS):
                row.values["_holder"] = known[row.values["number"]].customer_id  # whose it is stands already
        find_holders([row for row in rows if "_holder" not in row.values], context)
        for row in rows:
            number = row.values.get("number")
            row.values["_called"] = number
            if number and customers.of_other_brand(number, context.brand.id):
                row.wrong("number", "other_brand")
        heads = _heads(
            context, {one.customer_id for one in known.values()} | {row.values.get("_holder") for row in rows}
        )
        for row in rows:
            card, holder = known.get(row.values.get("number", "")), row.values.get("_holder")
            if card is None or holder is None:
                continue
            if heads.get(card.customer_id) != heads.get(holder):
                row.wrong("number", "card_of_other")
            else:
                row.values["_holder"] = card.customer_id  # of several records of one person

    def keys(self, row: Row) -> list[Key]:
        return [("card", row.values["number"])] if "number" in row.values else []

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        found = customers.cards_by_number(context.brand.id, {key[1] for key in keys})
        return {
            ("card", one.number): {
                "holder": str(one.customer_id),
                "state": one.state,
                "ends": base.moment(one.expires_at),
                base.USED: one.used,
            }
            for one in found.values()
        }

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        was = before.get(key)
        state: State = {
            "holder": str(row.values["_holder"]),
            "state": row.values.get("state", was["state"] if was else "active"),
            "ends": row.values.get("expiry", was["ends"] if was else ""),
            base.USED: was[base.USED] if was else False,
        }
        return {key: state}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        new = [_card(c.key, c.after) for c in changes if c.before is None]
        changed = [_card(c.key, c.after) for c in changes if c.before is not None]
        customers.bring_cards(new, changed, brand=context.brand.id, by=context.by, run=str(context.run_id))

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        brand, by, run = context.brand.id, context.by, str(context.run_id)
        if back := [_card(c.key, c.before) for c in changes if c.before is not None]:
            customers.bring_cards([], back, brand=brand, by=by, run=run)
        if gone := [c.key[1] for c in changes if c.before is None]:
            customers.end_cards(gone, brand=brand, by=by, run=run)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        timezone = ZoneInfo(brands.get_brand(brand_id).timezone)
        for page in customers.all_cards(brand_id):
            signs = customers.signs_of(brand_id, {card.customer_id for card in page})
            for card in page:
                yield {
                    **shown(signs.get(card.customer_id)),
                    "number": card.number,
                    "state": "ended" if card.state == "replaced" else card.state,
                    "expiry": last_day(card.expires_at, timezone),
                }


def _heads(context: Context, records: set[UUID | None]) -> dict[UUID, UUID]:
    """The record that stands for the person of each record."""
    wanted = [one for one in records if one is not None]
    return {one: some[0] for one, some in customers.records_of(context.brand.id, wanted).items()}


def _card(key: Key, state: State) -> CardIn:
    ends = base.moment_of(state["ends"])
    return CardIn(uuid7(), UUID(state["holder"]), key[1], state["state"], ends)
