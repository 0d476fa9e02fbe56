"""What the cells of a table of people say: phones and e-mails with what is wrong with them, what was agreed to."""

from __future__ import annotations

import re
from datetime import date

from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Means, Purpose
from datong.imports.rules import cells
from datong.imports.types import Facts, Raw, Read, Wrong
from datong.integration.api import e164

MOST = 20
"""Signs of one kind in a row, tags, words."""
PARTS = re.compile(r"[;；、|\n]")
EARLIEST = 1900
MALFORMED = {IdentityKind.PHONE: "no phone number", IdentityKind.EMAIL: "no e-mail address"}

PURPOSES = {
    **{purpose.value: purpose for purpose in Purpose},
    "营销": Purpose.MARKETING, "个性化": Purpose.PERSONALISATION, "调查": Purpose.SURVEYS, "合作方": Purpose.PARTNERS,
    "news": Purpose.MARKETING, "personalization": Purpose.PERSONALISATION, "survey": Purpose.SURVEYS,
}  # fmt: skip
MEANS = {
    **{means.value: means for means in Means},
    "邮件": Means.EMAIL, "短信": Means.SMS, "电话": Means.PHONE, "微信": Means.WECHAT, "推送": Means.PUSH,
    "邮寄": Means.POST, "e-mail": Means.EMAIL, "mail": Means.EMAIL, "text": Means.SMS, "call": Means.PHONE,
}  # fmt: skip
_WORD = re.compile(r"(?P<purpose>[^\s:：/]+)[\s:：/]+(?P<means>[^\s=＝]+)\s*(?:[=＝]\s*(?P<said>\S+))?")

Shown = list[tuple[str, str]]
"""(value, what is wrong with it)"""


def signs(kind: IdentityKind) -> Read:
    """Phones, e-mails or accounts separated by ; or 、: each as it is known here, or as it was given with its fault."""

    def read(raw: Raw, facts: Facts) -> Shown:
        if isinstance(raw, float) and abs(raw) >= 1e15 or cells.SHORTENED.fullmatch(cells.plain(raw)):
            raise Wrong("shortened_number", value=cells.plain(raw))
        found: Shown = []
        for part in PARTS.split(cells.plain(raw)):
            if value := "".join(char for char in part.strip() if char.isprintable())[:200]:
                found.append(_sign(kind, value, facts))
        if len(found) > MOST:
            raise Wrong("too_many_signs", limit=MOST)
        return list(dict.fromkeys(found))

    return read


def _sign(kind: IdentityKind, value: str, facts: Facts) -> tuple[str, str]:
    if customers.is_masked(value):
        return value, "masked"
    if kind is IdentityKind.PHONE:
        value = e164(value, facts.country) or value
    elif kind is IdentityKind.EMAIL:
        value = value.lower()
    elif kind is IdentityKind.WECHAT_OPENID and ":" not in value:
        return value, "no appid:openid"
    wrong = customers.fault_of(Identity(kind, value, True))
    return value, MALFORMED.get(kind, "not readable") if wrong else ""


def proofs(limit: int, separator: str = ";；") -> Read:
    """One text for all that stands beside it, or one for each, in its order; a - stands for none."""

    def read(raw: Raw, facts: Facts) -> list[str]:
        whole = cells.text(limit)(raw, facts)
        return ["" if part.strip() == "-" else part.strip() for part in re.split(f"[{separator}]", whole)]

    return read


def moments(raw: Raw, facts: Facts) -> list[str]:
    """One day or moment for all, or one for each, separated by ;"""
    if not isinstance(raw, str):
        return [cells.moment(raw, facts)]
    return [cells.moment(part, facts) for part in re.split("[;；]", raw)]


def aligned(told: list[str], count: int) -> list[str]:
    """One for each of `count`: the only one for all."""
    return told if len(told) == count else (told or [""])[:1] * count


def birthday(raw: Raw, facts: Facts) -> str:
    """A day since 1900, as ISO text."""
    found = cells.day(raw, facts)
    if not EARLIEST <= found.year <= date.today().year:  # noqa: DTZ011  a year is enough
        raise Wrong("birthday")
    return found.isoformat()


def language(raw: Raw, facts: Facts) -> str:
    found = {"中文": "zh", "英文": "en", "chinese": "zh", "english": "en"}.get(
        cells.plain(raw).lower(), cells.plain(raw)
    )
    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", found):
        raise Wrong("language")
    return found.replace("_", "-")


def agreed(raw: Raw, facts: Facts) -> list[tuple[str, str, bool]]:
    """(purpose, means, yes or no) of such as: marketing email; marketing sms=no."""
    found: dict[tuple[str, str], bool] = {}
    for part in re.split(r"[;；,，、|\n]", cells.plain(raw)):
        if not part.strip():
            continue
        match = _WORD.fullmatch(part.strip().lower())
        said = (match["said"] or "yes") if match else ""
        purpose, means = (PURPOSES.get(match["purpose"]), MEANS.get(match["means"])) if match else (None, None)
        if purpose is None or means is None or said not in cells.YES | cells.NO:
            raise Wrong("agreed", purposes=", ".join(Purpose), means=", ".join(Means))
        found[purpose.value, means.value] = said in cells.YES
    return [(purpose, means, yes) for (purpose, means), yes in found.items()]


def notes(raw: Raw, facts: Facts) -> str:
    """A few words, on one line."""
    found = " ".join(cells.plain(raw).split())
    if len(found) > 500:
        raise Wrong("too_long", limit=500, length=len(found))
    if not found.isprintable():
        raise Wrong("not_printable")
    return found
