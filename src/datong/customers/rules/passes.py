"""The card in a phone's own wallet: Apple's .pkpass (a signed zip) and Google's link (a signed JWT).

Apple: "Wallet Passes", package structure and signature (PKCS #7, detached, with the WWDR certificate). Google: "Wallet
API", LoyaltyObject with a RotatingBarcode, whose codes the phone computes itself.
"""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1

from datong.customers.rules.cards import DIGITS, STEP_S, write_code
from datong.customers.types.cards import CardKey, PassFace

EPOCH = (1980, 1, 1, 0, 0, 0)
GOOGLE_SAVE = "https://pay.google.com/gp/v/save/"


@dataclass(frozen=True, slots=True)
class AppleSigner:
    """A pass type certificate of Apple's, its key, and the intermediate (WWDR), as PEM."""

    pass_type: str
    team: str
    certificate: bytes
    key: bytes
    intermediate: bytes


def pkpass(face: PassFace, signer: AppleSigner, icons: Mapping[str, bytes]) -> bytes:
    """The .pkpass: pass.json, icons, manifest.json (SHA-1 of each file, as the format says) and its signature."""
    files = {"pass.json": json.dumps(_pass(face, signer), ensure_ascii=False).encode(), **icons}
    marks = {name: sha1(content, usedforsecurity=False).hexdigest() for name, content in files.items()}
    manifest = json.dumps(marks).encode()
    files |= {"manifest.json": manifest, "signature": _sign(manifest, signer)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), files[name])
    return packed.getvalue()


def _pass(face: PassFace, signer: AppleSigner) -> dict[str, object]:
    shown = [{"key": f.key, "label": f.label, "value": f.value} for f in face.fields]
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type,
        "teamIdentifier": signer.team,
        "serialNumber": face.serial,
        "organizationName": face.brand,
        "logoText": face.brand,
        "description": f"{face.brand} member card",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(220, 224, 228)",
        "backgroundColor": face.colour,
        "storeCard": {
            "headerFields": shown[1:2],
            "primaryFields": shown[:1],
            "secondaryFields": shown[2:],
            "auxiliaryFields": [{"key": "number", "label": "No.", "value": face.number}],
        },
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": face.number,
                "messageEncoding": "iso-8859-1",
                "altText": face.number,
            }
        ],
    }


def _sign(manifest: bytes, signer: AppleSigner) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import pkcs7

    key = serialization.load_pem_private_key(signer.key, password=None)
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise ValueError("the pass key is neither RSA nor an elliptic curve's")
    return (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(x509.load_pem_x509_certificate(signer.certificate), key, hashes.SHA256())
        .add_certificate(x509.load_pem_x509_certificate(signer.intermediate))
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )


@dataclass(frozen=True, slots=True)
class GoogleSigner:
    """A service account of Google Cloud with its private key (PEM), and the issuer's and the class's ids."""

    email: str
    key: str
    issuer: str
    pass_class: str


def google_link(face: PassFace, phone: CardKey, signer: GoogleSigner, now: datetime) -> str:
    """The address that saves the card into Google Wallet: a JWT (RS256) with the pass in it.

    The wallet computes the codes with a key of its own, as every phone does.
    """
    codes = {
        "type": "QR_CODE",
        "valuePattern": write_code(phone.number, phone.no, "{totp_value_0}"),
        "totpDetails": {
            "periodMillis": str(STEP_S * 1000),
            "algorithm": "TOTP_SHA1",
            "parameters": [{"key": base64.b32decode(phone.secret).hex(), "valueLength": DIGITS}],
        },
        "alternateText": face.number,
    }
    card = {
        "id": f"{signer.issuer}.{face.serial}",
        "classId": f"{signer.issuer}.{signer.pass_class}",
        "state": "ACTIVE",
        "accountId": face.number,
        "accountName": face.brand,
        "rotatingBarcode": codes,
        "textModulesData": [{"id": f.key, "header": f.label, "body": f.value} for f in face.fields],
    }
    claims = {
        "iss": signer.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {"loyaltyObjects": [card]},
    }
    import jwt

    return GOOGLE_SAVE + jwt.encode(claims, signer.key, algorithm="RS256")
