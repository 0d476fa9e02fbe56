from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue
from datong.ledger import api
from datong.ledger.types import ChartLine, Line, PostingRule, Standard, Template

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY, NEXT = date(2026, 11, 22), date(2026, 11, 23)
BUYS = PostingRule("sale.goods", "clearing:order", "income:sales:web", NEXT)


def test_what_is_posted_by_default_is_what_the_table_of_events_says(brand):
    book = api.rulebook(brand.id)
    assert book.legs("sale.goods", DAY) == ("clearing:order", "income:sales")
    assert book.account("received.platform", DAY, channel="meituan") == "asset:platform:meituan"
    assert book.legs("sale.discount", DAY) == ("", "")
    assert {rule.event for rule in api.posting_rules(brand.id)} == {*api.ACCOUNTS, *api.EVENTS}


def test_the_reference_names_every_event_with_its_accounts():
    told = (Path(__file__).parents[4] / "docs/reference/posting-rules.md").read_text()
    rows = [line.split(" | ") for line in told.splitlines() if line.startswith("| `")]
    found = {row[0].strip("|` "): tuple(cell.strip("` |") for cell in row[2:]) for row in rows}
    usual = {
        **{name: (code,) for name, code in api.ACCOUNTS.items()},
        **api.EVENTS,
        "sale.discount": ("not posted",) * 2,
    }
    assert found == usual
    for template, rules in api.TEMPLATES.items():
        for event, (debit, _credit) in rules.items():
            assert f"| {template.value} | `{event}` | `{debit}` |" in told


def test_a_rule_holds_from_its_day_on_and_what_was_before_stays_known(brand, django_capture_on_commit_callbacks):
    with clock.held_at(NOON), django_capture_on_commit_callbacks(execute=True):
        api.put_rule(brand.id, BUYS, by="fin", reason="web apart")
        api.put_rule(brand.id, BUYS, by="fin")
        api.put_rule(brand.id, PostingRule("receivable", "asset:receivable:guests", "", NEXT), by="fin")
        api.put_rule(brand.id, PostingRule("sale.discount", "income:discounts", "income:sales", NEXT), by="fin")
    book = api.rulebook(brand.id)
    assert [book.legs("sale.goods", day)[1] for day in (DAY, NEXT)] == ["income:sales", "income:sales:web"]
    assert book.ever("receivable") == {"asset:receivable", "asset:receivable:guests"}
    assert book.legs("sale.discount", NEXT) == ("income:discounts", "income:sales")
    [*_rest, entry] = audit.page(brand.id, verb="posting_rule.put").entries
    assert (entry.subject, entry.reason) == ("posting rule sale.goods", "web apart")
    assert len(_rest) == 2 and entry.after["credit"] == "income:sales:web"


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (replace(BUYS, valid_from=DAY), "valid_from"),
        (replace(BUYS, debit="asset:bank"), "debit"),
        (replace(BUYS, credit="asset:bank"), "credit"),
        (replace(BUYS, credit="income:{channel}"), "credit"),
        (replace(BUYS, credit="income:{channel"), "credit"),
        (replace(BUYS, credit="income:"), "credit"),
        (replace(BUYS, credit=""), "credit"),
        (replace(BUYS, event="sale.nothing"), "event"),
        (PostingRule("refund.goods", "income:refunds", "liability:other", NEXT), "credit"),
        (PostingRule("sale.discount", "income:sales", "income:sales", NEXT), "credit"),
    ],
)
def test_a_rule_that_would_not_hold_is_refused_with_the_field(brand, rule, field):
    with clock.held_at(NOON), pytest.raises(BadInput) as caught:
        api.put_rule(brand.id, rule, by="fin")
    assert field in {problem.field for problem in caught.value.problems}


def test_a_rule_is_written_before_any_process_could_still_hold_the_old_one(make_brand):
    brand = make_brand(timezone="Asia/Shanghai")
    with clock.held_at(datetime(2026, 11, 22, 15, 55, tzinfo=UTC)):  # 23:55 there: tomorrow is about to begin
        assert api.first_day(brand.id) == date(2026, 11, 24)
    with clock.held_at(datetime(2026, 11, 22, 15, 45, tzinfo=UTC)):
        assert api.first_day(brand.id) == date(2026, 11, 23)
    assert api.rulebook(brand.id).business_date(datetime(2026, 11, 22, 16, 5, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.requirement("S-211")
def test_a_chart_maps_every_account_that_is_posted_and_changes_with_the_standard(brand):
    chart = api.chart_on(brand.id)
    assert api.line_of(chart, "asset:platform:meituan").name_zh == "应收账款-平台"
    assert api.line_of(chart, "liability:purse:0af1:principal").number == "220502"
    assert api.line_of(chart, "liability:purse:0af1:points").line is Line.RIGHTS
    assert api.line_of(chart, "asset:unheard") is None
    own = [sides for events in api.TEMPLATES.values() for sides in events.values()]
    sides = [code for each in [*api.EVENTS.values(), *own] for code in each if code and not code.startswith("{")]
    places = dict.fromkeys(("channel", "method", "partner", "purse", "part", "to", "platform"), "x") | {
        "method": "cash"
    }
    for code in [each.format(**places) for each in [*sides, *api.ACCOUNTS.values()]]:
        assert api.line_of(chart, code), code
    api.adopt_template(brand.id, Template.RESTAURANT, Standard.CAS_SMALL, DAY, by="fin")
    assert api.line_of(api.chart_on(brand.id, DAY), "income:sales").number == "500101"
    assert api.line_of(api.chart_on(brand.id, DAY), "asset:stock").name == "Ingredients"
    assert api.line_of(api.chart_on(brand.id, DAY - timedelta(1)), "income:sales").number == "600101"
    assert [chart.by for chart in api.charts(brand.id)] == ["fin", ""]
    for template in Template:
        for standard in Standard:
            lines = api.make_chart(template, standard).lines
            assert len({line.number for line in lines}) == len(lines)


def test_an_account_of_the_chart_is_edited_with_its_trail(brand):
    chart = api.chart_on(brand.id)
    own = ChartLine("1009", "Vault", "金库", Line.CASH, ("asset:vault",))
    api.put_chart(brand.id, replace(chart, lines=(*chart.lines, own), valid_from=DAY), by="fin")
    assert api.line_of(api.chart_on(brand.id, DAY), "asset:vault") == own
    [entry] = audit.page(brand.id, verb="chart.put").entries
    assert entry.after["account 1009"] == "Vault / 金库: asset:vault (cash)"
    for wrong, field in (
        (replace(own, number="10 09"), "number"),
        (replace(own, name=" "), "name"),
        (replace(own, codes=("asset:bank*",)), "codes"),
        (replace(own, codes=("vault",)), "codes"),
    ):
        with pytest.raises(BadInput) as caught:
            api.put_chart(brand.id, replace(chart, lines=(*chart.lines, wrong), valid_from=DAY), by="fin")
        assert caught.value.problems[0].field.endswith(field)
    with pytest.raises(BadValue):
        api.put_chart(brand.id, replace(chart, valid_from=date(1999, 1, 1)), by="fin")
