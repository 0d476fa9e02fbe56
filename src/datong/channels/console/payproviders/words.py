"""Providers of payments in the readers' words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from datong.payments.types.online import Provider


def provider_word(provider: Provider) -> str:
    return {
        Provider.STRIPE: _("Bank card (Stripe)"),
        Provider.WECHAT: _("WeChat Pay"),
        Provider.ALIPAY: _("Alipay"),
    }[provider]
