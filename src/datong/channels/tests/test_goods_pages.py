"""The product factory on the screen: pictures sent by form, ordered, described, taken away and had back; who may."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from datong.access import api as access
from datong.access.types import Role, Scope
from datong.catalog import api as catalog
from datong.catalog.types import (
    Component,
    Modifier,
    ModifierChoice,
    Pack,
    Picture,
    Price,
    Product,
    ProductState,
    Variant,
    Words,
)
from datong.channels.console.goods import formrows
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.kernel import clock
from datong.kernel.ids import uuid7


def png(color: tuple[int, int, int] = (10, 120, 60), size: tuple[int, int] = (40, 30)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def mug(house: House) -> Product:
    product = Product(uuid7(), "MUG", "retail", "Mug", variants=(Variant("MUG"),))
    return catalog.put_products(house.brand.id, [product], by="test")[0]


def kept(house: House, mug: Product) -> tuple[Picture, ...]:
    return catalog.pictures_of(house.brand.id, [mug.id]).get(mug.id, ())


def send(client: Client, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post("/goods/p/MUG/pictures/", {"upload": "1", "files": sent}, follow=True)


def test_pictures_are_sent_several_at_once_and_shown_on_the_lists_and_both_pages(house: House, mug: Product) -> None:
    client = house.client(Role.MERCHANDISER)
    page = send(client, ("a.png", png()), ("b.png", png((1, 2, 3))))
    assert "2 pictures are in." in texts(page)
    face = f"/goods/pictures/{kept(house, mug)[0].digest}/"
    for where in ("/goods/", "/goods/p/MUG/", "/products/", "/products/MUG/", "/goods/p/MUG/pictures/"):
        assert f'src="{face}small/"' in client.get(where).content.decode(), where
    assert f'href="{face}full/"' in client.get("/goods/p/MUG/").content.decode()


def test_a_picture_is_served_under_the_rights_of_the_page_and_kept_for_good(house: House, mug: Product) -> None:
    client = house.client(Role.MERCHANDISER)
    send(client, ("a.png", png()))
    address = f"/goods/pictures/{kept(house, mug)[0].digest}/full/"
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    with Image.open(BytesIO(answer.content)) as seen:
        assert seen.size == (40, 30)
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(f"/goods/pictures/{'0' * 64}/full/").status_code == 404
    assert client.get(address.replace("full", "huge")).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_file_that_is_no_picture_is_named_and_the_others_are_taken(house: House, mug: Product) -> None:
    page = send(house.client(Role.MERCHANDISER), ("good.png", png()), ("logo.svg", b"<svg/>"), ("none.png", b""))
    assert page.status_code == 422 and len(kept(house, mug)) == 1
    said = texts(page)
    assert "logo.svg: This is no PNG, JPEG, WebP or GIF that can be opened." in said
    assert "none.png: The file is empty." in said


def test_order_and_words_are_saved_a_wrong_word_is_named_and_nothing_typed_is_lost(house: House, mug: Product) -> None:
    client = house.client(Role.MERCHANDISER)
    send(client, ("a.png", png()), ("b.png", png((1, 2, 3))))
    a, b = kept(house, mug)
    client.post(
        "/goods/p/MUG/pictures/", {"up": str(b.id), f"alt-{b.id}-en": "A green mug", f"alt-{a.id}-zh-Hans": "杯子"}
    )
    assert [(p.id, dict(p.alt)) for p in kept(house, mug)] == [
        (b.id, {"en": "A green mug"}),
        (a.id, {"zh-Hans": "杯子"}),
    ]
    page = client.post("/goods/p/MUG/pictures/", {"save": "1", f"alt-{a.id}-en": "x" * 201})
    assert page.status_code == 422 and "At most 200 characters." in texts(page)
    assert "x" * 201 in page.content.decode() and dict(kept(house, mug)[1].alt) == {"zh-Hans": "杯子"}


def test_a_picture_taken_away_is_had_back_by_undo(house: House, mug: Product) -> None:
    client = house.client(Role.MERCHANDISER)
    send(client, ("a.png", png()))
    (picture,) = kept(house, mug)
    page = client.post("/goods/p/MUG/pictures/", {"remove": str(picture.id)}, follow=True)
    back = f"/goods/p/MUG/pictures/{picture.id}/back/"
    assert kept(house, mug) == () and f'action="{back}"' in page.content.decode()
    assert "The picture is back." in texts(client.post(back, follow=True)) and kept(house, mug) == (picture,)


def test_who_may_only_look_sends_none_and_sees_no_form(house: House, mug: Product) -> None:
    client = house.client(Role.AGENT)
    page = client.get("/goods/p/MUG/pictures/")
    assert page.status_code == 200 and 'type="file"' not in page.content.decode()
    assert send(client, ("a.png", png())).status_code == 403 and kept(house, mug) == ()


def test_a_picture_comes_and_goes_over_the_api(house: House, mug: Product, client: Client) -> None:
    made = access.create_client(
        house.brand.id, house.channels["web"], "pim", [Scope.CATALOG_READ, Scope.CATALOG_WRITE], by="test"
    )
    headers = {"authorization": f"Bearer {made.key}"}

    def call(method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body) if body is not None else ""
        return client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)

    data = base64.b64encode(png()).decode()
    added = call("POST", "/products/MUG/pictures", {"data": data, "alt": {"en": "Mug"}})
    assert added.status_code == 200 and call("POST", "/products/MUG/pictures", {"data": data}).json() == added.json()
    assert call("GET", "/products/MUG/pictures").json() == {"pictures": [added.json()]}
    picture = added.json()
    assert (picture["media_type"], picture["width"], picture["alt"]) == ("image/png", 40, {"en": "Mug"})
    got = call("GET", f"/pictures/{picture['digest']}")
    assert got["Content-Type"] == "image/png" and got.content.startswith(b"\x89PNG")
    ordered = call("PUT", "/products/MUG/pictures", {"pictures": [{"id": picture["id"], "alt": {"en": "Cup"}}]})
    assert ordered.json()["pictures"][0]["alt"] == {"en": "Cup"}
    wrong = call("POST", "/products/MUG/pictures", {"data": base64.b64encode(b"<svg/>").decode()})
    assert wrong.status_code == 422 and wrong.json()["problems"][0]["code"] == "not_a_picture"
    for _ in range(2):
        assert call("DELETE", f"/products/MUG/pictures/{picture['id']}").status_code == 204
    assert kept(house, mug) == () and call("GET", f"/pictures/{picture['digest']}").status_code == 404
    assert call("POST", "/products/MUG/pictures", {"data": data}).json() == {**picture, "alt": {"en": "Cup"}}
    assert replace(kept(house, mug)[0], alt={}).digest == picture["digest"]


def form_of(page: Any) -> dict[str, str]:
    """What a browser would send of the page's main form as it stands."""
    found: dict[str, str] = {}
    text = page.content.decode()
    body = text[text.index('<form class="stack" method="post" novalidate') :].split("</form>")[0]
    for tag in re.findall(r"<input[^>]*>", body):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]* selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', body):
        found[name] = html.unescape(value)
    return found


