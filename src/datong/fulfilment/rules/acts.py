"""What an act says, read strictly; and what follows a delivery that failed."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datong.fulfilment.types import Failure, Note, Outcome, Proof
from datong.fulfilment.types.acts import MAX_PHOTO
from datong.kernel.errors import BadValue

MAX_ATTEMPTS = 3
MAX_NAME = 120


@dataclass(frozen=True, slots=True)
class Given:
    """How a delivery was given over: one proof, and the cash that was taken."""

    proof: Proof
    code: str = ""
    photo: bytes = b""
    name: str = ""
    cash_minor: int = 0


def read_given(body: Mapping[str, Any]) -> Given:
    """Raises BadValue naming the field."""
    try:
        proof = Proof(str(body.get("proof", "")))
    except ValueError:
        raise BadValue("proof", str(body.get("proof", ""))[:20], "code, photo or signature") from None
    cash = body.get("cash_minor", 0)
    if type(cash) is not int or not 0 <= cash < 10**12:
        raise BadValue("cash_minor", str(cash)[:20], "minor units, 0 or more")
    name = _text(body, "name", MAX_NAME)
    code = re.sub(r"\D", "", _text(body, "code", 20))
    photo = b"" if proof is Proof.CODE else _photo(body)
    if proof is Proof.CODE and not code:
        raise BadValue("code", "", "the code the customer shows")
    return Given(proof, code, photo, name, cash)


def _photo(body: Mapping[str, Any]) -> bytes:
    said = body.get("photo")
    if not isinstance(said, str) or not said or len(said) > MAX_PHOTO * 4 // 3 + 4:
        raise BadValue("photo", "", f"a picture of at most {MAX_PHOTO} bytes, in base64")
    try:
        return b64decode(said, validate=True)
    except (Error, ValueError):
        raise BadValue("photo", "", "a picture in base64") from None


def _text(body: Mapping[str, Any], field: str, most: int) -> str:
    text = " ".join(str(body.get(field, "") or "").split())
    if len(text) > most or not text.isprintable():
        raise BadValue(field, text[:80], f"at most {most} printable characters")
    return text


def read_failure(body: Mapping[str, Any], attempts: int) -> tuple[Outcome, str]:
    """What follows, and why in words: "reason: what was noted". After the last attempt it goes back to the store."""
    try:
        reason = Failure(str(body.get("reason", "")))
    except ValueError:
        raise BadValue("reason", str(body.get("reason", ""))[:40], ", ".join(Failure)) from None
    noted = _text(body, "note", 200)
    if reason is Failure.OTHER and not noted:
        raise BadValue("note", "", "a few words on what happened")
    back = body.get("next") == "return" or attempts >= MAX_ATTEMPTS or reason in (Failure.REFUSED, Failure.DAMAGED)
    return Outcome.RETURNING if back else Outcome.AGAIN, f"{reason}: {noted}" if noted else reason.value


def is_the_bag(scanned: str, note: Note) -> bool:
    """Whether what was scanned or typed at the store is this delivery's bag: its number, the end of it, or the pick-up
    number that was called."""
    text = scanned.strip().upper()
    return bool(text) and (
        text == note.number.upper()
        or (len(text) >= 4 and note.number.upper().endswith(text))
        or (text.isdecimal() and int(text) == note.calling > 0)
    )
