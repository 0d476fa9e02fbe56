"""E-mail over the installation's mail server, if it has one. Nothing is kept here, nothing is sent again by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.core import mail

from datong.kernel.errors import BadValue, Unavailable

File = tuple[str, bytes, str]
"""Name, content, media type."""
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,180}\.[^@\s.,;<>\"]{2,}")


class NotSent(Unavailable):
    """Certainly nothing went out, so the same mail may be sent again."""


def has_server() -> bool:
    """Whether e-mail can be sent from here; else people copy what they would send."""
    return bool(settings.DATONG_SMTP)


def send_mail(to: str, subject: str, body: str, *, files: Sequence[File] = (), reply_to: str = "") -> None:
    """Send one e-mail; BadValue for `to`, NotSent when no server is set or it cannot be reached, Unavailable when it
    does not take it or falls silent.

    It talks to another machine for up to EMAIL_TIMEOUT seconds: never inside of an open transaction.
    """
    if not is_address(to):
        raise BadValue("to", to[:200], "one e-mail address")
    if not has_server():
        raise NotSent("no mail server is set (DATONG_SMTP_URL); copy it instead")
    answers = [reply_to] if is_address(reply_to) else []
    line = " ".join(subject.split())
    connection = mail.get_connection()
    try:
        connection.open()
    except OSError as error:
        raise NotSent(f"the mail server does not answer: {error}"[:200]) from None
    message = mail.EmailMessage(line, body, settings.DEFAULT_FROM_EMAIL, [to], reply_to=answers, connection=connection)
    for name, content, kind in files:
        message.attach(name, content, kind)
    try:
        message.send()
    except OSError as error:
        raise Unavailable(f"the mail server did not take it: {error}"[:200]) from None
    finally:
        connection.close()


def is_address(text: str) -> bool:
    """Whether it looks like an address; that somebody reads it only a message can tell."""
    return _ADDRESS.fullmatch(text.strip()) is not None
