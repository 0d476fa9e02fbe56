"""People of another system."""

from datong.imports.kinds.customers.table import Customers

__all__ = ["Customers"]
