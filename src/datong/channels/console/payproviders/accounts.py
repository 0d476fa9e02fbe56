"""Who takes the customers' money online: the account at each provider, a test of it, and what was heard from there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.payproviders.words import provider_word
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, BadValue
from datong.payments import api as payments
from datong.payments.ports import Away, Refused
from datong.payments.types.online import BASE_URLS, NEEDS, Connection, Provider, takes_currency

LONG = frozenset({"private_key", "public_key", "alipay_public_key"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def accounts(request: HttpRequest, who: Who) -> HttpResponse:
    """The page; POST with `test` asks the provider, else it keeps what was typed."""
    errors: dict[str, str] = {}
    said = request.POST.get("provider", "")
    chosen = Provider(said) if said in set(Provider) else None
    if request.method == "POST":
        try:
            if chosen is None:
                raise BadValue("provider", said[:40], _("Choose the provider."))
            if "test" in request.POST:
                _test(request, who, chosen)
            else:
                _put(request, who, chosen)
            return redirect("payment-providers")
        except BadInput as error:
            errors = {problem.field.rsplit("/", 1)[-1]: problem.fix for problem in error.problems}
    known = {one.provider: one for one in payments.connections(who.brand.id)}
    given = {
        "forms": [
            _form(
                request,
                who,
                one,
                known.get(one),
                request.POST if one is chosen else {},
                errors if one is chosen else {},
            )
            for one in Provider
        ],
        "may": who.may(Action.CHANNELS_EDIT),
        "troubled": payments.troubled_refunds(who.brand.id),
    }
    return page(request, who, "payproviders/accounts", given, status=422 if errors else 200)


def _form(
    request: HttpRequest, who: Who, one: Provider, known: Connection | None, typed: Any, errors: dict[str, str]
) -> dict[str, Any]:
    words = {
        "secret_key": _("Secret key"),
        "webhook_secret": _("Signing secret of the webhook"),
        "app_id": _("App ID"),
        "mch_id": _("Merchant number"),
        "serial_no": _("Serial number of the certificate"),
        "private_key": _("Our private key"),
        "api_v3_key": _("APIv3 key"),
        "public_key_id": _("ID of their public key"),
        "public_key": _("Their public key"),
        "alipay_public_key": _("Alipay's public key"),
    }
    takes = takes_currency(one, who.brand.currency)
    badge = (_("takes payments"), "good") if known and known.active and takes else (_("off"), "neutral")
    return {
        "provider": one.value,
        "name": provider_word(one),
        "badge": badge,
        "known": known,
        "takes": takes,
        "secrets": [(name, words[name], errors.get(name, ""), name in LONG) for name in NEEDS[one]],
        "base_url": typed.get("base_url") or (known.base_url if known else BASE_URLS[one]),
        "hook": request.build_absolute_uri(reverse("pay-hook", args=[who.brand.slug, one.value])),
        "active": typed.get("active") == "on" if typed else known is None or known.active,
        "errors": errors,
    }


def _put(request: HttpRequest, who: Who, provider: Provider) -> None:
    given = request.POST
    payments.put_provider(
        provider,
        brand=who.brand.id,
        by=who.staff.username,
        secrets={name: given.get(name, "") for name in NEEDS[provider]},
        base_url=given.get("base_url", ""),
        active=given.get("active") == "on",
    )
    messages.success(request, _("%(provider)s is kept. Test it before customers pay.") % _named(provider))


def _test(request: HttpRequest, who: Who, provider: Provider) -> None:
    """In no transaction, for it talks to the provider."""
    try:
        told = payments.provider_of(provider, brand=who.brand.id).check()
    except (Away, Refused) as error:
        payments.heard(provider, error.said, brand=who.brand.id, trouble=True)
        messages.error(
            request, _("%(provider)s does not accept it: %(said)s") % {**_named(provider), "said": error.said}
        )
    else:
        messages.success(request, _("%(provider)s answers: %(said)s") % {**_named(provider), "said": told})


def _named(provider: Provider) -> dict[str, str]:
    return {"provider": provider_word(provider)}
