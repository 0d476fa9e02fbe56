from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from datong.books import api
from datong.books.rules import map_columns, read_lines
from datong.books.types import Fix, Verdict
from datong.kernel import audit, clock
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.ledger import api as ledger
from datong.payments.types import PaymentMethod

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = NOW.date()
SHANGHAI = ZoneInfo("Asia/Shanghai")
WECHAT = [
    "交易时间",
    "公众账号ID",
    "商户号",
    "特约商户号",
    "设备号",
    "微信订单号",
    "商户订单号",
    "用户标识",
    "交易类型",
    "交易状态",
    "付款银行",
    "货币种类",
    "应结订单金额",
    "代金券金额",
    "微信退款单号",
    "商户退款单号",
    "退款金额",
    "充值券退款金额",
    "退款类型",
    "退款状态",
    "商品名称",
    "商户数据包",
    "手续费",
    "费率",
    "订单金额",
    "申请退款金额",
    "费率备注",
]
ALIPAY = [
    "支付宝交易号",
    "商户订单号",
    "业务类型",
    "商品名称",
    "创建时间",
    "完成时间",
    "门店编号",
    "门店名称",
    "操作员",
    "终端号",
    "对方账户",
    "订单金额（元）",
    "商家实收（元）",
    "支付宝红包（元）",
    "集分宝（元）",
    "支付宝优惠（元）",
    "商家优惠（元）",
    "券核销金额（元）",
    "券名称",
    "商家红包消费金额（元）",
    "卡消费金额（元）",
    "退款批次号/请求号",
    "服务费（元）",
    "分润（元）",
    "备注",
]


def cells(headings, **given):
    return [given.get(heading, "") for heading in headings]


def test_wechat_s_daily_bill_is_read_with_its_refunds_fees_and_without_its_totals():
    paid = cells(WECHAT, 交易时间="`2026-11-23 10:00:00", 微信订单号="`4200", 商户订单号="`A-1", 交易状态="`SUCCESS",
                 应结订单金额="`7.00", 退款金额="`0.00", 手续费="`0.04000")  # fmt: skip
    back = cells(WECHAT, 交易时间="`2026-11-23 11:00:00", 微信订单号="`4200", 商户订单号="`A-1", 交易状态="`REFUND",
                 应结订单金额="`0.00", 退款金额="`3.00", 手续费="`-0.02000")  # fmt: skip
    totals = [
        "总交易单数",
        "应结订单总金额",
        "退款总金额",
        "充值券退款总金额",
        "手续费总金额",
        "订单总金额",
        "申请退款总金额",
    ]
    sums = ["`2", "`7.00", "`3.00", "`0.00", "`0.02", "`7.00", "`3.00"]
    table = list(enumerate([paid, back, totals, sums], 2))
    shape, lines = read_lines(WECHAT, table, currency="CNY", zone=SHANGHAI)
    assert shape == "wechat"
    assert [(x.order_ref, x.paid_minor, x.refunded_minor, x.fee_minor) for x in lines] == [
        ("A-1", 700, 0, 4),
        ("A-1", 0, 300, -2),
    ]
    assert lines[0].at == datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)


def test_alipay_s_daily_detail_is_read_with_its_tabs_and_marks():
    paid = cells(ALIPAY, 支付宝交易号="2026\t", 商户订单号="A-2\t", 业务类型="交易", 完成时间="2026-11-23 10:00:01\t",
                 **{"商家实收（元）": "6.50", "服务费（元）": "-0.04"})  # fmt: skip
    back = cells(ALIPAY, 支付宝交易号="2026\t", 商户订单号="A-2\t", 业务类型="退款", 完成时间="2026-11-23 12:00:01\t",
                 **{"商家实收（元）": "-1.50", "服务费（元）": "0.01"})  # fmt: skip
    end = ["#-----业务明细列表结束-----"]
    shape, lines = read_lines(ALIPAY, list(enumerate([paid, back, end], 6)), currency="CNY", zone=SHANGHAI)
    assert shape == "alipay"
    assert [(x.ref, x.paid_minor, x.refunded_minor, x.fee_minor) for x in lines] == [
        ("2026", 650, 0, 4),
        ("2026", 0, 150, -1),
    ]


