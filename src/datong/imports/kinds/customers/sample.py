"""Three people nobody is, for a first try; their numbers are given to nobody."""

from __future__ import annotations

from collections.abc import Mapping

SAMPLE: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "en": (
        {"number": "SAMPLE-1", "name": "Ann Sample", "phones": "+16125550191", "emails": "ann@example.com"},
        {"number": "SAMPLE-2", "name": "Ben Sample", "phones": "+16125550192", "address": "12 Main Street"},
        {"number": "SAMPLE-3", "name": "Cleo Sample", "emails": "cleo@example.com", "birthday": "1990-12-24"},
    ),
    "zh-hans": (
        {"number": "SAMPLE-1", "name": "王样例", "phones": "+8615400000191", "emails": "wang@example.com"},
        {"number": "SAMPLE-2", "name": "李样例", "phones": "+8615400000192", "address": "中山路12号"},
        {"number": "SAMPLE-3", "name": "赵样例", "emails": "zhao@example.com", "birthday": "1990-12-24"},
    ),
}
"""By language: rows by column."""
