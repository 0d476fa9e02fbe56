"""How a packet is split, what may be given, what its money does: pure, in minor units."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import fields

from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.money import MAX_MINOR
from datong.wallet.types.packets import Giving, PacketLimits, Split

WAITING = "liability:vouchers:packets"
"""What was given and nobody took yet: the posting rules fix it."""
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_CHARS = 20
"""Of 31 characters each: 99 random bits."""
MAX_NOTE = 60
MAX_SHARES = 500


def shares_of(total_minor: int, count: int, least_minor: int, how: Split, seed: bytes) -> list[int]:
    """The shares in the order in which they are taken: exactly the total together, each at least `least_minor`.

    By luck, what is above the least is cut at `count` - 1 places. Each place is HMAC-SHA256 of its number (4 bytes,
    from 1 on) under the seed, as a number modulo what there is to cut and one more: the same for whoever reckons it
    again, and every order of the shares as likely as any other.
    """
    above = total_minor - least_minor * count
    if count < 1 or least_minor < 0 or above < 0:
        raise ValueError("the total does not give every share the least")
    if how is Split.EQUAL:
        each, more = divmod(total_minor, count)
        return [each + (n < more) for n in range(count)]
    cuts = sorted(_draw(seed, n, above + 1) for n in range(1, count))
    return [least_minor + end - start for start, end in zip([0, *cuts], [*cuts, above], strict=True)]


def _draw(seed: bytes, n: int, below: int) -> int:
    return int.from_bytes(hmac.digest(seed, n.to_bytes(4, "big"), "sha256"), "big") % below


def make_packet_code(chance: int) -> str:
    """A code without dashes; `chance` below 31**20."""
    return "".join(ALPHABET[chance // 31**place % 31] for place in range(CODE_CHARS))


def read_packet_code(text: str) -> str:
    """A code as it was typed or stands in a link; BadValue for what is none."""
    code = re.sub(r"[\s-]", "", text[:80]).upper()
    if len(code) != CODE_CHARS or any(char not in ALPHABET for char in code):
        raise BadValue("code", text[:40], f"the {CODE_CHARS} letters and digits of the packet")
    return code


def packet_hash(code: str) -> str:
    """What is kept to find a packet by: 99 bits of chance, so that a hash alone does not give it away."""
    return hashlib.sha256(code.encode()).hexdigest()


def check_limits(limits: PacketLimits) -> None:
    """Raises BadInput naming every field that cannot be."""
    most = {"shares": MAX_SHARES, "hours": 720, "gives_a_day": 10_000, "claims_a_day": 10_000}
    problems = []
    for field in fields(limits):
        value, top = getattr(limits, field.name), most.get(field.name, MAX_MINOR)
        if type(value) is not int or not 1 <= value <= top:
            problems.append(Problem(field.name, "range", f"1 to {top}", value))
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def check_giving(giving: Giving, limits: PacketLimits) -> None:
    """Raises BadInput naming every field that cannot be."""
    problems = []
    if type(giving.shares) is not int or not 1 <= giving.shares <= limits.shares:
        problems.append(Problem("shares", "range", f"1 to {limits.shares} shares", giving.shares))
    if len(giving.note) > MAX_NOTE or not (giving.note.isprintable() or not giving.note):
        problems.append(Problem("note", "length", f"at most {MAX_NOTE} characters", giving.note[:80]))
    if giving.offer and giving.customer_id:
        problems.append(Problem("offer", "not_theirs", "money of their purse: vouchers are given by the brand", ""))
    if giving.offer and giving.total_minor:
        problems.append(Problem("total_minor", "both", "0: it is a packet of vouchers", giving.total_minor))
    if not giving.offer and not problems:
        problems += _money_problems(giving, limits)
    if problems:
        raise BadInput(f"{len(problems)} values cannot be used", *problems)


def _money_problems(giving: Giving, limits: PacketLimits) -> list[Problem]:
    total = giving.total_minor
    least, most = giving.shares * limits.share_least_minor, giving.shares * limits.share_most_minor
    if giving.customer_id:
        most = min(most, limits.most_minor)
    if type(total) is not int or not least <= total <= most:
        return [Problem("total_minor", "range", f"{least} to {most}, for {giving.shares} shares", total)]
    return []
