"""Nouns of the chart of accounts (会计科目表): numbers and names over the ledger's own codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Template(StrEnum):
    """What kind of business a chart is made for."""

    RETAIL = "retail"
    RESTAURANT = "restaurant"
    SERVICE = "service"  # a service network as a bank runs one: fees earned, customers' deposits


class Standard(StrEnum):
    """The version of the accounting standard whose numbers and names a chart uses (S-211)."""

    CAS = "cas-2017"  # 企业会计准则, with the revenue standard of 2017: 合同负债
    CAS_2006 = "cas-2006"  # 企业会计准则 before it: 预收账款
    CAS_SMALL = "cas-small-2013"  # 小企业会计准则
    IFRS = "ifrs"


class Line(StrEnum):
    """A line of the balance sheet or the income statement."""

    CASH = "cash"
    RECEIVABLES = "receivables"
    STOCK = "stock"
    OTHER_ASSETS = "other_assets"
    CONTRACTS = "contract_liabilities"
    PAYABLES = "payables"
    TAXES = "taxes"
    DEPOSITS = "deposits"
    EQUITY = "equity"
    REVENUE = "revenue"
    OTHER_INCOME = "other_income"
    COST = "cost"
    SELLING = "selling"
    ADMINISTRATION = "administration"
    FINANCE = "finance"
    CLEARING = "clearing"
    RIGHTS = "rights"  # points and vouchers, counted in pieces


@dataclass(frozen=True, slots=True)
class ChartLine:
    """An account of the chart. `codes` are patterns of the ledger's codes; a * stands for any characters."""

    number: str
    name: str
    name_zh: str
    line: Line
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A brand's chart, in force from `valid_from` until the next one. `by` is empty for the default of the house."""

    template: Template
    standard: Standard
    lines: tuple[ChartLine, ...]
    valid_from: date = date.min
    by: str = ""
