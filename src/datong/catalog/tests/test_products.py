"""Products from templates: what may be put, what becomes of it, who changed what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.catalog import api, rules
from datong.catalog.types import (
    Ask,
    AskLine,
    Category,
    CategoryRun,
    Component,
    Item,
    ItemKind,
    Modifier,
    ModifierChoice,
    Price,
    Product,
    ProductFilter,
    ProductState,
    Template,
    Variant,
    Words,
)
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
LONG_AGO = clock.now() - timedelta(days=400)
ON_SALE = ProductState.ON_SALE


def product(code: str = "TEA", *skus: str, **fields: object) -> Product:
    variants = tuple(Variant(sku) for sku in skus or (code,))
    basis = {"template": "food", "title": code.title(), "variants": variants, "kind": ItemKind.ON_SITE}
    return Product(uuid7(), code, **{**basis, **fields})  # type: ignore[arg-type]


def put(brand, *products: Product) -> list[Product]:
    return api.put_products(brand.id, products, by="mia")


def quoted(brand, sku: str, *options: str, units: int = 1):
    ask = Ask(uuid7(), "USD", clock.now(), (AskLine(1, sku, units, options),))
    return api.quote([ask], brand=brand.id)[0]


def problems(error: pytest.ExceptionInfo[BadInput]) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in error.value.problems]


@pytest.mark.requirement(
    "S-119", "S-122", "S-124", "S-125", "S-128", "S-134", "S-139", "S-140", "S-141", "S-142", "S-144"
)
def test_templates_for_every_line_of_business_are_there_as_data(brand):
    templates = api.templates_of(brand.id)
    families = {t.family for t in templates.values()}
    assert families == {"goods", "food", "service", "campus", "ticket", "deal", "digital", "bank"}
    assert {t.kind for t in templates.values()} == set(ItemKind)
    assert [c for c, t in templates.items() if t.family == "bank"] == [
        "deposit", "loan", "payment_service", "settlement", "international", "intermediary",
    ]  # fmt: skip
    assert [c for c, t in templates.items() if t.family == "campus"] == [
        "campus_takeaway", "errand", "sign_up", "cloud_print", "information",
    ]  # fmt: skip
    listings = {t.listing for t in templates.values()}
    assert {"classified", "review", "group_deal", "meal_order", "information"} <= listings
    assert {templates[c].served_by for c in ("catering", "ride", "ticket")} == {"restaurant", "transport", "ticketing"}
    assert all("zh-Hans" in t.titles and not rules.problems_of_template(t) for t in templates.values())


@pytest.mark.requirement("S-119", "S-137")
def test_a_product_is_made_from_a_template_without_programming_and_sold_once_it_is_on_sale(brand):
    sizes = (Variant("TEA-M", {"size": "M"}), Variant("TEA-L", {"size": "L"}))
    put(brand, product(variants=sizes, axes=("size",), texts={"zh-Hans": Words("绿茶")}))
    api.put_prices(brand.id, [Price("TEA-M", 500, LONG_AGO), Price("TEA-L", 600, LONG_AGO)])
    items = api.items_by_sku(brand.id, ["TEA-M", "TEA-L"])
    assert [(i.title, i.titles, i.kind) for i in sorted(items.values(), key=lambda i: i.sku, reverse=True)] == [
        ("Tea (M)", {"zh-Hans": "绿茶 (M)"}, ItemKind.ON_SITE),
        ("Tea (L)", {"zh-Hans": "绿茶 (L)"}, ItemKind.ON_SITE),
    ]
    assert [p.code for p in quoted(brand, "TEA-L").problems] == ["not_on_sale"]
    for state in ("development", "ready", "on_sale"):
        api.set_state(brand.id, "TEA", ProductState(state), by="mia")
    assert quoted(brand, "TEA-L").problems == () and quoted(brand, "TEA-L").total_minor == 600
    api.set_state(brand.id, "TEA", ProductState.PAUSED, by="mia", reason="no milk")
    assert [p.code for p in quoted(brand, "TEA-L").problems] == ["not_on_sale"]


@pytest.mark.requirement("S-138")
def test_a_product_has_an_owner_a_version_and_a_history_of_who_changed_what(brand):
    put(brand, product(owner="lin"))
    (changed,) = api.put_products(brand.id, [product(title="Green tea", age_min=16)], by="bo", reason="law")
    assert (changed.owner, changed.version, changed.state) == ("lin", 2, ProductState.IDEA)
    api.set_state(brand.id, "TEA", ProductState.DEVELOPMENT, by="bo")
    history = api.product_history(brand.id, changed.id)
    assert [(h.version, h.what, h.by, h.reason) for h in history] == [
        (3, "state_development", "bo", ""),
        (2, "changed", "bo", "law"),
        (1, "created", "mia", ""),
    ]
    assert history[1].diff == (("title", "Tea", "Green tea"), ("age_min", "0", "16"))
    trail = audit.page(brand.id, subject="product TEA").entries
    assert [e.verb for e in trail] == ["product.state_development", "product.changed", "product.created"]


def test_the_same_product_again_changes_nothing(brand):
    (first,) = put(brand, product())
    assert put(brand, product()) == [first]
    assert len(api.product_history(brand.id, first.id)) == 1


def test_what_somebody_else_changed_meanwhile_is_a_conflict(brand):
    put(brand, product())
    put(brand, product(title="Mine"))
    with pytest.raises(Conflict):
        api.put_products(brand.id, [product(title="Yours")], by="bo", expected={"TEA": 1})
    assert api.products_by_code(brand.id, ["TEA"])["TEA"].title == "Mine"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"template": "none"}, [("/template", "unknown_template")]),
        ({"title": " "}, [("/title", "bad_value")]),
        ({"allergens": ("chocolate",)}, [("/allergens/0", "bad_value")]),
        (
            {"attributes": {"kcal": "many", "spice": "x"}},
            [("/attributes/kcal", "bad_value"), ("/attributes/spice", "bad_value")],
        ),
        (
            {"variants": (Variant("A"), Variant("A", {"size": "L"}))},
            [("/variants/1/sku", "repeated"), ("/variants/1/values", "bad_value"), ("/variants/1/values", "repeated")],
        ),
        ({"variants": (Variant("A", gtin="4006381333932"),)}, [("/variants/0/gtin", "gtin")]),
        ({"variants": (Variant("A", parts=(Component("NONE"),)),)}, [("/variants/0/parts/0/sku", "unknown_sku")]),
        (
            {"modifiers": (Modifier("g", "G", 2, 1, (ModifierChoice("c", "C"),)),)},
            [("/modifiers/0/least", "bad_value"), ("/modifiers/0/least", "bad_value")],
        ),
        ({"seller": "Merchant"}, [("/category", "category_self_run")]),
        ({"state": ON_SALE, "variants": ()}, [("/variants", "missing")]),
    ],
)
def test_what_cannot_be_is_named_with_its_field_and_nothing_is_written(brand, fields, found):
    with pytest.raises(BadInput) as error:
        put(brand, product(**fields))
    assert problems(error) == found
    assert api.list_products(brand.id) == [] and api.list_items(brand.id) == []


def test_a_wrong_check_digit_is_answered_with_the_right_one(brand):
    with pytest.raises(BadInput) as error:
        put(brand, product(variants=(Variant("A", gtin="4006381333932"),)))
    assert error.value.problems[0].fix == "check digit 1: 4006381333931"


@given(st.from_regex("[0-9]{7}|[0-9]{11,13}", fullmatch=True), st.integers(1, 9))
def test_every_body_has_one_check_digit(body, off):
    digit = rules.check_digit(body)
    assert rules.gtin_fix(f"{body}{digit}") == ""
    assert rules.gtin_fix(f"{body}{(digit + off) % 10}") == f"check digit {digit}: {body}{digit}"


@pytest.mark.requirement("S-25")
def test_goods_that_stores_sell_already_are_taken_over_with_their_ids_prices_and_barcodes(brand):
    item = Item(uuid7(), "CUP", "Cup", gtin="4006381333931")
    api.put_items(brand.id, [item])
    api.put_prices(brand.id, [Price("CUP", 900, LONG_AGO)])
    (made,) = put(brand, product("MUG", "CUP", state=ON_SALE, title="Mug"))
    found = api.items_by_sku(brand.id, ["CUP"])["CUP"]
    assert (found.id, found.title, found.gtin, found.product_id) == (item.id, "Mug", item.gtin, made.id)
    assert quoted(brand, "CUP").total_minor == 900


def test_a_sku_belongs_to_one_product(brand):
    put(brand, product("A", "X"))
    with pytest.raises(BadInput) as error:
        put(brand, product("B", "X"))
    assert problems(error) == [("/variants/0/sku", "sku_taken")]


def test_a_variant_that_is_taken_out_is_no_longer_sold(brand):
    put(
        brand,
        product(
            "A",
            "X",
            "Y",
            state=ON_SALE,
            axes=("size",),
            variants=(Variant("X", {"size": "1"}), Variant("Y", {"size": "2"})),
        ),
    )
    put(brand, product("A", "X"))
    assert [(i.sku, i.active) for i in api.list_items(brand.id)] == [("X", True), ("Y", False)]


@pytest.mark.requirement("S-121")
def test_a_bundle_within_a_bundle_is_opened_down_to_what_lies_on_a_shelf(brand):
    put(
        brand,
        product("CUP", state=ON_SALE),
        product("LID", state=ON_SALE),
        product("FIX", kind=ItemKind.SERVICE, state=ON_SALE),
    )
    inner = product("SET", variants=(Variant("SET", parts=(Component("CUP", 2), Component("LID", 2))),), composed=True)
    outer = product(
        "BOX",
        variants=(Variant("BOX", parts=(Component("SET", 3), Component("CUP"), Component("FIX"))),),
        composed=True,
    )
    put(brand, replace(inner, state=ON_SALE))
    put(brand, replace(outer, state=ON_SALE))
    api.put_prices(brand.id, [Price("BOX", 5000, LONG_AGO)])
    quote = quoted(brand, "BOX", units=2)
    assert quote.total_minor == 10_000
    assert {p.sku: p.units for p in quote.lines[0].parts} == {"CUP": 14, "LID": 12}
    put(brand, replace(inner, variants=(Variant("SET", parts=(Component("CUP", 1),)),)))
    assert {p.sku: p.units for p in quoted(brand, "BOX").lines[0].parts} == {"CUP": 4}
    assert [code for code, _, _ in api.used_in(brand.id, ["CUP"])] == ["BOX", "SET"]


@pytest.mark.requirement("S-121")
def test_a_bundle_that_would_contain_itself_is_refused_naming_the_cycle(brand):
    put(brand, product("C"), product("B", variants=(Variant("B", parts=(Component("C"),)),)))
    put(brand, product("A", variants=(Variant("A", parts=(Component("B"),)),)))
    with pytest.raises(BadInput) as error:
        put(brand, product("C", variants=(Variant("C", parts=(Component("A"),)),)))
    assert error.value.problems[0].code == "cycle"
    assert sorted(set(error.value.problems[0].value.split(" > "))) == ["A", "B", "C"]


def test_a_quote_knows_choices_by_name_with_their_price_and_what_they_use_up(brand):
    topping = Modifier("top", "Topping", 0, 2, (ModifierChoice("p", "珍珠", 200, 1, (Component("PEARL"),)),))
    put(brand, product("PEARL", state=ON_SALE))
    put(brand, product(state=ON_SALE, modifiers=(topping,)))
    api.put_prices(brand.id, [Price("TEA", 500, LONG_AGO)])
    quote = quoted(brand, "TEA", "珍珠", "椰果", units=2)
    assert quote.total_minor == 1400 and {p.sku: p.units for p in quote.lines[0].parts} == {"TEA": 2, "PEARL": 2}
    assert [(p.code, p.value) for p in quote.problems] == [("unknown_option", "椰果")]


def test_the_step_of_life_must_be_one_there_is_and_name_what_is_missing(brand):
    put(brand, product(template="travel", kind=ItemKind.SERVICE))
    with pytest.raises(BadInput) as error:
        api.set_state(brand.id, "TEA", ON_SALE, by="mia")
    assert problems(error) == [("/state", "no_such_step")]
    api.set_state(brand.id, "TEA", ProductState.DEVELOPMENT, by="mia")
    with pytest.raises(BadInput) as error:
        api.set_state(brand.id, "TEA", ProductState.READY, by="mia")
    assert problems(error) == [("/attributes/partner", "missing"), ("/attributes/destination", "missing")]
    with pytest.raises(NotFound):
        api.set_state(brand.id, "NONE", ProductState.READY, by="mia")


@pytest.mark.requirement("S-135", "S-136")
def test_a_new_product_derives_from_an_existing_one_with_skus_of_its_own(brand):
    put(brand, product("TEA", "T1", "T2", tags=("emerging",), variants=(Variant("T1"), Variant("T2", active=False))))
    new = api.derive(brand.id, "TEA", "TEA-2", "Tea 2", by="bo")
    assert (new.state, new.derived_from, new.owner, new.version) == (ProductState.IDEA, "TEA", "bo", 1)
    assert [v.sku for v in new.variants] == ["TEA-2-1", "TEA-2-2"]
    assert api.derive(brand.id, "TEA", "TEA-2", "again", by="bo") == new
    assert api.count_products(brand.id)["tag"] == {"emerging": 2}


@pytest.mark.requirement("S-119")
def test_a_brand_copies_a_template_and_adds_attributes(brand):
    basis = api.templates_of(brand.id)["food"]
    extra = replace(basis.attributes[0], code="origin", title="Origin", required=True)
    own = replace(basis, code="noodles", title="Noodles", based_on="food", attributes=(*basis.attributes, extra))
    api.put_template(brand.id, own, by="mia")
    assert api.templates_of(brand.id)["noodles"].attributes[-1] == extra
    (made,) = put(brand, product(template="noodles", attributes={"origin": "Lanzhou"}, state=ON_SALE))
    assert made.attributes == {"origin": "Lanzhou"}
    with pytest.raises(BadInput) as error:
        api.put_template(brand.id, Template("food", "Mine"), by="mia")
    assert problems(error) == [("/code", "built_in")]


@pytest.mark.requirement("S-123")
def test_a_merchant_may_sell_in_a_category_that_is_open_and_in_those_below_it(brand):
    tree = [Category("home", "Home", run=CategoryRun.OPEN), Category("mugs", "Mugs", "home"), Category("tea", "Tea")]
    api.put_categories(brand.id, tree, by="mia")
    put(brand, product("MUG", seller="Potter & Co", category="mugs"))
    with pytest.raises(BadInput) as error:
        put(brand, product("TEA", seller="Potter & Co", category="tea"))
    assert problems(error) == [("/category", "category_self_run")]


def test_products_are_found_by_words_template_state_category_and_tag(brand):
    put(
        brand,
        product("A", title="Green tea", tags=("new",), category="tea"),
        product("B", template="retail", state=ON_SALE),
    )

    def found(**wanted):
        return [p.code for p in api.list_products(brand.id, ProductFilter(**wanted))]

    assert found() == ["A", "B"] and found(after="A") == ["B"] and found(limit=1) == ["A"]
    assert found(text="TEA green") == ["A"] and found(template="retail") == ["B"]
    assert found(state=ON_SALE) == ["B"] and found(category="tea") == ["A"] and found(tag="new") == ["A"]
    assert found(text="\x00") == []


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.lists(st.sampled_from("ABCDEFG"), max_size=3), max_size=7))
def test_a_named_cycle_is_one_and_none_is_missed(uses):
    cycle = rules.cycle_in(uses)
    for one, next_one in zip(cycle, cycle[1:], strict=False):
        assert next_one in uses[one]
    assert not cycle or cycle[0] == cycle[-1]
    left = {sku: set(parts) for sku, parts in uses.items()}
    while leaves := [sku for sku, parts in left.items() if not parts & left.keys()]:
        for sku in leaves:
            del left[sku]
    assert bool(cycle) == bool(left)


def test_another_brand_sees_none_of_it(brand, make_brand):
    put(brand, product())
    other = make_brand()
    assert api.list_products(other.id) == [] and api.products_by_code(other.id, ["TEA"]) == {}


def test_an_id_of_a_product_is_kept_whatever_comes(brand):
    (first,) = put(brand, product())
    (again,) = put(brand, product(title="Other"))
    assert first.id == again.id and isinstance(first.id, UUID)
