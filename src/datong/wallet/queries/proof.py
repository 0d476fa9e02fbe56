"""What must hold between points, vouchers and the ledger, for its own verification."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.ledger.types import Difference
from datong.wallet import rules
from datong.wallet.queries.points import check_points
from datong.wallet.types import POINTS, VOUCHER

VOUCHERS = """
    SELECT v.id, (CASE WHEN v.state = 'active' THEN 1 ELSE 0 END), coalesce(b.credits_minor - b.debits_minor, 0)
      FROM wallet_voucher v
      LEFT JOIN ledger_account a ON a.brand_id = v.brand_id AND a.currency = 'VCH'
       AND a.code = 'liability:purse:' || replace(v.id::text, '-', '') || ':voucher'
      LEFT JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
     WHERE v.brand_id = %(brand)s
       AND coalesce(b.credits_minor - b.debits_minor, 0) <> (CASE WHEN v.state = 'active' THEN 1 ELSE 0 END)
     ORDER BY v.id LIMIT 200
"""


def differences(brand_id: UUID) -> list[Difference]:
    """Points that are not the sum of their lots, and vouchers whose right in the ledger is not as their state says."""
    found = [
        Difference(
            f"points_{one.what}",
            rules.purse(one.purse_id, "points").code if one.purse_id else rules.LIABILITY,
            POINTS if one.purse_id else "",
            one.found - one.expected,
            one.purse_id,
        )
        for one in check_points(brand_id)
    ]
    with in_brand(brand_id):
        odd = rows(VOUCHERS, {"brand": brand_id})
    return found + [
        Difference("voucher_differs", rules.holder(voucher).code, VOUCHER, has - should, voucher)
        for voucher, should, has in odd
    ]
