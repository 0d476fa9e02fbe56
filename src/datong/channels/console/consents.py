"""What a customer agrees to: written down by staff, and taken back by the customer with one click on a signed link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import words
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.shell import brand_css, desk
from datong.channels.console.who import Who
from datong.channels.open import anyone
from datong.customers import api as customers
from datong.customers.types import Consent, Means, Purpose, Said
from datong.kernel.errors import BadInput, NotFound

SALT = "datong.customers.consent"
PURPOSE: words.Words = {
    Purpose.MARKETING: gettext_lazy("news and offers"),
    Purpose.PERSONALISATION: gettext_lazy("suggestions made for them"),
    Purpose.SURVEYS: gettext_lazy("surveys"),
    Purpose.PARTNERS: gettext_lazy("passing on to partners"),
}
MEANS: words.Words = {
    Means.EMAIL: gettext_lazy("e-mail"),
    Means.SMS: gettext_lazy("text message"),
    Means.PHONE: gettext_lazy("phone"),
    Means.WECHAT: "WeChat",
    Means.PUSH: gettext_lazy("app notification"),
    Means.POST: gettext_lazy("letter"),
}
SAID: words.Words = {
    Said.GIVEN: gettext_lazy("agreed"),
    Said.ASKED: gettext_lazy("asked, not confirmed"),
    Said.WITHDRAWN: gettext_lazy("no"),
}
HUE = {Said.GIVEN: "good", Said.ASKED: "waiting", Said.WITHDRAWN: "neutral"}


def card(brand_id: UUID, customer_id: UUID) -> dict[str, Any]:
    """What the customer's page shows: what holds, every word so far, the link to take it back."""
    return {
        "now": [_line(each) for each in customers.consents_of(brand_id, customer_id)],
        "history": [_line(each) for each in customers.consent_history(brand_id, customer_id, limit=50)],
        "purposes": [(each.value, words.word(PURPOSE, each)) for each in Purpose],
        "means": [(each.value, words.word(MEANS, each)) for each in Means],
        "link": address(brand_id, customer_id),
    }


def _line(consent: Consent) -> dict[str, Any]:
    return {
        "it": consent,
        "purpose": words.word(PURPOSE, consent.purpose),
        "means": words.word(MEANS, consent.means),
        "said": words.word(SAID, consent.said),
        "hue": HUE[consent.said],
    }


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.ORDERS_ACT)
def say(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Staff write down what a customer told them."""
    if not opened(who, orders_of(who, customer_id, 1)):
        raise NotFound("no such customer")
    given = request.POST
    try:
        about = [(Purpose(given.get("purpose", "")), Means(given.get("means", "")))]
        said, text = Said(given.get("said", "")), given.get("text_version", "")
        version = "" if said is Said.WITHDRAWN else text
        customers.say_consent(
            customer_id,
            about,
            said,
            brand=who.brand.id,
            by=who.staff.username,
            source=given.get("source", "") or "console",
            text_version=version,
        )
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except ValueError:
        messages.error(request, _("Please give a purpose, a way and what was said."))
    else:
        messages.success(request, _("Noted."))
    return redirect("customer", customer_id)


def address(brand_id: UUID, customer_id: UUID) -> str:
    """The customer's own page: it stays good, for a withdrawal must always be possible."""
    return reverse("consent", args=[signing.dumps([str(brand_id), str(customer_id)], salt=SALT, compress=True)])


@anyone("a signed link is the proof; it shows what was agreed to, no name and no contact")
@csrf_exempt  # the link itself is the secret; mail programs send the one-click POST of RFC 8058 without a cookie
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """What was agreed to; a button takes one or all of it back, another confirms what was asked."""
    try:
        brand_text, customer_text = signing.loads(token, salt=SALT)
        brand, customer_id = brands.get_brand(UUID(brand_text)), UUID(customer_text)
        held = customers.consents_of(brand.id, customer_id)
    except (signing.BadSignature, ValueError, TypeError, NotFound):
        gone = {"language": get_language(), "gone": _("This link opens nothing. Copy it whole from our message.")}
        return render(request, "console/consent.html", gone, status=404)
    if request.method == "POST":
        _act(request, brand.id, customer_id)
        return redirect("consent", token)
    lines = [_line(each) for each in held]
    given = {
        "language": get_language(),
        "brand": brand,
        "brand_css": brand_css(brand),
        "given": [line for line in lines if line["it"].said is Said.GIVEN],
        "asked": [line for line in lines if line["it"].said is Said.ASKED],
    }
    return render(request, "console/consent.html", given)


def _act(request: HttpRequest, brand_id: UUID, customer_id: UUID) -> None:
    by, source = "customer", "link"
    if request.POST.get("do") == "confirm":
        customers.confirm_consents(customer_id, brand=brand_id, by=by, source=source)
    elif one := request.POST.get("one", ""):
        about = [c for c in customers.consents_of(brand_id, customer_id) if str(c.id) == one]
        pairs = [(c.purpose, c.means) for c in about]
        customers.say_consent(customer_id, pairs, Said.WITHDRAWN, brand=brand_id, by=by, source=source)
    else:
        customers.withdraw_all(customer_id, brand=brand_id, by=by, source=source)
