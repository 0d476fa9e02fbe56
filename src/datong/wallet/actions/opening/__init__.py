"""Taking over what another system kept: against `equity:opening`, each thing once, with its way back."""

from datong.wallet.actions.opening.money import bring_money
from datong.wallet.actions.opening.points import bring_points
from datong.wallet.actions.opening.vouchers import bring_vouchers

__all__ = ["bring_money", "bring_points", "bring_vouchers"]
