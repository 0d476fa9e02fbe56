"""Addresses of the books."""

from __future__ import annotations

from django.urls import URLPattern, path

from datong.channels.console.books import (
    account,
    bills,
    chart,
    companies,
    dayends,
    days,
    entries,
    overview,
    periods,
    posting,
    profit,
    proof,
    statements,
)

urlpatterns: list[URLPattern] = [
    path("books/", overview.overview, name="books"),
    path("books/income/", statements.income, name="books-income"),
    path("books/trial/", statements.trial, name="books-trial"),
    path("books/companies/", companies.companies, name="books-companies"),
    path("books/companies/journal.beancount", companies.journal, name="books-company-journal"),
    path("books/companies/<uuid:company_id>/royalty/", companies.royalty, name="books-royalty"),
    path("books/entries/", entries.entries, name="books-entries"),
    path("books/chart/", chart.chart, name="books-chart"),
    path("books/chart/<str:number>/", chart.line, name="books-chart-line"),
    path("books/rules/", posting.rules, name="books-rules"),
    path("books/rules/<str:event>/", posting.rule, name="books-rule"),
    path("books/profit/", profit.profit, name="books-profit"),
    path("books/statements/", bills.bills, name="books-bills"),
    path("books/statements/<uuid:statement_id>/", bills.bill, name="books-bill"),
    path("books/statements/<uuid:statement_id>/fee/", bills.fee, name="books-bill-fee"),
    path("days/", days.days, name="store-days"),
    path("days/ends/", dayends.day_ends, name="day-ends"),
    path("days/<str:code>/<str:day>/", days.day, name="store-day"),
    path("books/account/", account.account, name="books-account"),
    path("books/holds/", proof.holds, name="books-holds"),
    path("books/proof/", proof.proof, name="books-proof"),
    path("books/closing/", periods.periods, name="books-periods"),
]
