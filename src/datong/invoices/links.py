"""The link on a receipt: who holds it may ask for the invoice of that order or top-up, and of nothing else."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from datong.invoices.types import About
from datong.kernel.errors import NotFound

SALT = "datong invoice of an order"


def write_link(brand_id: UUID, about: About, subject_id: UUID) -> str:
    """The token of the page `/invoice/<token>/`; the same each time."""
    told = [brand_id.hex, subject_id.hex]
    return signing.Signer(salt=SALT).sign_object(told if about is About.ORDER else [*told, about.value], compress=True)


def read_link(token: str) -> tuple[UUID, About, UUID]:
    """Brand, order or top-up, and its id; NotFound for what we did not sign."""
    try:
        brand, subject, *rest = signing.Signer(salt=SALT).unsign_object(token)
        return UUID(brand), About(rest[0]) if rest else About.ORDER, UUID(subject)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("no invoice behind this link") from None
