"""Whose a row's balance is: by member number, card, or a verified phone or e-mail, all of which must agree."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from datong.access import api as access
from datong.customers import api as customers
from datong.customers.types import IdentityKind
from datong.imports.rules import cells
from datong.imports.types import Column, Context, Facts, Raw, Row, Wrong
from datong.integration.api import e164
from datong.kernel.errors import BadValue

KINDS = {
    "card": IdentityKind.CARD,
    "member": IdentityKind.MEMBER,
    "phone": IdentityKind.PHONE,
    "email": IdentityKind.EMAIL,
}


def _phone(raw: Raw, facts: Facts) -> str:
    if cells.SHORTENED.fullmatch(cells.plain(raw)):
        raise Wrong("shortened_number", value=cells.plain(raw))
    found = e164(cells.plain(raw), facts.country)
    if found is None:
        raise Wrong("phone")
    return found


def _email(raw: Raw, facts: Facts) -> str:
    return cells.text(200)(raw, facts).lower()


def card_number(raw: Raw, facts: Facts) -> str:
    """A card's number as it is known here: letters and digits, in capitals."""
    try:
        return customers.plain_number(cells.code(40)(raw, facts))
    except BadValue as error:
        raise Wrong("card_number") from error


def mask_code(code: str) -> str:
    """The last four, as a receipt shows them."""
    return f"***{code[-4:]}" if len(code) > 6 else "***"


CARD = Column("card", _("Card number"), card_number, _("Of a card that is known; import the cards first."), "880012345",
              also=("card no", "card", "卡号", "会员卡号"), width=20, mask=mask_code)  # fmt: skip
HOLDER = (
    Column("member", _("Member number"), cells.code(60), _("As in the table of customers."), "M-10001", also=(
           "member no", "member id", "customer number", "会员号", "会员编号", "客户编号"), width=18),
    Column("phone", _("Phone"), _phone, _("A verified one, where there is no member number."), "+8613800138000", also=(
           "mobile", "手机", "手机号"), width=18, mask=access.mask_phone),
    Column("email", _("E-mail"), _email, _("A verified one, where there is no "
           "member number."), "ann@example.com", also=("mail", "邮箱"), width=24, mask=access.mask_email),
)  # fmt: skip


def find_holders(rows: Sequence[Row], context: Context, *, needed: bool = True) -> None:
    """Put `_holder` (a record's id) on every row; what is not known, not said, or not the same person is noted."""
    wanted = {
        (kind.value, row.values[column]) for row in rows for column, kind in KINDS.items() if column in row.values
    }
    owners = customers.owners_of_signs(context.brand.id, wanted)
    for row in rows:
        shown = [column for column in KINDS if column in row.values]
        if not shown:
            if needed and not any(fault.column in KINDS for fault in row.faults):
                row.wrong("member", "whose")
            continue
        unknown = [column for column in shown if (KINDS[column].value, row.values[column]) not in owners]
        if unknown:
            row.wrong(unknown[0], "unknown_holder")
            continue
        found = [owners[KINDS[column].value, row.values[column]] for column in shown]
        if len({owner.head_id for owner in found}) > 1:
            row.wrong(shown[-1], "other_holder", name=found[0].name or "-", other=found[-1].name or "-")
            continue
        row.values["_holder"] = found[0].customer_id


def holder_of(row: Row) -> UUID | None:
    found: UUID | None = row.values.get("_holder")
    return found


def called(row: Row) -> str:
    """Whose a row is, as the file says it."""
    return str(next((row.values[name] for name in KINDS if name in row.values), ""))
