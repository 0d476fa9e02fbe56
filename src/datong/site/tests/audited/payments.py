"""Payment providers: whose account is asked."""

from __future__ import annotations

from datong.integration.local.payproviders import LocalStripe
from datong.payments import api as payments
from datong.payments.types.online import Connection, Provider
from datong.site.tests.audited.world import BY, VERBS, World


def connect(w: World) -> Connection:
    secrets = LocalStripe().secrets
    return payments.put_provider(Provider.STRIPE, brand=w.brand, secrets=secrets, **BY)


VERBS |= {"payments.put_provider": connect}
