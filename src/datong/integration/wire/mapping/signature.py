"""Signatures as a mapping declares them: made for sending, checked before anything else is believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from string import Template
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from datong.integration.types import BadSignature, Context, Request
from datong.integration.wire.mapping.evaluate import when
from datong.integration.wire.mapping.language import Body, Signature
from datong.integration.wire.mapping.paths import as_text
from datong.integration.wire.reading import clean, json_of
from datong.integration.wire.signing import require_fresh, require_same, secret_of
from datong.kernel.errors import BadInput, Problem

MAX_PARAMS = 500


def params_of(body: bytes, words: Body) -> dict[str, str]:
    """The top-level values of a body as text: what a signature over params covers. Raises BadInput."""
    if words.format == "form":
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=MAX_PARAMS)
        except (UnicodeDecodeError, ValueError) as error:
            problem = Problem("", "not_a_form", "send application/x-www-form-urlencoded in UTF-8", clean(str(error)))
            raise BadInput(f"not a form: {error}", problem) from None
        return {key: unquote_plus(value) for key, value in pairs} if words.percent_encoded else dict(pairs)
    found = json_of(body)
    if not isinstance(found, dict):
        raise BadInput("not a JSON object", Problem("", "not_object", "send a JSON object"))
    return {
        key: msgspec.json.encode(value).decode() if isinstance(value, (dict, list)) else as_text(value)
        for key, value in found.items()
    }


def sign(spec: Signature, *, secret: str, params: Mapping[str, str], body: bytes, url: str, timestamp: str) -> str:
    """The signature as the sender would write it."""
    parts = {"secret": secret, "url": url, "timestamp": timestamp}
    if spec.over == "body":
        # The body's bytes go in untouched: latin-1 gives every byte one character and back.
        text = Template(spec.template).safe_substitute(parts, params="", body=body.decode("latin-1"))
        message = text.encode("latin-1")
    else:
        kept = {
            key: value
            for key, value in params.items()
            if key != spec.at and key not in spec.skip and (value or not spec.skip_empty)
        }
        pair = Template(spec.pair)
        joined = spec.separator.join(pair.substitute(key=k, value=kept[k]) for k in sorted(kept))
        message = Template(spec.template).safe_substitute(parts, params=joined, body="").encode()
    if spec.keyed:
        digest = hmac.digest(secret.encode(), message, spec.algorithm)
    else:
        digest = hashlib.new(spec.algorithm, message, usedforsecurity=False).digest()
    text = base64.b64encode(digest).decode() if spec.encoding == "base64" else digest.hex()
    return spec.prefix + (text.upper() if spec.encoding == "HEX" else text)


def check(spec: Signature | None, body: Body, request: Request, context: Context) -> None:
    """Raise BadSignature unless the delivery is the sender's, unchanged and fresh."""
    if spec is None:
        raise BadSignature("the mapping declares no signature, so nobody can be believed")
    try:
        params = params_of(request.body, body) if spec.over == "params" else {}
        given, stamp = (
            _found(spec.at, params, request),
            _found(spec.timestamp.at, params, request) if spec.timestamp else "",
        )
    except BadInput as error:
        raise BadSignature(f"nothing in it that could be signed: {error}") from None
    url = str(context.settings.get("public_url") or request.url)
    expected = sign(spec, secret=secret_of(context), params=params, body=request.body, url=url, timestamp=stamp)
    if spec.encoding != "base64":  # senders disagree with their own papers about upper and lower case
        given, expected = given.lower(), expected.lower()
    require_same(given, expected)
    if spec.timestamp:
        try:
            moment = when(stamp, spec.timestamp.format, spec.timestamp.zone)
        except (ValueError, ArithmeticError):
            raise BadSignature("the time of signing cannot be read") from None
        require_fresh(int(moment.timestamp()), spec.timestamp.tolerance_s)


def _found(at: str, params: Mapping[str, str], request: Request) -> str:
    if at.startswith("header:"):
        return request.headers.get(at.removeprefix("header:").lower(), "")
    return params.get(at, "")
