"""What the verbs of stored value share: the purse's row lock, a transfer, an entry of the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.kernel import audit, clock
from datong.kernel.db import current_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.ledger.api import rulebook
from datong.ledger.types import Account, Transfer
from datong.wallet.queries.stored import COLUMNS, with_balances
from datong.wallet.types.opening import OPENING
from datong.wallet.types.stored import Part, Purse, PurseState, refused

MAX_REASON = 300
NOWHERE: Mapping[str, str] = {}
LOCK = f"""
    SELECT {COLUMNS} FROM wallet_purse WHERE brand_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608  constants only


def lock_purses(ids: Sequence[UUID]) -> dict[UUID, Purse]:
    """These purses, locked in the order of their ids, with their balances; NotFound for one that is not there.

    Every verb that takes money off a purse locks its row first, so that a balance read under the lock stands.
    """
    brand = current_brand()
    found = {purse.id: purse for purse in with_balances(brand, rows(LOCK, [brand, sorted(set(ids))]))}
    for wanted in ids:
        if wanted not in found:
            raise NotFound(f"no purse {wanted}")
    return found


def check_active(purse: Purse) -> None:
    ended = purse.expires_at is not None and purse.expires_at <= clock.now()
    if purse.state is not PurseState.ACTIVE or ended:
        why = PurseState.EXPIRED if ended and purse.state is PurseState.ACTIVE else purse.state
        raise refused(f"purse_{why.value}", field="purse_id", shown=purse.id)


def check_reason(reason: str) -> str:
    if not 0 < len(reason.strip()) <= MAX_REASON or not reason.isprintable():
        raise BadValue("reason", reason[:80], f"a few words on why, at most {MAX_REASON} characters")
    return reason.strip()


def move(debit: Account, credit: Account, amount: int, kind: str, subject: UUID, **dimensions: str) -> Transfer:
    said = {name: value for name, value in dimensions.items() if value}
    return Transfer(
        id=uuid7(),
        debit=debit,
        credit=credit,
        amount_minor=amount,
        kind=kind,
        subject_id=subject,
        business_date=rulebook(current_brand()).day_at(clock.now(), said),
        dimensions=said,
    )


def booked(
    event: str,
    amount: int,
    kind: str,
    subject: UUID,
    currency: str,
    places: Mapping[str, str] = NOWHERE,
    *,
    back: bool = False,
    **dimensions: str,
) -> Transfer:
    """What a business event posts by the brand's rules of this business day; `back`: the other way round.

    `places` fill the codes of the rule: the purse and its part, `received` (`paid_with`), the platform.
    """
    book = rulebook(current_brand())
    day = book.day_at(clock.now(), dimensions)
    debit, credit = book.sides(event, day, currency, **places)
    if back:
        debit, credit = credit, debit
    return move(debit, credit, amount, kind, subject, **dimensions)


def paid_with(method: str, store: str = "") -> dict[str, str]:
    """Where money of this method stands: `cash`, `wechat`, `alipay`, a bank, or `partner:<issuer>` who owes it; of
    `opening`, what an older system handed over."""
    if method == "opening":
        return {"received": OPENING}
    book = rulebook(current_brand())
    day = book.day_at(clock.now(), {"store": store})
    if method.startswith("partner:"):
        return {"received": book.account("wallet.partner", day, partner=method.removeprefix("partner:"))}
    name = "wallet.cash" if method == "cash" else "wallet.provider"
    return {"received": book.account(name, day, method=method)}


def of_purse(purse_id: UUID, part: str = "") -> dict[str, str]:
    return {"purse": purse_id.hex, "part": part}


def trail(verb: str, purse: Purse, by: str, *, reason: str = "", store: UUID | None = None, **after: object) -> None:
    audit.record(
        brand=current_brand(),
        actor=by,
        verb=verb,
        subject=f"purse {purse.id}",
        after={"customer": str(purse.customer_id or ""), "currency": purse.currency, **after},
        reason=reason,
        store_id=store,
    )


PARTS = (Part.PRINCIPAL, Part.BONUS)
