"""Red packets on the phone and in the console: a member's browser takes one share, a stranger's none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from datong.channels.tests.conftest import House
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.kernel.ids import uuid7
from datong.wallet import api as wallet
from datong.wallet.types.packets import Giving, PacketState
from datong.wallet.types.stored import Opening, PurseKind


def member(house: House, n: int) -> tuple[UUID, str]:
    """A customer and the address of their card."""
    sign = Identity(IdentityKind.PHONE, f"+1612555018{n}", True)
    [who] = customers.identify([Sighting(uuid7(), (sign,), "Ann")], brand=house.brand.id)
    assert who
    card = customers.issue_card(who.customer_id, brand=house.brand.id, by="test")
    return who.customer_id, customers.card_page(house.brand.id, card.id)


def packet_pages(house: House) -> dict[str, list[str]]:
    """A packet of the brand's that is open, with one share taken."""
    who, _card = member(house, 9)
    giving = Giving(3, total_minor=900, note="Happy new year")
    made = wallet.give_packet(giving, brand=house.brand.id, by="test", key="page")
    code = wallet.packet_code(house.brand.id, made.id)
    wallet.claim_packet(code, who, brand=house.brand.id, by="test", asker="test")
    return {
        "packets": ["/packets/"],
        "packet": [f"/packets/{made.id}/"],
        "packet-open": [reverse("packet-open", args=[house.brand.id, code])],
    }


@pytest.mark.requirement("S-212")
def test_a_member_opens_a_packet_once_in_the_browser_of_their_card(house: House) -> None:
    brand, staff = house.brand.id, house.client()
    there = staff.post("/packets/", {"total_minor": "5", "shares": "2", "how": "equal", "note": "恭喜", "key": "k"})
    (packet,), _more = wallet.packets(brand)
    assert there["Location"] == f"/packets/{packet.id}/" and packet.total_minor == 500
    link = reverse("packet-open", args=[brand, wallet.packet_code(brand, packet.id)])
    assert link in staff.get(there["Location"]).content.decode()
    stranger = Client()
    assert "恭喜" in stranger.get(link).content.decode()
    assert stranger.post(link).status_code == 422 and wallet.get_packet(brand, packet.id).taken == 0
    (ann, card), (bob, other) = member(house, 1), member(house, 2)
    phone = Client()
    phone.get(card)
    for _ in range(2):
        assert phone.post(link)["Location"] == link
    page = phone.get(link).content.decode()
    assert "$2.50" in page and "1 of 2" in page
    assert stranger.post(link, {"card": f"https://shop.example{other}"})["Location"] == link
    over = wallet.get_packet(brand, packet.id)
    assert (over.state, {claim.customer_id for claim in over.claims}) == (PacketState.DONE, {ann, bob})
    assert over.seed in Client().get(link).content.decode()
    late = Client()
    late.get(member(house, 3)[1])
    assert late.post(link).status_code == 422
    assert "red packets" in staff.get(f"/customers/{ann}/").content.decode().lower()
    assert Client().get(link[:-5] + "2222/").status_code == 404


def test_a_mistake_keeps_what_was_typed_and_limits_are_kept(house: House) -> None:
    client = house.client()
    wrong = client.post("/packets/", {"total_minor": "x", "shares": "2", "note": "keep me", "key": "k"})
    assert wrong.status_code == 422 and "keep me" in wrong.content.decode()
    limits: dict[str, Any] = {
        "most_minor": "20", "share_least_minor": "0.01", "share_most_minor": "5", "shares": "10", "gives_a_day": "3",
        "given_a_day_minor": "50", "claims_a_day": "9", "hours": "12"}  # fmt: skip
    assert client.post("/packets/limits/", limits).status_code == 302
    assert client.post("/packets/limits/", {**limits, "hours": "0"}).status_code == 422
    assert client.post("/packets/", {"total_minor": "50.01", "shares": "10", "key": "k"}).status_code == 422
    kept = wallet.stored_policy(house.brand.id, house.brand.currency).packets
    assert (kept.share_most_minor, kept.hours) == (500, 12)


def test_a_customers_packet_shows_on_their_page(house: House) -> None:
    who, _card = member(house, 4)
    opening = Opening(PurseKind.PREPAID, house.brand.currency, who)
    purse = wallet.open_purse(opening, brand=house.brand.id, by="test")
    wallet.top_up(purse.id, 1_000, brand=house.brand.id, by="test", key="t")
    giving = Giving(2, total_minor=300, customer_id=who, note="for you")
    made = wallet.give_packet(giving, brand=house.brand.id, by="app", key="g")
    page = house.client().get(f"/customers/{who}/").content.decode()
    assert f"/packets/{made.id}/" in page and "for you" in page
