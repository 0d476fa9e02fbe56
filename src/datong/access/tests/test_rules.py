from __future__ import annotations

import pytest

from datong.access import rules
from datong.access.types import Action, Role, Staff
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7

MINE, THEIRS = uuid7(), uuid7()


def staff(role: Role, *stores) -> Staff:
    return Staff(uuid7(), uuid7(), "ann", role, frozenset(stores))


@pytest.mark.requirement("S-312")
def test_store_staff_reach_their_own_stores_only():
    ann = staff(Role.STORE, MINE)
    assert rules.may(ann, Action.ORDERS_ACT, MINE)
    assert not rules.may(ann, Action.ORDERS_ACT, THEIRS)
    assert not rules.may(ann, Action.ORDERS_ACT)
    assert not rules.may(ann, Action.ORDERS_VIEW)
    assert rules.sees(ann, Action.ORDERS_VIEW)
    assert rules.scope_of(ann) == {MINE}
    assert rules.may(ann, Action.CATALOG_VIEW)
    assert not rules.sees(ann, Action.CHANNELS_EDIT)


def test_an_auditor_sees_everything_and_changes_nothing():
    auditor = staff(Role.AUDITOR)
    assert {action for action in Action if rules.may(auditor, action)} == {
        action for action in Action if action.value.endswith(".view")
    }
    assert rules.scope_of(auditor) is None


def test_head_office_may_everything_an_agent_no_settings_and_a_stranger_nothing():
    assert all(rules.may(staff(Role.OWNER), action, THEIRS) for action in Action)
    assert {a for a in Action if not rules.may(staff(Role.HQ), a, THEIRS)} == {Action.POLICY_EDIT}
    agent = staff(Role.AGENT)
    assert rules.may(agent, Action.ORDERS_PLACE)
    assert rules.may(agent, Action.INBOX_CORRECT)
    edits = [action for action in Action if action.value.endswith(".edit") and rules.may(agent, action)]
    assert edits == [Action.VOICES_EDIT]  # who hears customers writes down what they say
    assert not rules.may(agent, Action.MONEY_VIEW)
    assert not any(rules.may(None, action) or rules.sees(None, action) for action in Action)


def test_names_are_lower_case_and_plain():
    assert rules.clean_username(" Ann.Lee@Shop ") == "ann.lee@shop"
    for bad in ("a", "ann lee", "", "-ann", "安安", "a" * 65):
        with pytest.raises(BadValue):
            rules.clean_username(bad)


def test_a_short_password_is_refused_without_repeating_it():
    with pytest.raises(BadValue) as caught:
        rules.check_password("hunter2")
    assert "hunter2" not in str(caught.value)
    rules.check_password("a long enough one")


def test_store_staff_have_stores_and_nobody_else():
    rules.check_assignment(Role.STORE, [MINE])
    rules.check_assignment(Role.HQ, [])
    for role, stores in ((Role.STORE, []), (Role.HQ, [MINE])):
        with pytest.raises(BadValue):
            rules.check_assignment(role, stores)


def test_a_contract_keeps_a_companys_orders_and_contacts_from_the_brand():
    hq = Staff(
        uuid7(), uuid7(), "hq", Role.HQ, hidden_store_ids=frozenset({MINE}), masked_store_ids=frozenset({THEIRS})
    )
    assert not rules.may(hq, Action.ORDERS_VIEW, MINE) and not rules.may(hq, Action.ORDERS_ACT, MINE)
    assert rules.may(hq, Action.STOCK_VIEW, MINE) and rules.may(hq, Action.ORDERS_VIEW, THEIRS)
    assert not rules.sees_contacts(hq, MINE) and not rules.sees_contacts(hq, THEIRS)
    assert rules.sees_contacts(hq, uuid7()) and rules.sees_contacts(hq, None)


def test_contacts_are_for_who_serves_the_order():
    assert rules.sees_contacts(staff(Role.CASHIER, MINE), MINE)
    assert not rules.sees_contacts(staff(Role.CASHIER, MINE), THEIRS)
    for role in (Role.AUDITOR, Role.FINANCE, Role.MERCHANDISER, Role.INTEGRATOR):
        assert not rules.sees_contacts(staff(role), MINE)
    assert rules.sees_contacts(staff(Role.AGENT), MINE)


def test_masks_leave_what_two_people_need_to_agree_on_an_order():
    assert [rules.mask_name(n) for n in ("Ann Lee", "李小明", "李", "", " ")] == ["A***", "李**", "李", "", ""]
    assert [rules.mask_phone(p) for p in ("+1 612 555 0100", "123", "")] == ["***0100", "***", ""]
    assert [rules.mask_email(e) for e in ("ann@example.com", "odd", "")] == ["a***@example.com", "***", ""]
    assert [rules.mask_address(a) for a in ("1 Main St", "")] == ["***", ""]
