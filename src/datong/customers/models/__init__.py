"""Tables of customers. The key of an identity is what makes two doors meet in one customer."""

from datong.customers.models.bonds import (
    Bond,
    Details,
    Keeping,
)
from datong.customers.models.cards import Card, CardKey
from datong.customers.models.contacts import Contact
from datong.customers.models.feedback import Feedback, Idea
from datong.customers.models.golden import Pin, Saying, Survivorship
from datong.customers.models.people import Consent, Customer, Identity, Merge, MergeProposal, Touch
from datong.customers.models.rights import DataRequest, Look
from datong.customers.models.signin import Challenge, Passkey, Session
from datong.customers.models.steps import Step

__all__ = [
    "Bond",
    "Card",
    "Challenge",
    "CardKey",
    "Consent",
    "Contact",
    "Customer",
    "DataRequest",
    "Details",
    "Feedback",
    "Idea",
    "Identity",
    "Keeping",
    "Look",
    "Merge",
    "MergeProposal",
    "Passkey",
    "Pin",
    "Saying",
    "Session",
    "Step",
    "Survivorship",
    "Touch",
]
