"""QR codes of entries as drawings and files. A product with a GTIN is a GS1 Digital Link, which tills read too."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import segno
from django.http import HttpRequest
from django.urls import reverse

from datong.brand.types.entries import Entry, EntryType

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
GTIN_DIGITS = 14


def address(request: HttpRequest, slug: str, entry: Entry, gtin: str = "") -> str:
    """What stands in the code."""
    if entry.kind is EntryType.PRODUCT and gtin:
        where = reverse("shop-gtin", args=[slug, gtin.zfill(GTIN_DIGITS)])
        return request.build_absolute_uri(f"{where}?{urlencode({'e': entry.code})}")
    return request.build_absolute_uri(reverse("entry-scan", args=[entry.code]))


def file_of(text: str, ending: str) -> bytes:
    """The code as a file for a printer: SVG of any size, or a PNG of some 1,000 pixels."""
    made, out = segno.make(text, error="q", micro=False), io.BytesIO()
    if ending == "svg":
        made.save(out, kind="svg", scale=10, border=4, nl=False)
    else:
        made.save(out, kind="png", scale=max(1, 1000 // (made.symbol_size()[0])), border=4)
    return out.getvalue()
