"""Writes of customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from datong.customers import rules
from datong.customers.actions import sayings
from datong.customers.actions.contacts import Shown, note_contacts, shown_contacts
from datong.customers.events import CustomerCreated, MergeProposed
from datong.customers.rules import Decided, Key
from datong.customers.types import Identified, Known, Sighting
from datong.kernel import bulk, clock, outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Unavailable
from datong.kernel.ids import uuid7

TOUCH_AFTER = timedelta(hours=1)


@dataclass(slots=True)
class _Seen:
    """What the tables say: whose the keys are, when they were last seen, what their records and doors say."""

    known: dict[Key, Known] = field(default_factory=dict)
    last_seen: dict[Key, datetime] = field(default_factory=dict)
    records: dict[UUID, sayings.Known] = field(default_factory=dict)
    said: dict[sayings.Door, dict[str, sayings.Saying]] = field(default_factory=dict)
    contacts: dict[Shown, datetime] = field(default_factory=dict)


def identify(sightings: Sequence[Sighting], *, brand: UUID) -> list[Identified | None]:
    """Who each sighting is, strangers included: a stranger with a verified identity becomes a new customer.

    None where nothing verified was shown; an identity that is masked or not well-formed (`problems_of` names it)
    identifies nobody. One statement when everybody is known, at most five with the outbox's, whatever the number; and
    one more when unverified contacts are new or were last seen a day ago: they are kept with who showed them; and one
    when a door says of a record what it did not, or not for a day (`sayings`).

    Safe when many doors show one new person at once: the key of an identity is claimed by an insert in key order
    (two batches wait, they never deadlock), the loser reads the winner in its next statement and follows him. One
    call a transaction, before any other lock is taken.
    """
    keys = [rules.identifying(one.identities) for one in sightings]
    shown = {(*key, one.channel_id) for one, own in zip(sightings, keys, strict=True) for key in own}
    if not shown:
        return [None] * len(sightings)
    now = clock.now()
    with in_brand(brand):
        contacts = [rules.contacts_of(one.identities) for one in sightings]
        seen = _read(shown, brand, contacts={key for own in contacts for key in own})
        decided = rules.decide(sightings, seen.known, uuid7, keys)
        moves: dict[Key, UUID] = {}
        gone: set[UUID] = set()
        if decided.attach:
            won = _claim(decided, sightings, now, brand)
            if len(won) < len(decided.attach):
                decided, moves, gone = _follow(sightings, seen, decided, won, brand)
        proposed = _settle(sightings, seen, decided, moves, gone, now, brand)
        note_contacts(shown_contacts(sightings, contacts, decided.customers), seen.contacts, now, brand)
        told = sayings.told_by(sightings, decided.customers, decided.new)
        sayings.note_sayings(told, seen.said, seen.records, now, brand)
        created = (CustomerCreated(who, sightings[pos].channel_id) for who, pos in decided.new.items())
        outbox.emit(*created, *proposed)
    return list(decided.customers)


READ = """
    SELECT i.kind, i.value, i.customer_id, i.first_seen, i.last_seen, c.name, coalesce(c.head_id, c.id), c.language,
           c.created_at, k.channel_id, s.said::text
      FROM unnest(%(kinds)s::text[], %(values)s::text[], %(channels)s::uuid[]) k(kind, value, channel_id)
      JOIN customers_identity i ON i.brand_id = %(brand)s AND i.kind = k.kind AND i.value = k.value
      JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = i.customer_id
      LEFT JOIN customers_saying s
        ON s.brand_id = %(brand)s AND s.customer_id = i.customer_id AND s.channel_id = k.channel_id
"""
READ_BOTH = f"""{READ}
     UNION ALL
    SELECT o.kind, o.value, o.customer_id, NULL, o.last_seen, '', NULL, '', NULL, NULL, NULL
      FROM unnest(%(contact_kinds)s::text[], %(contact_values)s::text[]) k(kind, value)
      JOIN customers_contact o ON o.brand_id = %(brand)s AND o.kind = k.kind AND o.value = k.value
       -- Of the customers shown only: a switchboard's number has hundreds.
       AND o.customer_id IN (SELECT i.customer_id FROM unnest(%(kinds)s::text[], %(values)s::text[]) w(kind, value)
                               JOIN customers_identity i
                                 ON i.brand_id = %(brand)s AND i.kind = w.kind AND i.value = w.value)
