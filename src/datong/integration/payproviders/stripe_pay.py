"""Stripe: Checkout Sessions, refunds, and events signed with the endpoint's secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

import msgspec

from datong.payments.ports import Away, Forged, Refused, Unclear
from datong.payments.types.online import (
    Facts,
    Handed,
    Merchant,
    Notice,
    PayCall,
    RefundCall,
    RefundFacts,
    RefundStanding,
    Reply,
    Standing,
)

TIMEOUT_S = 8
LEAST = timedelta(minutes=31)
"""Stripe takes no shorter life of a session than half an hour; we close it ourselves when our time is over."""
REFUNDS = {"succeeded": RefundStanding.DONE, "failed": RefundStanding.FAILED, "canceled": RefundStanding.FAILED}


class StripePay:
    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant

    @cached_property
    def _stripe(self) -> Any:
        """The library takes a second to be imported: only when it is needed."""
        import stripe

        return stripe

    @cached_property
    def _api(self) -> Any:
        http = self._stripe.RequestsClient(timeout=TIMEOUT_S)
        addresses = {"api": self._merchant.base_url}
        return self._stripe.StripeClient(
            self._merchant.secrets["secret_key"], base_addresses=addresses, http_client=http, max_network_retries=0
        ).v1

    @contextmanager
    def _asking(self, *, changes: bool = False) -> Iterator[None]:
        """What an error of the library means for what was asked."""
        stripe = self._stripe
        try:
            yield
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            raise Away(f"Stripe does not accept the key: {error.user_message or error}") from None
        except stripe.RateLimitError:
            raise Away("Stripe: too many calls") from None
        except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
            raise Refused(f"Stripe: {error.user_message or error}") from None
        except stripe.StripeError as error:
            raise (Unclear if changes else Away)(f"Stripe: {type(error).__name__}") from None

    def create(self, call: PayCall) -> Handed:
        # The same key with other parameters is refused: told from the intent, not from the moment.
        ends = call.expires_at + LEAST
        item = {"currency": call.currency.lower(), "unit_amount": call.amount_minor}
        wanted = {
            "mode": "payment",
            "client_reference_id": call.ref,
            "metadata": {"ref": call.ref},
            "payment_intent_data": {"metadata": {"ref": call.ref}},
            "line_items": [{"quantity": 1, "price_data": {**item, "product_data": {"name": call.title}}}],
            "success_url": call.return_url,
            "cancel_url": call.return_url,
            "expires_at": int(ends.timestamp()),
        }
        with self._asking(changes=True):
            made = self._api.checkout.sessions.create(wanted, {"idempotency_key": f"pay-{call.ref}"})
        return Handed(redirect=str(made.url), provider_id=str(made.id))

    def charge(self, call: PayCall) -> Facts:
        raise Refused("Stripe has no codes that a till scans")

    def query(self, ref: str, provider_id: str) -> Facts:
        if not provider_id:
            return Facts(ref, Standing.UNKNOWN)
        with self._asking():
            return facts_of(self._api.checkout.sessions.retrieve(provider_id).to_dict())

    def close(self, ref: str, provider_id: str) -> Facts:
        if not provider_id:
            return Facts(ref, Standing.UNKNOWN)
        try:
            with self._asking(changes=True):
                return facts_of(self._api.checkout.sessions.expire(provider_id).to_dict())
        except Refused:  # it is complete or over: the session says which
            return self.query(ref, provider_id)

    def reverse(self, ref: str) -> Facts:
        raise Refused("Stripe has no codes that a till scans")

    def refund(self, call: RefundCall) -> RefundFacts:
        with self._asking():
            there = self._api.refunds.list({"payment_intent": call.transaction, "limit": 100}).to_dict()
        for one in there["data"]:
            if (one.get("metadata") or {}).get("key") == call.key:
                return refund_of(one)
        wanted = {"payment_intent": call.transaction, "amount": call.amount_minor, "metadata": {"key": call.key}}
        with self._asking(changes=True):
            return refund_of(self._api.refunds.create(wanted, {"idempotency_key": f"refund-{call.key}"}).to_dict())

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice:
        secret = self._merchant.secrets["webhook_secret"]
        try:
            self._stripe.WebhookSignature.verify_header(
                body.decode(), headers.get("stripe-signature", ""), secret, tolerance=300
            )
        except (self._stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise Forged(str(error)[:200]) from None
        event = msgspec.json.decode(body)
        kind, found = str(event.get("type", "")), event.get("data", {}).get("object", {})
        read: Mapping[str, Callable[[Any], dict[str, Any]]] = {
            "checkout.session": lambda it: {"paid": facts_of(it)},
            "refund": lambda it: {"refunded": refund_of(it)},
        }
        told = read.get(found.get("object", ""), lambda _it: {})(found)
        return Notice(str(event.get("id", ""))[:120], kind[:80], **told)

    def check(self) -> str:
        with self._asking():
            there = self._api.balance.retrieve().to_dict()
        return "live" if there.get("livemode") else "test mode"

    def reply(self, *, taken: bool) -> Reply:
        return Reply("ok" if taken else "again", status=200 if taken else 503)


def facts_of(session: Mapping[str, Any]) -> Facts:
    """What a Checkout Session says; paid is only what Stripe calls paid."""
    ref = str(session.get("client_reference_id") or "")
    if session.get("payment_status") == "paid":
        amount, currency = session.get("amount_total") or 0, str(session.get("currency") or "").upper()
        return Facts(ref, Standing.PAID, amount, currency, str(session.get("payment_intent") or ""))
    return Facts(ref, Standing.CLOSED if session.get("status") == "expired" else Standing.WAITING)


def refund_of(refund: Mapping[str, Any]) -> RefundFacts:
    key = str((refund.get("metadata") or {}).get("key") or "")
    standing = REFUNDS.get(str(refund.get("status")), RefundStanding.WAITING)
    return RefundFacts(key, standing, str(refund.get("id") or ""))
