from __future__ import annotations

from datong.access import api
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Conflict, NotAllowed
from datong.kernel.ids import uuid7


def outcome(work):
    try:
        return work()
    except (Conflict, NotAllowed) as error:
        return error.code


def test_a_channel_never_has_two_owners_at_a_time(committed_db, make_brand, in_parallel):
    brand, channel = make_brand(), uuid7()
    results = in_parallel(6, lambda: outcome(lambda: api.own_channel(brand.id, channel, "Ann", by="hq")))
    assert set(results) <= {None, "conflict"}
    history = api.owner_history(brand.id, channel)
    assert len(history) == results.count(None)
    with in_brand(brand.id):
        assert rows("SELECT count(*) FROM access_channelowner WHERE until IS NULL") == [(1,)]


def test_a_log_in_link_that_is_clicked_six_times_at_once_opens_once(committed_db, make_brand, in_parallel):
    brand = make_brand()
    ann = api.create_user("ann")
    token = api.login_token(ann, brand.id)
    results = in_parallel(6, lambda: outcome(lambda: api.redeem_login_token(token)))
    assert sorted(map(str, results)) == sorted([str((ann, brand.id))] + ["not_allowed"] * 5)


def test_a_name_is_given_once(committed_db, in_parallel):
    results = in_parallel(6, lambda: outcome(lambda: api.create_user("ann")))
    assert results.count("conflict") == 5
