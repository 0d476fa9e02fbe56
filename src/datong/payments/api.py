"""The public face of payments."""

from datong.payments.actions import confirm, record
from datong.payments.queries import payments_of

__all__ = ["confirm", "payments_of", "record"]