def test_a_generic_table_is_read_by_its_headings_or_by_hand_and_bad_amounts_are_named():
    assert map_columns(["Order", "Amount", "Fee"], {}) == ("generic", {"order_ref": 0, "paid": 1, "fee": 2})
    with pytest.raises(BadInput) as caught:
        map_columns(["Bill", "Sum"], {})
    assert [p.field for p in caught.value.problems] == ["order_ref", "paid"]
    by_hand = {"order_ref": "Bill", "paid": "Sum"}
    rows = [(2, ["A", "1,200.50"]), (3, ["B", "-3"])]
    _, lines = read_lines(["Bill", "Sum"], rows, currency="USD", zone=SHANGHAI, chosen=by_hand)
    assert [(x.paid_minor, x.refunded_minor) for x in lines] == [(120050, 0), (0, 300)]
    with pytest.raises(BadInput) as caught:
        read_lines(["Bill", "Sum"], [(2, ["A", "much"])], currency="USD", zone=SHANGHAI, chosen=by_hand)
    assert caught.value.problems[0].field == "row 2 paid"
    with pytest.raises(BadInput):
        read_lines(["Order", "Amount"], [], currency="USD", zone=SHANGHAI)


HEADS = ["Order number", "Amount", "Refund", "Fee", "Time"]


@pytest.fixture
def bill(shop):
    """Four orders paid at the provider; their statement has one alike, one net of its fee, one unknown, one not."""
    with clock.held_at(NOW):
        paid = {"payment": PaymentMethod.PREPAID, "paid": True, "placed_at": NOW}
        orders = [
            shop.intent(("TEA", 1), external_id="A", provider_ref="PA", **paid),
            shop.intent(("TEA", 2), external_id="B", provider_ref="PB", **paid),
            shop.intent(("CUP", 1), external_id="C", provider_ref="PC", **paid),
        ]
        shop.place(*orders)
        before = {**paid, "placed_at": NOW - timedelta(days=1)}
        shop.place(shop.intent(("TEA", 1), external_id="OLD", provider_ref="PO", **before))
    at = "2026-11-23 11:00"
    return [
        (2, ["PA", "5.00", "", "0.03", at]),
        (3, ["B", "9.94", "", "0.06", at]),
        (4, ["X", "8.00", "", "", at]),
        (5, ["OLD", "5.00", "", "", at]),
    ]


@pytest.mark.django_db
@pytest.mark.requirement("S-214")
def test_a_statement_is_laid_beside_the_ledger_and_each_difference_settled_with_a_trail(shop, bill):
    brand = shop.brand.id
    with clock.held_at(NOW + timedelta(days=1)):
        taken = api.take_statement(brand, "asset:provider:web", HEADS, bill, file="bill.csv", by="fin")
        assert (taken.since, taken.until, taken.theirs_minor, taken.ours_minor, taken.fee_minor) == (
            DAY, DAY, 2794, 2700, 9,
        )  # fmt: skip
        assert taken.counts == {"matched": 1, "differs": 1, "not_ours": 2, "not_theirs": 1} and taken.open == 4
        found = {e.ref: e for e in api.statement_entries(brand, taken.id)}
        assert (found["PA"].verdict, found["B"].fix, found["X"].fix, found["OLD"].fix) == (
            Verdict.MATCHED, Fix.NET_OF_FEE, Fix.TAKE_ORDER, Fix.OTHER_DAY,
        )  # fmt: skip
        [ours] = api.statement_entries(brand, taken.id, verdict="not_theirs")
        assert (ours.ours_minor, ours.theirs_minor, ours.fix) == (1200, None, Fix.WAIT)
        again = api.take_statement(brand, "asset:provider:web", HEADS, bill, file="again.csv", by="fin")
        assert again.id == taken.id
        with pytest.raises(BadValue):
            api.settle_entry(brand, ours.id, reason=" ", by="fin")
        for entry in api.statement_entries(brand, taken.id):
            if entry.verdict is not Verdict.MATCHED:
                api.settle_entry(brand, entry.id, reason="asked them", by="fin")
        with pytest.raises(Conflict):
            api.settle_entry(brand, ours.id, reason="again", by="fin")
        assert api.statement(brand, taken.id).open == 0
        [day] = api.provider_figures(brand, DAY)
        assert (day.ours_minor, day.theirs_minor, day.by) == (2700, 2794, "fin")
        api.post_fee(brand, taken.id, by="fin")
        api.post_fee(brand, taken.id, by="fin")
    nets = {r.account.code: r.net_minor for r in ledger.trial_balance(brand)}
    assert nets["expense:fee"] == 9 and api.statement(brand, taken.id).fee_posted
    verbs = [e.verb for e in audit.page(brand, verb="statement").entries]
    assert verbs == ["statement.post_fee", *["statement.settle"] * 4, "statement.take"]


@pytest.mark.django_db
def test_a_statement_without_times_says_its_days(shop, bill):
    rows = [(n, [*row[:4], ""]) for n, row in bill]
    with clock.held_at(NOW):
        with pytest.raises(BadValue, match="days"):
            api.take_statement(shop.brand.id, "asset:provider:web", HEADS, rows, file="b", by="fin")
        taken = api.take_statement(
            shop.brand.id, "asset:provider:web", HEADS, rows, file="b", by="fin", days=(DAY, DAY)
        )
        assert taken.counts["matched"] == 1
