"""Red packets: split by luck to the cent, taken once a person, gone back when their time is over."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datong.customers.api import merge
from datong.kernel import clock
from datong.kernel.errors import BadInput, TooManyTries
from datong.kernel.ids import uuid7
from datong.ledger.api import balances, check
from datong.wallet import api
from datong.wallet.rules.packets import shares_of
from datong.wallet.tests.stored import BY, balance, person, purse
from datong.wallet.types import Good
from datong.wallet.types.packets import Giving, Packet, PacketLimits, PacketRefused, PacketState, PacketUnknown, Split
from datong.wallet.types.paying import NotEnough
from datong.wallet.types.stored import PurseRefused


@pytest.mark.requirement("S-212")
@given(
    st.integers(1, 60),
    st.integers(0, 50),
    st.integers(0, 100_000),
    st.sampled_from(Split),
    st.binary(min_size=32, max_size=32),
)
def test_shares_are_exactly_the_total_and_each_has_the_least(
    count: int, least: int, more: int, how: Split, seed: bytes
) -> None:
    total = least * count + more
    shares = shares_of(total, count, least, how, seed)
    assert (len(shares), sum(shares)) == (count, total) and min(shares) >= least
    assert shares == shares_of(total, count, least, how, seed)
    if how is Split.EQUAL:
        assert max(shares) - min(shares) <= 1


def test_luck_is_the_same_for_whoever_reckons_it_again_and_no_place_is_better() -> None:
    assert shares_of(1_000, 5, 1, Split.LUCK, bytes(32)) == [328, 78, 94, 477, 23]
    sums = [0] * 4
    for n in range(300):
        for at, share in enumerate(shares_of(1_000, 4, 1, Split.LUCK, n.to_bytes(32, "big"))):
            sums[at] += share
    assert all(60_000 < each < 90_000 for each in sums)


def give(brand: Any, total: int = 1_000, shares: int = 4, **fields: Any) -> Packet:
    giving = Giving(**{"shares": shares, "total_minor": total, "currency": "CNY", "note": "恭喜发财", **fields})
    return api.give_packet(giving, brand=brand.id, key=str(uuid7()), **BY)


def take(brand: Any, packet: Packet, who: UUID, asker: str = "app") -> Any:
    return api.claim_packet(api.packet_code(brand.id, packet.id), who, brand=brand.id, asker=asker, **BY)


def waits(brand: Any) -> int:
    return sum(b.credits_minor - b.debits_minor for b in balances(brand.id, ["liability:vouchers:packets"]))


def sound(brand: Any) -> None:
    assert api.packet_differences(brand.id) == []
    assert api.stored_differences(brand.id) == []
    assert check(brand.id) == []


@pytest.fixture
def cn(db: None, make_brand: Any) -> Any:
    return make_brand(country="CN", currency="CNY")


@pytest.mark.requirement("S-212")
def test_a_packet_of_a_customer_goes_to_who_takes_it_to_the_cent(cn: Any) -> None:
    ann, *friends = (person(cn, name) for name in "ABCDE")
    held = purse(cn, ann, 5_000)
    packet = give(cn, customer_id=ann)
    assert balance(cn, held.id) == (4_000, 0, 0) and waits(cn) == 1_000
    claims = [take(cn, packet, friend) for friend in friends]
    assert [claim.n for claim in claims] == [1, 2, 3, 4]
    assert sum(claim.amount_minor for claim in claims) == 1_000 and min(c.amount_minor for c in claims) >= 1
    assert [balance(cn, c.purse_id)[0] for c in claims] == [c.amount_minor for c in claims]
    with pytest.raises(PacketRefused) as refused:
        take(cn, packet, ann)
    assert refused.value.why == "all_taken"
    over = api.get_packet(cn.id, packet.id)
    assert (over.state, over.taken_minor, waits(cn)) == (PacketState.DONE, 1_000, 0)
    seed = bytes.fromhex(over.seed)
    assert sha256(seed).hexdigest() == packet.seed_hash and packet.seed == ""
    assert shares_of(1_000, 4, over.least_minor, over.how, seed) == [c.amount_minor for c in claims]
    with pytest.raises(NotEnough):  # money of a packet is spent, not paid out
        api.pay_out(claims[0].purse_id, 1, brand=cn.id, key="out", reason="cash", **BY)
    sound(cn)


@pytest.mark.requirement("S-212")
def test_a_person_takes_one_share_whichever_of_their_records_asks(cn: Any) -> None:
    ann, first, second = (person(cn, name) for name in "ABC")
    purse(cn, ann, 5_000)
    packet = give(cn, customer_id=ann)
    merge(first, second, brand=cn.id, by="ann", reason="the same phone")
    claim = take(cn, packet, first)
    assert take(cn, packet, first) == claim
    assert take(cn, packet, second) == claim
    assert api.get_packet(cn.id, packet.id).taken == 1


@pytest.mark.requirement("S-212")
def test_what_nobody_took_goes_back_to_its_giver_once(cn: Any, monkeypatch: Any) -> None:
    ann, bob = person(cn, "A"), person(cn, "B")
    held = purse(cn, ann, 5_000)
    theirs, brands = give(cn, customer_id=ann, how=Split.EQUAL), give(cn, 2_000)
    assert take(cn, theirs, bob).amount_minor == 250
    got = take(cn, brands, bob)
    assert balance(cn, got.purse_id) == (250, got.amount_minor, 0), "the brand's is a bonus, apart from principal"
    assert api.end_packets(cn.id) == 0
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(PacketRefused) as refused:
        take(cn, theirs, person(cn, "C"))
    assert refused.value.why == "over"
    assert (api.end_packets(cn.id), api.end_packets(cn.id)) == (2, 0)
    assert (balance(cn, held.id), waits(cn)) == ((4_750, 0, 0), 0)
    budget = [b.debits_minor - b.credits_minor for b in balances(cn.id, ["expense:bonus:packets"])]
    assert budget == [got.amount_minor]
    assert api.get_packet(cn.id, theirs.id).back_minor == 750
    sound(cn)


def test_a_packet_of_vouchers_gives_each_person_one(cn: Any) -> None:
    api.put_offer(cn.id, api.new_offer("five", "Five", Good.MONEY, amount_minor=500), **BY)
    bob, eve = person(cn, "B"), person(cn, "E")
    packet = give(cn, 0, 1, offer="five")
    claim = take(cn, packet, bob)
    assert [v.id for v in api.vouchers_of(cn.id, bob)] == [claim.voucher_id] and claim.amount_minor == 0
    with pytest.raises(PacketRefused):
        take(cn, packet, eve)
    assert api.vouchers_of(cn.id, eve) == []


def test_limits_are_those_of_the_brand_and_nothing_moves_when_they_are_met(cn: Any) -> None:
    limits = PacketLimits(most_minor=3_000, share_least_minor=10, share_most_minor=1_000, gives_a_day=2,
                          given_a_day_minor=4_000, claims_a_day=1)  # fmt: skip
    api.put_packet_limits("CNY", limits, brand=cn.id, **BY)
    ann, bob = person(cn, "A"), person(cn, "B")
    held = purse(cn, ann, 9_000)
    for wrong in ({"total": 39}, {"total": 3_001}, {"shares": 101}, {"total": 2_001, "shares": 2}):
        with pytest.raises(BadInput):
            give(cn, customer_id=ann, **wrong)
    first = give(cn, 3_000, customer_id=ann)
    with pytest.raises(PacketRefused) as much:
        give(cn, 1_001, customer_id=ann)
    second = give(cn, 1_000, customer_id=ann)
    with pytest.raises(PacketRefused) as many:
        give(cn, 40, customer_id=ann)
    assert (much.value.why, many.value.why) == ("too_much_given", "too_many_given")
    take(cn, first, bob)
    with pytest.raises(PacketRefused) as taken:
        take(cn, second, bob)
    assert taken.value.why == "too_many_taken"
    assert (balance(cn, held.id)[0], waits(cn)) == (5_000, 4_000 - first.taken_minor - balance_of(cn, bob))
    with pytest.raises(BadInput):
        api.put_packet_limits("CNY", PacketLimits(hours=0), brand=cn.id, **BY)


def balance_of(brand: Any, who: UUID) -> int:
    return sum(p.principal_minor for p in api.purses_of(brand.id, who))


def test_nobody_gets_more_than_the_place_lets_a_card_hold(cn: Any) -> None:
    ann, bob = person(cn, "A"), person(cn, "B")
    purse(cn, ann, 5_000)
    purse(cn, bob, 500_000)
    packet = give(cn, customer_id=ann)
    with pytest.raises(PurseRefused):
        take(cn, packet, bob)
    assert (api.get_packet(cn.id, packet.id).taken, waits(cn)) == (0, 1_000)


def test_codes_are_not_found_by_trying(cn: Any) -> None:
    who = person(cn, "A")
    for n in range(20):
        with pytest.raises(PacketUnknown):
            api.claim_packet("A" * 18 + "23456789AB"[n % 10] + "2", who, brand=cn.id, asker="x", **BY)
    with pytest.raises(TooManyTries):
        api.claim_packet("A" * 20, who, brand=cn.id, asker="x", **BY)


@pytest.mark.requirement("S-212")
def test_of_fifty_who_race_for_ten_shares_exactly_ten_get_one(
    committed_db: str, make_brand: Any, in_parallel: Any
) -> None:
    cn = make_brand(country="CN", currency="CNY")
    ann, *people = (person(cn, f"P{n}") for n in range(51))
    purse(cn, ann, 5_000)
    packet = give(cn, 1_000, 10, customer_id=ann)
    queue = iter(people)

    def race() -> str:
        who = next(queue)
        for _ in range(2):  # everybody's phone sends it twice
            try:
                take(cn, packet, who)
            except PacketRefused as refused:
                return refused.why
        return "got"

    got = in_parallel(50, race)
    assert (got.count("got"), got.count("all_taken")) == (10, 40)
    over = api.get_packet(cn.id, packet.id)
    assert (over.taken, over.taken_minor, waits(cn)) == (10, 1_000, 0)
    assert len({claim.customer_id for claim in over.claims}) == 10
    sound(cn)
