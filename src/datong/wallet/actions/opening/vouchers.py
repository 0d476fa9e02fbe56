"""Vouchers of another system: codes and states; those that can be redeemed get their right in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer
from datong.wallet import rules
from datong.wallet.actions.opening.kept import Step, keep, standing, strike, trail
from datong.wallet.events import VouchersIssued
from datong.wallet.queries.vouchers import offers
from datong.wallet.types import Offer, Voucher, VoucherState
from datong.wallet.types.opening import OPENING, Bring, Taken

WRITE = """
    INSERT INTO wallet_voucher (brand_id, id, offer_id, batch_id, customer_id, code, state, price_minor, issued_at,
                                starts_at, ends_at)
    SELECT %(brand)s, v.id, v.offer, NULL, v.customer, v.code, v.state, v.price, %(now)s, NULL, v.ends
      FROM unnest(%(ids)s::uuid[], %(offers)s::uuid[], %(customers)s::uuid[], %(codes)s::text[], %(states)s::text[],
                  %(prices)s::bigint[], %(ends)s::timestamptz[]) v(id, offer, customer, code, state, price, ends)
     ORDER BY v.code
    ON CONFLICT DO NOTHING
"""
DROP = "DELETE FROM wallet_voucher WHERE brand_id = %s AND id = ANY(%s::uuid[])"


def bring_vouchers(steps: Sequence[Step], *, brand: UUID, by: str, run: UUID) -> None:
    """Open, change or take back vouchers; Conflict for a code that is in use, or one that was redeemed since."""
    with in_brand(brand):
        gone = standing(Taken.VOUCHER, steps, brand)
        known = {one.code: one for one in offers(brand)}
        made = [(after, uuid7()) for _, after in steps if after is not None]
        day, currency = rulebook(brand).business_date(clock.now()), get_brand(brand).currency
        back = [(_voucher(was.it, was.thing_id, known), known[was.it.group]) for was in gone.values()]
        there = [(_voucher(it, id, known), known[it.group]) for it, id in made]
        moves = [move for one in back for move in _moves(*one, currency, day, back=False)]
        moves += [move for one in there for move in _moves(*one, currency, day, back=True)]
        post(moves, brand=brand, late=True)
        strike(Taken.VOUCHER, list(gone), brand)
        if gone:
            execute(DROP, [brand, [was.thing_id for was in gone.values()]])
        if made and execute(WRITE, _columns((voucher for voucher, _ in there), brand)) < len(made):
            raise Conflict("there is a voucher with this code already")
        keep(Taken.VOUCHER, made, run, brand, {id: {"state": it.state} for it, id in made})
        trail(Taken.VOUCHER, steps, brand, by, run)
        outbox.emit(*(VouchersIssued(v.id, about.code, 1, v.customer_id) for v, about in there))


def _voucher(it: Bring, id: UUID, known: dict[str, Offer]) -> Voucher:
    about = known[it.group]
    return Voucher(
        id=id,
        offer_id=about.id,
        code=it.ref,
        state=VoucherState(it.state),
        issued_at=clock.now(),
        starts_at=None,
        ends_at=it.expires_at,
        customer_id=it.customer_id,
        price_minor=about.price_minor,
    )


def _moves(voucher: Voucher, about: Offer, currency: str, day: date, *, back: bool) -> list[Transfer]:
    """The right, and what was paid for it. `back`: into the purse of the voucher; else out of it again."""
    if voucher.state is not VoucherState.ACTIVE:
        return []
    kind = "voucher_opening" if back else "voucher_opening_back"
    made = [rules.moved(voucher, about, kind, voucher.id, day, back=back)]
    if voucher.price_minor:
        sides = Account(OPENING, currency), Account("liability:vouchers", currency)
        debit, credit = sides if back else sides[::-1]
        facts = {"offer": about.code}
        made.append(Transfer(uuid7(), debit, credit, voucher.price_minor, kind, voucher.id, day, facts))
    return made


def _columns(vouchers: Iterable[Voucher], brand: UUID) -> dict[str, object]:
    found = list(vouchers)
    return {
        "brand": brand,
        "now": clock.now(),
        "ids": [v.id for v in found],
        "offers": [v.offer_id for v in found],
        "customers": [v.customer_id for v in found],
        "codes": [v.code for v in found],
        "states": [v.state.value for v in found],
        "prices": [v.price_minor for v in found],
        "ends": [v.ends_at for v in found],
    }
