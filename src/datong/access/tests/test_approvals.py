"""Maker and checker: who asks does not decide, one decides, and what was asked is carried out with the decision."""

import pytest

from datong.access import api, rules
from datong.access.actions import approvals
from datong.access.types import Action, ApprovalKind, ApprovalState, Role, ScopeKind
from datong.kernel import audit
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from datong.kernel.ids import uuid7

STORE = uuid7()
KIND = "stock.adjust"


@pytest.fixture
def done(monkeypatch):
    """What was carried out."""
    carried = []
    kind = ApprovalKind(KIND, "Stock adjustment", Action.STOCK_COUNT, lambda asked: carried.append(asked.subject))
    monkeypatch.setitem(approvals._kinds, KIND, kind)
    return carried


def person(brand, name, role, *stores):
    user = api.create_user(f"{name}-{uuid7().hex[-8:]}")
    api.assign(brand.id, user, role, by="test", store_ids=stores)
    return api.staff_of(user, brand.id)


def ask(brand, by, amount=50_000, **given):
    facts = given.pop("facts", {"units": 5, "href": "/x/"})
    return api.ask(KIND, brand=brand.id, by=by, subject="TEA-1", facts=facts, amount_minor=amount, **given)


def test_within_the_limit_it_is_done_at_once_and_above_it_waits(brand, done):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    small = ask(brand, manager, 20_000, store_id=STORE)
    assert small.state is ApprovalState.APPROVED and small.decided_by == manager.username and done == ["TEA-1"]
    large = ask(brand, manager, 20_001, store_id=STORE, reason="broken")
    assert large.state is ApprovalState.PENDING and done == ["TEA-1"]
    assert api.approval(brand.id, large.id) == large
    assert (large.asked_by, large.reason, large.facts["units"]) == (manager.username, "broken", 5)


def test_another_person_decides_and_it_is_carried_out_once(brand, done):
    manager, owner = person(brand, "mia", Role.MANAGER, STORE), person(brand, "olga", Role.OWNER)
    request = ask(brand, manager, store_id=STORE)
    first = api.decide(request.id, brand=brand.id, by=owner, approve=True, note="seen")
    again = api.decide(request.id, brand=brand.id, by=owner, approve=True)
    assert first == again and (first.state, first.note) == (ApprovalState.APPROVED, "seen")
    assert done == ["TEA-1"]
    with pytest.raises(Conflict):
        api.decide(request.id, brand=brand.id, by=owner, approve=False)
    with in_brand(brand.id):
        ((events,),) = rows("SELECT count(*) FROM kernel_outboxevent WHERE name = 'access.approval_decided'")
    assert events == 1
    trail = [e.verb for e in audit.page(brand.id, verb="approval").entries]
    assert trail == ["approval.approve", "approval.ask"]


def test_the_asker_never_decides_whatever_the_role(brand, done):
    owner = person(brand, "olga", Role.OWNER)
    api.set_limits(brand.id, KIND, {Role.OWNER: rules.ALWAYS_ASK}, by="olga")
    request = ask(brand, owner, 0)
    assert request.state is ApprovalState.PENDING
    with pytest.raises(NotAllowed, match="another person"):
        api.decide(request.id, brand=brand.id, by=owner, approve=True)
    assert done == [] and api.approval(brand.id, request.id).state is ApprovalState.PENDING


def test_who_decides_needs_the_role_the_store_and_the_amount(brand, done):
    asker = person(brand, "sam", Role.STORE, STORE)
    request = ask(brand, asker, 90_000, store_id=STORE)
    refused = {
        "role": person(brand, "ada", Role.AGENT),
        "store": person(brand, "far", Role.MANAGER, uuid7()),
        "amount": person(brand, "mia", Role.MANAGER, STORE),
    }
    for obstacle, staff in refused.items():
        assert rules.why_not(staff, request, {}) == obstacle
        with pytest.raises(NotAllowed):
            api.decide(request.id, brand=brand.id, by=staff, approve=True)
    assert done == []
    finance = person(brand, "fin", Role.FINANCE)
    assert api.decide(request.id, brand=brand.id, by=finance, approve=True).decided_by == finance.username


def test_the_brands_own_limits_go_before_the_houses(brand, done):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    api.set_limits(brand.id, KIND, {Role.MANAGER: 100}, by="olga")
    assert ask(brand, manager, 101, store_id=STORE).state is ApprovalState.PENDING
    assert api.limits(brand.id, KIND) == {Role.MANAGER: 100}
    api.set_limits(brand.id, KIND, {Role.MANAGER: None}, by="olga")
    assert ask(brand, manager, 10**12, store_id=STORE).state is ApprovalState.APPROVED
    with pytest.raises(BadValue):
        api.set_limits(brand.id, KIND, {Role.MANAGER: -2}, by="olga")
    with pytest.raises(NotFound):
        api.set_limits(brand.id, "no.kind", {}, by="olga")


