"""A file somebody sent, read by its content and drawn anew: what is kept was written by us.

Drawing it anew leaves out what the camera noted (place, owner, time), anything hidden behind the picture, and every
frame but the first. A picture stays as sharp as a screen or a marketplace asks for, and no larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

from datong.catalog.rules.promotion_checks import storable
from datong.catalog.types import Drawn
from datong.kernel.errors import BadInput, BadValue, Problem

MAX_PICTURES = 12
MAX_PICTURE_BYTES = 10 * 2**20
MAX_PIXELS = 40_000_000  # 160 MB while it is read
MAX_PNG_BYTES = 600_000  # a photograph as PNG is kept as JPEG
LONGEST_PX = 1600
SMALL_PX = 240
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MAX_ALT = 200


def draw(data: bytes, where: str = "/data") -> Drawn:
    """The picture in these bytes as it is kept. Raises BadInput naming what would do."""
    if not data:
        raise BadInput("an empty file", Problem(where, "empty", "a file with a picture in it", ""))
    if len(data) > MAX_PICTURE_BYTES:
        fix = f"at most {MAX_PICTURE_BYTES // 2**20} MB"
        raise BadInput("too large a file", Problem(where, "too_large", fix, f"{len(data) / 2**20:.1f} MB"))
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as found:
            return _kept(found, where)
    except BadInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many(where, "") from error
    except Exception as error:  # a broken file may break its reader in any way
        fix = "a PNG, JPEG, WebP or GIF that can be opened"
        raise BadInput("no picture", Problem(where, "not_a_picture", fix, "")) from error


def _kept(found: Image.Image, where: str) -> Drawn:
    """Reading the header costs nothing; pixels are only read when they are few enough."""
    width, height = found.size
    if width * height > MAX_PIXELS:
        raise _too_many(where, f"{width} x {height}")
    found.draft("RGB", (LONGEST_PX, LONGEST_PX))
    lossless = found.format in ("PNG", "GIF")
    upright = ImageOps.exif_transpose(found)
    clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    whole = upright.convert("RGBA" if clear else "RGB")
    whole.thumbnail((LONGEST_PX, LONGEST_PX))
    small = whole.copy()
    small.thumbnail((SMALL_PX, SMALL_PX))
    kind = "PNG" if clear or lossless else "JPEG"
    body = _written(whole, kind)
    if kind == "PNG" and not clear and len(body) > MAX_PNG_BYTES:
        kind = "JPEG"
        body = _written(whole, kind)
    digest = sha256(body).hexdigest()
    return Drawn(f"image/{kind.lower()}", *whole.size, body, _written(small, kind), digest)


def _written(picture: Image.Image, kind: str) -> bytes:
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # without notes, profile or comment
    out = BytesIO()
    if kind == "JPEG":
        bare.save(out, kind, quality=86, optimize=True)
    else:
        bare.save(out, kind, optimize=True)
    return out.getvalue()


def _too_many(where: str, value: str) -> BadInput:
    fix = f"at most {MAX_PIXELS // 1_000_000} million pixels, such as 6000 x 6000"
    return BadInput("too many pixels", Problem(where, "too_many_pixels", fix, value))


def check_alt(alt: Mapping[str, str], where: str = "/alt") -> dict[str, str]:
    """What a picture shows, by language, without the empty ones."""
    kept = {language: text.strip() for language, text in alt.items() if text.strip()}
    for language, text in kept.items():
        if len(text) > MAX_ALT or not storable(text):
            raise BadValue(f"{where}/{language}", text[:80], f"at most {MAX_ALT} characters")
    if len(kept) > 30:
        raise BadValue(where, len(kept), "at most 30 languages")
    return kept
