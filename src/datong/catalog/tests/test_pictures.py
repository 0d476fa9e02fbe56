"""Pictures of products: read by their content, drawn anew, kept once, ordered, taken away and had back."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from PIL import Image

from datong.catalog import api, rules
from datong.catalog.types import Product, Variant
from datong.kernel import audit, clock
from datong.kernel.db import count_statements, execute, in_brand, rows
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7


def drawn(
    kind: str = "PNG",
    size: tuple[int, int] = (40, 30),
    color: object = (200, 30, 30),
    mode: str = "RGB",
    **saved: object,
) -> bytes:
    out = BytesIO()
    Image.new(mode, size, color).save(out, kind, **saved)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.fixture
def tea(brand) -> Product:
    (made,) = api.put_products(brand.id, [Product(uuid7(), "TEA", "food", "Tea", variants=(Variant("TEA"),))], by="mia")
    return made


def digests(brand, tea: Product) -> list[str]:
    return [p.digest for p in api.pictures_of(brand.id, [tea.id]).get(tea.id, ())]


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (drawn("PNG"), "image/png"),
        (drawn("PNG", mode="RGBA", color=(1, 2, 3, 0)), "image/png"),
        (drawn("JPEG"), "image/jpeg"),
        (drawn("JPEG", mode="CMYK", color=(1, 2, 3, 4)), "image/jpeg"),
        (drawn("WEBP"), "image/jpeg"),
        (drawn("WEBP", mode="RGBA", color=(1, 2, 3, 0)), "image/png"),
        (drawn("GIF", mode="P", color=3), "image/png"),
    ],
)
def test_a_picture_is_taken_by_its_content_and_served_as_jpeg_or_png(brand, tea, data, kept):
    picture = api.add_picture(brand.id, "TEA", data, by="mia", alt={"en": " A cup ", "zh-Hans": "一杯茶", "de": " "})
    assert (picture.media_type, picture.width, picture.height, picture.position) == (kept, 40, 30, 0)
    assert picture.alt == {"en": "A cup", "zh-Hans": "一杯茶"}
    media_type, body = api.picture_file(brand.id, picture.digest)
    with Image.open(BytesIO(body)) as again:
        assert (media_type, again.size) == (kept, (40, 30)) and again.get_format_mimetype() == kept


def test_what_the_camera_noted_is_left_out_and_the_picture_stands_upright(brand, tea):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    sent = drawn("JPEG", size=(40, 30), exif=exif, comment=b"HIDDEN")
    assert b"SECRET" in sent and b"HIDDEN" in sent
    picture = api.add_picture(brand.id, "TEA", sent, by="mia")
    _, body = api.picture_file(brand.id, picture.digest)
    with Image.open(BytesIO(body)) as again:
        assert again.size == (30, 40) and not again.getexif() and "comment" not in again.info
    assert b"SECRET" not in body and b"HIDDEN" not in body


def test_a_large_picture_is_kept_as_large_as_a_screen_needs_and_small_for_lists(brand, tea):
    picture = api.add_picture(brand.id, "TEA", drawn("JPEG", size=(4000, 2000)), by="mia")
    assert (picture.width, picture.height) == (1600, 800)
    media_type, small = api.picture_file(brand.id, picture.digest, small=True)
    with Image.open(BytesIO(small)) as again:
        assert (media_type, again.size) == ("image/jpeg", (240, 120))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (SVG, "not_a_picture"),
        (b"\x89PNG\r\n\x1a\n" + b"rubbish", "not_a_picture"),
        (drawn("JPEG", size=(400, 300))[:400], "not_a_picture"),
        (drawn("BMP"), "not_a_picture"),
        (drawn("TIFF"), "not_a_picture"),
        (drawn("PNG", size=(8000, 6000), mode="1", color=1), "too_many_pixels"),
        (drawn("PNG", size=(20000, 20000), mode="1", color=1), "too_many_pixels"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * (10 * 2**20), "too_large"),
    ],
    ids=["empty", "svg", "broken", "cut", "bmp", "tiff", "pixels", "bomb", "bytes"],
)
def test_what_is_no_picture_or_too_large_is_named_and_nothing_is_kept(brand, tea, data, code):
    with pytest.raises(BadInput) as error:
        api.add_picture(brand.id, "TEA", data, by="mia")
    assert [(p.field, p.code, bool(p.fix)) for p in error.value.problems] == [("/data", code, True)]
    assert digests(brand, tea) == []


def test_a_photograph_as_png_is_kept_as_jpeg():
    noisy = Image.effect_noise((1200, 900), 90).convert("RGB")
    out = BytesIO()
    noisy.save(out, "PNG")
    assert len(out.getvalue()) > 600_000 and rules.draw(out.getvalue()).media_type == "image/jpeg"


def test_the_same_file_again_is_the_picture_that_is_there(brand, tea):
    first = api.add_picture(brand.id, "TEA", drawn(), by="mia")
    assert api.add_picture(brand.id, "TEA", drawn(), by="bo").id == first.id
    assert len(digests(brand, tea)) == 1


def test_pictures_are_ordered_described_taken_away_and_had_back_with_who_did_it(brand, tea):
    a, b, c = (api.add_picture(brand.id, "TEA", drawn(color=(n, 0, 0)), by="mia") for n in (1, 2, 3))
    done = api.arrange_pictures(brand.id, "TEA", [(c.id, {"en": "Face"}), (a.id, {})], by="bo")
    assert [(p.id, p.alt, p.position) for p in done] == [(c.id, {"en": "Face"}, 0), (a.id, {}, 1), (b.id, {}, 2)]
    assert api.arrange_pictures(brand.id, "TEA", [(p.id, p.alt) for p in done], by="bo") == done
    api.remove_picture(brand.id, "TEA", c.id, by="bo")
    api.remove_picture(brand.id, "TEA", c.id, by="bo")
    assert digests(brand, tea) == [a.digest, b.digest] and api.picture_file(brand.id, c.digest) is None
    assert api.restore_picture(brand.id, "TEA", c.id, by="bo").alt == {"en": "Face"}
    assert digests(brand, tea) == [c.digest, a.digest, b.digest] and api.picture_file(brand.id, c.digest) is not None
    history = [(h.what, h.by) for h in api.product_history(brand.id, tea.id)]
    added, ordered, removed = ("picture_added", "mia"), ("pictures_arranged", "bo"), ("picture_removed", "bo")
    assert history == [("picture_added", "bo"), removed, ordered, added, added, added, ("created", "mia")]
    assert [e.verb for e in audit.page(brand.id, subject="product TEA").entries][:3] == [
        "product.picture_added", "product.picture_removed", "product.pictures_arranged",
    ]  # fmt: skip


def test_what_was_taken_away_is_gone_for_good_after_a_day(brand, tea):
    picture = api.add_picture(brand.id, "TEA", drawn(), by="mia")
    api.remove_picture(brand.id, "TEA", picture.id, by="mia")
    late = {"brand": brand.id, "at": clock.now() - timedelta(days=2)}
    with in_brand(brand.id):
        execute("UPDATE catalog_picture SET removed_at = %(at)s WHERE brand_id = %(brand)s", late)
    api.add_picture(brand.id, "TEA", drawn(color=(1, 1, 1)), by="mia")
    with pytest.raises(NotFound):
        api.restore_picture(brand.id, "TEA", picture.id, by="mia")
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM catalog_picturebytes WHERE brand_id = %(brand)s", late) == [(1,)]


def test_a_product_has_at_most_twelve_pictures_and_the_thirteenth_is_told_so(brand, tea):
    for n in range(12):
        first = api.add_picture(brand.id, "TEA", drawn(color=(n, 9, 9)), by="mia")
    with pytest.raises(BadInput) as error:
        api.add_picture(brand.id, "TEA", drawn(color=(99, 9, 9)), by="mia")
    assert [(p.field, p.code) for p in error.value.problems] == [("/pictures", "too_many")]
    api.remove_picture(brand.id, "TEA", first.id, by="mia")
    api.add_picture(brand.id, "TEA", drawn(color=(99, 9, 9)), by="mia")
    with pytest.raises(BadInput):
        api.restore_picture(brand.id, "TEA", first.id, by="mia")


def test_a_picture_of_another_product_or_brand_is_none_of_these(brand, make_brand, tea):
    picture = api.add_picture(brand.id, "TEA", drawn(), by="mia")
    for strange in ([(uuid4(), {})], [(picture.id, {}), (picture.id, {})]):
        with pytest.raises(BadInput):
            api.arrange_pictures(brand.id, "TEA", strange, by="mia")
    with pytest.raises(BadInput):
        api.arrange_pictures(brand.id, "TEA", [(picture.id, {"en": "x" * 201})], by="mia")
    with pytest.raises(NotFound):
        api.add_picture(brand.id, "NONE", drawn(), by="mia")
    other = make_brand()
    assert api.picture_file(other.id, picture.digest) is None and api.pictures_of(other.id, [tea.id]) == {}
    assert api.picture_file(brand.id, "../etc/passwd") is None


def test_pictures_of_many_products_are_one_statement(brand):
    put = [Product(uuid7(), f"P{n}", "food", "P", variants=(Variant(f"P{n}"),)) for n in range(5)]
    made = api.put_products(brand.id, put, by="mia")
    for product in made:
        api.add_picture(brand.id, product.code, drawn(), by="mia")
    with in_brand(brand.id), count_statements() as seen:
        found = api.pictures_of(brand.id, [p.id for p in made])
    assert len(found) == 5 and len(seen) == 1


def test_the_same_picture_sent_twice_at_once_is_kept_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    (tea,) = api.put_products(brand.id, [Product(uuid7(), "TEA", "food", "Tea", variants=(Variant("TEA"),))], by="mia")
    data = [drawn(color=(n % 2, 0, 0)) for n in range(6)]
    in_parallel(6, lambda: api.add_picture(brand.id, "TEA", data.pop(), by="mia"))
    found = api.pictures_of(brand.id, [tea.id])[tea.id]
    assert [p.position for p in found] == [0, 1] and isinstance(found[0].id, UUID)