def test_the_same_request_is_asked_once(brand, done):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    one, two = (ask(brand, manager, store_id=STORE) for _ in range(2))
    assert one.id == two.id
    keyed = [ask(brand, manager, 5, store_id=STORE, key="k1") for _ in range(2)]
    assert keyed[0].id == keyed[1].id and done == ["TEA-1"]


def test_what_fails_to_be_carried_out_leaves_the_request_waiting(brand, monkeypatch):
    def breaks(asked):
        raise Conflict("stock has moved")

    monkeypatch.setitem(approvals._kinds, KIND, ApprovalKind(KIND, "x", Action.STOCK_COUNT, breaks))
    manager, owner = person(brand, "mia", Role.MANAGER, STORE), person(brand, "olga", Role.OWNER)
    request = ask(brand, manager, store_id=STORE)
    with pytest.raises(Conflict, match="stock has moved"):
        api.decide(request.id, brand=brand.id, by=owner, approve=True)
    assert api.approval(brand.id, request.id).state is ApprovalState.PENDING


def test_only_the_asker_withdraws_and_who_takes_over_cannot_decide(brand, done):
    manager, other = person(brand, "mia", Role.MANAGER, STORE), person(brand, "hq", Role.HQ)
    request = ask(brand, manager, store_id=STORE)
    with pytest.raises(NotAllowed):
        api.withdraw(request.id, brand=brand.id, by=other)
    assert api.hand_over(brand.id, manager.user_id, other, by="olga") == 1
    with pytest.raises(NotAllowed):
        api.decide(request.id, brand=brand.id, by=other, approve=True)
    assert api.withdraw(request.id, brand=brand.id, by=other).state is ApprovalState.WITHDRAWN
    assert api.withdraw(request.id, brand=brand.id, by=other).state is ApprovalState.WITHDRAWN
    assert done == []


def test_who_may_not_do_it_may_not_ask_for_it(brand, done):
    with pytest.raises(NotAllowed):
        ask(brand, person(brand, "ada", Role.AGENT))
    with pytest.raises(NotAllowed):
        ask(brand, person(brand, "mia", Role.MANAGER, STORE), store_id=uuid7())
    assert api.list_approvals(brand.id).approvals == ()


def test_lists_are_paged_and_narrowed(brand, done):
    manager = person(brand, "mia", Role.MANAGER, STORE)
    asked = [ask(brand, manager, 30_000 + n, store_id=STORE) for n in range(3)]
    first = api.list_approvals(brand.id, state=ApprovalState.PENDING, limit=2)
    rest = api.list_approvals(brand.id, state=ApprovalState.PENDING, limit=2, cursor=first.next)
    assert [a.id for a in (*first.approvals, *rest.approvals)] == [a.id for a in reversed(asked)] and not rest.next
    assert api.list_approvals(brand.id, stores=[uuid7()]).approvals == ()
    assert len(api.list_approvals(brand.id, asked_by=manager.user_id).approvals) == 3


def test_of_two_deciders_at_the_same_moment_one_decides(committed_db, make_brand, in_parallel, done):
    brand = make_brand()
    manager = person(brand, "mia", Role.MANAGER, STORE)
    deciders = [person(brand, f"own{n}", Role.OWNER) for n in range(4)]
    request = ask(brand, manager, store_id=STORE)
    turns = iter(deciders)

    def work():
        staff = next(turns)
        try:
            return api.decide(request.id, brand=brand.id, by=staff, approve=True).decided_by
        except Conflict:
            return None

    winners = [name for name in in_parallel(4, work) if name]
    assert len(winners) == 1 and done == ["TEA-1"]


def test_the_same_request_asked_at_the_same_moment_is_one(committed_db, make_brand, in_parallel, done):
    brand = make_brand()
    manager = person(brand, "mia", Role.MANAGER, STORE)
    ids = in_parallel(4, lambda: ask(brand, manager, 5, store_id=STORE, key="once").id)
    assert len(set(ids)) == 1 and done == ["TEA-1"]


def test_a_scope_fits_its_role():
    assert rules.check_assignment(Role.MANAGER, [STORE]) == (ScopeKind.STORE, (STORE,))
    assert rules.check_assignment(Role.HQ, []) == (ScopeKind.BRAND, ())
    for role, stores, scope in (
        (Role.REGION, [], None),
        (Role.OWNER, [STORE], None),
        (Role.INTEGRATOR, [STORE], ScopeKind.COMPANY),
        (Role.AGENT, [], ScopeKind.REGION),
    ):
        with pytest.raises(BadValue):
            rules.check_assignment(role, stores, scope)


def test_a_brand_keeps_an_owner(brand):
    owner = person(brand, "olga", Role.OWNER)
    with pytest.raises(Conflict):
        api.unassign(brand.id, owner.user_id, by="x")
    with pytest.raises(Conflict):
        api.assign(brand.id, owner.user_id, Role.HQ, by="x")
    person(brand, "ole", Role.OWNER)
    api.unassign(brand.id, owner.user_id, by="x")
    assert [s.role for s in api.list_staff(brand.id)] == [Role.OWNER]