def test_packs_with_a_barcode_and_texts_in_any_language_are_written_in_the_form(house: House, mug: Product) -> None:
    client = house.client(Role.MERCHANDISER)
    where = "/goods/p/MUG/edit/"
    typed = form_of(client.post(where, {**form_of(client.get(where)), "add": "pack-0"}))
    typed |= {"v-0-p-0-title": "Carton", "v-0-p-0-factor": "1", "v-0-p-0-gtin": "4006381333932"}
    typed = form_of(client.post(where, {**typed, "add": "language", "t-new": "de"}))
    typed |= {"t-de-title": "Becher", "t-de-safety": "Nicht heiß spülen", "t-zh-Hans-title": "马克杯"}
    page = client.post(where, typed)
    assert page.status_code == 422 and "check digit 1: 4006381333931" in texts(page)
    assert "2 to 10000 base units" in texts(page) and form_of(page)["t-de-title"] == "Becher"
    client.post(where, {**typed, "v-0-p-0-factor": "24", "v-0-p-0-gtin": "4006381333931"})
    now = catalog.products_by_code(house.brand.id, ["MUG"])["MUG"]
    assert now.variants[0].packs == (Pack("Carton", 24, "4006381333931"),)
    assert now.texts == {"de": Words("Becher", safety="Nicht heiß spülen"), "zh-Hans": Words("马克杯")}
    again = {**form_of(client.get(where)), "title": "Mug 2"}
    client.post(where, again)
    after = catalog.products_by_code(house.brand.id, ["MUG"])["MUG"]
    assert (after.title, after.variants, after.texts) == ("Mug 2", now.variants, now.texts)
    again = form_of(client.get(where))
    client.post(where, {**again, "v-0-p-0-title": "", "v-0-p-0-factor": "", "v-0-p-0-gtin": ""})
    assert catalog.products_by_code(house.brand.id, ["MUG"])["MUG"].variants[0].packs == ()


def test_options_are_named_in_each_language_and_what_the_template_brought_is_kept(house: House) -> None:
    client = house.client(Role.MERCHANDISER)
    typed = form_of(client.get("/goods/new/?template=tea_drink")) | {"title": "Oolong", "code": "OOL", "v-0-sku": "OOL"}
    assert typed["g-0-t-zh-Hans"] == "糖度"
    chinese = formrows.blank(catalog.templates_of(house.brand.id)["tea_drink"], "CNY", "zh-Hans")
    assert (typed["g-0-title"], chinese["g-0-title"], chinese["g-0-code"]) == ("Sugar", "糖度", "sugar")
    client.post("/goods/new/", {**typed, "g-0-c-0-t-de": "Voll", "g-0-t-zh-Hans": "糖"})
    group = catalog.products_by_code(house.brand.id, ["OOL"])["OOL"].modifiers[0]
    assert group.titles["zh-Hans"] == "糖" and group.choices[0].titles["de"] == "Voll"


