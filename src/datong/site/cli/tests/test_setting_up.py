"""A new user's way from nothing to the first order of a shop on the book, and what is said when a step goes wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from django.test import Client
from typer.testing import CliRunner

from datong.access.api import client_of, list_staff, owners, redeem_login_token, user_id_of
from datong.access.types import Role
from datong.brand.api import list_brands, list_channels, list_stores, locate
from datong.brand.types import AddressText, Brand
from datong.catalog.api import items_by_sku, price_history
from datong.integration.api import drain, list_endpoints
from datong.inventory.api import audit, stock_of
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound
from datong.orders.api import BoardFilter, board
from datong.site.cli import app as line
from datong.site.cli import asking
from datong.site.cli.app import app

SECRET = "shpss_the-key-of-the-shop"  # noqa: S105 - made up
FACTS = ("--currency", "USD", "--locale", "en-US", "--country", "US", "--timezone", "America/Chicago")
WEEK = "Mon: 0-24; Tue: 0-24; Wed: 0-24; Thu: 0-24; Fri: 0-24; Sat: 0-24; Sun: 0-24"
STORES = f"""\
code,name,lat,lon,city,region,postcode,hours,serves_radius_m,services
0001,Main Street,44.9778,-93.2650,Minneapolis,MN,55401,{WEEK},20000,repair; gift wrap
0002,"Lake, North",44.9500,-93.2980,Minneapolis,MN,55408,always,0,
"""
ITEMS = """\
sku,title,price,kind,tax_class,gtin
CUP,Cup,12.00,goods,standard,4006381333931
REPAIR,Repair,30,service,,
"""
STOCK = "store,sku,on_hand,safety\n0001,CUP,40,2\n0002,CUP,5,\n"


def datong(*args: str, typed: str = "") -> Result:
    """The command, run here; an error that the command line says in a sentence is raised."""
    return CliRunner(env={"DATONG_BRAND": ""}).invoke(app, list(args), input=typed, catch_exceptions=False)


def said(*args: str, typed: str = "") -> str:
    done = datong(*args, typed=typed)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[[str, str], str]:
    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


@pytest.fixture
def leaf(committed_db: str, sheet: Callable[[str, str], str]) -> Brand:
    """A brand as the first commands leave it: two stores, an item with stock, a service, a channel."""
    said("brand", "create", "leaf", "Leaf", *FACTS)
    said("brand", "stores", sheet("stores.csv", STORES))
    said("brand", "items", sheet("items.csv", ITEMS))
    said("brand", "stock", sheet("stock.csv", STOCK))
    said("channel", "add", "web", "Web shop", "--kind", "site", "--role", "The full range", "--owner", "Ann Lee")
    return list_brands()[0]


def shelves(brand: Brand) -> dict[str, tuple[int, int]]:
    """Store code -> (on hand, safety) of the cup."""
    cup = items_by_sku(brand.id, ["CUP"])["CUP"].id
    code = {store.id: store.code for store in list_stores(brand.id)}
    return {code[row.location_id]: (row.on_hand, row.safety) for row in stock_of(brand.id, items=[cup])}


def order(**more: Any) -> bytes:
    address = {"address1": "1 Main St", "city": "Minneapolis", "zip": "55401", "province_code": "MN"}
    line = {"sku": "CUP", "quantity": 2, "price": "12.00", "title": "Cup", "total_discount": "0.00"}
    return json.dumps(
        {
            "id": 1001,
            "created_at": clock.now().isoformat(timespec="seconds"),
            "currency": "USD",
            "financial_status": "paid",
            "taxes_included": True,
            "total_price": "24.00",
            "total_tax": "0.00",
            "line_items": [line],
            "shipping_address": {**address, "country_code": "US", "name": "Ben Ong"},
            "email": "ben@example.com",
            **more,
        }
    ).encode()


def deliver(address: str, body: bytes, secret: str = SECRET) -> int:
    digest = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Shopify-Hmac-SHA256": digest, "X-Shopify-Topic": "orders/create"}
    return Client().post(urlsplit(address).path, body, content_type="application/json", headers=headers).status_code


@pytest.mark.requirement("S-09", "S-11")
def test_from_nothing_to_the_first_order_of_a_shop(leaf: Brand) -> None:
    said("brand", "tax", "8.25", "--included")
    shop = ("endpoint", "create", "shopify", "--channel", "web", "--host", "hub.example.com")
    done = datong(*shop, "--setting", 'stores={"Main": "0001"}', typed=f"{SECRET}\n")
    address = done.stdout.strip()
    assert address.startswith("https://hub.example.com/hooks/")
    assert "DATONG_HOSTS=localhost,127.0.0.1,hub.example.com" in done.stderr
    assert SECRET not in done.output
    assert deliver(address, order(), "another key") in (401, 403)
    assert deliver(address, order()) == 200
    drain(leaf.id)
    (row,) = board(leaf.id, BoardFilter()).rows
    stores = {store.id: store.code for store in list_stores(leaf.id)}
    assert (row.external_id, row.total_minor, row.units, stores.get(row.store_id)) == ("1001", 2400, 2, "0001")
    assert owners(leaf.id) == {list_channels(leaf.id)[0].id: "Ann Lee"}
    assert list_endpoints(leaf.id)[0].settings == {"stores": {"Main": "0001"}}
    said("endpoint", "close", address)
    assert deliver(address, order(id=1002)) == 404


def test_a_brand_is_checked_before_anything_is_written(committed_db: str) -> None:
    wrong = ("--currency", "USX", "--locale", "en-US", "--country", "USA", "--timezone", "America/Chicgo")
    with pytest.raises(BadInput) as told:
        datong("brand", "create", "Leaf!", "Leaf", *wrong)
    assert [problem.field for problem in told.value.problems] == ["SLUG", "--currency", "--country", "--timezone"]
    assert "perhaps America/Chicago" in told.value.problems[-1].fix
    assert list_brands() == []
    made = json.loads(said("brand", "create", "leaf", "Leaf", *FACTS, "--json"))
    assert (made["slug"], made["currency"], made["timezone"]) == ("leaf", "USD", "America/Chicago")
    with pytest.raises(Conflict, match="there is a brand leaf already"):
        datong("brand", "create", "leaf", "Leaf", *FACTS)
    assert [each["slug"] for each in json.loads(said("brand", "list", "--json"))] == ["leaf"]


def test_stores_are_replaced_by_their_code_and_fill_the_gazetteer(leaf: Brand, sheet: Any) -> None:
    before = {store.code: store for store in list_stores(leaf.id)}
    assert before["0001"].services == ("repair", "gift wrap")
    assert (before["0002"].name, before["0002"].country, before["0002"].timezone) == (
        "Lake, North",
        "US",
        "America/Chicago",
    )
    there = AddressText(city="minneapolis", region="MN", country="US")
    (middle,) = locate(leaf.id, [there])
    assert middle and (round(middle.lat, 4), round(middle.lon, 4)) == (44.9639, -93.2815)
    changed = [{"code": "0001", "name": "Main", "lat": 45, "lon": -93, "city": "St. Paul", "hours": "Mon: 9-17"}]
    out = said("brand", "stores", sheet("more.json", json.dumps(changed)), "--brand", "leaf", "--no-places")
    assert "0 new, 1 changed, 0 the same, 0 bad" in out
    after = {store.code: store for store in list_stores(leaf.id)}
    assert (after["0001"].id, after["0001"].name, after["0002"]) == (before["0001"].id, "Main", before["0002"])
    assert locate(leaf.id, [there]) == [middle]
    said("brand", "places", sheet("places.csv", "postcode;city;region;lat;lon\n55105;St. Paul;MN;44.93;-93.16\n"))
    found = locate(leaf.id, [AddressText(postcode="55105", country="US")])
    assert found[0] and found[0].lat == 44.93


def test_a_sheet_says_every_mistake_by_row_and_column_and_changes_nothing(leaf: Brand, sheet: Any) -> None:
    bad = (
        "code,name,lat,lon,city,hours,kind\n"
        "0003,Ok,44.9,-93.2,Eagan,Mon: 9-17,own\n"
        "0004,,95,-93.2,Eagan,weekdays,shop\n"
        "0003,Again,44.9,-93.2,Eagan,always,own\n"
    )
    done = datong("brand", "stores", sheet("bad.csv", bad))
    assert done.exit_code == 1
    told = [text.strip() for text in done.stderr.splitlines() if text.strip().startswith("row ")]
    assert [text.partition(":")[0] for text in told] == [
        "row 3, lat",
        "row 3, hours",
        "row 3, kind",
        "row 3, name",
        "row 4, code",
    ]
    assert "0003 stands in row 2 already" in told[-1]
    assert "'shop' This is not one of the words that are known here. One of: own, franchise" in told[2]
    assert "error bad.csv: 2 rows cannot be used; nothing was changed" in done.stderr
    assert [store.code for store in list_stores(leaf.id)] == ["0001", "0002"]
    done = datong("brand", "stores", sheet("typo.csv", "code,nmae,lat,lon,city,hours\n1,a,1,1,b,always\n"))
    assert done.exit_code == 1
    assert "perhaps name" in done.stderr
    done = datong("brand", "items", sheet("cells.csv", "sku,title\nA,a, with a comma\n"))
    assert (done.exit_code, "row 2: The row has 3 cells under 2 headings" in done.stderr) == (1, True)


def test_items_and_prices_come_again_without_harm(leaf: Brand, sheet: Any) -> None:
    file = sheet("items.csv", ITEMS)
    assert "0 new, 0 changed, 2 the same, 0 bad" in said("brand", "items", file)
    out = said("brand", "items", sheet("dear.csv", "sku,title,price\nCUP,Big cup,13.50\n"))
    assert "0 new, 1 changed, 0 the same, 0 bad" in out
    cup = items_by_sku(leaf.id, ["CUP"])["CUP"]
    assert (cup.title, cup.gtin) == ("Big cup", "4006381333931")
    assert [record.amount_minor for record in price_history(leaf.id, "CUP")] == [1350, 1200]
    bad = "sku,title,price,gtin\nA,a,1.0005,\nB,b,-1,4006381333932\n"
    done = datong("brand", "items", sheet("bad.csv", bad))
    assert "row 2, price: '1.0005' There are more decimal places than USD has." in done.stderr
    assert "row 3, price: '-1' The amount is negative." in done.stderr
    done = datong("brand", "items", sheet("bad.csv", "sku,title,gtin\nB,b,4006381333932\n"))
    assert (done.exit_code, "with these digits it would be 4006381333931" in done.stderr) == (1, True)
    assert items_by_sku(leaf.id, ["A", "B"]) == {}


def test_a_stock_file_that_comes_twice_doubles_nothing(leaf: Brand, sheet: Any) -> None:
    assert shelves(leaf) == {"0001": (40, 2), "0002": (5, 0)}
    assert "0 new, 0 changed, 2 the same, 0 bad" in said("brand", "stock", sheet("s.csv", STOCK))
    said("brand", "stock", sheet("s.csv", "store,sku,on_hand,safety\n0001,CUP,37,\n0002,CUP,5,1\n"))
    assert shelves(leaf) == {"0001": (37, 2), "0002": (5, 1)}
    assert audit(leaf.id).sound
    bad = "store,sku,on_hand\n0009,CUP,1\n0001,CAP,1\n0001,REPAIR,1\n0002,CUP,many\n"
    done = datong("brand", "stock", sheet("bad.csv", bad))
    assert done.exit_code == 1
    assert "row 2, store: '0009' There is no such store. The number or the name of a store: 0001, 0002." in done.stderr
    assert "row 4, sku: 'REPAIR' A service has no stock." in done.stderr
    assert "row 5, on_hand: 'many' This is not a whole number." in done.stderr
    assert shelves(leaf) == {"0001": (37, 2), "0002": (5, 1)}


def test_units_that_are_held_for_orders_cannot_be_counted_away(leaf: Brand, sheet: Any) -> None:
    address = said("endpoint", "create", "shopify", "--channel", "web", typed=f"{SECRET}\n").strip()
    assert deliver(address, order()) == 200
    drain(leaf.id)
    done = datong("brand", "stock", sheet("s.csv", "store,sku,on_hand\n0002,CUP,9\n0001,CUP,1\n"))
    assert "row 3, on_hand: '1' Fewer than the units held for orders. At least 2, which are held" in done.stderr
    assert (done.exit_code, shelves(leaf)["0002"]) == (1, (5, 0))


def test_people_log_in_by_a_password_or_a_link_and_the_password_is_never_shown(leaf: Brand) -> None:
    word = "long enough for a password"
    done = datong("user", "create", "ann", "--name", "Ann Lee", "--password-stdin", "--link", typed=f"{word}\n")
    assert word not in done.output
    ann = user_id_of("ann")
    assert redeem_login_token(done.stdout.strip().rpartition("/in/")[2]) == (ann, leaf.id)
    assert Client().login(username="ann", password=word)
    said("user", "create", "bo", "--role", "store", "--store", "0001", "--store", "0002", "--no-password")
    people = {staff.username: staff for staff in list_staff(leaf.id)}
    assert (people["ann"].role, people["bo"].role, len(people["bo"].store_ids)) == (Role.HQ, Role.STORE, 2)
    link = said("user", "link", "bo", "--brand", "leaf", "--host", "https://hub.example.com").strip()
    assert link.startswith("https://hub.example.com/in/")
    assert redeem_login_token(link.rpartition("/in/")[2]) == (user_id_of("bo"), leaf.id)
    said("user", "assign", "bo", "--role", "auditor")
    said("user", "password", "bo", "--password-stdin", typed="another long password\n")
    assert Client().login(username="bo", password="another long password")
    with pytest.raises(Conflict, match="ann is taken"):
        datong("user", "create", "Ann", "--no-password")
    with pytest.raises(NotFound, match="no user 'bob'; there are ann, bo"):
        datong("user", "link", "bob")
    with pytest.raises(NotFound, match="no store '3'; there are 0001, 0002"):
        datong("user", "create", "cy", "--role", "store", "--store", "3", "--no-password")
    with pytest.raises(BadValue, match="at least 12 characters"):
        datong("user", "create", "cy", "--password-stdin", typed="short\n")
    assert user_id_of("cy") is None


def test_a_password_that_is_typed_is_asked_for_twice(leaf: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "at_a_terminal", lambda: True)
    word = "long enough for a password"
    done = datong("user", "create", "ann", typed=f"{word}\nanother one entirely\n{word}\n{word}\n")
    assert (done.exit_code, word in done.output, done.output.count("do not match")) == (0, False, 1)
    assert Client().login(username="ann", password=word)


def test_channels_say_what_their_record_lacks(leaf: Brand) -> None:
    said("user", "create", "ann", "--name", "Ann Lee", "--no-password")
    said("channel", "add", "till", "Tills", "--kind", "store", "--store", "0002", "--buffer", "1")
    listed = {each["code"]: each for each in json.loads(said("channel", "list", "--json"))}
    assert (listed["web"]["lacks"], listed["till"]["lacks"]) == ([], ["role", "owner"])
    said("channel", "owner", "till", "ann")
    said("channel", "close", "web")
    channels = {each.code: each for each in list_channels(leaf.id)}
    assert (channels["web"].open, channels["till"].buffer_units, len(channels["till"].stores)) == (False, 1, 1)
    assert owners(leaf.id)[channels["till"].id] == "Ann Lee"
    said("channel", "open", "web")
    assert "The full range" in said("channel", "list")
    with pytest.raises(Conflict, match="there is a channel web already"):
        datong("channel", "add", "web", "Web", "--kind", "site")
    with pytest.raises(NotFound, match="no channel 'wed'; there are till, web"):
        datong("channel", "close", "wed")


def test_secrets_come_by_file_variable_or_pipe_and_never_by_the_command_line(
    leaf: Brand, sheet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = ("endpoint", "create", "shopify", "--channel", "web", "--host", "hub.example.com")
    monkeypatch.setenv("SHOP_KEY", SECRET)
    doors = [
        said(*shop, "--secret", f"secret=@{sheet('key', SECRET)}").strip(),
        said(*shop, "--secret", "secret=env:SHOP_KEY").strip(),
        said(*shop, "--secret", "secret=-", typed=f"{SECRET}\n").strip(),
    ]
    for number, address in enumerate(doors):
        assert deliver(address, order(id=number)) == 200
    with pytest.raises(BadValue) as told:
        datong(*shop, "--secret", f"secret={SECRET}")
    assert SECRET not in str(told.value)
    with pytest.raises(BadValue, match="secret: expected a value"):
        datong(*shop)
    with pytest.raises(NotFound, match="no connector 'shopfy'; there are shopify, woocommerce"):
        datong("endpoint", "create", "shopfy", "--channel", "web")
    assert len(list_endpoints(leaf.id)) == 3
    said("endpoint", "update", doors[0], "--secret", "secret=-", "--setting", "shop_domain=x", typed="another key\n")
    assert deliver(doors[0], order(id=9)) in (401, 403)
    records = json.loads(said("endpoint", "list", "--json", "--host", "hub.example.com"))
    assert [each["address"] for each in records] == doors
    assert records[0]["settings"] == {"shop_domain": "x"}
    listed = said("endpoint", "list", "--host", "hub.example.com")
    assert (SECRET in listed, [address in listed for address in doors]) == (False, [True, True, True])
    with pytest.raises(NotFound, match="no address begins with 'zzz'; datong endpoint list shows all 3"):
        datong("endpoint", "close", "zzz")


def test_a_marketplace_knows_the_address_it_signs(leaf: Brand) -> None:
    market = ("endpoint", "create", "marketplace", "--channel", "web", "--setting", "mapping=meituan")
    address = said(*market, "--host", "hub.example.com", typed="x\n").strip()
    assert list_endpoints(leaf.id)[0].settings == {"mapping": "meituan", "public_url": address}


def test_a_key_is_shown_once_and_taken_back_by_its_name(leaf: Brand) -> None:
    made = ("key", "create", "app", "--channel", "web", "--scope", "orders:write", "--scope", "orders:read")
    key = said(*made).strip()
    found = client_of(key)
    assert found and sorted(found.scopes) == ["orders:read", "orders:write"]
    assert key not in said("key", "list")
    assert [each["name"] for each in json.loads(said("key", "list", "--json"))] == ["app"]
    with pytest.raises(NotFound, match="no live key 'web'; there are app"):
        datong("key", "revoke", "web")
    said("key", "revoke", "app")
    assert client_of(key) is None
    assert "revoked" in said("key", "list")


def test_with_two_brands_it_must_be_said_which(leaf: Brand) -> None:
    said("brand", "create", "twig", "Twig", *FACTS)
    with pytest.raises(BadValue, match="one of: leaf, twig"):
        datong("channel", "list")
    with pytest.raises(BadValue, match="one of: leaf, twig"):
        datong("channel", "list", "--brand", "lead")
    assert json.loads(said("channel", "list", "--brand", "twig", "--json")) == []


def test_an_error_is_a_sentence_with_its_fix_and_code_1(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(line.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr("sys.argv", ["datong", "channel", "list"])
    with pytest.raises(SystemExit) as ended:
        line.main()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "error --brand: expected a brand; make one with: datong brand create" in told
    assert "Traceback" not in told
