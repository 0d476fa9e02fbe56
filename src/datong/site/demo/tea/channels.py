"""The eight doors of the tea chain."""

from __future__ import annotations

from datong.brand.types import ChannelKind
from datong.site.demo.types import DemoChannel, Door

CHANNELS = (
    DemoChannel(
        "wxshop", "微信小店", ChannelKind.SOCIAL, Door.WECHAT_SHOP, "社交种草，卖茶礼，由附近门店寄送", "林若溪", 12
    ),
    DemoChannel(
        "meituan",
        "美团外卖",
        ChannelKind.MARKETPLACE,
        Door.MARKETPLACE,
        "三公里即时配送，拉新",
        "陈远航",
        24,
        mapping="meituan",
        buffer_units=1,
    ),
    DemoChannel(
        "jddj",
        "京东到家",
        ChannelKind.MARKETPLACE,
        Door.MARKETPLACE,
        "办公楼与社区的即时零售",
        "沈嘉树",
        10,
        mapping="jd_daojia",
        buffer_units=1,
    ),
    DemoChannel("till", "门店收银", ChannelKind.STORE, Door.TILL, "到店现做，面对面服务", "周静怡", 24),
    DemoChannel(
        "desk",
        "电话客服",
        ChannelKind.SERVICE_CENTRE,
        Door.DESK,
        "电话订单与售后",
        "许文博",
        3,
        states_price=False,
    ),
    DemoChannel(
        "miniapp",
        "自有小程序",
        ChannelKind.APP,
        Door.JSON_API,
        "会员点单、自提、积分",
        "苏晴岚",
        20,
        states_price=False,
    ),
    DemoChannel(
        "website", "官网商城", ChannelKind.SITE, Door.WOOCOMMERCE, "品牌故事与茶礼，支持配送或自提", "叶修竹", 10
    ),
    DemoChannel(
        "group",
        "企业团购",
        ChannelKind.FILE,
        Door.FILE,
        "公司下午茶，表格下单",
        "董明哲",
        1,
        mapping="trade_csv",
    ),
)
