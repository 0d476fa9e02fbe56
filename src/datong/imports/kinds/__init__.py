"""The kinds of table that open a brand, in the order it is opened. A new one is a module here and a line below."""

from __future__ import annotations

from datong.imports.kinds.balances import Cards, GiftCards, Points, StoredValue, Vouchers
from datong.imports.kinds.customers import Customers
from datong.imports.kinds.hours import Hours
from datong.imports.kinds.levels import Levels
from datong.imports.kinds.places import Places
from datong.imports.kinds.prices import Prices
from datong.imports.kinds.products import Products
from datong.imports.kinds.staff import StaffTable
from datong.imports.kinds.stock import Stock
from datong.imports.kinds.stores import Stores
from datong.imports.kinds.suppliers import Suppliers
from datong.imports.kinds.taxes import Taxes
from datong.imports.ports import register


def register_all() -> None:
    opening = (Stores(), Hours(), StaffTable(), Products(), Prices(), Stock(), Suppliers(), Levels(), Places(), Taxes())
    for kind in opening:
        register(kind)
    for also in (Customers(), Cards(), StoredValue(), GiftCards(), Points(), Vouchers()):
        register(also)
