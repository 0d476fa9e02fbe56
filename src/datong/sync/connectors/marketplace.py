"""Marketplaces of the Meituan and JD type: signed forms, each described by the [out] section of its mapping file.

Settings: `mapping` or `mapping_toml`, as at its door. Secrets: `secret`, and those the mapping names. A place is the
platform's number of the store; a price is told to every place of the channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from datong.integration.api import Question, question, shown_products, verdict, way_back
from datong.kernel.errors import BadValue
from datong.kernel.money import minor_of
from datong.sync.connectors.http import Refusal, Trouble, body_of, call, client, done, parts, singles
from datong.sync.connectors.money import decimal_of
from datong.sync.types import STATES, Address, Kind, Listing, Message, Ref, Result, Throttle

FIX = "Read what the marketplace says, mend it there or here, then send again."
MAX_PAGES = 2_000


class Marketplace:
    """One merchant account."""

    cost = 1.0

    def __init__(self, address: Address) -> None:
        self._address = address
        self._words = way_back(address.settings)
        self._told = {Kind(kind): words for kind, words in self._words.tell.items()}
        self.kinds = frozenset(self._told)
        self._base = (address.base_url or self._words.base_url).rstrip("/")
        self._http = client(address)

    def throttle(self) -> Throttle | None:
        return None

    def close(self) -> None:
        self._http.close()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Stock and prices of one place together, as many as the mapping allows; steps one by one."""
        states = sorted((m for m in messages if m.kind in STATES), key=_share)
        found = []
        for (kind, _), group in groupby(states, key=_share):
            words = self._told.get(kind)
            found += parts(list(group), words.at_most if words and words.into else 1)
        return [*found, *singles(messages)]

    def push(self, messages: Sequence[Message]) -> list[Result]:
        try:
            for place in self._places(messages[0]):
                self._tell(messages, place)
        except Trouble as trouble:
            return trouble.results(messages)
        except Refusal as refusal:
            if len(messages) > 1:  # each alone, so that the good ones go through
                return [result for message in messages for result in self.push([message])]
            return [refusal.result(messages[0])]
        return [done(m) for m in messages]

    def listings(self) -> Iterator[Listing]:
        """The products of all places; the first place that shows one counts."""
        words, seen = self._words.products, set[tuple[str, str]]()
        if words is None:
            return
        try:
            for place in self._every_place() if words.places else [""]:
                for page in range(MAX_PAGES):
                    paged = {"offset": str(page * words.size), "page": str(page + 1), "size": str(words.size)}
                    values = {"place": place, **paged}
                    asked = question(
                        self._address.settings, self._address.secrets, words, [values], base_url=self._base
                    )
                    answer = self._ask(asked)
                    found, rows = shown_products(self._address.settings, answer)
                    for one in found:
                        if (one.product, one.variant) not in seen:
                            seen.add((one.product, one.variant))
                            yield self._listing(one.product, one.variant, one.sku, one.title, one.price, one.units)
                    if rows < words.size:
                        break
        except Trouble as trouble:
            raise trouble.raised() from None

    def _listing(self, product: str, variant: str, sku: str, title: str, price: str, units: str) -> Listing:
        try:
            minor = minor_of(price, self._address.currency) if price else None
        except BadValue:
            minor = None
        return Listing(Ref(product, variant), sku, title, minor, int(units) if units.isdecimal() else None)

    def _every_place(self) -> list[str]:
        return sorted(set((self._address.settings.get("places") or {"": ""}).values()))

    def _places(self, message: Message) -> list[str]:
        """A price is the brand's: every place of the channel hears it."""
        return self._every_place() if message.kind is Kind.PRICE else [message.place]

    def _tell(self, messages: Sequence[Message], place: str) -> None:
        words = self._told.get(messages[0].kind)
        if words is None:
            raise Refusal("not_spoken", "the mapping has no such call", "Add it to the mapping's [out] section.")
        values = [_values(m, place) for m in messages]
        asked = question(self._address.settings, self._address.secrets, words, values, base_url=self._base)
        found = verdict(self._address.settings, self._ask(asked))
        if found.outcome == "busy":
            raise Trouble(found.message or "busy", code="throttled", retry_after_s=1.0)
        if found.outcome == "refused":
            raise Refusal(found.code or "refused", found.message, FIX)

    def _ask(self, asked: Question) -> Any:
        where = "params" if asked.method == "GET" else "data"
        return body_of(call(self._http, asked.method, asked.path, **{where: dict(asked.params)}))


def _share(message: Message) -> tuple[Kind, str]:
    return message.kind, message.place


def _values(message: Message, place: str) -> Mapping[str, str]:
    """A message as the names of a mapping."""
    facts = {name: str(message.facts.get(name, "")) for name in ("carrier", "tracking", "reason")}
    amount = int(message.facts.get("amount_minor") or message.amount_minor)
    currency = str(message.facts.get("currency") or message.currency)
    return facts | {
        "order": message.order,
        "place": place,
        "product": message.ref.product if message.ref else "",
        "variant": message.ref.variant if message.ref else "",
        "sku": message.sku,
        "units": str(message.units),
        "sold_out": "1" if message.sold_out else "0",
        "amount": decimal_of(amount, currency) if currency else "",
        "amount_minor": str(amount),
        "key": message.key,
    }
