"""Charts of accounts by template and standard, and which account of a chart a code of the ledger belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from datong.kernel.errors import BadInput, Problem
from datong.ledger.types import Chart, ChartLine, Line, Standard, Template

S, R, V = Template.RETAIL, Template.RESTAURANT, Template.SERVICE
_CAS, _OLD, _SMALL, _IFRS = Standard.CAS, Standard.CAS_2006, Standard.CAS_SMALL, Standard.IFRS

# name, 中文, line, numbers by standard (cas-2017, cas-2006, cas-small-2013, ifrs), patterns of codes
_LINES: tuple[tuple[str, str, Line, tuple[str, str, str, str], tuple[str, ...]], ...] = (
    ("Cash at stores", "库存现金", Line.CASH, ("1001", "1001", "1001", "1000"),
     ("asset:till:*", "asset:cash*", "asset:wallet:cash")),
    ("Bank", "银行存款", Line.CASH, ("1002", "1002", "1002", "1010"), ("asset:bank*",)),
    ("Payment providers", "其他货币资金-支付机构", Line.CASH, ("1012", "1012", "1012", "1020"),
     ("asset:provider:*", "asset:wallet:*")),
    ("Receivable from platforms", "应收账款-平台", Line.RECEIVABLES, ("112201", "112201", "112201", "1110"),
     ("asset:platform:*", "asset:issuer:*")),
    ("Receivable from customers", "应收账款-顾客", Line.RECEIVABLES, ("112202", "112202", "112202", "1100"),
     ("asset:receivable*", "asset:shortfall*")),
    ("Receivable from partners", "其他应收款-合作方", Line.RECEIVABLES, ("1221", "1221", "1221", "1120"),
     ("asset:partner*", "asset:receivable:partner*")),
    ("Differences to be settled", "待处理财产损溢", Line.OTHER_ASSETS, ("1901", "1901", "1901", "1190"),
     ("asset:difference*",)),
    ("Goods", "库存商品", Line.STOCK, ("1405", "1405", "1405", "1200"), ("asset:stock*",)),
    ("Suppliers", "应付账款", Line.PAYABLES, ("2202", "2202", "2202", "2000"), ("liability:suppliers*",)),
    ("Refunds owed", "其他应付款-应退款", Line.PAYABLES, ("224101", "224101", "224101", "2020"),
     ("liability:refunds*",)),
    ("Owed to partners", "其他应付款-合作方", Line.PAYABLES, ("224102", "224102", "224102", "2030"),
     ("liability:partner*",)),
    ("Deposits received", "其他应付款-押金", Line.DEPOSITS, ("224103", "224103", "224103", "2040"),
     ("liability:deposit*",)),
    ("Orders not handed over", "合同负债-待履约订单", Line.CONTRACTS, ("220501", "220301", "220301", "2100"),
     ("liability:sales*", "liability:packaging*", "liability:delivery*")),
    ("Stored value", "合同负债-储值本金", Line.CONTRACTS, ("220502", "220302", "220302", "2110"),
     ("liability:purse:*:principal",)),
    ("Stored value given on top", "合同负债-储值赠金", Line.CONTRACTS, ("220503", "220303", "220303", "2111"),
     ("liability:purse:*:bonus",)),
    ("Points at fair value", "合同负债-会员积分", Line.CONTRACTS, ("220504", "220304", "220304", "2120"),
     ("liability:points*",)),
    ("Vouchers", "合同负债-卡券", Line.CONTRACTS, ("220505", "220305", "220305", "2130"), ("liability:voucher*",)),
    ("Points and vouchers in pieces", "备查-积分与卡券", Line.RIGHTS, ("9001", "9001", "9001", "9000"),
     ("liability:purse:*", "equity:points*", "equity:voucher*")),
    ("Taxes", "应交税费", Line.TAXES, ("2221", "2221", "2221", "2200"), ("liability:tax*",)),
    ("Opening balances", "期初余额-旧系统移交", Line.EQUITY, ("4199", "4199", "3199", "3090"), ("equity:opening*",)),
    ("Equity", "实收资本", Line.EQUITY, ("4001", "4001", "3001", "3000"), ("equity:*",)),
    ("Clearing", "清算资金往来", Line.CLEARING, ("3001", "3001", "3901", "1900"), ("clearing:*",)),
    ("Sales", "主营业务收入", Line.REVENUE, ("600101", "600101", "500101", "4000"),
     ("income:sales*", "income:vouchers*")),
    ("Sales returned", "主营业务收入-销售退回", Line.REVENUE, ("600102", "600102", "500102", "4010"),
     ("income:refunds*",)),
    ("Discounts", "主营业务收入-折扣折让", Line.REVENUE, ("600103", "600103", "500103", "4020"),
     ("income:discounts*", "income:points*", "income:bonus*")),
    ("Delivery and packaging", "其他业务收入-配送与包装", Line.REVENUE, ("6051", "6051", "5051", "4100"),
     ("income:delivery*", "income:packaging*")),
    ("Fees and commission", "手续费及佣金收入", Line.REVENUE, ("6021", "6021", "505102", "4200"),
     ("income:commission*", "income:fee*", "income:royalty*", "income:advertising*")),
    ("Breakage", "主营业务收入-未行使权利", Line.REVENUE, ("600104", "6301", "5301", "4030"), ("income:breakage*",)),
    ("Other income", "营业外收入", Line.OTHER_INCOME, ("6301", "630101", "530101", "4900"),
     ("income:cash*", "income:other*")),
    ("Cost of goods", "主营业务成本", Line.COST, ("6401", "6401", "5401", "5000"), ("expense:cost*",)),
    ("Platform commission", "销售费用-平台佣金", Line.SELLING, ("660101", "660101", "560101", "6000"),
     ("expense:commission*",)),
    ("Subsidies", "销售费用-商家补贴", Line.SELLING, ("660102", "660102", "560102", "6010"), ("expense:subsidy*",)),
    ("Given on top of stored value", "销售费用-储值赠送", Line.SELLING, ("660103", "660103", "560103", "6020"),
     ("expense:bonus*",)),
    ("Points given", "销售费用-会员积分", Line.SELLING, ("660104", "660104", "560104", "6030"), ("expense:points*",)),
    ("Vouchers given", "销售费用-卡券", Line.SELLING, ("660105", "660105", "560105", "6040"), ("expense:voucher*",)),
    ("Royalties", "销售费用-特许权使用费", Line.SELLING, ("660106", "660106", "560106", "6050"), ("expense:royalty*",)),
    ("Advertising", "销售费用-广告费", Line.SELLING, ("660107", "660107", "560107", "6060"),
     ("expense:advertising*",)),
    ("Cash missing", "管理费用-现金短款", Line.ADMINISTRATION, ("660201", "660201", "560201", "6100"),
     ("expense:cash*", "expense:shortfall*")),
    ("Goods wasted", "管理费用-存货损耗", Line.ADMINISTRATION, ("660202", "660202", "560202", "6110"),
     ("expense:waste*",)),
    ("Small expenses of stores", "管理费用-门店零星支出", Line.ADMINISTRATION, ("660203", "660203", "560203", "6120"),
     ("expense:petty*",)),
    ("Fees of providers", "财务费用-手续费", Line.FINANCE, ("660301", "660301", "560301", "6200"), ("expense:fee*",)),
)  # fmt: skip
_OF = (_CAS, _OLD, _SMALL, _IFRS)
# A restaurant keeps ingredients; a service network takes deposits and lives on fees. Number -> (name, 中文, number).
_OTHERWISE: dict[Template, dict[str, tuple[str, str, dict[Standard, str]]]] = {
    R: {
        "Goods": ("Ingredients", "原材料", {_CAS: "1403", _OLD: "1403", _SMALL: "1403"}),
        "Cost of goods": ("Cost of food", "主营业务成本-食材", {}),
        "Goods wasted": ("Food wasted", "管理费用-食材损耗", {}),
    },
    V: {
        "Stored value": ("Customers' deposits", "吸收存款", {_CAS: "2011", _OLD: "2011"}),
        "Fees and commission": ("Fees and commission", "手续费及佣金收入", {}),
        "Platform commission": ("Fees and commission paid", "手续费及佣金支出", {_CAS: "6421", _OLD: "6421"}),
        "Sales": ("Services", "主营业务收入-服务", {}),
    },
}


def make_chart(template: Template, standard: Standard) -> Chart:
    """The chart of a template in the numbers of a standard."""
    at = _OF.index(standard)
    lines = []
    for name, zh, line, numbers, codes in _LINES:
        said, said_zh, own = _OTHERWISE.get(template, {}).get(name, (name, zh, {}))
        if standard in (_OLD, _SMALL):
            said_zh = said_zh.replace("合同负债", "预收账款")
        lines.append(ChartLine(own.get(standard, numbers[at]), said, said_zh, line, codes))
    return Chart(template, standard, tuple(sorted(lines, key=lambda each: each.number)))


DEFAULT = make_chart(S, _CAS)


def line_of(chart: Chart, code: str) -> ChartLine | None:
    """The account of the chart a code belongs to: of patterns that fit the longest; None when nothing maps it."""
    best, length = None, -1
    for line in chart.lines:
        for pattern in line.codes:
            if len(pattern) > length and _pattern(pattern).fullmatch(code):
                best, length = line, len(pattern)
    return best


@lru_cache(1_000)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in text.split("*")))


MAX_LINES = 500


def check_chart(lines: Iterable[ChartLine]) -> tuple[ChartLine, ...]:
    """The lines by number. Raises BadInput naming each fault: numbers are short and once, names and patterns there."""
    listed, problems, seen = list(lines), [], set()
    codes: set[str] = set()
    if not 0 < len(listed) <= MAX_LINES:
        problems.append(Problem("lines", "bad_value", f"1 to {MAX_LINES} accounts", len(listed)))
    for n, line in enumerate(listed[:MAX_LINES]):
        if not re.fullmatch(r"[0-9A-Za-z.-]{1,20}", line.number) or line.number in seen:
            fix = "1 to 20 digits or letters that no other account has"
            problems.append(Problem(f"lines/{n}/number", "bad_value", fix, line.number[:40]))
        for field, text in (("name", line.name), ("name_zh", line.name_zh)):
            if not 0 < len(text.strip()) <= 80 or not text.isprintable():
                problems.append(Problem(f"lines/{n}/{field}", "bad_value", "1 to 80 characters", text[:80]))
        for code in line.codes:
            if not re.fullmatch(r"[a-z]+:[\w:.*-]{1,100}", code) or code in codes:
                fix = "a code such as income:sales or income:*, that no other account has"
                problems.append(Problem(f"lines/{n}/codes", "bad_value", fix, code[:120]))
            codes.add(code)
        seen.add(line.number)
    if problems:
        raise BadInput("this chart of accounts cannot be put", *problems[:50])
    return tuple(sorted(listed, key=lambda line: line.number))
