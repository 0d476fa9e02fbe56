"""The one way in for an order, whatever its door: always a batch, one commit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import OperationalError

from datong.brand.api import get_brand, locate
from datong.brand.types import AddressText, Brand, ChannelKind, Store
from datong.catalog.api import anybody_certified, delivery_fees, exemptions, quote
from datong.catalog.types import Ask, AskLine, Fee, FeeAsk, Quote
from datong.customers.api import identify, records_of
from datong.customers.types import IdentityKind, Sighting
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Problem
from datong.kernel.telemetry import span
from datong.orders import rules
from datong.orders.actions import book, claims, stored
from datong.orders.actions.assign import StockBusyError, assign
from datong.orders.actions.draft import Draft
from datong.orders.sourcing import supply
from datong.orders.types import Accepted, ExceptionKind, OrderIntent, Outcome, Refused
from datong.risk.api import assess
from datong.risk.types import Decision, Facts
from datong.wallet.api import tiers_of

log = logging.getLogger(__name__)

MAX_BATCH = 1000
TRIES = 5


def place(intents: Sequence[OrderIntent], *, brand: UUID, actor: str) -> list[Outcome]:
    """Take orders: identify, quote, assess, claim, choose stores, hold stock, post money, write, emit; one commit.

    The outcome of each intent, in order: Accepted (also for a repeat: the first answer again), Refused with the
    fields to mend, or Repeated when the external id was used for a different order. Costs a constant number of SQL
    statements. Safe to call at the same time as itself and again after a crash: the claim decides who was first. A
    deadlock with another batch, an order limit reached or a place held by another meanwhile: it is decided again.
    """
    if len(intents) > MAX_BATCH:
        raise BadValue("intents", len(intents), f"at most {MAX_BATCH} orders a batch")
    if not intents:
        return []
    for attempt in range(TRIES):
        try:
            with span("orders.place", orders=len(intents)), in_brand(brand, may_fail=True):
                return _place(intents, brand, actor, last_try=attempt == TRIES - 1)
        except StockBusyError as error:
            log.info("batch decided again", extra={"why": str(error)})
        except (book.LimitReachedError, OperationalError) as error:
            supply.forget(brand)
            transient = isinstance(error, book.LimitReachedError) or _is_deadlock(error)
            if not transient or attempt == TRIES - 1:
                raise
            log.warning("batch tried again", extra={"why": str(error)[:200]})
        except Exception:
            supply.forget(brand)
            raise
    raise AssertionError("unreachable")


def _place(intents: Sequence[OrderIntent], brand_id: UUID, actor: str, *, last_try: bool) -> list[Outcome]:
    brand = get_brand(brand_id)
    picture = supply.supply_of(brand_id)
    if not {intent.channel_id for intent in intents} <= picture.channels.keys():
        supply.forget(brand_id)  # a channel may have been registered a moment ago
        picture = supply.supply_of(brand_id)
    drafts = [Draft(intent, rules.intent_hash(intent)) for intent in intents]
    for draft in drafts:
        _check(draft, brand, picture)
    claims.answer_repeats(_open(drafts))
    _identify(_open(drafts), brand_id)
    _price(_open(drafts), picture, brand_id)
    _assess(_open(drafts), brand_id)
    for draft in _open(drafts):
        _refuse_sold_out(draft, picture)
    claims.claim(_open(drafts))
    _locate(_open(drafts), brand_id)
    for draft in _open(drafts):
        _name_store(draft, picture)
    assign(_open(drafts), picture, brand_id, last_try=last_try)
    _charge_delivery(_open(drafts), brand_id)
    book.book(_open(drafts), picture, actor)
    stored.settle_sales(_open(drafts))
    for draft in _open(drafts):
        draft.outcome = accepted(draft)
    claims.answer_twins(drafts)
    return [draft.outcome for draft in drafts if draft.outcome is not None]


def _open(drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for draft in drafts if draft.outcome is None]


def _check(draft: Draft, brand: Brand, picture: supply.Supply) -> None:
    draft.channel = picture.channels.get(draft.intent.channel_id)
    problems = rules.problems_of(draft.intent, brand.currency)
    if draft.channel is None:
        problems.append(
            Problem("/channel_id", "unknown_channel", "a channel of this brand", str(draft.intent.channel_id))
        )
    elif not draft.channel.open and not draft.intent.happened:
        problems.append(Problem("/channel_id", "channel_closed", "an open channel", draft.channel.code))
    if problems:
        draft.outcome = Refused("bad_input", tuple(problems))
    draft.number = rules.order_number(draft.order_id, clock.now())


def _identify(drafts: Sequence[Draft], brand_id: UUID) -> None:
    sightings = [
        Sighting(
            draft.intent.channel_id,
            draft.intent.identities,
            name="" if draft.intent.contact.masked else draft.intent.contact.name,
            address=_own_address(draft),
        )
        for draft in drafts
    ]
    for draft, customer in zip(drafts, identify(sightings, brand=brand_id), strict=True):
        if customer is not None:
            draft.customer_id, draft.person_id = customer.customer_id, customer.head_id


def _own_address(draft: Draft) -> str:
    """Where our own customer has things sent; a platform's address is of one delivery and nobody's own."""
    intent = draft.intent
    if intent.destination is None or intent.amounts is not None or intent.contact.masked:
        return ""
    if draft.channel is None or draft.channel.kind is ChannelKind.MARKETPLACE:
        return ""
    text = intent.destination.text
    place = (text.line, text.city, text.region, text.postcode, text.country)
    return ", ".join(filter(None, place)) if text.line else ""


def _price(drafts: Sequence[Draft], picture: supply.Supply, brand_id: UUID) -> None:
    asks = []
    tiers = tiers_of(brand_id, {draft.person_id for draft in drafts if draft.person_id})
    for draft in drafts:
        intent = draft.intent
        region = intent.destination.text.region if intent.destination else ""
        lines = tuple(AskLine(line.line_no, line.sku, line.units, line.options) for line in intent.lines)
        store = picture.index.by_code.get(intent.store_code)
        card = any(identity.kind is IdentityKind.CARD and identity.verified for identity in intent.identities)
        tier = tiers.get(draft.person_id) if draft.person_id else None
        draft.free_delivery = tier.code if tier and tier.free_delivery else ""
        asks.append(
            Ask(
                intent.channel_id,
                intent.currency,
                intent.placed_at,
                lines,
                region,
                store_id=store.id if store else None,
                member=tier.code if tier else "" if card else None,
                place=_taxed_at(intent, store),
            )
        )
    for draft, quoted in zip(drafts, _quoted(drafts, asks, brand_id), strict=True):
        draft.quote = quoted
        if draft.intent.happened:
            draft.booked = rules.book_as_sold(draft.intent, quoted)
            draft.findings.extend(draft.booked.findings)
        elif problems := rules.price_problems(draft.intent, quoted):
            draft.outcome = Refused("not_sellable", tuple(problems))
        else:
            draft.booked = rules.book_as_quoted(quoted)


def _taxed_at(intent: OrderIntent, store: Store | None) -> AddressText | None:
    """Where it is brought to; what is fetched or sold at a counter is taxed at its store."""
    if intent.destination and intent.fulfilment is FulfilmentKind.DELIVERY:
        return intent.destination.text
    return store.address_text if store else None


def _quoted(drafts: Sequence[Draft], asks: list[Ask], brand_id: UUID) -> list[Quote]:
    """The quotes; those of customers with a certificate once more, without the tax they are free of."""
    quotes = quote(asks, brand=brand_id)
    known = [n for n, draft in enumerate(drafts) if draft.person_id]
    if not known or not anybody_certified(brand_id):
        return quotes
    records = records_of(brand_id, {person for draft in drafts if (person := draft.person_id)})
    people = [(records.get(drafts[n].person_id or UUID(int=0), ()), asks[n].at.date()) for n in known]
    for n, free in zip(known, exemptions(brand_id, people), strict=True):
        drafts[n].exempt, asks[n] = free, replace(asks[n], exempt=free)
    free_of = [n for n in known if drafts[n].exempt]
    for n, again in zip(free_of, quote([asks[n] for n in free_of], brand=brand_id), strict=True):
        quotes[n] = again
    return quotes


def _assess(drafts: Sequence[Draft], brand_id: UUID) -> None:
    facts = []
    for draft in drafts:
        assert draft.booked is not None
        intent = draft.intent
        contacts = {intent.contact.phone, intent.contact.email, *(i.value for i in intent.identities)} - {""}
        facts.append(
            Facts(
                subject_id=draft.order_id,
                channel_id=intent.channel_id,
                amount_minor=draft.booked.total_minor,
                currency=intent.currency,
                units=sum(line.units for line in intent.lines),
                lines=len(intent.lines),
                customer_id=draft.person_id,
                record_id=draft.customer_id,
                contacts=() if intent.contact.masked else tuple(sorted(contacts)),
                happened=intent.happened,
            )
        )
    for draft, verdict in zip(drafts, assess(facts, brand=brand_id), strict=True):
        draft.verdict = verdict
        if verdict.decision is Decision.BLOCK and not draft.intent.happened:
            fix = "a person of the brand to lift the rule, or another order"
            draft.outcome = Refused("risk_blocked", tuple(Problem("/", rule, fix) for rule in verdict.rules))
        elif verdict.decision is not Decision.APPROVE:
            draft.find(ExceptionKind.RISK_REVIEW, rules=list(verdict.rules))


def _refuse_sold_out(draft: Draft, picture: supply.Supply) -> None:
    """An order for what is sold out wherever it might come from is refused while nobody has paid; it may come again."""
    index, intent = picture.index, draft.intent
    if intent.happened or draft.booked is None or draft.channel is None or not index.out:
        return
    named = index.by_code.get(intent.store_code) if intent.store_code else None
    stores = [named.id] if named else draft.channel.stores or [s.id for s in index.stores if s.open]
    rows = [index.position[store] for store in stores if store in index.position]
    fix = "another product, or this one again later"
    problems = [
        Problem(f"/lines/{n}", "sold_out", fix, line.sku)
        for n, line in enumerate(draft.booked.lines)
        if rows and line.item_id and (out := index.out.get(line.item_id)) is not None and out[rows].all()
    ]
    if problems:
        draft.outcome = Refused("sold_out", tuple(problems))


def _locate(drafts: Sequence[Draft], brand_id: UUID) -> None:
    """Where the orders go: the channel's own coordinates, or the brand's gazetteer."""
    texts = []
    for draft in drafts:
        destination = draft.intent.destination
        draft.point = destination.place if destination else None
        texts.append(destination.text if destination and draft.point is None else AddressText())
    if any(text != AddressText() for text in texts):
        for draft, point in zip(drafts, locate(brand_id, texts), strict=True):
            draft.point = draft.point or point


def _name_store(draft: Draft, picture: supply.Supply) -> None:
    """The store a customer, till or platform named, and the one that led the customer here.

    An unknown one is a finding, the order stands.
    """
    if referrer := draft.intent.referred_by:
        known = picture.index.by_code.get(referrer)
        if known is None:
            draft.find(ExceptionKind.STORE_UNKNOWN, referred_by=referrer)
        else:
            draft.referred_store_id = known.id
    code = draft.intent.store_code
    if not code:
        return
    store = picture.index.by_code.get(code)
    if store is None:
        draft.find(ExceptionKind.STORE_UNKNOWN, store_code=code)
        draft.store_id = UUID(int=0)
    else:
        draft.store_id = store.id


def _charge_delivery(drafts: Sequence[Draft], brand_id: UUID) -> None:
    """What our own doors ask for bringing it, by the brand's table, from the store that brings it; no statement.

    A tier with free delivery pays none. What was sold elsewhere keeps the seller's amounts. While no store can serve,
    the nearest one looked at counts.
    """
    charged, asked = [], []
    for draft in drafts:
        if draft.intent.happened or draft.intent.fulfilment is not FulfilmentKind.DELIVERY or draft.quote is None:
            continue
        text = draft.intent.destination.text if draft.intent.destination else AddressText()
        charged.append(draft)
        asked.append(FeeAsk(_distance_m(draft), draft.quote.total_minor, text.region, draft.intent.placed_at))
    for draft, fee in zip(charged, delivery_fees(brand_id, asked), strict=True):
        if fee is not None and draft.booked is not None and draft.quote is not None:
            draft.fee = _given(fee, draft.free_delivery)
            draft.booked = rules.with_delivery(draft.booked, draft.fee.minor, draft.quote)


def _given(fee: Fee, tier: str) -> Fee:
    """What a member of a tier with free delivery pays of it, and why."""
    return replace(fee, minor=0, note=f"{tier}: free delivery") if tier else fee


def _distance_m(draft: Draft) -> int:
    if draft.plan is None:
        return 0
    if draft.plan.shares:
        return max(share.distance_m for share in draft.plan.shares)
    return min((candidate.distance_m for candidate in draft.plan.refused), default=0)


def accepted(draft: Draft) -> Accepted:
    assert draft.booked is not None
    stores = tuple(share.store_id for share in draft.plan.shares) if draft.plan else ()
    if not stores and draft.store_id and draft.store_id.int:
        stores = (draft.store_id,)
    return Accepted(
        order_id=draft.order_id,
        number=draft.number,
        state=draft.state,
        store_ids=stores,
        total_minor=draft.booked.total_minor,
        currency=draft.intent.currency,
        exceptions=tuple(kind for kind, _ in draft.findings),
    )


def _is_deadlock(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", "") in ("40P01", "40001")
