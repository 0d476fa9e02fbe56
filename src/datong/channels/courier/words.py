"""What the courier's scripts say, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    return _round() | _door()


def _round() -> dict[str, str]:
    return {
        "close": _("Close"),
        "camera": _("Camera"),
        "camera_none": _("This browser cannot read codes. Type the number."),
        "camera_denied": _("The camera is not allowed. Allow it in the browser, or type the number."),
        "camera_missing": _("There is no camera that could be used. Type the number."),
        "camera_wait": _("The camera starts …"),
        "camera_hold": _("Hold the code before the camera."),
        "online": _("Online"),
        "offline": _("Offline"),
        "waiting": _("{n} to be told"),
        "on_duty": _("On duty"),
        "off_duty": _("Off duty"),
        "go_on": _("Start work"),
        "go_off": _("End work"),
        "go_off_help": _("You keep what you have, and get nothing new."),
        "no_courier": _("This log-in brings no courier yet. Ask your station to set you up under Delivery."),
        "nothing": _("Nothing to bring now. New deliveries appear here."),
        "nothing_off": _("Start work to get deliveries."),
        "pickup": _("Pick up at {name}"),
        "drop": _("Bring to {name}"),
        "return": _("Bring back to {name}"),
        "not_ready": _("The store is still preparing it."),
        "called": _("Number {n}"),
        "by": _("by {time}"),
        "late": _("late since {time}"),
        "collect": _("Collect {amount} in cash"),
        "again": _("Attempt {n}"),
        "navigate": _("Navigate"),
        "call": _("Call"),
        "next": _("Next stops"),
        "open": _("Waiting for somebody"),
        "take": _("Take it"),
        "metres": _("{n} m from the store"),
        "scan": _("Scan and pick up"),
        "scan_title": _("Which bag is it?"),
        "scan_help": _("Scan the code on the bag, or type its number or the last four characters."),
        "bag": _("Number on the bag"),
        "other_bag": _("This is another order's bag. You need {number}."),
        "picked": _("Picked up"),
    }


def _door() -> dict[str, str]:
    return {
        "give": _("Deliver"),
        "how": _("How do you show that it arrived?"),
        "code": _("The customer's code"),
        "code_help": _("Six digits on the customer's order page."),
        "photo": _("Photo"),
        "photo_help": _("Where you put it down; no faces."),
        "signature": _("Signature"),
        "signed_by": _("Name"),
        "clear": pgettext("signature", "Clear"),
        "took_cash": _("I have taken {amount}"),
        "take_cash": _("Take the cash first."),
        "delivered": _("Delivered"),
        "failed": _("It did not work"),
        "why": _("What happened?"),
        "nobody_there": _("Nobody is there"),
        "address_not_found": _("The address cannot be found"),
        "refused_by_customer": _("The customer refuses it"),
        "not_paid": _("The customer does not pay"),
        "damaged": _("It is damaged"),
        "other": _("Something else"),
        "noted": _("In a few words"),
        "try_again": _("Try again later"),
        "bring_back": _("Bring it back to the store"),
        "returned": _("Handed back to the store"),
        "told": _("Noted."),
        "refused": _("Not taken"),
        "refused_help": _("These steps could not follow any more. Talk to your station if something is wrong."),
        "no_trouble": _("Everything was taken."),
        "send_now": _("Tell it now"),
        "owes": _("You have {amount} in cash to hand in."),
        "state": _("What was told"),
        "conflict": _("Somebody else has this delivery, or it was called off."),
        "wrong_code": _("The code is not right."),
        "too_many_tries": _("Too many wrong codes. Use a photo."),
    }