"""  # noqa: S608  constants only


def _read(
    shown: Iterable[tuple[str, str, UUID]], brand: UUID, into: _Seen | None = None, contacts: Collection[Key] = ()
) -> _Seen:
    """What is known of these keys, each with the door it was shown at."""
    seen = into or _Seen()
    kinds, values, channels = zip(*shown, strict=True)
    params = {"brand": brand, **_keys("", zip(kinds, values, strict=True))}
    params |= {"channels": bulk.array(map(str, channels))}
    if contacts:
        params |= _keys("contact_", contacts)
    for row in rows(READ_BOTH if contacts else READ, params):
        kind, value, customer_id, first_seen, last_seen, name, head, language, created_at, channel, said = row
        if head is None:
            seen.contacts[customer_id, kind, value] = last_seen
            continue
        seen.known[kind, value] = Known(customer_id, first_seen, head)
        seen.last_seen[kind, value] = last_seen
        seen.records[customer_id] = sayings.Known(name, language, created_at)
        if said is not None:
            seen.said[customer_id, channel] = sayings.read_saying(said)
    return seen


CLAIM = """
    WITH won AS (
        INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id)
        SELECT %(brand)s, i.kind, i.value, i.customer_id, %(now)s, %(now)s, i.channel_id
          FROM unnest(%(kinds)s::text[], %(values)s::text[], %(owners)s::uuid[], %(channels)s::uuid[])
               WITH ORDINALITY i(kind, value, customer_id, channel_id, n)
         ORDER BY i.n                          -- sorted by the caller: all batches claim in one order
        ON CONFLICT (brand_id, kind, value) DO NOTHING
        RETURNING kind, value, customer_id
    ), made AS (
        INSERT INTO customers_customer (brand_id, id, name, language, created_at)
        SELECT %(brand)s, n.id, n.name, n.language, %(now)s
          FROM unnest(%(new)s::uuid[], %(names)s::text[], %(languages)s::text[]) n(id, name, language)
         WHERE n.id IN (SELECT customer_id FROM won)
    )
    SELECT kind, value FROM won
"""


def _claim(decided: Decided, sightings: Sequence[Sighting], now: datetime, brand: UUID) -> set[Key]:
    """Insert what nobody had, and the customers who got at least one of their keys; the keys won."""
    keys = sorted(decided.attach)
    names = _names(sightings, decided.customers)
    new = list(decided.new)
    params = {
        "brand": brand,
        "now": now,
        **_keys("", keys),
        "owners": bulk.array(str(decided.attach[key][0]) for key in keys),
        "channels": bulk.array(str(sightings[decided.attach[key][1]].channel_id) for key in keys),
        "new": bulk.array(map(str, new)),
        "names": bulk.array(names.get(who, "") for who in new),
        "languages": bulk.array(sayings.language_tag(sightings[decided.new[who]].language) for who in new),
    }
    return {(kind, value) for kind, value in rows(CLAIM, params)}


def _follow(
    sightings: Sequence[Sighting], seen: _Seen, first: Decided, won: set[Key], brand: UUID
) -> tuple[Decided, dict[Key, UUID], set[UUID]]:
    """Decide again, now that others' claims are known: what moves from our new customers to theirs, who is undone.

    A group of strangers that lost any key is known now as a whole, since what joins it leads to that key; the other
    groups are as they were and keep the customers just made for them.
    """
    lost = set(first.attach) - won
    _read({(*key, sightings[first.attach[key][1]].channel_id) for key in lost}, brand, into=seen)
    if not lost <= seen.known.keys():
        raise Unavailable("an identity was taken and let go again at this moment", retry_after_s=1)
    second = rules.decide(sightings, seen.known, uuid7)
    made = {pos: who for who, pos in first.new.items()}
    same = {who: made[pos] for who, pos in second.new.items()}
    decided = Decided(
        customers=tuple(_as(who, same) for who in second.customers),
        new={same[who]: pos for who, pos in second.new.items()},
        attach={key: (same.get(who, who), pos) for key, (who, pos) in second.attach.items()},
        proposals=second.proposals,
    )
    moves = {key: owner for key, (owner, _) in decided.attach.items() if owner != first.attach[key][0]}
    return decided, moves, set(first.new) - set(decided.new)


def _as(who: Identified | None, same: Mapping[UUID, UUID]) -> Identified | None:
    """The customer made in the first round for what the second would make anew."""
    made = same.get(who.customer_id) if who else None
    return Identified(made, made) if made else who


SETTLE = """
    WITH moved AS (
        UPDATE customers_identity i SET customer_id = m.customer_id
          FROM unnest(%(moved_kinds)s::text[], %(moved_values)s::text[], %(moved_to)s::uuid[])
               m(kind, value, customer_id)
         WHERE i.brand_id = %(brand)s AND i.kind = m.kind AND i.value = m.value
    ), undone AS (
        DELETE FROM customers_customer WHERE brand_id = %(brand)s AND id = ANY(%(gone)s::uuid[])
    ), touched AS (
        -- Best effort: a row that somebody holds is seen by him at this very moment.
        UPDATE customers_identity i SET last_seen = %(now)s
          FROM (SELECT l.kind, l.value FROM customers_identity l
                  JOIN unnest(%(kinds)s::text[], %(values)s::text[]) k(kind, value) USING (kind, value)
                 WHERE l.brand_id = %(brand)s FOR NO KEY UPDATE OF l SKIP LOCKED) t
         WHERE i.brand_id = %(brand)s AND i.kind = t.kind AND i.value = t.value
    ), named AS (
        UPDATE customers_customer c SET name = t.name
          FROM (SELECT l.id, n.name FROM customers_customer l
                  JOIN unnest(%(named)s::uuid[], %(names)s::text[]) n(id, name) USING (id)
                 WHERE l.brand_id = %(brand)s FOR NO KEY UPDATE OF l SKIP LOCKED) t
         WHERE c.brand_id = %(brand)s AND c.id = t.id
    )
    INSERT INTO customers_mergeproposal (brand_id, a, b, keep, kind, value, at, settled_by, outcome, reason)
    SELECT %(brand)s, m.a, m.b, m.keep, m.kind, m.value, %(now)s, '', '', ''
      FROM unnest(%(as)s::uuid[], %(bs)s::uuid[], %(keeps)s::uuid[], %(merge_kinds)s::text[], %(merge_values)s::text[])
           m(a, b, keep, kind, value)
     ORDER BY m.a, m.b
    ON CONFLICT (brand_id, a, b) DO NOTHING
    RETURNING keep, CASE WHEN keep = a THEN b ELSE a END, kind
