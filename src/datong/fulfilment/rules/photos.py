"""Photos of a delivery: drawn anew, so that nothing but the picture is kept."""

from __future__ import annotations

import io
import warnings

from datong.kernel.errors import BadValue

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 40_000_000
EDGE, QUALITY = 1280, 78


def redrawn(photo: bytes) -> bytes:
    """The picture as a JPEG of at most 1280 pixels an edge, without place, camera or anything else it said.

    Raises BadValue for what is no JPEG, PNG or WebP, is broken, or is too large to open.
    """
    from PIL import Image, ImageOps

    fix = "a photo (JPEG, PNG or WebP) of at most 40 million pixels"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            opened = Image.open(io.BytesIO(photo), formats=FORMATS)
            if opened.width * opened.height > MAX_PIXELS:
                raise BadValue("photo", f"{opened.width} x {opened.height}", fix)
            picture: Image.Image = ImageOps.exif_transpose(opened)
            if picture.mode in ("RGBA", "LA", "P"):
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA"))
            picture = picture.convert("RGB")
            picture.thumbnail((EDGE, EDGE))
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        if isinstance(error, BadValue):
            raise
        raise BadValue("photo", f"{len(photo)} bytes", fix) from None
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
