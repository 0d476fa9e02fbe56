"""What the pages of customers show after the day: a manager's list, steps of their way, what they are worth."""

from __future__ import annotations

from datetime import timedelta

from datong.access import api as access
from datong.access.types import Role
from datong.customers import api as customers
from datong.customers.types import Step, StepKind, TouchKind
from datong.insight import api as insight
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.demo.load import BY, Loaded

KEPT = 8
STEPS = ((StepKind.SEARCHED, "gift box"), (StepKind.SCANNED, "store window"), (StepKind.SHARED, "the new blend"))


def fill_customer_pages(loaded: Loaded) -> None:
    """Eight customers of an agent with something to do, what some did before they bought, everybody's worth."""
    brand = loaded.brand.id
    insight.value_customers(brand=brand)
    agent = next((one.username for one in access.list_staff(brand) if one.role is Role.AGENT), "")
    newest = customers.latest_customers(brand, limit=KEPT)
    if not agent or not newest or customers.kept_by(brand, agent, limit=1):
        return
    today = clock.now()
    for number, hit in enumerate(newest):
        customers.keep(hit.id, agent, brand=brand, by=BY)
        due = (today + timedelta(days=number - 2)).date()
        customers.add_touch(hit.id, TouchKind.FOLLOW_UP, "Ask how it was", brand=brand, by=BY, due=due, doer=agent)
        (kind, about), identity = STEPS[number % 3], customers.customer_page(brand, hit.id).identities[0]
        at = today - timedelta(hours=number + 1)
        customers.record_steps([Step(uuid7(), hit.id, kind, identity.channel_id, at, about)], brand=brand)
