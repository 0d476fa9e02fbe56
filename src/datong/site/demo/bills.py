"""What the pages of invoices show after the day: who issues, and invoices that wait, are issued, refused, taken back.

Nothing is sent to anybody: in China the provider's words are put in its mouth; outside the invoices are plain ones.
"""

from __future__ import annotations

from datong.invoices import api as invoices
from datong.invoices.types import OWN, Buyer, Document, Heard, Seller, State, StoredMode
from datong.kernel.errors import DatongError
from datong.orders import api as orders
from datong.site.demo.load import BY, Loaded

TAX_NO = "91350100M000100Y43"  # the example of GB 32100-2015
NOBODY = "http://127.0.0.1:9/"
CHINESE = (
    Buyer("王芳", email="fang@example.com"),
    Buyer("福州绿叶贸易有限公司", TAX_NO, "books@example.com"),
    Buyer("李雷", phone="13800000000"),
)
OTHERS = (
    Buyer("Ann Lindqvist", postal="12 Elm Street\nMinneapolis, MN 55401"),
    Buyer("Leaf & Bean LLC", "41-7654321", "books@example.com", "", "400 Nicollet Mall\nMinneapolis, MN 55401"),
    Buyer("Ben Okafor"),
)
READ = 40


def fill_invoice_pages(loaded: Loaded) -> None:
    """Three invoices of the newest paid orders; a refund takes one of the plain ones back in part."""
    brand = loaded.brand
    if invoices.sellers(brand.id):
        return
    china = brand.country == "CN"
    invoices.put_seller(brand.id, _seller(brand.name, china=china), secret="demo\ndemo" if china else "", by=BY)  # noqa: S106
    asked = _ask(loaded, CHINESE if china else OTHERS)
    if china:
        for told in _told(asked):
            invoices.hear(brand.id, told, again=told.code == "E9001")
        return
    invoices.send_due(brand.id)
    if asked:
        first = asked[0]
        part = first.total_minor // 2
        try:
            orders.give_back(
                first.subject_id, amount_minor=part, brand=brand.id, reason="One was broken", key="demo bill", who=BY
            )
        except DatongError:  # the day may have given it back already
            return
        invoices.send_due(brand.id)


def _seller(name: str, *, china: bool) -> Seller:
    if china:
        return Seller(OWN, f"{name}有限公司", TAX_NO, "nuonuo", NOBODY, "demo", "李梅", StoredMode.SPENDING,
                      "3070401000000000000", "餐饮服务")  # fmt: skip
    return Seller(
        OWN, f"{name} Inc.", "41-1234567", "plain", "", "", "", StoredMode.TOP_UP, "", "",
        postal="1 Main Street\nMinneapolis, MN 55401", note="Registered in Minnesota, file 1234567",
    )  # fmt: skip


def _ask(loaded: Loaded, buyers: tuple[Buyer, ...]) -> list[Document]:
    made: list[Document] = []
    for row in orders.board(loaded.brand.id, orders.BoardFilter(limit=READ)).rows:
        if len(made) == len(buyers):
            break
        try:
            made.append(invoices.ask_for_order(loaded.brand.id, row.id, buyers[len(made)], by="customer"))
        except DatongError:  # not paid, cancelled, or given back: the next one
            continue
    return made


def _told(asked: list[Document]) -> list[Heard]:
    """Issued, refused, and one that waits for the credit limit."""
    said = (
        {"state": State.ISSUED, "number": "26117000000000000017"},
        {"state": State.REFUSED, "code": "E0301", "message": "购方名称与税号不一致"},
        {"state": State.REFUSED, "code": "E9001", "message": "授信额度不足"},
    )
    return [Heard(one.id, **told) for one, told in zip(asked, said, strict=False)]  # type: ignore[arg-type]
