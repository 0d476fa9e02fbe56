"""Records of people who do not exist, with their faults: what `datong bench identity --synthetic` is measured on.

A person has two records and a half on average. Records leave fields out and mistype them; households share a name, an
address, an e-mail and a tablet; shops' devices are shared by strangers; telephones change and are given to others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Array = np.ndarray[Any, Any]
A_PERSON = 2.5
STARTS = ("b", "br", "c", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v", "w")
ENDS = (
    "ald",
    "an",
    "ara",
    "den",
    "ela",
    "er",
    "ia",
    "ie",
    "ine",
    "is",
    "lin",
    "man",
    "na",
    "o",
    "on",
    "son",
    "ton",
    "y",
)
MIDDLES = ("a", "e", "i", "o", "u", "ai", "el", "en", "or", "ul")
ABC = "abcdefghijklmnopqrstuvwxyz"


def write(count: int, file: Path, *, seed: int = 7) -> None:
    """`count` records as Parquet, column `person` says whose each is."""
    rng = np.random.default_rng(seed)
    persons = max(2, int(count / A_PERSON))
    truth = _truths(persons)
    whose = np.sort(np.concatenate([np.arange(persons), rng.integers(0, persons, max(0, count - persons))]))[:count]
    table = {name: values[whose] for name, values in truth(rng).items()}
    _faults(rng, table, whose, count)
    mixed = rng.permutation(count)
    arrays = {name: pa.array(values[mixed], mask=values[mixed] == "") for name, values in table.items()}
    arrays["person"] = pa.array(whose[mixed])
    pq.write_table(pa.table(arrays), file)


def _truths(persons: int) -> Any:
    """How the persons really are: a function of the dice."""

    def make(rng: np.random.Generator) -> dict[str, Array]:
        home = rng.integers(0, max(1, persons // 2), persons)  # two of a household on average
        given, family = _names(rng, 1_500, persons), _names(rng, 8_000, int(home.max()) + 1)[home]
        domain = np.array(["mail.example", "post.example", "web.example", "inbox.example"])
        user = np.char.add(np.char.add(np.char.add(given, "."), family), rng.integers(1, 999, persons).astype(str))
        own = np.char.add(np.char.add(user, "@"), domain[rng.integers(0, 4, persons)])
        shared = np.char.add(np.char.add("family", home.astype(str)), "@mail.example")
        street = np.char.add(_names(rng, 6_000, int(home.max()) + 1)[home], " street")
        days = rng.integers(0, 25_000, persons).astype("timedelta64[D]") + np.datetime64("1940-01-01")
        return {
            "given_name": given,
            "surname": family,
            "birth_date": days.astype(str),
            "phone": np.char.add("+1", (2_000_000_000 + rng.permutation(persons) * 7).astype(str)),
            "email": np.where(rng.random(persons) < 0.08, shared, own),
            "device": np.char.add("dev-", np.where(rng.random(persons) < 0.2, home, persons + home * 0).astype(str)),
            "street_number": (home % 180 + 1).astype(str),
            "address_1": street,
            "city": _names(rng, 300, int(home.max()) + 1)[home],
            "postcode": (10_000 + home * 13 % 89_999).astype(str),
        }

    return make


def _names(rng: np.random.Generator, different: int, count: int) -> Array:
    """`count` draws from so many different words; few are common, most are rare, as names are."""
    words = sorted(
        {s + m + e for s in STARTS for m in MIDDLES for e in ENDS}
        | {s + m + t + e for s in STARTS for m in MIDDLES[:5] for t in "klmnrst" for e in ENDS}
    )
    pool = np.array(words)[rng.permutation(len(words))[:different]]
    odds = 1 / (np.arange(len(pool)) + 8.0)
    return pool[rng.choice(len(pool), count, p=odds / odds.sum())]


def _faults(rng: np.random.Generator, table: dict[str, Array], whose: Array, count: int) -> None:
    """What records of the same person have differently."""

    def one_in(share: float) -> Array:
        return np.asarray(rng.random(count) < share)

    persons = int(whose.max()) + 1
    # A second telephone, kept by the person; and one that was somebody else's before.
    second = np.char.add("+1", (2_000_000_000 + whose * 7 + 3).astype(str))
    table["phone"] = np.where(one_in(0.06), second, table["phone"])
    passed_on = one_in(0.004)
    table["phone"][passed_on] = table["phone"][rng.integers(0, count, int(passed_on.sum()))]
    # Devices: mostly the person's own; some are a household's (above), some stand in a shop.
    own = np.char.add("dev-p", (whose * 3 + rng.integers(0, 2, count)).astype(str))
    shop = np.char.add("dev-s", rng.integers(0, max(2, persons // 200), count).astype(str))
    household = table["device"] != f"dev-{persons}"
    table["device"] = np.where(household, table["device"], np.where(one_in(0.05), shop, own))
    verified = one_in(0.5)
    for name, share in (("given_name", 0.05), ("surname", 0.05), ("email", 0.03), ("address_1", 0.06), ("city", 0.04)):
        _mistype(rng, table[name], one_in(share), ABC, table, name)
    for name, share in (("phone", 0.02), ("postcode", 0.03), ("birth_date", 0.03)):
        _mistype(rng, table[name], one_in(share) & ~(verified if name == "phone" else False), "0123456789", table, name)
    initial = one_in(0.03)
    table["given_name"] = np.where(initial, table["given_name"].astype("U1"), table["given_name"])
    table["birth_date"] = np.where(one_in(0.5), "", table["birth_date"])
    table["phone"] = np.where(one_in(0.35), "", table["phone"])
    table["email"] = np.where(one_in(0.35) & (table["phone"] != ""), "", table["email"])
    table["device"] = np.where(one_in(0.6), "", table["device"])
    address = one_in(0.55)
    for name in ("street_number", "address_1", "postcode", "city"):
        table[name] = np.where(address, "", table[name])
    table["phone_verified"] = np.where((table["phone"] != "") & verified, "1", "")


def _mistype(
    rng: np.random.Generator, values: Array, where: Array, letters: str, table: dict[str, Array], name: str
) -> None:
    """One letter is another, is missing, or stands before the one it belongs after."""
    changed = values.copy()
    for i in np.flatnonzero(where):
        word = str(values[i])
        at, kind = int(rng.integers(1, max(2, len(word) - 1))), int(rng.integers(0, 3))
        if kind == 0:
            changed[i] = word[:at] + letters[int(rng.integers(0, len(letters)))] + word[at + 1 :]
        elif kind == 1 and letters == ABC:
            changed[i] = word[:at] + word[at + 1 :]
        else:
            changed[i] = word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
    table[name] = changed
