"""How long 100,000 balances of an older system take, from the file to the last commit; their report; their undo.

Reading, checking (the dry run) and letting in are measured apart; the whole of them is the goal. The members are there.
"""

from __future__ import annotations

from datong.imports.api import (
    ask_check,
    ask_reconciliation,
    ask_start,
    ask_undo,
    get_reconciliation,
    get_run,
    receive,
    reconcile,
)
from datong.imports.types import RunState
from datong.ledger.api import trial_balance
from datong.site.bench.figures import Figure, Goal, Report
from datong.site.bench.imports import GOAL_S, ROWS, make_brand, timed, work_off

PRINCIPAL = 12_850


def run() -> Report:
    """One round: a brand moves once in its life."""
    report = Report("balances")
    brand = make_brand("moved")
    people = "number,name\n" + "".join(f"M-{n:06},Member {n}\n" for n in range(ROWS))
    kept = receive(brand.id, "customers", "people.csv", people.encode(), by="bench")
    ask_check(brand.id, kept.id)
    timed(report, "people_check_s", lambda: work_off(brand.id, kept.id))
    ask_start(brand.id, kept.id)
    done = timed(report, "people_put_s", lambda: work_off(brand.id, kept.id))
    if done.counts.new != ROWS:
        raise RuntimeError(f"members: {done.counts}")
    data = "member,principal,bonus\n" + "".join(f"M-{n:06},128.50,{n % 2 * 20}\n" for n in range(ROWS))
    file = timed(report, "read_s", lambda: receive(brand.id, "stored_value", "b.csv", data.encode(), by="bench"))
    ask_check(brand.id, file.id)
    timed(report, "check_s", lambda: work_off(brand.id, file.id))
    ask_start(brand.id, file.id)
    done = timed(report, "put_s", lambda: work_off(brand.id, file.id))
    if (done.state, done.counts.new) != (RunState.DONE, ROWS):
        raise RuntimeError(f"balances: {done.state} {done.counts}")
    for what in ("", "cpu_"):
        parts = [report.figures[f"{part}_{what}s"].values[0] for part in ("read", "check", "put")]
        report.figures[f"whole_{what}s"] = Figure((sum(parts),), "s")
    report.goals["100,000 rows of balances, CPU seconds"] = Goal("whole_cpu_s", GOAL_S)
    asked = ask_reconciliation(brand.id, file.id, [], by="bench")
    timed(report, "reconcile_s", lambda: (reconcile(brand.id, asked.id), get_run(brand.id, file.id))[1])
    if not get_reconciliation(brand.id, asked.id).agrees:
        raise RuntimeError("the report differs")
    owed = ROWS * PRINCIPAL + ROWS // 2 * 2_000
    opened = [row.net_minor for row in trial_balance(brand.id) if row.account.code == "equity:opening"]
    if opened != [owed]:
        raise RuntimeError(f"the opening account has {opened}, not {owed}")
    ask_undo(brand.id, file.id, by="bench")
    gone = timed(report, "undo_s", lambda: work_off(brand.id, file.id))
    if (gone.state, gone.left) != (RunState.UNDONE, 0):
        raise RuntimeError(f"undo: {gone.state} {gone.left}")
    report.notes |= {"rows": ROWS}
    return report
