"""What is said of files, in the reader's language: sentences of faults, headings of columns in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.imports.ports import Kind
from datong.imports.types import Apart, Fault, RunState

LANGUAGES = ("en", "zh-hans")

# code -> (what is wrong, how to put it right); what stands in %(..)s are the fault's facts, and `value`.
FAULTS: dict[str, tuple[Any, Any]] = {
    "needed": (_("This cell is empty."), _("Every row needs a value here.")),
    "needed_first": (_("This is new, and the cell is empty."), _("Fill it in: what is new needs a value here.")),
    "formula_error": (_("The cell shows the error %(error)s of a formula."), _("Write the value itself.")),
    "too_long": (_("The text has %(length)s characters."), _("At most %(limit)s characters.")),
    "not_printable": (_("The text holds signs that cannot be shown."), _("Type it again, without hidden signs.")),
    "shortened_number": (
        _("Excel has shortened this code to a number: its last digits are lost."),
        _("Format the column as Text, then type the whole code again."),
    ),
    "code_zeros": (
        _("Excel has made this code a number and dropped its zeros: %(right)s is known."),
        _("Format the column as Text and write %(right)s."),
    ),
    "gtin_digits": (_("A GTIN has digits only."), _("The digits under the bar code, or nothing.")),
    "gtin_length": (_("The GTIN has %(length)s digits."), _("8, 12, 13 or 14 digits, or nothing.")),
    "gtin_zeros": (
        _("Excel has dropped the zeros in front of this GTIN."),
        _("Format the column as Text and write %(right)s."),
    ),
    "gtin_check": (
        _("The last digit of the GTIN does not fit the others."),
        _("Look at the pack: with these digits it would be %(right)s."),
    ),
    "whole": (_("This is not a whole number."), _("A whole number from %(low)s to %(high)s.")),
    "range": (_("The number is out of range."), _("A whole number from %(low)s to %(high)s.")),
    "money": (_("This is not an amount."), _("A number such as 1234.50.")),
    "negative": (_("The amount is negative."), _("0 or more.")),
    "decimals": (_("There are more decimal places than %(currency)s has."), _("At most %(digits)s decimal places.")),
    "beyond_reason": (_("The amount is beyond reason."), _("Look for a decimal point that is missing.")),
    "other_currency": (
        _("The amount is in another currency (%(mark)s)."),
        _("Write it in %(currency)s, without a sign."),
    ),
    "ambiguous": (
        _("This can be read in two ways: %(thousands)s or %(fraction)s."),
        _("Write the one you mean, without a separator of thousands."),
    ),
    "date": (_("This is not a date."), _("A date such as 2026-12-24.")),
    "excel_date": (
        _("This is the number by which Excel keeps a date."),
        _("Format the column as a date, or write it: perhaps %(meant)s."),
    ),
    "date_order": (
        _("This can be read in two ways: %(one)s or %(two)s."),
        _("Write the year first: %(one)s or %(two)s."),
    ),
    "tax_rate": (_("This is not a rate of tax."), _("A percentage from 0 to 100, such as 6.875.")),
    "flag": (_("This is neither yes nor no."), _("yes or no.")),
    "choice": (_("This is not one of the words that are known here."), _("One of: %(offered)s.")),
    "degrees": (_("These are not degrees."), _("Degrees from -%(limit)s to %(limit)s, such as 44.9778.")),
    "swapped": (
        _("A latitude is never beyond 90 degrees."),
        _("Latitude and longitude seem to be the wrong way round."),
    ),
    "zone": (_("This is not a time zone."), _("An IANA name such as America/Chicago or Asia/Shanghai.")),
    "country": (_("This is not a country code."), _("Two letters, such as US or CN.")),
    "hours": (_("These hours cannot be read."), _("Such as: Mon-Fri: 9:00-21:00; Sat: 10:00-18:00; or: always.")),
    "spans": (_("These times cannot be read."), _("Such as: 9:00-12:00, 13:00-21:00; or: closed.")),
    "day": (_("This is not a day."), _("Mon, Mon-Fri, every day, or a date such as 2026-12-24.")),
    "merged": (_("The cell is part of the merged cells %(area)s."), _("Unmerge them and fill in each row.")),
    "more_cells": (
        _("The row has %(cells)s cells under %(headings)s headings."),
        _("Put a value that holds a comma between double quotes."),
    ),
    "repeated": (_("%(what)s stands in row %(above)s already."), _("Keep one of the two rows.")),
    "overlap": (
        _("The price overlaps the one of row %(above)s, which holds until %(until)s."),
        _("Let one end before the other begins."),
    ),
    "differs": (
        _("Row %(above)s says something else of the product %(product)s."),
        _("Say the same in all rows of a product, or leave the cell empty in all but the first."),
    ),
    "product_code": (
        _("This cannot be a product's code."),
        _("Letters, digits, dots, dashes and underscores, at most 60."),
    ),
    "pairs": (_("These are not names with values."), _("Such as: size: L; color: white")),
    "ends_first": (_("The price ends before it begins."), _("An end later than the beginning, or none.")),
    "unknown_store": (_("There is no such store."), _("The number or the name of a store: %(near)s.")),
    "unknown_sku": (_("There is no such product."), _("A SKU that is known; import the products first. %(near)s")),
    "unknown_list": (_("There is no such price list."), _("One of: %(near)s; or nothing for the usual prices.")),
    "no_stock": (_("A service has no stock."), _("Take the row out.")),
    "not_above": (_("Not more than the level at which it is ordered."), _("More than %(low)s.")),
    "held": (_("Fewer than the units held for orders."), _("At least %(held)s, which are held for orders.")),
    "no_place": (
        _("Where this lies is not known."),
        _("Fill in latitude and longitude, or a postcode whose place is known."),
    ),
    "postcode_or_city": (_("There is neither a postcode nor a city."), _("One of the two.")),
    "username": (_("This is not a user name."), _("2 to 64 letters, digits or . _ - @ +")),
    "taken": (_("This user name belongs to somebody else."), _("Another user name.")),
    "owner_only": (
        _("Only an owner makes somebody an owner, or takes it from them."),
        _("Another role, or let an owner send the file."),
    ),
    "address": (_("This is not an e-mail address."), _("An address such as ann@example.com, or nothing.")),
    "needs_store": (_("Staff of a store need a store."), _("The number of one or more stores, separated by ;")),
    "no_store": (_("This role is for all stores."), _("Leave the stores empty.")),
    "birthday": (_("This is no birthday."), _("A day since 1900 that is not ahead.")),
    "language": (_("This is no language."), _("A tag such as en, zh or zh-Hans.")),
    "agreed": (
        _("This cannot be read as something agreed to."),
        _("Such as: marketing email; marketing sms=no. Purposes: %(purposes)s; channels: %(means)s."),
    ),
    "too_many_signs": (_("There are too many."), _("At most %(limit)s.")),
    "needs_proof": (
        _("Something was agreed to, and this is not said."),
        _("The day, and what proves it; or leave what was agreed to out."),
    ),
    "not_aligned": (
        _("There are neither one nor %(count)s of them."),
        _("One for all, or %(count)s in the same order; a - for none."),
    ),
    "nobody": (_("There is no name, phone, e-mail or number."), _("At least one of them.")),
    "shared_sign": (
        _("%(sign)s stands in row %(above)s as verified, too."),
        _("Two people never share a verified sign: leave one of them unverified, or make the rows one."),
    ),
    "kept_as_given": (
        _("%(sign)s is malformed: it is kept as it was given."),
        _("Correct it here, or later on the customer’s page."),
    ),
    "masked_sign": (_("%(sign)s hides something: it is not kept."), _("The whole number or address, if you have it.")),
    "may_be": (
        _("%(sign)s is also of %(name)s: perhaps the same person."),
        _("Nothing is joined. Somebody decides on the page of pairs."),
    ),
    "several_people": (
        _("A verified sign is of another customer, %(name)s."),
        _("Nothing is joined. It is proposed on the page of pairs."),
    ),
    "dealt_with": (_("They have bought, paid or have a card since."), _("They stay.")),
    "phone": (_("This is no phone number."), _("A number with its country code, such as +8613800138000.")),
    "card_number": (_("This is no card number."), _("4 to 32 letters and digits, as printed.")),
    "whose": (_("It is not said whose this is."), _("A member number, or a verified phone or e-mail.")),
    "unknown_holder": (
        _("Nobody is known by this."),
        _("Import the customers first; a phone or e-mail must be verified there."),
    ),
    "other_holder": (
        _("This is another customer, %(other)s; the other columns name %(name)s."),
        _("Leave the wrong one out."),
    ),
    "currency": (_("This is no currency."), _("Three letters, such as CNY or USD.")),
    "over_named": (
        _("More than a card with a name may hold here (%(most)s)."),
        _("It is taken over as it is; nothing can be put on it before it is less."),
    ),
    "named_expires": (_("A card with a name does not expire in this place."), _("It is taken over without an end.")),
    "over_anonymous": (
        _("More than a card without a name may hold here (%(most)s)."),
        _("It is taken over as it is; make it the card of a member."),
    ),
    "past": (_("This day has passed."), _("Leave the row out, or give a later day if it is still honored.")),
    "more_than_face": (_("More is left than it was sold for."), _("Look at both amounts.")),
    "code_taken": (_("A card or voucher here has this code already."), _("Leave the row out.")),
    "stands_here": (
        _("This is of this brand and stands here already, with %(stands)s."),
        _("Leave the row out: what is here changes by what is done with it, not by a file."),
    ),
    "datong_id": (_("This is no id of an export."), _("Leave it as it was exported, or empty.")),
    "sealed": (_("This is no sealed code."), _("64 letters and digits as exported, or the code itself.")),
    "masked": (_("The code is masked."), _("Export again as somebody who may see whole codes.")),
    "gift_code": (_("This is no code of a card."), _("4 to 40 letters and digits.")),
    "voucher_code": (_("This is no code of a voucher."), _("4 to 40 letters and digits.")),
    "other_brand": (_("This number is of another brand here."), _("Leave the row out.")),
    "card_of_other": (_("This card is another customer's already."), _("Look at whose it is.")),
    "lots": (_("These lots cannot be read."), _("Such as: 100@2027-06-30; 50@2027-12-31")),
    "lots_sum": (_("The lots come to %(sum)s, not to %(points)s."), _("Correct the lots or the sum.")),
    "unknown_programme": (_("There is no such programme."), _("One of: %(near)s; set it up first.")),
    "unknown_offer": (_("There is no such offer."), _("One of: %(near)s; set it up first.")),
    "spent_since": (_("Some of it was spent, held or changed since."), _("It stays; its balance is what is left.")),
    "spent_already": (
        _("It was taken over before with another amount, and some of it was spent since."),
        _("Put the difference right by hand, on the customer's page."),
    ),
    "refused": (_("It could not be taken in: %(why)s"), _("Correct the row.")),
    "changed_since": (_("It was changed after the import."), _("It stays as it is now.")),
    "in_stock": (_("There is stock of it now."), _("It stays; take it off sale instead.")),
    "ordered": (_("It has been ordered since."), _("It stays; take it off sale instead.")),
    "has_stock": (_("There is stock at this store now."), _("It stays; close the store instead.")),
    "has_orders": (_("This store has orders since."), _("It stays; close the store instead.")),
}

STATES: dict[RunState, Any] = {
    RunState.READ: pgettext_lazy("import", "to be checked"),
    RunState.CHECKING: pgettext_lazy("import", "being checked"),
    RunState.CHECKED: pgettext_lazy("import", "checked, not started"),
    RunState.RUNNING: pgettext_lazy("import", "going in"),
    RunState.DONE: pgettext_lazy("import", "done"),
    RunState.UNDOING: pgettext_lazy("import", "being undone"),
    RunState.UNDONE: pgettext_lazy("import", "undone"),
    RunState.FAILED: pgettext_lazy("import", "failed"),
}

PROBLEM, FIX = pgettext_lazy("import", "Problem"), pgettext_lazy("import", "Fix")
"""Headings of the two columns that the file of bad rows has more."""

RECONCILIATION, ROWS_APART = pgettext_lazy("import", "Reconciliation"), _("Rows that differ")
SIGNED = pgettext_lazy("import", "Signed by")
TOTALS = (
    pgettext_lazy("reconciliation", "Group"), pgettext_lazy("reconciliation", "Figure"), _("Old system"), _("File"),
    _("Taken in"), pgettext_lazy("column", "Difference"), "",
)  # fmt: skip
"""Headings of the totals."""
APART = (
    pgettext_lazy("reconciliation", "Row"), _("Whose or which"), pgettext_lazy("reconciliation", "What"), _("Why"),
    _("File"), _("Taken in"),
)  # fmt: skip
"""Headings of the rows that differ."""
WHAT = {
    "missing": pgettext_lazy("reconciliation", "missing"),
    "doubled": pgettext_lazy("reconciliation", "doubled"),
    "different": pgettext_lazy("reconciliation", "different"),
}
MEASURES = {
    "rows": pgettext_lazy("reconciliation", "rows"),
    "principal": _("principal"),
    "bonus": _("bonus"),
    "face": _("face value"),
}


def measured(kind: Kind, measure: str) -> str:
    """A figure by its name: what is left of a gift card, points, principal."""
    if measure == "principal" and kind.name in ("gift_cards", "points"):
        return str(_("left") if kind.name == "gift_cards" else pgettext_lazy("reconciliation", "points"))
    return str(MEASURES[measure])


def why(row: Apart) -> str:
    """Why a row differs, in the language of the moment."""
    if row.what == "doubled":
        return str(_("the same as row %(line)s")) % {"line": row.why}
    if row.why == "not_in":
        return str(_("it was not taken in, or taken back"))
    return sentences(Fault(row.line, "", row.why))[0] if row.why else ""


def sentences(fault: Fault) -> tuple[str, str]:
    """(what is wrong, how to put it right) in the language of the moment."""
    what, fix = FAULTS.get(fault.code, (fault.code, ""))
    facts = {"value": fault.value, **fault.facts}
    return _filled(what, facts), _filled(fix, facts)


def _filled(text: Any, facts: Mapping[str, Any]) -> str:
    said = str(text)
    try:
        return (said % facts).strip() if facts else said
    except KeyError:  # of a row apart the facts are not kept: the sentence without them
        return said.split("%(")[0].rstrip(" :,(")


def said(text: Any, language: str) -> str:
    """A lazy text in a language."""
    with translation.override(language):
        return str(text)


@cache
def _labels(name: str) -> dict[str, tuple[str, ...]]:
    from datong.imports.ports import kind_of

    kind = kind_of(name)
    return {
        column.name: (*(said(column.label, language) for language in LANGUAGES), column.name, *column.also)
        for column in kind.columns
    }


def names_of(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Column -> every heading it goes by: in English, in Chinese, its own name, and others people use."""
    return _labels(kind.name)


def labelled(kind: Kind, column: str) -> str:
    """A column's heading in the language of the moment; its own name where it has none."""
    found = kind.column(column)
    return str(found.label) if found else column


__all__ = ["FAULTS", "FIX", "LANGUAGES", "PROBLEM", "STATES", "labelled", "names_of", "said", "sentences"]
