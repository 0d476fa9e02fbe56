"""Getting in: how often somebody tries, which sessions are open, what the history says. Shared by all processes."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from datong.access.actions.people import note
from datong.access.models import LoginRecord, LoginSession, User
from datong.access.rules import network_of
from datong.access.types import Came
from datong.kernel import clock
from datong.kernel.db import execute, rows
from datong.kernel.ids import uuid7

TRIES = 8
TRIES_FROM = 40
TRIES_OF_NAME = 100
WAIT_S = 300
NAME_WAIT_S = 3600

COUNT = """
    INSERT INTO access_try (key, since, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        since = CASE WHEN access_try.since < %(now)s - %(wait)s * interval '1 second' THEN excluded.since
                     ELSE access_try.since END,
        count = CASE WHEN access_try.since < %(now)s - %(wait)s * interval '1 second' THEN 1
                     ELSE access_try.count + 1 END
    RETURNING count
"""


def may_try(username: str, address: str) -> bool:
    """Count a try to log in, before the password is looked at; False when it must wait.

    One counter for all processes, raised in the database before the answer: tries at the same moment are all counted.
    A network waits five minutes with a name after 8 tries, and with any name after 40: so a stranger's guesses keep the
    stranger out and nobody else. All networks together have 100 tries of a name in an hour (OWASP ASVS: not more than
    100 an hour on one account); those from where this person was let in before are not kept out by that. An address
    that is not known is not counted by itself: it would be everybody's.
    """
    of_both = count_try(_both(username, address))
    of_place = count_try(_place(address)) if address else 0
    if of_both > TRIES or of_place > TRIES_FROM:
        return False  # not counted for the name: else one network could use up everybody's tries
    return count_try(f"name:{username}", NAME_WAIT_S) <= TRIES_OF_NAME or _is_known(username, address)


def _both(username: str, address: str) -> str:
    return f"name:{username} from:{network_of(address)}"


def _place(address: str) -> str:
    return f"from:{network_of(address, v4=32, v6=64) or address}"


PLACES = """
    SELECT DISTINCT s.address FROM access_session s JOIN access_user u ON u.id = s.user_id
     WHERE u.username = %(name)s AND s.seen_at > %(since)s LIMIT 500
"""
KNOWN_DAYS = 90


def _is_known(username: str, address: str) -> bool:
    """Whether this person had a session from this network of late."""
    network = network_of(address)
    if not network:
        return False
    found = rows(PLACES, {"name": username, "since": clock.now() - timedelta(days=KNOWN_DAYS)})
    return any(network_of(place) == network for (place,) in found)


def count_try(what: str, wait_s: int = WAIT_S) -> int:
    """One more of something; how many there have been within `wait_s`."""
    ((count,),) = rows(COUNT, {"key": _hash(what), "now": clock.now(), "wait": wait_s})
    return int(count)


FORGET = "DELETE FROM access_try WHERE key = %(name)s"
ONE_LESS = "UPDATE access_try SET count = greatest(count - 1, 0) WHERE key = ANY(%(keys)s::text[])"


def forget_tries(username: str, address: str) -> None:
    """A right password takes the name's tries from this network back, and its own from the address and the name."""
    execute(FORGET, {"name": _hash(_both(username, address))})
    execute(ONE_LESS, {"keys": sorted([_hash(_place(address)), _hash(f"name:{username}")])})


def forget_try(what: str) -> None:
    """It came out right: the count begins anew."""
    execute(FORGET, {"name": _hash(what)})


ONCE = "INSERT INTO access_try (key, since, count) VALUES (%(key)s, %(now)s, 1) ON CONFLICT DO NOTHING RETURNING key"
SWEEP = "DELETE FROM access_try WHERE since < %(now)s - interval '1 day'"


def first_time(what: str) -> bool:
    """Whether this is the first time something is used, by whichever process: a code of a second factor."""
    return bool(rows(ONCE, {"key": _hash(what), "now": clock.now()}))


def sweep_tries() -> int:
    """Forget counters older than a day."""
    return execute(SWEEP, {"now": clock.now()})


KEEP_SESSIONS_D = 90
SWEEP_OPEN = "DELETE FROM django_session WHERE expire_date < %(now)s"
SWEEP_CLOSED = """
    DELETE FROM access_session s
     WHERE s.seen_at < %(now)s - %(days)s * interval '1 day'
       AND NOT EXISTS (SELECT 1 FROM django_session d WHERE d.session_key = s.session_key)
"""


def sweep_sessions() -> int:
    """Forget sessions that ran out, and 90 days later that there was one. The history of log-ins stays."""
    now = clock.now()
    return execute(SWEEP_OPEN, {"now": now}) + execute(SWEEP_CLOSED, {"now": now, "days": KEEP_SESSIONS_D})


def note_login(user_id: UUID | None, came: Came, outcome: str) -> None:
    """Add to the history of log-ins. `outcome`: password, link, code, passkey, recovery, wrong, wrong_code, waiting."""
    LoginRecord.objects.create(
        id=uuid7(), at=clock.now(), user_id=user_id, outcome=outcome[:20], address=came.address, agent=came.agent
    )


def open_session(session_key: str, user_id: UUID, came: Came, how: str) -> None:
    """Make a session known, so that it can be seen and ended."""
    now = clock.now()
    LoginSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user_id": user_id, "at": now, "seen_at": now, "address": came.address, "agent": came.agent,
                  "how": how[:20], "ended_at": None, "ended_by": ""},
    )  # fmt: skip


TOUCH_EVERY_S = 180
TOUCH = """
    UPDATE access_session SET seen_at = %(now)s, address = %(address)s, agent = %(agent)s
     WHERE session_key = %(key)s AND ended_at IS NULL AND seen_at < %(now)s - %(every)s * interval '1 second'
"""


def touch_session(session_key: str, came: Came) -> None:
    """Note that a session is in use, and from where; it writes at most every three minutes, and reads no row else."""
    execute(
        TOUCH,
        {"key": session_key, "now": clock.now(), "every": TOUCH_EVERY_S, "address": came.address, "agent": came.agent},
    )


END = """
    WITH ended AS (
        UPDATE access_session SET ended_at = %(now)s, ended_by = %(by)s
         WHERE user_id = %(user)s AND ended_at IS NULL
           AND (%(one)s::uuid IS NULL OR id = %(one)s::uuid) AND session_key <> %(but)s
        RETURNING session_key)
    DELETE FROM django_session USING ended WHERE django_session.session_key = ended.session_key
    RETURNING 1
"""


def end_sessions(user_id: UUID, *, by: str, one: UUID | None = None, but: str = "") -> int:
    """End somebody's sessions, or `one` of them, but for that of the key `but`: the next click asks to log in.

    How many were open.
    """
    with transaction.atomic():
        ended = len(rows(END, {"user": user_id, "by": by[:120], "one": one, "but": but, "now": clock.now()}))
        if ended:
            note(User.objects.get(id=user_id), "session.end", by, after={"sessions": ended})
    return ended


def _hash(what: str) -> str:
    return sha256(what.encode()).hexdigest()
