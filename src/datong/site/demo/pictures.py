"""Pictures of the demo's products, drawn by this file: a shape on a colored ground for each kind of thing.

They show where pictures stand, and nothing that anybody sells; no file of anybody else is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from PIL import Image, ImageDraw

from datong.catalog import api as catalog
from datong.catalog.types import Product

SIZE = 320
GROUNDS = ("#dfe9dc", "#f3e3d3", "#dfe4ef", "#f1dfe3", "#e9e6d8", "#dceaea")
DRINKS = ("#b5793f", "#8aa05a", "#c9a06a", "#a8563f", "#6f8fa8", "#d0b07a")
MOST = 8


def hang(brand_id: UUID, products: Sequence[Product]) -> None:
    """A picture for some of the products; the others show their first letter."""
    for n, product in enumerate(products[:: max(len(products) // MOST, 1)][:MOST]):
        draw = _cup if product.template in ("tea_drink", "food", "set_menu") else _thing
        alt = {code: words.title for code, words in product.texts.items() if words.title} or {"en": product.title}
        catalog.add_picture(brand_id, product.code, draw(n), by="demo", alt=alt)


def _cup(n: int) -> bytes:
    picture, pen = _ground(n)
    pen.polygon([(105, 90), (215, 90), (198, 262), (122, 262)], fill="#fbfaf7")
    pen.polygon([(110, 130), (210, 130), (196, 254), (124, 254)], fill=DRINKS[n % len(DRINKS)])
    pen.rounded_rectangle((97, 76, 223, 96), 8, fill="#ffffff")
    pen.line([(172, 76), (188, 28)], fill="#5d6b62", width=8)
    for i in range(n % 4 * 2):
        pen.ellipse((134 + i * 12, 232 - i % 2 * 12, 146 + i * 12, 244 - i % 2 * 12), fill="#3c2a20")
    return _bytes(picture)


def _thing(n: int) -> bytes:
    picture, pen = _ground(n)
    color = DRINKS[(n + 2) % len(DRINKS)]
    if n % 3 == 0:
        pen.rounded_rectangle((84, 110, 236, 240), 18, fill=color)
        pen.arc((116, 62, 204, 160), 180, 360, fill="#5d6b62", width=10)
    elif n % 3 == 1:
        pen.ellipse((84, 84, 236, 236), fill=color)
        pen.ellipse((118, 118, 202, 202), fill="#fbfaf7")
    else:
        pen.polygon([(160, 64), (252, 238), (68, 238)], fill=color)
        pen.rectangle((148, 238, 172, 268), fill="#5d6b62")
    return _bytes(picture)


def _ground(n: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (SIZE, SIZE), GROUNDS[n % len(GROUNDS)])
    return picture, ImageDraw.Draw(picture)


def _bytes(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
