"""Nouns of merchants (合作方): partners, contracts, what companies owe each other, settlements."""

from datong.merchants.types.contracts import KIND_OF_CONTRACT, Commission, Contract, Partner, Period, Terms
from datong.merchants.types.entries import (
    Deal,
    DealLine,
    Dispute,
    DisputeState,
    Entry,
    EntryKind,
    KindSum,
    Line,
    LineState,
    Statement,
)
from datong.merchants.types.runs import KIND_OF_RUN, Run, RunItem, RunRefused, SettlementState
from datong.wallet.types.places import Use

__all__ = [
    "KIND_OF_CONTRACT",
    "KIND_OF_RUN",
    "Commission",
    "Contract",
    "Deal",
    "DealLine",
    "Dispute",
    "DisputeState",
    "Entry",
    "EntryKind",
    "KindSum",
    "Line",
    "LineState",
    "Partner",
    "Period",
    "Run",
    "RunItem",
    "RunRefused",
    "SettlementState",
    "Statement",
    "Terms",
    "Use",
]
