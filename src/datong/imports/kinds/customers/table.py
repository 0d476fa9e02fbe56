"""People: who is known already is found as the doors find them, by verified signs; everybody else is new.

A row's record is known by its member number, its verified signs, or by what it says, so that the same file finds its
own people again. Signs are verified where the file says how; else they are contacts, and only ever evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from datong.access.types import Action
from datong.customers import api as customers
from datong.customers.types import CustomerKind, Identity, IdentityKind, Likely, Means, Purpose, Said
from datong.customers.types.moving import Owner, Portrait, Redrawn, Sign, Word
from datong.imports.kinds.customers.cells import aligned
from datong.imports.kinds.customers.columns import COLUMNS
from datong.imports.kinds.customers.leaving import people
from datong.imports.ports import Kind
from datong.imports.types import Change, Context, Key, Raw, Row, State
from datong.orders import api as orders
from datong.wallet import api as wallet

PROOF = {
    "phones": (IdentityKind.PHONE, "phone_proof"),
    "emails": (IdentityKind.EMAIL, "email_proof"),
    "wechat_openid": (IdentityKind.WECHAT_OPENID, "wechat_proof"),
    "wechat_unionid": (IdentityKind.WECHAT_UNIONID, "wechat_proof"),
}
"""Column -> what it shows, and the column that says how that was verified."""
NUMBER_PROOF = "member number"
PLAIN = ("name", "company", "address", "language")


class Customers(Kind):
    name = "customers"
    title = _("Customers")
    about = _("People and organizations with phones, e-mails, what they agreed to. Also vCard files of phones.")
    icon = "users-round"
    needs, shows = Action.CUSTOMERS_MOVE, Action.CUSTOMERS_MOVE
    columns = COLUMNS

    def look(self, rows: Sequence[Row], context: Context) -> None:
        """Whose the rows are; what is odd about their signs; whom they may be besides."""
        for row in rows:
            _note_signs(row)
            _check_words(row)
            row.values["_signs"] = _signs(row)
            if not row.values["_signs"] and not row.values.get("name") and not row.faults:
                row.wrong("", "nobody")
        proven = {(s.kind.value, s.value) for row in rows for s in row.values["_signs"] if s.proof}
        owners = customers.owners_of_signs(context.brand.id, proven)
        loose = {(s.kind.value, s.value) for row in rows for s in row.values["_signs"] if not s.proof and not s.fault}
        sharers = customers.sharers_of_signs(context.brand.id, loose)
        for row in rows:
            _resolve(row, owners, sharers, context)

    def across(self, context: Context) -> Callable[[Row], None]:
        """Two new people never share a verified sign."""
        seen: dict[tuple[str, str], int] = {}

        def look(row: Row) -> None:
            for sign in row.values.get("_signs", ()):
                above = seen.setdefault((sign.kind.value, sign.value), row.line) if sign.proof else row.line
                if above != row.line:
                    row.wrong(_column(sign), "shared_sign", sign=sign.value, above=above)

        return look

    def keys(self, row: Row) -> list[Key]:
        return [("customer", str(row.values["_id"]))] if "_id" in row.values else []

    def called(self, key: Key, about: Row | State) -> str:
        values = about.values if isinstance(about, Row) else about
        return str(values.get("name") or values.get("number") or key[1])

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        ids = [UUID(key[1]) for key in keys]
        return {("customer", str(id)): _state(one) for id, one in customers.portraits(context.brand.id, ids).items()}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        stands = before.get(key)
        was = msgspec.convert(stands, Portrait) if stands else Portrait()
        state = _state(_merged(row, was, context))
        return {key: state if state == stands else {**state, "_also": row.values.get("_also", [])}}

    def unchanged(self, now: State | None, after: State) -> bool:
        """What came since (a phone, a note, a word) may stay: what the row wrote is what must be as it was."""
        if now is None:
            return False
        plain = {name for name in after if not name.startswith("_") and name not in ("signs", "notes", "words")}
        signs = [sign for sign in after["signs"] if sign not in now["signs"]]
        return (
            all(now[name] == after[name] for name in plain) and not signs and set(after["notes"]) <= set(now["notes"])
        )

    def write(self, changes: Sequence[Change], context: Context) -> None:
        drawn = [Redrawn(UUID(c.key[1]), _portrait(c.before), _portrait(c.after)) for c in changes]
        customers.redraw(drawn, brand=context.brand.id, by=context.by)
        pairs = [
            Likely(UUID(c.key[1]), UUID(other), Identity(IdentityKind(kind), value, True))
            for c in changes
            for other, kind, value in c.after["_also"]
        ]
        customers.propose_merges(pairs, brand=context.brand.id)

    def in_use(self, changes: Sequence[Change], context: Context) -> dict[Key, str]:
        ids = [UUID(change.key[1]) for change in changes]
        used = set(orders.latest_bought(context.brand.id, ids))
        used |= customers.dealt_with(context.brand.id, ids) | wallet.holders(context.brand.id, ids)
        return {change.key: "dealt_with" for change in changes if UUID(change.key[1]) in used}

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        """What came since stays with who was known before."""
        now = customers.portraits(context.brand.id, [UUID(c.key[1]) for c in changes])
        back = []
        for change in changes:
            before, after = _portrait(change.before), _portrait(change.after)
            stands = now[UUID(change.key[1])]
            back.append(Redrawn(UUID(change.key[1]), stands, before and after and _without(stands, before, after)))
        customers.redraw(back, brand=context.brand.id, by=context.by)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        return people(brand_id)


def _note_signs(row: Row) -> None:
    for column in PROOF:
        shown = row.values.get(column, [])
        for value, fault in shown:
            if fault == "masked":
                row.find(column, "masked_sign", sign=value)
            elif fault:
                row.find(column, "kept_as_given", sign=value, fault=fault)


def _check_words(row: Row) -> None:
    """A yes needs its day and what proves it."""
    given = any(yes for _purpose, _means, yes in row.values.get("consents", ()))
    faulty = {fault.column for fault in row.faults}
    for column in ("consent_at", "consent_proof"):
        told, said = row.values.get(column, ()), row.values.get("consents", ())
        if len(told) > 1 and len(told) != len(said):
            row.wrong(column, "not_aligned", count=len(said))
        wanted = given or (column == "consent_at" and said)
        if wanted and not told and column not in faulty:
            row.wrong(column, "needs_proof")


def _signs(row: Row) -> list[Sign]:
    number = row.values.get("number")
    found = [Sign(IdentityKind.MEMBER, number, NUMBER_PROOF)] if number else []
    for column, (kind, proof) in PROOF.items():
        shown, how = row.values.get(column, ()), row.values.get(proof, [])
        if len(how) > 1 and len(how) != len(shown):
            row.wrong(proof, "not_aligned", count=len(shown))
        found += [
            Sign(kind, value, "" if fault else each, fault)
            for (value, fault), each in zip(shown, aligned(how, len(shown)), strict=True)
            if fault != "masked"
        ]
    return found


def _resolve(
    row: Row,
    owners: Mapping[tuple[str, str], Owner],
    sharers: Mapping[tuple[str, str], list[tuple[UUID, UUID, str]]],
    context: Context,
) -> None:
    """The record of a row: whom its member number names, or another verified sign, the longest known first; else one
    of its own. A sign of somebody else stays theirs."""
    signs: list[Sign] = row.values["_signs"]
    known = sorted(
        ((owners[key], sign) for sign in signs if sign.proof and (key := (sign.kind.value, sign.value)) in owners),
        key=lambda one: (one[1].kind is not IdentityKind.MEMBER, one[0].since, one[1].kind, one[1].value),
    )
    own = known[0][0].customer_id if known else customers.record_id(context.brand.id, _named(row, signs))
    head = known[0][0].head_id if known else own
    theirs = [sign for owner, sign in known if owner.customer_id != own]
    row.values |= {"_id": own, "_signs": [sign for sign in signs if sign not in theirs]}
    others = {owner.head_id: (owner, sign) for owner, sign in known if owner.head_id != head}
    for owner, sign in others.values():
        row.find(_column(sign), "several_people", name=owner.name or "-")
    row.values["_also"] = [[str(o.customer_id), s.kind.value, s.value] for o, s in others.values()]
    perhaps = {
        other: (name, sign)
        for sign in signs
        for _record, other, name in sharers.get((sign.kind.value, sign.value), ())
        if not sign.proof and other not in (head, own) and other not in others
    }
    for name, sign in list(perhaps.values())[:3]:
        row.find(_column(sign), "may_be", name=name or "-", sign=sign.value)


def _named(row: Row, signs: Sequence[Sign]) -> str:
    """By what a new record is found again: its number, its verified signs, or else all it says of itself."""
    proven = sorted(f"{sign.kind}:{sign.value}" for sign in signs if sign.proof)
    if number := row.values.get("number"):
        return f"number:{number}"
    if proven:
        return proven[0]
    return "\x1f".join([str(row.values.get("name", "")).casefold(), *sorted(f"{s.kind}:{s.value}" for s in signs)])


def _column(sign: Sign) -> str:
    return next((column for column, (kind, _) in PROOF.items() if kind is sign.kind), "number")


def _merged(row: Row, was: Portrait, context: Context) -> Portrait:
    """What stands with what the row says; an empty cell leaves what stands."""
    values: dict[str, Any] = row.values
    told = {name: values[name] for name in PLAIN if name in values}
    if customers.is_masked(told.get("name", "")) and was.name:
        del told["name"]
    if "kind" in values:
        told["kind"] = CustomerKind(values["kind"])
    if "preferred" in values:
        told["preferred"] = Means(values["preferred"])
    if "birthday" in values:
        told["birthday"] = date.fromisoformat(values["birthday"]) if values["birthday"] else None
    if "tags" in values:
        told["tags"] = tuple(values["tags"] or ())
    if values.get("notes"):
        told["notes"] = tuple(sorted({*was.notes, values["notes"]}))
    return replace(was, **told, signs=_more_signs(was, values["_signs"]), words=_more_words(was, values, context))


def _more_signs(was: Portrait, shown: Sequence[Sign]) -> tuple[Sign, ...]:
    has = {(sign.kind, sign.value, bool(sign.proof)) for sign in was.signs}
    proven = {(sign.kind, sign.value) for sign in was.signs if sign.proof}
    new = {
        (sign.kind, sign.value, bool(sign.proof)): sign
        for sign in shown
        if (sign.kind, sign.value, bool(sign.proof)) not in has
        and (sign.proof or (sign.kind, sign.value) not in proven)
    }
    return tuple(sorted((*was.signs, *new.values()), key=lambda s: (s.kind.value, s.value, not s.proof)))


def _more_words(was: Portrait, values: Mapping[str, Any], context: Context) -> tuple[Word, ...]:
    """A word of the file counts when nothing later was said."""
    words = {(word.purpose, word.means): word for word in was.words}
    said = values.get("consents", ())
    moments, proofs = (aligned(values.get(name, []), len(said)) for name in ("consent_at", "consent_proof"))
    for (purpose, means, yes), at, proof in zip(said, moments, proofs, strict=True):
        source = values.get("source") or f"import {context.file}"[:60]
        word = Word(
            Purpose(purpose), Means(means), Said.GIVEN if yes else Said.WITHDRAWN, datetime.fromisoformat(at), source,
            proof,
        )  # fmt: skip
        there = words.get((word.purpose, word.means))
        if there is None or there.at < word.at:
            words[word.purpose, word.means] = word
    return tuple(sorted(words.values(), key=lambda word: (word.purpose, word.means)))


def _without(stands: Portrait, before: Portrait, after: Portrait) -> Portrait:
    """A record without what a row wrote: its plain values go back, what it added goes, what came since stays."""
    added = {(s.kind, s.value, bool(s.proof)) for s in after.signs} - {
        (s.kind, s.value, bool(s.proof)) for s in before.signs
    }
    noted = set(after.notes) - set(before.notes)
    had = {(word.purpose, word.means): word for word in before.words}
    wrote = [word for word in after.words if had.get((word.purpose, word.means)) != word]
    words = [had.get((w.purpose, w.means)) if w in wrote else w for w in stands.words]
    return replace(
        before,
        signs=tuple(s for s in stands.signs if (s.kind, s.value, bool(s.proof)) not in added),
        notes=tuple(note for note in stands.notes if note not in noted),
        words=tuple(word for word in words if word is not None),
    )


def _state(portrait: Portrait) -> State:
    found: State = msgspec.json.decode(msgspec.json.encode(portrait))
    return found


def _portrait(state: State | None) -> Portrait | None:
    if state is None:
        return None
    return msgspec.convert({name: value for name, value in state.items() if not name.startswith("_")}, Portrait)
