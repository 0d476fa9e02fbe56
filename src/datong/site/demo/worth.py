"""What the pages of customers show after the day: a manager's list, steps of their way, what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import ChannelKind
from datong.customers import api as customers
from datong.customers.types import CustomerHit, Field, Step, StepKind, TouchKind
from datong.insight import api as insight
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.site.demo.load import BY, Loaded

KEPT = 8
CALLED = 3
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
    _call_by_other_names(loaded, [hit for hit in newest if hit.name][:CALLED])


def _call_by_other_names(loaded: Loaded, some: Sequence[CustomerHit]) -> None:
    """Another system knows a few of them by a shorter name and a birthday; one name is kept by hand."""
    brand = loaded.brand.id
    crm = next(channel.id for channel in brands.list_channels(brand) if channel.kind is not ChannelKind.MARKETPLACE)
    for number, hit in enumerate(some):
        short = hit.name.split()[-1] if " " in hit.name else f"{hit.name[:1]}女士"
        told = {Field.NAME: short, Field.BIRTHDAY: f"198{number}-05-17", Field.LANGUAGE: "en"}
        customers.say_fields(hit.id, crm, told, brand=brand, by=BY)
    if some:
        customers.pin(some[0].id, Field.NAME, some[0].name, brand=brand, by=BY, reason="as on the passport")