"""


def _settle(
    sightings: Sequence[Sighting],
    seen: _Seen,
    decided: Decided,
    moves: Mapping[Key, UUID],
    gone: set[UUID],
    now: datetime,
    brand: UUID,
) -> list[MergeProposed]:
    """One statement for what is left to write, none when nothing is; the proposals that are new."""
    stale = sorted(key for key, at in seen.last_seen.items() if now - at > TOUCH_AFTER)
    shown = _names(sightings, decided.customers)
    better = {who: rules.better_name(was.name, shown.get(who, "")) for who, was in seen.records.items()}
    renamed = {who: name for who, name in better.items() if name != seen.records[who].name}
    if not (moves or gone or stale or renamed or decided.proposals):
        return []
    params = {
        "brand": brand,
        "now": now,
        **_keys("moved_", moves),
        "moved_to": list(moves.values()),
        "gone": list(gone),
        **_keys("", stale),
        "named": bulk.array(map(str, renamed)),
        "names": bulk.array(renamed.values()),
        "as": [min(each.keep, each.other) for each in decided.proposals],
        "bs": [max(each.keep, each.other) for each in decided.proposals],
        "keeps": [each.keep for each in decided.proposals],
        "merge_kinds": [each.evidence.kind.value if each.evidence else "" for each in decided.proposals],
        "merge_values": [each.evidence.value if each.evidence else "" for each in decided.proposals],
    }
    return [MergeProposed(*row) for row in rows(SETTLE, params)]


def _keys(which: str, keys: Iterable[Key]) -> dict[str, object]:
    """The parameters `<which>kinds` and `<which>values`."""
    kept = list(keys)
    kinds, values = bulk.array(kind for kind, _ in kept), bulk.array(value for _, value in kept)
    return {f"{which}kinds": kinds, f"{which}values": values}


def _names(sightings: Sequence[Sighting], customers: Sequence[Identified | None]) -> dict[UUID, str]:
    """The best name each customer was seen under in this batch."""
    names: dict[UUID, str] = {}
    for sighting, who in zip(sightings, customers, strict=True):
        if who:
            one = who.customer_id
            names[one] = rules.better_name(names.get(one, ""), sighting.name)
    return names
