"""What invoices need from outside: somebody who issues them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from datong.invoices.types import Document, Heard, Seller


class Issuer(Protocol):
    """A provider of fully digitalised e-invoices. `secret` opens its door; a document's id is its serial there.

    `plain`: invoices are paper without a tax authority's number (outside of China): a tax number may be of any country,
    a red letter is a credit note and needs no confirmation.

    Every verb may be called again with the same document: the serial makes it once. Raises Refusal when the answer
    is no,
    Unavailable when nobody knows whether it arrived: it is asked about, and sent again only when the provider has
    not got it.
    """

    plain: bool

    def issue(self, brand_id: UUID, seller: Seller, secret: str, document: Document, of: Document | None) -> None:
        """Hand a document over: blue, or red under its confirmation `document.bill`."""

    def result(self, seller: Seller, secret: str, document: Document) -> Heard | None:
        """What became of it; None when the provider has not got it."""

    def confirm(self, seller: Seller, secret: str, document: Document, of: Document) -> str:
        """Ask for the confirmation that must come before a red letter; its number."""

    def confirmation(self, seller: Seller, secret: str, document: Document) -> bool:
        """Whether it was given (or needs nobody). Raises Refusal when it was turned down or ran out."""

    def read(self, body: bytes) -> UUID:
        """The document that a call of the provider's speaks of. The call is a hint: what became of it is asked for.
        Raises BadInput for what cannot be read."""


_issuers: dict[str, Issuer] = {}


def register_issuer(name: str, issuer: Issuer) -> None:
    """Make a provider known by its name; called where everything is wired."""
    _issuers[name] = issuer


def issuers() -> Mapping[str, Issuer]:
    return _issuers


def is_plain(provider: str) -> bool:
    """Whether a provider's invoices are plain ones; an unknown provider's are not."""
    issuer = _issuers.get(provider)
    return issuer is not None and issuer.plain
