"""What a member has, as lines to show: stored value by currency, points, vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datong.channels.design.formats import number
from datong.kernel.money import Money
from datong.wallet import api as wallet
from datong.wallet.types.stored import PurseState


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str
    note: str = ""


def balance_lines(brand: UUID, customer_id: UUID, language: str) -> list[Line]:
    """The balances of the person this record is, over all records; what there is none of has no line."""
    has: dict[str, int] = {}
    for purse in wallet.purses_of(brand, customer_id):
        if purse.state is PurseState.ACTIVE:
            has[purse.currency] = has.get(purse.currency, 0) + purse.available_minor
    lines = [Line(_("Balance"), Money(minor, currency).format(language)) for currency, minor in sorted(has.items())]
    for points in wallet.points_of(brand, customer_id):
        if points.active or points.pending:
            lines.append(Line(_("Points"), number(points.active)))
    if vouchers := wallet.vouchers_of(brand, customer_id):
        said = ngettext("%(n)s voucher", "%(n)s vouchers", len(vouchers)) % {"n": number(len(vouchers))}
        lines.append(Line(_("Vouchers"), said))
    return lines
