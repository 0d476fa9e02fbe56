"""The public face of payments."""

from datong.payments.actions import confirm, record, refund, refund_done
from datong.payments.queries import payments_of, refunds_of

__all__ = ["confirm", "payments_of", "record", "refund", "refund_done", "refunds_of"]
