"""Printers are set up; tickets are asked for once, printed outside of transactions under a lease, tried again."""

from __future__ import annotations

from uuid import UUID

from msgspec import json, to_builtins

from datong.fulfilment.ports import printer_of
from datong.fulfilment.queries.printing import printer_row, printers_of
from datong.fulfilment.rules import printing as rules
from datong.fulfilment.types.printing import Printer, TicketText
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import DatongError, NotFound, Unavailable
from datong.kernel.ids import uuid7

PUT = """
    INSERT INTO fulfilment_printer (brand_id, id, store_id, name, kind, host, port, categories, columns, problem)
    VALUES (%(brand)s, %(id)s, %(store)s, %(name)s, %(kind)s, %(host)s, %(port)s, %(categories)s::jsonb, %(columns)s,
            '')
    ON CONFLICT (brand_id, id) DO UPDATE
       SET name = excluded.name, kind = excluded.kind, host = excluded.host, port = excluded.port,
           categories = excluded.categories, columns = excluded.columns, failing_since = NULL, problem = ''
     WHERE fulfilment_printer.store_id = excluded.store_id
"""


def put_printer(brand: UUID, printer: Printer, *, by: str, anywhere: bool = False) -> None:
    """Set a printer up, or change it; `anywhere` lets it stand outside of private networks. Raises BadInput."""
    rules.check_printer(printer, anywhere=anywhere)
    with in_brand(brand):
        before = next((one for one in printers_of(brand, [printer.store_id]) if one.id == printer.id), None)
        said = json.encode(list(printer.categories)).decode()
        key = {"brand": brand, "id": printer.id, "store": printer.store_id, "name": printer.name.strip()}
        key |= {"kind": printer.kind.value, "host": printer.host, "port": printer.port, "columns": printer.columns}
        if not execute(PUT, {**key, "categories": said}):
            raise NotFound("no such printer at this store")
        _record(brand, "printer.put", printer, by, before)


REMOVE = """
    UPDATE fulfilment_printer SET removed_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND store_id = %(store)s AND removed_at IS NULL
"""
FORGET = """
    UPDATE fulfilment_ticket SET state = 'dropped', problem = 'the printer was removed'
     WHERE brand_id = %(brand)s AND printer_id = %(id)s AND state = 'waiting'
"""


def remove_printer(brand: UUID, printer_id: UUID, *, store_id: UUID, by: str) -> None:
    """Take a printer away; what waited for it is dropped. Twice is once."""
    with in_brand(brand):
        mine = [one for one in printers_of(brand, [store_id]) if one.id == printer_id]
        if execute(REMOVE, {"brand": brand, "id": printer_id, "store": store_id, "now": clock.now()}):
            execute(FORGET, {"brand": brand, "id": printer_id})
            _record(brand, "printer.remove", mine[0], by, mine[0], gone=True)


def _record(brand: UUID, verb: str, printer: Printer, by: str, before: Printer | None, *, gone: bool = False) -> None:
    def facts(one: Printer) -> dict[str, object]:
        return {"name": one.name, "host": one.host, "port": one.port, "categories": list(one.categories)}

    subject = f"printer {printer.name}"
    was, now = facts(before) if before else None, None if gone else facts(printer)
    audit.record(brand=brand, actor=by, verb=verb, subject=subject, before=was, after=now, store_id=printer.store_id)


ASK = """
    INSERT INTO fulfilment_ticket (brand_id, id, task_id, printer_id, copy, content, state, attempts, next_at, asked_by,
                                   asked_at, problem)
    SELECT %(brand)s, g.id, %(task)s, g.printer_id,
           CASE WHEN %(again)s THEN 1 + coalesce((SELECT max(t.copy) FROM fulfilment_ticket t
                                                   WHERE t.brand_id = %(brand)s AND t.task_id = %(task)s
                                                     AND t.printer_id = g.printer_id), -1) ELSE 0 END,
           g.content, 'waiting', 0, %(now)s::timestamptz, %(by)s, %(now)s::timestamptz, ''
      FROM unnest(%(ids)s::uuid[], %(printers)s::uuid[], %(contents)s::jsonb[]) g(id, printer_id, content)
    ON CONFLICT (brand_id, task_id, printer_id, copy)
    DO UPDATE SET state = 'waiting', next_at = excluded.next_at, content = excluded.content, attempts = 0
     WHERE fulfilment_ticket.state = 'dropped'
"""


