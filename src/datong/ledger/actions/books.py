"""Put a chart of accounts or a posting rule: each from a day on, with who and what it was before in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import msgspec
from django.db import transaction

from datong.access.api import ask
from datong.access.types import Approval, Asker
from datong.brand.api import get_brand
from datong.kernel import audit, clock, locks
from datong.kernel.db import current_brand, execute, in_brand
from datong.kernel.errors import BadValue
from datong.ledger import rules
from datong.ledger.queries import chart_on, day_ends, forget_rulebook, posting_rules
from datong.ledger.types import KIND_OF_RULE, Chart, ChartLine, PostingRule, Standard, Template

LEAD = timedelta(minutes=10)
"""A rule is written at least this long before its day begins: longer than any process keeps the old one."""

PUT_RULE = """
    INSERT INTO ledger_rule (brand_id, event, valid_from, debit, credit, by, at)
    VALUES (%(brand)s, %(event)s, %(from)s, %(debit)s, %(credit)s, %(by)s, %(now)s)
    ON CONFLICT (brand_id, event, valid_from) DO UPDATE
       SET debit = excluded.debit, credit = excluded.credit, by = excluded.by, at = excluded.at
"""


def put_rule(brand: UUID, rule: PostingRule, *, by: str, reason: str = "") -> None:
    """What an event posts from a day on; the same day again replaces it. What is posted already stays as it is.

    Raises BadInput naming the field: an unknown event, a day that has begun, an account of another kind.
    """
    _put_rules(brand, [rule], by=by, reason=reason)


def adopt_rules(brand: UUID, template: Template, valid_from: date, *, by: str, reason: str = "") -> int:
    """Post as a kind of business does from a day on; how many events that changes. The events no template speaks of
    keep their rules. Raises BadInput for a day that has begun."""
    wanted = rules.template_rules(template, valid_from)
    return _put_rules(brand, wanted, by=by, reason=reason or f"template {template.value}", moved=True)


def _put_rules(brand: UUID, wanted: Sequence[PostingRule], *, by: str, reason: str, moved: bool = False) -> int:
    """`moved`: leave out what is so by then already."""
    first = first_day(brand)
    for rule in wanted:
        rules.check_rule(rule, first)
    with in_brand(brand):
        locks.take(f"ledger books {brand}")
        there: dict[str, PostingRule] = {}
        for rule in posting_rules(brand):  # the newest first
            if rule.valid_from <= wanted[0].valid_from:
                there.setdefault(rule.event, rule)
        return sum(_put_one(brand, rule, there[rule.event], by, reason, moved=moved) for rule in wanted)


def _put_one(brand: UUID, rule: PostingRule, before: PostingRule, by: str, reason: str, *, moved: bool) -> bool:
    same = (before.debit, before.credit) == (rule.debit, rule.credit)
    if same and (moved or before.valid_from == rule.valid_from):
        return False
    key = {"brand": brand, "event": rule.event, "from": rule.valid_from, "by": by, "now": clock.now()}
    execute(PUT_RULE, {**key, "debit": rule.debit, "credit": rule.credit})
    audit.record(
        brand=brand,
        actor=by,
        verb="posting_rule.put",
        subject=f"posting rule {rule.event}",
        before={"debit": before.debit, "credit": before.credit, "valid_from": before.valid_from.isoformat()},
        after={"debit": rule.debit, "credit": rule.credit, "valid_from": rule.valid_from.isoformat()},
        reason=reason,
    )
    transaction.on_commit(lambda: forget_rulebook(brand))
    return True


def ask_rule(brand: UUID, rule: PostingRule, *, by: Asker, reason: str) -> Approval:
    """Ask that an event posts otherwise from a day on; another person decides. Raises as `put_rule` does."""
    rules.check_rule(rule, first_day(brand))
    facts = {"event": rule.event, "debit": rule.debit, "credit": rule.credit, "valid_from": rule.valid_from.isoformat()}
    with in_brand(brand):
        return ask(KIND_OF_RULE, brand=brand, by=by, subject=f"posting rule {rule.event}", facts=facts, reason=reason)


def apply_rule(approval: Approval) -> None:
    """Carry out what was approved. Raises BadInput when its first day has begun meanwhile."""
    facts = approval.facts
    sides = str(facts["event"]), str(facts["debit"]), str(facts["credit"])
    rule = PostingRule(*sides, date.fromisoformat(str(facts["valid_from"])))
    put_rule(current_brand(), rule, by=approval.decided_by, reason=approval.reason)


def first_day(brand: UUID) -> date:
    """The first business day a new rule may hold from: tomorrow, or the day after when that is about to begin."""
    book = rules.make_rulebook(get_brand(brand).timezone, (), day_ends(brand))
    return book.days.today_of_all(clock.now() + LEAD)[1] + timedelta(days=1)


PUT_CHART = """
    INSERT INTO ledger_chart (brand_id, valid_from, template, standard, lines, by, at)
    VALUES (%(brand)s, %(from)s, %(template)s, %(standard)s, %(lines)s::jsonb, %(by)s, %(now)s)
    ON CONFLICT (brand_id, valid_from) DO UPDATE
       SET template = excluded.template, standard = excluded.standard, lines = excluded.lines, by = excluded.by,
           at = excluded.at
"""


def put_chart(brand: UUID, chart: Chart, *, by: str, reason: str = "") -> Chart:
    """The chart of accounts from a day on; reports that end on an earlier day keep theirs. Names and numbers only:
    nothing that is posted changes. Raises BadInput naming the account and field."""
    if not date(2000, 1, 1) <= chart.valid_from <= date(2100, 1, 1):
        raise BadValue("valid_from", chart.valid_from.isoformat(), "a day between 2000 and 2100")
    made = replace(chart, lines=rules.check_chart(chart.lines), by=by)
    with in_brand(brand):
        locks.take(f"ledger books {brand}")
        before = chart_on(brand, chart.valid_from)
        if replace(before, by=by) == made:
            return before
        lines = [[x.number, x.name, x.name_zh, x.line.value, list(x.codes)] for x in made.lines]
        execute(
            PUT_CHART,
            {
                "brand": brand,
                "from": made.valid_from,
                "template": made.template.value,
                "standard": made.standard.value,
                "lines": msgspec.json.encode(lines).decode(),
                "by": by,
                "now": clock.now(),
            },
        )
        audit.record(
            brand=brand,
            actor=by,
            verb="chart.put",
            subject=f"chart of accounts {made.valid_from.isoformat()}",
            before=_said(before, made),
            after=_said(made, before),
            reason=reason,
        )
    return made


def adopt_template(brand: UUID, template: Template, standard: Standard, valid_from: date, *, by: str) -> Chart:
    """Begin a chart from a template in the numbers of a standard, from a day on."""
    return put_chart(brand, replace(rules.make_chart(template, standard), valid_from=valid_from), by=by)


def _said(chart: Chart, other: Chart) -> dict[str, object]:
    """A chart for the trail: what it is made from, and the accounts that the other does not have like that."""
    own: set[ChartLine] = set(chart.lines) - set(other.lines)
    said = {f"account {x.number}": f"{x.name} / {x.name_zh}: {', '.join(x.codes)} ({x.line})" for x in chart.lines
            if x in own}  # fmt: skip
    return {"template": chart.template.value, "standard": chart.standard.value, **said}
