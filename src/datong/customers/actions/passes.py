"""Passes for the wallets of phones, signed with what the installation was given; and the member's own page."""

from __future__ import annotations

import io
import json
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core import signing

from datong.customers.actions.cards import add_card_key
from datong.customers.queries.cards import get_card
from datong.customers.rules.passes import AppleSigner, GoogleSigner, google_link, pkpass
from datong.customers.types.cards import CardUnknown, PassFace, refused
from datong.kernel import clock
from datong.kernel.errors import Unavailable

SALT = "datong.customers.card"
PAGE = "/card/{}/"
ICONS = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87}


def card_page(brand: UUID, card_id: UUID) -> str:
    """The address of the card's own page. It is signed, so it cannot be guessed; it ends when the card is replaced."""
    return PAGE.format(signing.dumps([str(brand), str(card_id)], salt=SALT, compress=True))


def opened_card(token: str) -> tuple[UUID, UUID]:
    """(brand, card) of a page's address; CardUnknown for one that was not made here."""
    try:
        brand, card = signing.loads(token, salt=SALT)
        return UUID(brand), UUID(card)
    except (signing.BadSignature, ValueError, TypeError):
        raise CardUnknown("this address opens no card") from None


def has_apple() -> bool:
    return bool(settings.APPLE_PASS)


def has_google() -> bool:
    return bool(settings.GOOGLE_WALLET)


def apple_pass(card_id: UUID, face: PassFace, *, brand: UUID) -> bytes:
    """The card as a .pkpass. Unavailable without a certificate (DATONG_APPLE_PASS), CardRefused for a card not in use.

    Apple's wallet cannot turn a code: the pass shows the number, which identifies and does not pay.
    """
    _in_use(card_id, brand)
    if not settings.APPLE_PASS:
        raise Unavailable("no certificate for Apple Wallet is set (DATONG_APPLE_PASS)")
    return pkpass(face, _apple(Path(settings.APPLE_PASS)), _icons())


def google_pass(card_id: UUID, face: PassFace, *, brand: UUID) -> str:
    """The address that saves the card into Google Wallet, with a key of its own for the codes.

    Unavailable without a service account (DATONG_GOOGLE_WALLET), CardRefused for a card that is not in use.
    """
    _in_use(card_id, brand)
    if not settings.GOOGLE_WALLET:
        raise Unavailable("no service account for Google Wallet is set (DATONG_GOOGLE_WALLET)")
    signer = _google(Path(settings.GOOGLE_WALLET))
    return google_link(face, add_card_key(card_id, brand=brand, label="Google Wallet"), signer, clock.now())


def _in_use(card_id: UUID, brand: UUID) -> None:
    card = get_card(brand, card_id)
    if card.state != "active":
        raise refused(f"card_{card.state.value}", card.number)


def _apple(folder: Path) -> AppleSigner:
    try:
        said = json.loads((folder / "pass.json").read_text())
        parts = [(folder / name).read_bytes() for name in ("certificate.pem", "key.pem", "wwdr.pem")]
        return AppleSigner(said["passTypeIdentifier"], said["teamIdentifier"], *parts)
    except (OSError, ValueError, KeyError) as error:
        raise Unavailable(
            f"DATONG_APPLE_PASS must be a folder with pass.json, certificate.pem, key.pem and wwdr.pem: {error}"[:300]
        ) from None


def _google(path: Path) -> GoogleSigner:
    try:
        said = json.loads(path.read_text())
        return GoogleSigner(said["client_email"], said["private_key"], said["issuer_id"], said["class_id"])
    except (OSError, ValueError, KeyError) as error:
        raise Unavailable(
            f"DATONG_GOOGLE_WALLET must be the service account's JSON file with issuer_id and class_id: {error}"[:300]
        ) from None


def _icons() -> dict[str, bytes]:
    """A plain card as the icon that every pass needs."""
    from PIL import Image, ImageDraw

    made = {}
    for name, size in ICONS.items():
        picture = Image.new("RGBA", (size, size), (29, 33, 39, 255))
        edge = size // 5
        ImageDraw.Draw(picture).rounded_rectangle((edge, edge, size - edge, size - edge), size // 10, fill="white")
        written = io.BytesIO()
        picture.save(written, "PNG")
        made[name] = written.getvalue()
    return made
