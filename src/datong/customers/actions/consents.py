"""What customers agree to, and what they take back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.customers.events import ConsentChanged
from datong.customers.queries import consents_of
from datong.customers.types import Consent, Means, Purpose, Said
from datong.kernel import clock, outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

MAX_TEXT = 60
ADD = """
    INSERT INTO customers_consent (brand_id, id, customer_id, purpose, means, said, at, source, text_version, by)
    SELECT %(brand)s, e.id, c.id, e.purpose, e.means, %(said)s, %(now)s, %(source)s, %(text)s, %(by)s
      FROM unnest(%(ids)s::uuid[], %(purposes)s::text[], %(means)s::text[]) e(id, purpose, means)
      JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = %(customer)s
    RETURNING id
"""


def say_consent(
    customer_id: UUID,
    about: Sequence[tuple[Purpose, Means]],
    said: Said,
    *,
    brand: UUID,
    by: str,
    source: str,
    text_version: str = "",
) -> list[Consent]:
    """Write down what a customer said of these purposes and means; what holds already is not written again.

    Agreeing needs the version of the text that was agreed to. Two who say the same at once write it twice, which says
    the same. Raises BadValue naming the field, NotFound for a customer the brand does not have.
    """
    for name, value, least in (("source", source, 1), ("text_version", text_version, said is not Said.WITHDRAWN)):
        if not least <= len(value.strip()) <= MAX_TEXT or not value.isprintable():
            raise BadValue(name, value[:80], f"{int(least)} to {MAX_TEXT} printable characters")
    with in_brand(brand):
        held = {(c.purpose, c.means): c for c in consents_of(brand, customer_id)}
        new = [
            Consent(
                uuid7(), customer_id, purpose, means, said, clock.now(), source.strip(), text_version.strip(), by[:120]
            )
            for purpose, means in dict.fromkeys(about)
            if not _holds(held.get((purpose, means)), said, text_version.strip())
        ]
        if not new:
            return []
        key: dict[str, object] = {
            "brand": brand,
            "customer": customer_id,
            "said": said.value,
            "now": new[0].at,
            "by": by[:120],
        }
        key |= {"source": new[0].source, "text": new[0].text_version, "ids": [c.id for c in new]}
        key |= {"purposes": [c.purpose.value for c in new], "means": [c.means.value for c in new]}
        if not rows(ADD, key):
            raise NotFound(f"no customer {customer_id}")
        outbox.emit(*(ConsentChanged(customer_id, c.purpose.value, c.means.value, said.value) for c in new))
        return new


def _holds(held: Consent | None, said: Said, text_version: str) -> bool:
    """Whether it is so already: withdrawing what was never given is, and asking again for what is given."""
    if said is Said.WITHDRAWN:
        return held is None or held.said is Said.WITHDRAWN
    if held is None or held.said is Said.WITHDRAWN:
        return False
    return held.text_version == text_version and (held.said is said or held.said is Said.GIVEN)


def confirm_consents(customer_id: UUID, *, brand: UUID, by: str, source: str) -> list[Consent]:
    """The second yes of a double opt-in: everything that was asked is given now."""
    with in_brand(brand):
        asked = [c for c in consents_of(brand, customer_id) if c.said is Said.ASKED]
        given: list[Consent] = []
        for version in sorted({c.text_version for c in asked}):
            about = [(c.purpose, c.means) for c in asked if c.text_version == version]
            given += say_consent(
                customer_id, about, Said.GIVEN, brand=brand, by=by, source=source, text_version=version
            )
        return given


def withdraw_all(customer_id: UUID, *, brand: UUID, by: str, source: str) -> list[Consent]:
    """No to everything that was given or asked."""
    with in_brand(brand):
        about = [(c.purpose, c.means) for c in consents_of(brand, customer_id) if c.said is not Said.WITHDRAWN]
        return say_consent(customer_id, about, Said.WITHDRAWN, brand=brand, by=by, source=source) if about else []