def ask_tickets(brand: UUID, task_id: UUID, store_id: UUID, text: TicketText, *, by: str, again: bool = False) -> int:
    """Have a task printed at every printer of its store that prints something of it; how many tickets.

    Once for a task however often it is told; `again` is another copy on purpose, and the log says who asked.
    """
    with in_brand(brand):
        parts = [(one.id, part) for one in printers_of(brand, [store_id]) if (part := rules.part_for(one, text))]
        if not parts:
            return 0
        key = {"brand": brand, "task": task_id, "again": again, "now": clock.now(), "by": by[:120]}
        columns = {"ids": [uuid7() for _ in parts], "printers": [one for one, _ in parts]}
        made = execute(ASK, {**key, **columns, "contents": [json.encode(to_builtins(p)).decode() for _, p in parts]})
        if again and made:
            audit.record(
                brand=brand,
                actor=by,
                verb="ticket.print_again",
                subject=f"task {task_id}",
                after={"head": text.head, "tickets": made},
                store_id=store_id,
            )
        return made


CLAIM = """
    WITH due AS (
        SELECT id FROM fulfilment_ticket WHERE brand_id = %(brand)s AND state = 'waiting' AND next_at <= %(now)s
         ORDER BY next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    UPDATE fulfilment_ticket t SET next_at = %(lease)s, attempts = t.attempts + 1
      FROM due, fulfilment_printer p, fulfilment_task k
     WHERE t.brand_id = %(brand)s AND t.id = due.id AND p.brand_id = t.brand_id AND p.id = t.printer_id
       AND k.brand_id = t.brand_id AND k.id = t.task_id
    RETURNING t.id, t.attempts, t.content::text, k.state, p.id, p.store_id, p.name, p.kind, p.host, p.port,
              p.categories::text, p.columns, p.failing_since, p.problem
"""
SETTLED = """
    WITH told AS (
        UPDATE fulfilment_ticket SET state = %(state)s::text, problem = %(problem)s::text, next_at = %(next)s,
               printed_at = CASE WHEN %(state)s::text = 'printed' THEN %(now)s::timestamptz END
         WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'waiting'
    )
    UPDATE fulfilment_printer
       SET problem = %(problem)s::text,
           failing_since = CASE WHEN %(problem)s::text = '' THEN NULL
                                ELSE coalesce(failing_since, %(now)s::timestamptz) END
     WHERE brand_id = %(brand)s AND id = %(printer)s AND %(state)s::text <> 'dropped'
"""
TAKEN_BACK = frozenset({"new", "refused", "cancelled"})


def print_due(brand: UUID, *, limit: int = 20) -> int:
    """Print what waits; how many were printed. Outside of any transaction, each ticket under a lease of a minute.

    Who dies while printing leaves the ticket to whoever comes after the lease: it may be printed twice then, never
    not at all. A printer that does not answer is an alarm on the store's screen, and is tried again and again.
    """
    now = clock.now()
    with in_brand(brand):
        due = rows(CLAIM, {"brand": brand, "now": now, "lease": now + rules.LEASE, "limit": limit})
    printed, dead = 0, set[UUID]()
    for id_, attempts, content, state, *about in due:
        printer = printer_row(tuple(about))
        problem = "" if printer.id not in dead else "the printer did not answer"
        if state in TAKEN_BACK:
            _settle(brand, id_, printer, "dropped", "", attempts)
            continue
        if not problem:
            problem = _print(printer, json.decode(content, type=TicketText))
        if problem:
            dead.add(printer.id)
        printed += not problem
        given_up = "failed" if attempts >= rules.MAX_TRIES else "waiting"
        _settle(brand, id_, printer, given_up if problem else "printed", problem, attempts)
    return printed


def _print(printer: Printer, text: TicketText) -> str:
    """What went wrong, '' for nothing."""
    adapter = printer_of(printer.kind)
    if adapter is None:
        return f"nothing here prints on a {printer.kind.value} printer"
    try:
        adapter.print(printer, text)
    except (Unavailable, DatongError, OSError) as error:
        return str(error)[:200] or "the printer did not answer"
    return ""


def _settle(brand: UUID, ticket: UUID, printer: Printer, state: str, problem: str, attempts: int) -> None:
    now = clock.now()
    key = {"brand": brand, "id": ticket, "printer": printer.id, "state": state, "problem": problem, "now": now}
    with in_brand(brand):
        execute(SETTLED, {**key, "next": now + rules.wait_after(attempts)})
