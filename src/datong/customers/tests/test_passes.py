"""The card in the phone's wallet: a package whose signature openssl believes, a token that Google's library reads."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from datong.customers import api
from datong.customers.rules import cards as rules
from datong.customers.rules.passes import GOOGLE_SAVE
from datong.customers.tests.test_cards import card_and_phone
from datong.customers.types.cards import CardRefused, PassFace, PassField
from datong.kernel import clock
from datong.kernel.errors import Unavailable

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
OPEN = serialization.NoEncryption()


def certificate(name, key, issuer_name, issuer_key, *, ca):
    of = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])  # noqa: E731
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(of(name)).issuer_name(of(issuer_name)).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    made = made.not_valid_after(now + timedelta(days=30)).add_extension(x509.BasicConstraints(ca, None), critical=True)
    return made.sign(issuer_key, hashes.SHA256()).public_bytes(PEM)


@pytest.fixture
def apple(tmp_path, settings):
    """A pass type certificate under an intermediate of our own."""
    root, own = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    (tmp_path / "wwdr.pem").write_bytes(certificate("Our WWDR", root, "Our WWDR", root, ca=True))
    (tmp_path / "certificate.pem").write_bytes(certificate("Pass Type", own, "Our WWDR", root, ca=False))
    (tmp_path / "key.pem").write_bytes(own.private_bytes(PEM, PKCS8, OPEN))
    (tmp_path / "pass.json").write_text('{"passTypeIdentifier": "pass.com.example", "teamIdentifier": "ABCDE12345"}')
    settings.APPLE_PASS = str(tmp_path)
    return tmp_path


def face(card) -> PassFace:
    return PassFace("Tea House", card.number, str(card.id), [PassField("balance", "余额", "¥128.00")])


def test_openssl_believes_the_signature_of_a_pass_and_the_manifest_names_every_file(brand, apple, tmp_path):
    card, _ = card_and_phone(brand)
    packed = zipfile.ZipFile(io.BytesIO(api.apple_pass(card.id, face(card), brand=brand.id)))
    files = {name: packed.read(name) for name in packed.namelist()}
    told = json.loads(files["manifest.json"])
    assert set(files) == {*told, "manifest.json", "signature"} and {"icon.png", "icon@2x.png", "pass.json"} <= set(told)
    assert all(hashlib.sha1(files[name], usedforsecurity=False).hexdigest() == mark for name, mark in told.items())
    shown = json.loads(files["pass.json"])
    assert shown["barcodes"][0]["message"] == card.number and shown["serialNumber"] == str(card.id)
    assert shown["storeCard"]["primaryFields"] == [{"key": "balance", "label": "余额", "value": "¥128.00"}]
    for name in ("signature", "manifest.json"):
        (tmp_path / name).write_bytes(files[name])
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", "signature", "-content", "manifest.json"]
    command += ["-CAfile", "wwdr.pem", "-purpose", "any", "-binary"]
    assert shutil.which("openssl")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True)  # noqa: S603
    assert done.returncode == 0 and done.stdout == files["manifest.json"], done.stderr
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"] + b" ")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0  # noqa: S603


def test_google_gets_a_token_with_a_key_of_its_own_for_the_turning_code(brand, tmp_path, settings):
    card, phone = card_and_phone(brand)
    key = rsa.generate_private_key(65537, 2048)
    account = {"client_email": "w@x.iam", "private_key": key.private_bytes(PEM, PKCS8, OPEN).decode()}
    path = tmp_path / "google.json"
    path.write_text(json.dumps({**account, "issuer_id": "3388", "class_id": "member"}))
    settings.GOOGLE_WALLET = str(path)
    link = api.google_pass(card.id, face(card), brand=brand.id)
    told = jwt.decode(link.removeprefix(GOOGLE_SAVE), key.public_key(), algorithms=["RS256"], audience="google")
    assert (told["iss"], told["typ"]) == ("w@x.iam", "savetowallet")
    [saved] = told["payload"]["loyaltyObjects"]
    assert (saved["classId"], saved["accountId"]) == ("3388.member", card.number)
    turning = saved["rotatingBarcode"]
    [parameter] = turning["totpDetails"]["parameters"]
    secret = base64.b32encode(bytes.fromhex(parameter["key"])).decode()
    assert secret != phone.secret and parameter["valueLength"] == 8
    code = rules.code_at(secret, rules.step_of(clock.now().timestamp()))
    member = api.scan(turning["valuePattern"].replace("{totp_value_0}", code), brand=brand.id, asker="till")
    assert member.card_id == card.id and member.fresh


def test_without_a_certificate_or_for_a_frozen_card_there_is_no_pass_and_it_says_why(brand, tmp_path, settings):
    card, _ = card_and_phone(brand)
    with pytest.raises(Unavailable, match="DATONG_APPLE_PASS"):
        api.apple_pass(card.id, face(card), brand=brand.id)
    with pytest.raises(Unavailable, match="DATONG_GOOGLE_WALLET"):
        api.google_pass(card.id, face(card), brand=brand.id)
    settings.APPLE_PASS = str(tmp_path)
    with pytest.raises(Unavailable, match="pass.json"):
        api.apple_pass(card.id, face(card), brand=brand.id)
    api.freeze_card(card.id, brand=brand.id, by="kim", reason="lost")
    with pytest.raises(CardRefused):
        api.apple_pass(card.id, face(card), brand=brand.id)


def test_the_page_of_a_card_is_opened_by_its_address_only(brand):
    card, _ = card_and_phone(brand)
    token = api.card_page(brand.id, card.id).split("/")[2]
    assert api.opened_card(token) == (brand.id, card.id)
    for wrong in (token[:-2] + "xx", "", "abc"):
        with pytest.raises(LookupError if wrong is None else Exception, match="opens no card"):
            api.opened_card(wrong)
