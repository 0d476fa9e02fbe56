"""Background work of the books: one line each around the verbs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.books import api
from datong.kernel import clock
from datong.kernel.jobs import Job
from datong.ledger.api import rulebook


def settle_between_companies(brand: UUID) -> None:
    api.enter_company_money(brand)
    month = rulebook(brand).days.today_of_all(clock.now())[0].replace(day=1)  # over at every store
    api.post_royalties(brand, month - timedelta(days=1))


JOBS = (Job("books.companies", every_s=600, run=settle_between_companies, long=True),)
