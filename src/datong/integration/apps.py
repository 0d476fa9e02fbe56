from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    name = "datong.integration"
    label = "integration"

    def ready(self) -> None:
        from django.conf import settings

        from datong.customers.ports import register_passkeys
        from datong.fulfilment.ports import register_printer
        from datong.fulfilment.types import PrinterKind
        from datong.integration.coupons.douyin import Douyin
        from datong.integration.coupons.meituan import Meituan
        from datong.integration.escpos import EscPosPrinter
        from datong.integration.invoicing.nuonuo import Nuonuo
        from datong.integration.keeping import KEEPER
        from datong.integration.passkeys import WebAuthn
        from datong.integration.payproviders.alipay_pay import Alipay
        from datong.integration.payproviders.stripe_pay import StripePay
        from datong.integration.payproviders.wechat_pay import WeChatPay
        from datong.invoices.ports import register_issuer
        from datong.kernel.keepers import register_keeper
        from datong.payments import ports as payments
        from datong.payments.types.online import Provider
        from datong.wallet.ports import register
        from datong.wallet.types.coupons import Platform

        register_keeper(KEEPER)
        register_passkeys(WebAuthn())
        register_issuer("nuonuo", Nuonuo())
        register_printer(PrinterKind.NETWORK, EscPosPrinter(anywhere=settings.PRINTERS_ANYWHERE))
        register(Platform.MEITUAN, Meituan)
        register(Platform.DOUYIN, Douyin)
        payments.register(Provider.STRIPE, StripePay)
        payments.register(Provider.WECHAT, WeChatPay)
        payments.register(Provider.ALIPAY, Alipay)
