"""Days against ours, fields, whether both sides fit, ERPs: on the screen, for those who may."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.sync import api as sync


@pytest.mark.requirement("S-163")
def test_a_tills_totals_are_uploaded_compared_and_the_difference_accepted_with_a_reason(house: House) -> None:
    client = house.client()
    assert "No day has been compared yet" in texts(client.get("/reconciliation/"))
    wrong = client.post("/reconciliation/totals/", {"text": "channel,day,orders,amount\nnope,2026-11-20,1,1\n"})
    assert wrong.status_code == 422 and "nope" in wrong.content.decode()
    text = "channel,day,orders,amount\ntill,2026-11-20,2,10.00\n"
    page = client.post("/reconciliation/totals/", {"text": text}, follow=True)
    assert "1 day declared and compared." in texts(page)
    page = client.get("/reconciliation/till/2026-11-20/")
    assert "totals differ" in texts(page)
    channel = next(r.channel_id for r in sync.reports(house.brand.id))
    (line,) = sync.differences(house.brand.id, channel, sync.reports(house.brand.id)[0].day)
    refused = client.post(f"/reconciliation/act/{line.id}/", {"do": "accept", "reason": " "})
    assert refused.status_code == 422
    done = client.post(
        f"/reconciliation/act/{line.id}/", {"do": "accept", "reason": "the till's own test"}, follow=True
    )
    assert "Accepted." in texts(done) and "explained" in texts(done)
    csv = b"".join(client.get("/reconciliation/till/2026-11-20/differences.csv").streaming_content).decode()
    assert "totals differ,10.00,0.00,10.00,USD" in csv


def test_a_cashier_and_an_auditor_decide_nothing(house: House) -> None:
    house.client().post("/reconciliation/totals/", {"text": "channel,day,orders,amount\ntill,2026-11-20,2,10.00\n"})
    report = sync.reports(house.brand.id)[0]
    (line,) = sync.differences(house.brand.id, report.channel_id, report.day)
    auditor = house.client(Role.AUDITOR)
    assert auditor.get("/reconciliation/").status_code == 200
    assert auditor.post(f"/reconciliation/act/{line.id}/", {"do": "accept", "reason": "x"}).status_code == 403
    assert auditor.post("/reconciliation/totals/", {"text": "x"}).status_code == 403
    (after,) = sync.differences(house.brand.id, report.channel_id, report.day)
    assert after.state == "open"


@pytest.mark.requirement("S-57")
def test_a_channel_that_lacks_its_way_is_told_what_to_do(house: House) -> None:
    client = house.client()
    assert "Not checked yet" in texts(client.get("/channels/web/check/"))
    page = client.post("/channels/web/check/", {"do": "check"}, follow=True)
    assert "No way out: nothing can be asked or told." in texts(page) and "blocks" in texts(page)
    assert client.post("/channels/web/check/", {"do": "live"}, follow=True).status_code == 200


@pytest.mark.requirement("S-61")
def test_an_erp_is_checked_switched_live_and_read_from_its_page(house: House, tmp_path: Path) -> None:
    client = house.client()
    assert "No ERP is connected" in texts(client.get("/erp/"))
    sync.put_erp(house.brand.id, "main", "sap", settings={"folder": str(tmp_path)}, secrets={}, by="ann")
    path = tmp_path / "in" / "MATMAS_1.csv"
    path.write_text("MATNR;MAKTX\n00042;Vase\n;Nothing\n")
    os.utime(path, (1, 1))
    page = client.post("/erp/main/", {"do": "check"}, follow=True)
    assert "It may go live" in texts(page) or "look at it" in texts(page)
    client.post("/erp/main/", {"do": "live"})
    page = client.post("/erp/main/", {"do": "run"}, follow=True)
    assert "taken in part" in texts(page) and "Row 2" in texts(page)


def test_the_fields_page_teaches_while_nothing_is_connected(house: House) -> None:
    assert "No channel is connected" in texts(house.client().get("/sync/fields/"))
    assert house.client().get("/reconciliation/web/not-a-day/").status_code == 404
