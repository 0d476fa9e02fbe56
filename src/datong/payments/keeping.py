"""What payments say of a person: the reasons of refunds. References of providers stay, the books need them."""

from __future__ import annotations

from datong.kernel.keepers import Keeper, Text

KEEPER = Keeper("payments", texts=(Text("payments_refund", ("reason", "by"), of="order_id"),))
