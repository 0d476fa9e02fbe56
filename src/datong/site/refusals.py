"""Refusals in the language of who asks: what a till or a member's app shows when it is told no.

Code and field stay as they are, for machines; title, detail and fix are for people. A refusal is made in English where
it is decided; here is the phrase book of those that somebody at a counter may see. What it does not have stays English.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _

TITLES = {
    "bad_input": _("Bad input"),
    "not_found": _("Not found"),
    "not_allowed": _("Not allowed"),
    "not_authenticated": _("Not authenticated"),
    "bad_signature": _("Bad signature"),
    "conflict": _("Conflict"),
    "too_large": _("Too large"),
    "too_many_requests": _("Too many requests"),
    "unavailable": _("Unavailable"),
    "malformed": _("Malformed"),
    "method_not_allowed": _("Method not allowed"),
    "internal": _("Internal"),
}
PHRASES = (
    _("%(field)s: expected %(fix)s, got %(value)s"),
    _("%(n)s values cannot be used"),
    _("the request does not fit its schema"),
    _("the body is not JSON"),
    _("send valid JSON in UTF-8"),
    _("there is no such thing"),
    _("nothing has this address"),
    _("Field required"),
    _("Input should be a valid integer"),
    _("Value error, a number is wanted here"),
    _("Input should be a valid string"),
    _("Input should be a valid boolean"),
    _("Input should be greater than or equal to %(n)s"),
    _("Input should be less than or equal to %(n)s"),
    _("this key may not do that: it needs the scope %(scope)s"),
    _("too many wrong codes from here: try again later"),
    _("this key was used for another payment"),
    _("this key was used for another request"),
    _("this key was used for another top-up"),
    _("a new key"),
    _("a new key for a new request"),
    _("a new key for a new top-up"),
    _("whole minor units above 0"),
    _("an ISO 4217 code such as CNY"),
    _("%(n)s to %(m)s printable characters"),
    _("there is %(sum)s %(currency)s, not %(wanted)s"),
    _("at most %(n)s: that is what there is"),
    _("at most %(n)s: that is what the payment still has"),
    _("a member's code, or a gift card's"),
    _("the member's code: the points are theirs"),
    _("the provider's name and its number"),
    _("less than the amount: the card pays the rest"),
    _("cash or provider"),
    _("at most %(n)s codes, each once"),
    _("%(currency)s, as the card is"),
    _("%(currency)s: points and vouchers are worth that"),
    _("within the last %(n)s days"),
    _("the code of a store of this brand"),
    _("%(wanted)s points are wanted and %(there)s are there"),
    _("at most %(n)s points"),
    _("these points cannot be taken"),
    _("at least %(n)s points: fewer are not taken"),
    _("at most %(n)s points a payment"),
    _("at most %(n)s points: they pay %(share)s %% of a payment"),
    _("a whole number from %(n)s to %(m)s"),
    _("none: points are not spent without network"),
    _("none: without network they are redeemed alone"),
    _("this brand has no points programme"),
    _("no points programme %(code)s"),
    _("no voucher has this code"),
    _("the code as printed: a character is wrong"),
    _("a voucher of this brand: this one is another's"),
    _("the %(n)s to %(m)s letters and digits of the voucher"),
    _("a voucher that was not used: this one was, at %(where)s, %(at)s"),
    _("a voucher that is valid: this one was taken back"),
    _("a voucher that has not expired"),
    _("not before %(at)s"),
    _("at %(stores)s"),
    _("through %(channels)s"),
    _("a basket of %(n)s minor units or more"),
    _("the total of the basket: a percentage is of something"),
    _("a basket with %(sku)s"),
    _("a basket for which this holds: %(condition)s"),
    _("a voucher is not needed"),
    _("leave it out: the others pay all of it"),
    _("this voucher is part of a payment of the wallet"),
    _("give the money of its payment back: the voucher comes with it"),
    _("these points are part of a payment"),
    _("give the money of its payment back: the points come with it"),
    _("no card has this code"),
    _("the code of a card: no card has this one"),
    _("the %(n)s letters and digits of the card"),
    _("This card is frozen."),
    _("This card was replaced by another one."),
    _("This card has expired."),
    _("This card is another brand's."),
    _("A payment holds money of this card. Wait until it is taken or given back."),
    _("The place allows no more on one card."),
    _("A card of another brand needs a licensed issuer in this place."),
    _("Only a card without a name has a code."),
    _("payment %(id)s was given back: pay again"),
    _("a payment that is still held"),
    _("the order was cancelled: release the payment"),
    _("the order is paid already: release this payment"),
    _("This code is too old. Ask for the code that is on the phone now."),
    _("This code has paid already. The phone shows a new one within 30 seconds."),
    _("The number identifies and does not pay. Scan the code on the phone."),
    _("no card has this number"),
    _("this code is none of the card's"),
    _("4 to 32 letters and digits"),
    _("the number as printed: a digit is wrong"),
    _("the code on the card"),
    _("the whole code: scan it again"),
    _("the code as shown: scan it again"),
    _("The platform does not know this code."),
    _("This coupon was verified already."),
    _("This coupon has expired."),
    _("The customer got the money for this coupon back."),
    _("This coupon is not for this store."),
    _("The code does not hold that many uses."),
    _("Nobody has said yet which product this deal is."),
    _("This platform is not connected for this store."),
    _("The platform takes a verification back for a short time only, and it is over."),
    _("A payment took this coupon: give that back first."),
    _("This coupon was taken back."),
    _("The platform refuses it."),
    _("a code that was not verified before"),
    _("the code as it was scanned or typed"),
    _("%(n)s to %(m)s uses"),
    _("a verified coupon"),
    _("a coupon that stands"),
    _("a coupon that paid nothing yet"),
    _("a coupon is not needed"),
    _("no such coupon was verified"),
    _("cancel the order, or give its payment back"),
    _("it could be taken back until %(at)s"),
    _("this key was used for another verification"),
    _("a new key for another verification"),
    _("connect the platform, with this store's mark there"),
    _("this coupon is being taken back: ask again"),
    _("%(currency)s, as the coupon is"),
    _("All shares of this packet are taken."),
    _("The time of this packet is over."),
    _("That many packets may be given in a day; give this one tomorrow."),
    _("That much may be given in packets in a day; give the rest tomorrow."),
    _("That many packets may be taken in a day; come back tomorrow."),
    _("no packet has this code"),
    _("the code of a packet"),
    _("the %(n)s letters and digits of the packet"),
    _("There are not that many cards of this delivery left."),
    _("Cards of this delivery are not sold now."),
    _("This card is not with a customer."),
    _("The partner says that this card was spent: its money does not go back."),
    _("The time in which this card could be given back is over."),
    _("Some of these codes came with another delivery."),
    _("Partner's cards are sold at the brand's own stores and channels: this store is a company's."),
)
SLOT = re.compile(r"%\((\w+)\)s")
NUMBER = r"[\d.]+"
LONGEST = 400
"""Characters of a text that is looked up."""


def title(kind: str) -> str:
    return translated(TITLES.get(kind, kind.replace("_", " ").capitalize()))


def told(text: str) -> str:
    """A detail or a fix in the reader's language, with its facts; as it is where the phrase book lacks it."""
    if (get_language() or "en").startswith("en") or not text or len(text) > LONGEST:
        return text
    for phrase, pattern in _patterns():
        if found := pattern.fullmatch(text):
            facts = {name: told(value) if name == "fix" else value for name, value in found.groupdict().items()}
            return translated(phrase) % facts if facts or "%%" in phrase else translated(phrase)
    return text


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each phrase with what it looks like when its facts are filled in; those without facts first."""
    plain_first = sorted(PHRASES, key=lambda phrase: (phrase.count("%("), -len(phrase)))
    return [(phrase, re.compile(_filled(phrase))) for phrase in plain_first]


def _filled(phrase: str) -> str:
    made = ""
    for n, part in enumerate(SLOT.split(phrase)):
        if n % 2:
            made += f"(?P<{part}>{NUMBER if part in ('n', 'm') else '.+'})"
        else:
            made += re.escape(part.replace("%%", "%"))
    return made
