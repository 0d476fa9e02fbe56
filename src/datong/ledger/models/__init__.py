"""Tables of the ledger. The application may insert and read; what is posted stays as it is."""

from datong.ledger.models.chart import Chart, DayEnd, Rule
from datong.ledger.models.periods import Gate
from datong.ledger.models.purses import Balance, Hold, HoldStep, Mark, Reversal
from datong.ledger.models.seals import DayTotal, Seal, Verification
from datong.ledger.models.transfers import Account, Transfer

__all__ = [
    "Account",
    "Balance",
    "Chart",
    "DayEnd",
    "DayTotal",
    "Gate",
    "Hold",
    "HoldStep",
    "Mark",
    "Reversal",
    "Rule",
    "Seal",
    "Transfer",
    "Verification",
]
