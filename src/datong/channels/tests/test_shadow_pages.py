"""Beside your systems: feed files, look, open the evidence, explain, take the paper along."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datong.access.types import Role
from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.channels.tests.conftest import House
from datong.kernel.ids import uuid7
from datong.shadow import api as shadow
from datong.shadow.types import FeedKind, Kind, Project, SystemKind, Tolerances
from datong.site.testing.platforms import LocalWooCommerce, woo
from datong.sync import api as sync

__all__ = ["woo"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(house: House) -> Project:
    return open_project(house)


def open_project(house: House) -> Project:
    """A shop that sold three cups where there were two, twice one order in the ERP, and a shared e-mail address."""
    made = shadow.open_project(house.brand.id, "Before we begin", by="test")
    for code, kind in (("shop", SystemKind.SHOP), ("erp", SystemKind.ERP)):
        shadow.connect(house.brand.id, made.id, code, kind, by="test", name=code.title())

    def feed(kind: FeedKind, system: str, *rows: str) -> None:
        shadow.feed_file(house.brand.id, made.id, system, kind, f"{system}.csv", "\n".join(rows).encode())

    feed(FeedKind.STOCK, "erp", "sku,store,units,at,title", "CUP,NEAR,2,2026-11-20 00:00,A cup")
    head = "order,placed,store,sku,units,price,ref,source"
    feed(FeedKind.ORDERS, "shop", head, "1,2026-11-20 10:00,NEAR,CUP,3,12.00,,")
    feed(FeedKind.ORDERS, "erp", head, *(f"SO{n},2026-11-20 10:00,NEAR,CUP,3,12.00,1,shop" for n in (1, 2)))
    members = ("member,name,phone,email", "7,Ann Lee,+16125550100,ann@example.com", "8,ANN LEE,,Ann@Example.com")
    feed(FeedKind.MEMBERS, "shop", *members)
    shadow.run(house.brand.id, made.id, by="test")
    return shadow.project_of(house.brand.id, made.id)


def finding_of(house: House, project: Project, kind: Kind) -> str:
    (found,) = shadow.findings_page(house.brand.id, project.id, shadow.FindingFilter(kind)).rows
    return f"/shadow/{project.id}/findings/{found.id}/"


def test_without_a_project_the_page_teaches_and_starts_one(house: House) -> None:
    client = house.client()
    assert "Nothing is looked at yet" in client.get("/shadow/").content.decode()
    assert client.post("/shadow/new/", {"name": ""}).status_code == 422
    answer = client.post("/shadow/new/", {"name": "Today"}, follow=True)
    assert "No system yet" in answer.content.decode()


@pytest.mark.requirement("S-17", "S-69")
def test_the_summary_says_it_first_and_each_figure_opens_its_rows(house: House, project: Project) -> None:
    client = house.client()
    text = client.get("/shadow/").content.decode()
    assert "In one day: 1 oversell worth $12.00, 1 doubled order worth $36.00, 1 customer under several" in text
    assert "$48.00 at stake." in text
    rows = client.get(f"/shadow/{project.id}/findings/?kind=oversell").content.decode()
    assert "A cup" in rows and "sold 3, had 2: 1 too many" in rows and "Uptown" in rows
    page = client.get(finding_of(house, project, Kind.OVERSELL)).content.decode()
    assert "Said in stock" in page and "11-20 10:00:00" in page
    assert (
        "Nothing that does not fit, by these filters."
        in client.get(f"/shadow/{project.id}/findings/?q=nothing-like-it").content.decode()
    )


def test_a_finding_is_explained_and_counts_no_more(house: House, project: Project) -> None:
    client, address = house.client(), finding_of(house, project, Kind.OVERSELL)
    assert client.post(f"{address}act/", {"reason": " "}).status_code == 422
    client.post(f"{address}act/", {"reason": "demonstration unit"})
    assert "demonstration unit" in client.get(address).content.decode()
    assert "$36.00 at stake." in client.get("/shadow/").content.decode()
    client.post(f"{address}act/", {"do": "reopen"})
    assert "$48.00 at stake." in client.get("/shadow/").content.decode()


def test_names_and_contacts_are_masked_for_who_may_not_see_customers(house: House, project: Project) -> None:
    address = finding_of(house, project, Kind.DUPLICATE)
    assert "ann@example.com" in house.client(Role.HQ).get(address).content.decode()
    hidden = house.client(Role.INTEGRATOR).get(address).content.decode()
    assert "a***@example.com" in hidden and "+161****0100" in hidden
    assert "ann@example.com" not in hidden and "Ann Lee" not in hidden
    rows = b"".join(house.client(Role.INTEGRATOR).get(f"/shadow/{project.id}/findings.csv").streaming_content)
    assert b"Ann Lee" not in rows and b"a***@example.com" in rows


def test_the_paper_the_table_and_the_data_are_taken_along(house: House, project: Project) -> None:
    client = house.client()
    paper = client.get(f"/shadow/{project.id}/report.pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF-")
    assert client.get(f"/shadow/{project.id}/report.json").json()["at_stake_minor"] == 4800
    rows = b"".join(client.get(f"/shadow/{project.id}/findings.csv?kind=doubled").streaming_content).decode()
    assert rows.splitlines()[1].startswith("Doubled orders,high,2026-11-20,1,Uptown")
    client.cookies["django_language"] = "zh-hans"
    assert "一天之内：1 起超卖" in client.get("/shadow/").content.decode()
    assert client.get(f"/shadow/{project.id}/report.pdf").content.startswith(b"%PDF-")


def test_a_file_is_taken_and_what_cannot_be_read_is_named(house: House, project: Project) -> None:
    client = house.client()

    def give(system: str, text: str, holds: str = "prices") -> str:
        file = SimpleUploadedFile("p.csv", text.encode())
        data = {"file": file, "holds": holds, "system": system}
        return client.post(f"/shadow/{project.id}/feed/", data, follow=True).content.decode()

    assert "p.csv: 1 taken." in give("shop", "sku,price\nCUP,12.00")
    assert "p.csv was taken before; nothing was done." in give("shop", "sku,price\nCUP,12.00")
    assert "1 row could not be read" in give("erp", "sku,price\nCUP,twelve\nPOT,30.00")
    assert "column sku" in give("erp", "name,price\nCUP,12.00")
    (feed,) = [f for f in shadow.feeds(house.brand.id, project.id) if f.refused]
    rows = client.get(f"/shadow/{project.id}/feeds/{feed.id}/problems.csv").content.decode()
    assert '"row 2, price",twelve,an amount of USD such as 12.50' in rows


def test_a_system_is_connected_and_a_mistake_stands_beside_its_field(house: House, project: Project) -> None:
    client = house.client()
    address = f"/shadow/{project.id}/connect/"
    wrong = client.post(address, {"code": "Web Shop!", "kind": "shop", "connector": "shopify"})
    assert wrong.status_code == 422
    assert "1 to 40 lower-case letters" in wrong.content.decode() and "web shop!" not in wrong.content.decode()
    done = client.post(
        address, {"code": "web", "kind": "shop", "connector": "shopify", "secret": "between-us"}, follow=True
    )
    assert "/hooks/shadow/" in done.content.decode() and "between-us" not in done.content.decode()


def test_a_project_is_deleted_by_its_name_and_by_nobody_who_may_only_look(house: House, project: Project) -> None:
    address = f"/shadow/{project.id}/delete/"
    assert house.client(Role.AUDITOR).post(address, {"name": project.name}).status_code == 403
    assert house.client().post(address, {"name": "something else"}).status_code == 422
    assert house.client().post(address, {"name": project.name}).status_code == 302
    assert shadow.list_projects(house.brand.id) == []


def test_what_is_let_pass_is_asked_in_minutes_and_kilometers(house: House, project: Project) -> None:
    client = house.client()
    typed = {"grace_s": "20", "double_s": "5", "gap_s": "10", "nearer_m": "3", "km_minor": "0.35"}
    page = client.post(f"/shadow/{project.id}/tolerances/", typed, follow=True).content.decode()
    assert 'value="20"' in page and 'value="0.35"' in page
    kept = shadow.project_of(house.brand.id, project.id).tolerances
    assert kept == Tolerances(grace_s=1200, double_s=300, gap_s=600, nearer_m=3000, km_minor=35)
    wrong = client.post(f"/shadow/{project.id}/tolerances/", {**typed, "gap_s": "soon", "nearer_m": "4000"})
    assert (wrong.status_code, 'value="soon"' in wrong.content.decode()) == (422, True)
    assert "A whole number from 0 to 1440." in wrong.content.decode()
    assert shadow.project_of(house.brand.id, project.id).tolerances == kept


def test_a_channel_that_is_only_watched_is_named_on_the_page_and_read_at_a_touch(
    house: House, project: Project, woo: LocalWooCommerce
) -> None:
    woo.put("CUP", "A cup", "11.00", 10, units=3)
    channel = uuid7()
    register_channel(house.brand.id, Channel(channel, "second", "Web shop", ChannelKind.SITE, role="sells"))
    keys = {"consumer_key": "ck_local", "consumer_secret": "cs_local"}
    sync.connect(house.brand.id, channel, "woocommerce", woo.url, secrets=keys, by="test")
    client, form = house.client(), {"code": "web", "kind": "shop", "channel": str(channel)}
    live = client.post(f"/shadow/{project.id}/connect/", form)
    assert live.status_code == 422 and "connect it with --watch-only" in live.content.decode()
    assert client.post(f"/shadow/{project.id}/connect/", {**form, "channel": "x"}).status_code == 422
    sync.pause(house.brand.id, channel, by="test")
    page = client.post(f"/shadow/{project.id}/connect/", form, follow=True).content.decode()
    assert "read by itself every five minutes" in page and "Read the channels now" in page
    done = client.post(f"/shadow/{project.id}/read/", follow=True).content.decode()
    assert "Read: 0 orders listed, 2 new figures." in done
    woo.trouble("500", "500", "500", "500")
    assert "WooCommerce answered 500" in client.post(f"/shadow/{project.id}/read/", follow=True).content.decode()
    assert house.client(Role.AUDITOR).post(f"/shadow/{project.id}/read/").status_code == 403
