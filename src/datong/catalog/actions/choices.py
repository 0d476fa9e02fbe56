"""Choices (加料, 做法) taken off sale at a store or everywhere, and sold again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from datong.brand import api as brands
from datong.catalog.actions.common import stamp
from datong.catalog.events import CatalogPut
from datong.catalog.queries.choices import EVERYWHERE, choices_of
from datong.kernel import audit, clock, outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Problem

SELL_OUT = """
    INSERT INTO catalog_choiceoff (brand_id, choice, place_id, until, set_by, set_at, reason)
    SELECT %(brand)s, code, %(place)s, %(until)s, %(by)s, %(now)s, %(reason)s
      FROM unnest(%(codes)s::text[]) AS code ORDER BY code
    ON CONFLICT (brand_id, choice, place_id) DO UPDATE
       SET until = excluded.until, set_by = excluded.set_by, set_at = excluded.set_at, reason = excluded.reason
     WHERE catalog_choiceoff.until IS DISTINCT FROM excluded.until
    RETURNING choice
"""
BACK = """
    DELETE FROM catalog_choiceoff
     WHERE brand_id = %(brand)s AND choice = ANY(%(codes)s::text[]) AND place_id = %(place)s RETURNING choice
"""
MAX_CODES = 200


def sell_choices_out(
    brand_id: UUID,
    codes: Sequence[str],
    *,
    by: str,
    store_id: UUID | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> int:
    """Take choices off sale at a store, or everywhere: every quote from the commit on names them; how many changed.

    `until` None: until somebody sells them again. Again is nothing. Raises BadInput naming unknown choices.
    """
    wanted = sorted(set(codes))
    if len(wanted) > MAX_CODES:
        raise BadValue("/codes", len(wanted), f"at most {MAX_CODES} choices")
    if until is not None and until <= clock.now():
        raise BadValue("/until", until.isoformat(), "a moment to come, or nothing")
    with in_brand(brand_id):
        stamp(brand_id, "range")
        known = choices_of(brand_id)
        strange = [code for code in wanted if code not in known]
        if strange:
            fix = f"a choice of a product: {', '.join(known)[:300] or 'there is none'}"
            raise BadInput("no such choice", *(Problem("/codes", "unknown_option", fix, code) for code in strange))
        if store_id is not None and store_id not in brands.stores_by_id(brand_id, {store_id}):
            raise BadValue("/store", str(store_id), "a store of the brand")
        key = {"brand": brand_id, "codes": wanted, "place": store_id or EVERYWHERE, "until": until, "by": by[:120]}
        done = [code for (code,) in rows(SELL_OUT, {**key, "now": clock.now(), "reason": reason[:200]})]
        _tell(brand_id, done, store_id, by, "choice.sold_out", reason)
    return len(done)


def sell_choices_again(brand_id: UUID, codes: Sequence[str], *, by: str, store_id: UUID | None = None) -> int:
    """Sell choices again where they were taken off sale: at that store, or everywhere; how many. Again is nothing."""
    with in_brand(brand_id):
        stamp(brand_id, "range")
        key = {"brand": brand_id, "codes": sorted(set(codes))[:MAX_CODES], "place": store_id or EVERYWHERE}
        done = [code for (code,) in rows(BACK, key)]
        _tell(brand_id, done, store_id, by, "choice.back", "")
    return len(done)


def _tell(brand: UUID, codes: Sequence[str], store: UUID | None, by: str, verb: str, reason: str) -> None:
    for code in codes:
        audit.record(
            brand=brand, actor=by, verb=verb, subject=f"choice {code}", store_id=store, after={"code": code},
            reason=reason[:200],
        )  # fmt: skip
    if codes:
        outbox.emit(CatalogPut(brand, "choices", len(codes), by))
