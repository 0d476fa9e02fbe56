"""Cards and balances of another system."""

from datong.imports.kinds.balances.cards import Cards
from datong.imports.kinds.balances.money import GiftCards, StoredValue
from datong.imports.kinds.balances.points import Points
from datong.imports.kinds.balances.vouchers import Vouchers

__all__ = ["Cards", "GiftCards", "Points", "StoredValue", "Vouchers"]
