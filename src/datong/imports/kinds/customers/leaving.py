"""People on their way out, in the shape in which they come in: a row a person, over all records of theirs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from uuid import UUID

from datong.customers import api as customers
from datong.customers.types import CustomerKind, Field, Golden, IdentityKind, Said
from datong.customers.types.moving import Portrait, Sign
from datong.imports.types import Raw

PAGE = 1_000
UNNAMED = {IdentityKind.PHONE: "phones", IdentityKind.EMAIL: "emails", IdentityKind.WECHAT_OPENID: "wechat_openid",
           IdentityKind.WECHAT_UNIONID: "wechat_unionid"}  # fmt: skip
PROOFS = {"phones": "phone_proof", "emails": "email_proof", "wechat_openid": "wechat_proof"}
Line = dict[str, Raw]
Mask = Callable[[UUID, Line], Line]


def people(brand_id: UUID) -> Iterator[Line]:
    """Everybody, the newest first, a page at a time."""
    before: UUID | None = None
    while ids := customers.heads_page(brand_id, before=before, limit=PAGE):
        yield from (line for _id, line in lines_of_people(brand_id, ids))
        before = ids[-1]


def lines_of_people(brand_id: UUID, ids: Sequence[UUID]) -> list[tuple[UUID, Line]]:
    """(the person asked for, their row), in the order of `ids`; four statements."""
    records = customers.records_of(brand_id, ids)
    found = customers.portraits(brand_id, {record for some in records.values() for record in some})
    held = customers.golden_of(brand_id, ids)
    return [(one, _line([found[r] for r in records[one] if r in found], held[one])) for one in ids if one in records]


def _line(portraits: Sequence[Portrait], held: Golden) -> Line:
    """One person: of plain values what holds (the golden record), of signs and words all."""
    plain = (Field.NAME, Field.COMPANY, Field.BIRTHDAY, Field.ADDRESS, Field.LANGUAGE, Field.PREFERRED)
    first: dict[str, str | None] = {of.value: held.text(of) or None for of in plain}
    if portraits and portraits[0].kind is CustomerKind.ORGANISATION:
        first["company"] = None  # what an organisation is called by law is no employer's name
    signs = {(s.kind, s.value): s for p in portraits for s in sorted(p.signs, key=lambda s: bool(s.proof))}
    line: Line = {**first}
    line["kind"] = portraits[0].kind.value if portraits else None
    line["tags"] = "; ".join(dict.fromkeys(tag for p in portraits for tag in p.tags))
    line["notes"] = next((note for p in portraits for note in p.notes), None)
    line["number"] = next((s.value for s in signs.values() if s.kind is IdentityKind.MEMBER), None)
    for kind, column in UNNAMED.items():
        line |= _shown(column, [sign for sign in signs.values() if sign.kind is kind])
    return {**line, **_agreed(portraits)}


def _shown(column: str, signs: Collection[Sign]) -> Line:
    """The signs of a kind, and how each was verified: one word where it is the same for all."""
    line: Line = {column: "; ".join(sign.value for sign in signs) or None}
    proofs = [sign.proof.replace(";", ",") or "-" for sign in signs]
    if column in PROOFS and any(proof != "-" for proof in proofs):
        line[PROOFS[column]] = proofs[0] if len(set(proofs)) == 1 else "; ".join(proofs)
    return line


def _agreed(portraits: Sequence[Portrait]) -> Line:
    latest = {}
    for word in sorted((w for p in portraits for w in p.words), key=lambda w: w.at):
        latest[word.purpose, word.means] = word
    words = [word for word in latest.values() if word.said is not Said.ASKED]
    if not words:
        return {}
    proofs = [word.proof.replace("|", "/") or "-" for word in words]
    return {
        "consents": "; ".join(f"{w.purpose} {w.means}{'' if w.said is Said.GIVEN else '=no'}" for w in words),
        "consent_at": "; ".join(word.at.strftime("%Y-%m-%d %H:%M:%SZ") for word in words),
        "consent_proof": " | ".join(proofs),
        "source": words[0].source,
    }


def masked(line: Line, masks: Mapping[str, Callable[[str], str]]) -> Line:
    """The row as somebody sees it who does not serve the customer: some columns masked, most left out."""
    kept: Line = {}
    for column, mask in masks.items():
        if (value := line.get(column)) not in (None, ""):
            kept[column] = "; ".join(mask(part.strip()) for part in str(value).split(";"))
    return {**kept, **{name: line.get(name) for name in ("kind", "tags", "language", "preferred")}}
