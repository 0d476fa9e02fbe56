"""How a channel is connected is to be seen: the tool with its version, the process with its version (S-56)."""

import pytest

from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.integration.api import close_endpoint, connections, create_endpoint, update_endpoint
from datong.kernel.ids import uuid7

KEYS = {"token": "t", "aes_key": "a" * 43, "appid": "wx1", "appsecret": "s"}


@pytest.mark.django_db
@pytest.mark.requirement("S-56")
def test_each_connection_shows_its_tool_and_its_process_both_with_a_version(brand):
    channel = Channel(uuid7(), "web", "Web", ChannelKind.SITE, role="sell")
    register_channel(brand.id, channel)
    shopify = create_endpoint(brand.id, channel.id, "shopify", secrets={"secret": "s"})
    create_endpoint(brand.id, channel.id, "wechat_shop", secrets=KEYS)
    create_endpoint(brand.id, channel.id, "marketplace", secrets={"secret": "s"}, settings={"mapping": "meituan"})
    close_endpoint(shopify.token)
    found = {c.connector: c for c in connections(brand.id)}
    assert found["shopify"].speaks == "orders/create 2026-07" and not found["shopify"].active
    assert found["shopify"].process == ("verify", "keep", "answer", "read", "place", "settle")
    assert "fetch" in found["wechat_shop"].process and found["wechat_shop"].process_version == 1
    assert found["marketplace"].speaks.startswith("meituan ") and found["marketplace"].channel_id == channel.id


@pytest.mark.django_db
@pytest.mark.requirement("S-56")
def test_another_mapping_is_another_version(brand):
    channel = Channel(uuid7(), "m", "M", ChannelKind.MARKETPLACE, role="sell")
    register_channel(brand.id, channel)
    door = create_endpoint(
        brand.id, channel.id, "marketplace", secrets={"secret": "s"}, settings={"mapping": "meituan"}
    )
    before = connections(brand.id)[0].speaks
    update_endpoint(door.token, settings={"mapping": "eleme"})
    assert connections(brand.id)[0].speaks != before
