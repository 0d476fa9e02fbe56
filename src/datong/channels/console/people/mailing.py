"""Mails of invitations: in the words of the reader's language, and the round in which those of imports go out."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from datong.access import api as access
from datong.access.types import Invitation, MailDue
from datong.brand import api as brands
from datong.channels.console.words import ROLE, word
from datong.kernel.errors import DatongError
from datong.kernel.mail import NotSent, has_server, send_mail

log = logging.getLogger(__name__)
EVERY_S = 5.0


def invitation_mail(brand: str, invitation: Invitation, by: str, link: str) -> tuple[str, str]:
    """(subject, text) in the language of the moment."""
    said = {"by": by, "brand": brand, "role": word(ROLE, invitation.role), "link": link}
    if not invitation.username:
        body = _(
            "%(by)s invites you to work for %(brand)s as %(role)s.\n\n%(link)s\n\n"
            "The link is good once, for seven days."
        )
        return _("%(brand)s invites you") % said, body % said
    body = _(
        "%(by)s invites you to work for %(brand)s as %(role)s. Your name to log in with is %(name)s; choose your "
        "password here:\n\n%(link)s\n\nThe link is good once, for seven days."
    )
    return _("%(brand)s invites you") % said, body % {**said, "name": invitation.username}


@dataclass(slots=True)
class Inviter:
    """Sends what is due, a few at a time; nothing while the installation has no mail server."""

    brands: Callable[[], Sequence[UUID]]
    due: float = 0.0

    def __call__(self) -> int:
        """A round: at most a minute's worth of each brand; how many went out."""
        if time.monotonic() < self.due or not has_server():
            return 0
        self.due = time.monotonic() + EVERY_S
        return sum(send_due(brand) for brand in self.brands())


def send_due(brand_id: UUID) -> int:
    """Send the mails of one brand that may go now; how many were taken by the mail server."""
    sent = 0
    while (mail := access.claim_mail(brand_id)) is not None:
        try:
            _send(brand_id, mail)
        except DatongError as error:
            access.mail_failed(brand_id, mail.invitation.id, str(error), certain=isinstance(error, NotSent))
            log.warning("an invitation was not sent", extra={"invitation": str(mail.invitation.id)})
            return sent  # the others would not fare better; they come round again
        access.mail_sent(brand_id, mail.invitation.id)
        sent += 1
    return sent


def _send(brand_id: UUID, mail: MailDue) -> None:
    with translation.override(mail.invitation.locale):
        link = mail.base.rstrip("/") + reverse("join", args=[mail.token])
        subject, body = invitation_mail(brands.get_brand(brand_id).name, mail.invitation, mail.invitation.by, link)
        send_mail(mail.invitation.email, subject, body)
