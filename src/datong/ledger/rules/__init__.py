"""What may be posted, and what must hold of the books."""

from datong.ledger.rules.beancount import BeanNames, beancount_head, beancount_lines
from datong.ledger.rules.charts import DEFAULT, check_chart, line_of, make_chart
from datong.ledger.rules.companies import BETWEEN, KEPT, NAMED, companies_of, sides_in
from datong.ledger.rules.events import ACCOUNTS, EVENTS, OPTIONAL, TEMPLATES
from datong.ledger.rules.exchange import exchanged_minor, legs_of, odd_exchanges
from datong.ledger.rules.posting import (
    check_rule,
    default_rules,
    make_rulebook,
    template_rules,
)
from datong.ledger.rules.purses import MAX_TURNOVER, Served, capture_of, check_steps, moves, moves_of, serve, settle
from datong.ledger.rules.seals import START_HASH, broken_seals
from datong.ledger.rules.transfers import (
    COMPARED,
    EXCHANGE,
    MAX_CODE,
    MAX_DIMENSION,
    MAX_DIMENSIONS,
    MAX_KIND,
    MAX_PROBLEMS,
    account_id,
    check_transfers,
    clearing_nets,
    open_clearing,
    refuse_other,
    totals,
    unbalanced,
)

__all__ = [
    "ACCOUNTS",
    "BETWEEN",
    "BeanNames",
    "COMPARED",
    "DEFAULT",
    "EVENTS",
    "EXCHANGE",
    "KEPT",
    "MAX_CODE",
    "MAX_DIMENSION",
    "MAX_DIMENSIONS",
    "MAX_KIND",
    "MAX_PROBLEMS",
    "MAX_TURNOVER",
    "NAMED",
    "OPTIONAL",
    "TEMPLATES",
    "START_HASH",
    "Served",
    "account_id",
    "beancount_head",
    "beancount_lines",
    "broken_seals",
    "capture_of",
    "check_chart",
    "check_rule",
    "check_steps",
    "check_transfers",
    "clearing_nets",
    "companies_of",
    "default_rules",
    "legs_of",
    "line_of",
    "exchanged_minor",
    "moves",
    "moves_of",
    "make_chart",
    "odd_exchanges",
    "make_rulebook",
    "template_rules",
    "open_clearing",
    "refuse_other",
    "serve",
    "settle",
    "sides_in",
    "totals",
    "unbalanced",
]