@pytest.mark.parametrize(
    ("fields", "where", "said"),
    [
        ({"v-0-gtin": "4006381333932"}, "v-0-gtin", "check digit 1: 4006381333931"),
        ({"v-0-parts": "MUG"}, "v-0-parts", "parts other than itself"),
        ({"v-0-parts": "SET"}, "v-0-parts", "MUG"),
    ],
    ids=["barcode", "itself", "cycle"],
)
def test_a_wrong_barcode_and_a_bundle_of_itself_are_named_at_their_field(
    house: House, mug: Product, fields: dict[str, str], where: str, said: str
) -> None:
    bundle = Product(uuid7(), "SET", "retail", "Set", variants=(Variant("SET", parts=(Component("MUG"),)),))
    catalog.put_products(house.brand.id, [bundle], by="test")
    client = house.client(Role.MERCHANDISER)
    page = client.post("/goods/p/MUG/edit/", {**form_of(client.get("/goods/p/MUG/edit/")), **fields})
    note = re.search(rf'id="{where}-note".*?</p>', page.content.decode(), re.DOTALL)
    assert page.status_code == 422 and note and said in html.unescape(note[0])
    assert catalog.products_by_code(house.brand.id, ["MUG"])["MUG"] == mug


def test_a_topping_is_taken_off_sale_on_the_sold_out_page_and_sold_again(house: House) -> None:
    group = Modifier("top", "Topping", 0, 1, (ModifierChoice("pearl", "Pearls", titles={"zh-Hans": "珍珠"}),))
    tea = Product(uuid7(), "TEA", "food", "Tea", variants=(Variant("TEA"),), modifiers=(group,))
    catalog.put_products(house.brand.id, [tea], by="test")
    client = house.client(Role.STORE)
    assert '<option value="pearl"' in client.get("/sold-out/").content.decode()
    page = client.post("/sold-out/choice/", {"choice": "pearl", "until": "hand", "store": house.near.code}, follow=True)
    assert f"Pearls is sold out at {house.near.name}." in texts(page)
    (out,) = catalog.choices_out(house.brand.id, clock.now())
    assert (out.code, out.store_id, out.until) == ("pearl", house.near.id, None)
    assert client.post("/sold-out/choice/", {"choice": "pearl", "store": house.far.code}).status_code == 404
    assert "Choose what is sold out." in texts(client.post("/sold-out/choice/", {"choice": "salt"}, follow=True))
    agent = house.client(Role.AUDITOR).post("/sold-out/choice/", {"choice": "pearl"})
    assert agent.status_code == 403
    page = client.post("/sold-out/choice/", {"choice": "pearl", "do": "back", "store": house.near.code}, follow=True)
    assert "Pearls is on sale again" in texts(page) and catalog.choices_out(house.brand.id, clock.now()) == []
    house.client(Role.OWNER).post("/sold-out/choice/", {"choice": "pearl"})
    (out,) = catalog.choices_out(house.brand.id, clock.now())
    assert out.store_id is None and out.until is not None and out.until > clock.now()


def test_a_topping_is_taken_off_sale_over_the_api_and_a_quote_says_so(house: House, client: Client) -> None:
    group = Modifier("top", "Topping", 0, 1, (ModifierChoice("pearl", "Pearls"),))
    tea = Product(uuid7(), "TEA", "food", "Tea", ProductState.ON_SALE, variants=(Variant("TEA"),), modifiers=(group,))
    catalog.put_products(house.brand.id, [tea], by="test")
    catalog.put_prices(house.brand.id, [Price("TEA", 500, clock.now())])
    scopes = [Scope.STOCK_READ, Scope.STOCK_WRITE, Scope.CATALOG_READ]
    made = access.create_client(house.brand.id, house.channels["web"], "kitchen", scopes, by="test")

    def call(method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {made.key}"}
        data = json.dumps(body) if body is not None else ""
        return client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=headers)

    wanted = {"codes": ["pearl"], "reason": "none left"}
    assert [call("POST", "/choices-out", wanted).json() for _ in range(2)] == [{"changed": 1}, {"changed": 0}]
    (row,) = call("GET", "/choices-out").json()["choices"]
    assert (row["code"], row["store"], row["until"], row["by"]) == ("pearl", "", None, "key kitchen")
    basket = {"lines": [{"sku": "TEA", "units": 1, "options": ["pearl"]}]}
    assert [p["code"] for p in call("POST", "/quotes", basket).json()["problems"]] == ["option_sold_out"]
    assert call("POST", "/choices-out", {"codes": ["salt"]}).status_code == 404
    assert call("POST", "/choices-out/back", {"codes": ["pearl"]}).json() == {"changed": 1}
    assert call("POST", "/quotes", basket).json()["problems"] == []
