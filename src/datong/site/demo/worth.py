"""What the pages of customers show after the day: a manager's list, steps of their way, what they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from datong.access import api as access
from datong.access.types import Role
from datong.brand import api as brands
from datong.brand.types import ChannelKind
from datong.customers import api as customers
from datong.customers.types import (
    CustomerHit,
    Feedback,
    FeedbackKind,
    Field,
    Idea,
    IdeaState,
    Stage,
    Step,
    StepKind,
    TouchKind,
)
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
    _say_something(loaded, newest)
    _call_by_other_names(loaded, [hit for hit in newest if hit.name][:CALLED])


def _say_something(loaded: Loaded, some: Sequence[CustomerHit]) -> None:
    """What they say of it in their words; two ideas have come of it."""
    brand, now = loaded.brand.id, clock.now()
    doors = [channel.id for channel in brands.list_channels(brand)]
    told = [
        Feedback(
            uuid7(),
            kind,
            text,
            doors[number % len(doors)],
            now - timedelta(hours=5 * number + 2),
            customer_id=some[number % len(some)].id if number % 4 else None,
            stage=stage,
            language=language,
            by=BY,
        )
        for number, (kind, text, stage, language, _idea) in enumerate(SAID)
    ]
    customers.record_feedback(told, brand=brand)
    for number, (title, state) in enumerate(IDEAS):
        idea = customers.put_idea(Idea(uuid7(), title, state=state), brand=brand, by=BY)
        linked = [one.id for one, said in zip(told, SAID, strict=True) if said[4] == number]
        customers.link_feedback(linked, idea.id, brand=brand, by=BY)


IDEAS = (("A packaging that stays closed", IdeaState.PLANNED), ("Say when it will be ready", IdeaState.IDEA))
SAID = (
    (FeedbackKind.PAIN, "The lid came off in my bag.", Stage.USE, "en", 0),
    (FeedbackKind.PAIN, "盖子没盖紧，路上洒了一半。", Stage.USE, "zh-Hans", 0),
    (FeedbackKind.WISH, "A box that closes would make it a present.", Stage.BUY, "en", 0),
    (FeedbackKind.PAIN, "I stood there for ten minutes; the app said ready.", Stage.USE, "en", 1),
    (FeedbackKind.WISH, "希望能看到还要等几分钟。", Stage.BUY, "zh-Hans", 1),
    (FeedbackKind.PRAISE, "Whoever packed this wrote me a note. Lovely.", Stage.USE, "en", None),
    (FeedbackKind.PRAISE, "第二次买了，还是很满意。", Stage.AGAIN, "zh-Hans", None),
    (FeedbackKind.PAIN, "I could not find the store that has it.", Stage.DISCOVER, "en", None),
)


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
