"""Points of another system: a sum, the day the first of them end, or every lot with its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access.types import Action
from datong.imports.kinds.balances import base
from datong.imports.kinds.balances.base import Balances
from datong.imports.kinds.balances.holders import CARD, HOLDER, called, find_holders, holder_of
from datong.imports.kinds.balances.leaving import ID, MOST_LOTS
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Facts, Raw, Row, State, Wrong
from datong.wallet import api as wallet
from datong.wallet.types import POINTS, Programme
from datong.wallet.types.opening import Taken

MOST = 1_000_000_000
_LOT = re.compile(r"\s*(?P<points>\d{1,10})\s*(?:@\s*(?P<day>.+?))?\s*")

Lots = list[tuple[int, str]]


def _lots(raw: Raw, facts: Facts) -> Lots:
    """Such as: 100@2027-06-30; 50@2027-12-31; 20 - points and the last day they are good."""
    found: Lots = []
    for part in re.split(r"[;；\n]", cells.plain(raw)):
        match = _LOT.fullmatch(part)
        if match is None or not 0 < int(match["points"]) <= MOST:
            raise Wrong("lots")
        found.append((int(match["points"]), base.until(match["day"], facts) if match["day"] else ""))
    if len(found) > MOST_LOTS:
        raise Wrong("too_many_signs", limit=MOST_LOTS)
    return found


class Points(Balances):
    name = "points"
    title = _("Points")
    about = _("What members have in points of another system, with the day they end.")
    icon = "star"
    needs, shows = Action.WALLET_MANAGE, Action.WALLET_MANAGE
    taken = Taken.POINTS
    columns = (
        CARD,
        *HOLDER,
        Column("programme", pgettext_lazy("column", "Programme"), cells.text(40),
               _("Its code; left out where there is one only."), "club",
               also=("program", "积分计划")),
        Column("points", _("Points"), cells.whole(0, MOST), _("What they have in all."), 1250, needed=True, also=(
               "balance", "积分", "积分余额", "可用积分")),
        Column("expiry", _("Earliest end"), base.until, _("The last day of all of them; left out, without end. Where "
               "they end on several days, use lots."), "2027-12-31", also=("expires", "earliest expiry", "最早到期日",
               "到期日", "有效期至")),
        Column("lots", _("Lots"), _lots, _("Points with their last day, separated by ; they must come to the sum."),
               "1000@2027-06-30; 250@2027-12-31", also=("batches", "积分批次"), width=32),
        ID,
    )  # fmt: skip

    def group(self, state: State) -> tuple[str, ...]:
        return (state["group"],)

    def says_of(self, row: Row) -> tuple[tuple[str, ...], dict[str, int]] | None:
        points = row.values.get("points")
        return None if points is None else ((row.values.get("programme", "-"),), {"principal": points})

    def look_of(self, rows: Sequence[Row], context: Context) -> None:
        find_holders(rows, context)
        known: dict[str, Programme] = context.once(
            "programmes", lambda: {one.code: one for one in wallet.programmes(context.brand.id)}
        )
        for row in rows:
            _programme(row, known)
            _sum(row, context)
            row.values["_called"] = called(row)
            holder = holder_of(row)
            if holder is not None and "programme" in row.values:
                by = f"id:{row.values['id']}" if "id" in row.values else holder  # several of one person
                row.values["_ref"] = f"{row.values['programme']}:{by}"

    def want_of(self, row: Row, before: State | None, context: Context) -> State:
        v = row.values
        lots = [[points, ends] for points, ends in v["_lots"]]
        more = {"group": v["programme"], "lots": lots}
        return base.fresh(row, POINTS, v["points"], v["_called"], before, **more)

    def write(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_of(self.taken, changes)
        wallet.bring_points(steps, brand=context.brand.id, by=context.by, run=context.run_id)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        steps = base.steps_back(self.taken, changes)
        wallet.bring_points(steps, brand=context.brand.id, by=context.by, run=context.run_id)


def _programme(row: Row, known: Mapping[str, Programme]) -> None:
    wanted = row.values.get("programme")
    named = {one.name.casefold(): code for code, one in known.items()}
    if wanted is None and len(known) == 1:
        row.values["programme"] = next(iter(known))
    elif wanted in known:
        pass
    elif wanted is not None and wanted.casefold() in named:
        row.values["programme"] = named[wanted.casefold()]
    else:
        row.wrong("programme", "unknown_programme", near=", ".join(sorted(known)[:12]) or "-")
        row.values.pop("programme", None)


def _sum(row: Row, context: Context) -> None:
    """Lots must come to the sum and lie ahead; without them all is one lot."""
    points, lots = row.values.get("points"), row.values.get("lots")
    if points is None:
        return
    if lots is not None and sum(each for each, _ in lots) != points:
        row.wrong("lots", "lots_sum", sum=sum(each for each, _ in lots), points=points)
    if lots is None:
        lots = [(points, row.values.get("expiry", ""))] if points else []
    if any(base.is_past(ends, context) for _, ends in lots):
        row.wrong("lots" if "lots" in row.values else "expiry", "past")
    row.values["_lots"] = lots
