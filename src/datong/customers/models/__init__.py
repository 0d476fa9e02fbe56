"""Tables of customers. The key of an identity is what makes two doors meet in one customer."""

from datong.customers.models.people import Consent, Customer, Identity, Merge, MergeProposal, Touch

__all__ = ["Consent", "Customer", "Identity", "Merge", "MergeProposal", "Touch"]
