from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core.data import Open, Transaction
from beancount.loader import load_string

from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.tests.test_actions import BANK, DAY, SALES, a_sale, a_transfer
from datong.ledger.types import Account, Asked, purse_account

pytestmark = pytest.mark.django_db
BEAN_CHECK = Path(sys.executable).parent / "bean-check"


@pytest.fixture
def journal(brand):
    """Sales, odd names that would be written alike, points and yen; the brand."""
    purse = uuid7()
    api.post(
        [
            *a_sale(1000, 80, uuid7(), dimensions={"channel": 'the "best"\\', "Shop of": "x"}),
            a_transfer(Account("asset:till:a_b", "USD"), SALES, 1),
            a_transfer(Account("asset:till:a.b", "USD"), SALES, 2),
            a_transfer(Account("asset:till:门店", "JPY"), Account("income:sales", "JPY"), 700),
            a_transfer(Account("equity:points:issued", "PTS"), purse_account(purse, "points", "PTS"), 30),
            a_transfer(BANK, SALES, 5, business_date=DAY + timedelta(days=1)),
        ],
        brand=brand.id,
    )
    return brand


@pytest.mark.requirement("S-199", "S-201")
def test_bean_check_accepts_the_journal_and_its_balances_are_ours(journal, tmp_path):
    text = "".join(api.beancount(journal.id))
    file = tmp_path / "books.beancount"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    found, errors, _options = load_string(text)
    assert errors == []
    codes = {e.account: e.meta["code"] for e in found if isinstance(e, Open)}
    nets: dict[tuple[str, str], Decimal] = {}
    for entry in found:
        if isinstance(entry, Transaction):
            for leg in entry.postings:
                at = codes[leg.account], leg.units.currency
                nets[at] = nets.get(at, Decimal()) + leg.units.number
    minor = {"USD": 100, "JPY": 1, "PTS": 1}
    ours = {(r.account.code, r.account.currency): r.net_minor for r in api.trial_balance(journal.id)}
    assert {at: int(net * minor[at[1]]) for at, net in nets.items()} == ours


def test_a_journal_up_to_a_day_leaves_out_what_is_later(journal):
    assert "2026-11-23" not in "".join(api.beancount(journal.id, until=DAY))
    assert sum(len(page) for page in api.journal(journal.id, Asked())) == 8


def test_what_clearing_still_holds_is_named_with_its_day(journal):
    assert api.uncleared(journal.id) == []
    api.post(a_sale(700, 50, order := uuid7())[:2], brand=journal.id)
    [found] = api.uncleared(journal.id)
    assert (found.subject_id, found.account.code, found.net_minor, found.since) == (order, "clearing:order", -50, DAY)
