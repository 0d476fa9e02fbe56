"""Getting in: how often somebody tries, which sessions are open, what the history says. Shared by all processes."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.db import transaction

from datong.access.actions.people import note
from datong.access.models import LoginRecord, LoginSession, User
from datong.access.types import Came
from datong.kernel import clock
from datong.kernel.db import execute, rows
from datong.kernel.ids import uuid7

TRIES = 8
TRIES_FROM = 40
WAIT_S = 300

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
    """Count a try to log in, before the password is looked at; False when a name or an address must wait.

    One counter for all processes, raised in the database before the answer: tries at the same moment are all counted.
    A name waits five minutes after 8 tries, an address after 40. An address that is not known is not counted: it would
    be everybody's.
    """
    of_name = count_try(f"name:{username}")
    of_place = count_try(f"from:{address}") if address else 0
    return of_name <= TRIES and of_place <= TRIES_FROM


def count_try(what: str, wait_s: int = WAIT_S) -> int:
    """One more of something; how many there have been within `wait_s`."""
    ((count,),) = rows(COUNT, {"key": _hash(what), "now": clock.now(), "wait": wait_s})
    return int(count)


FORGET = "DELETE FROM access_try WHERE key = %(name)s"
ONE_LESS = "UPDATE access_try SET count = greatest(count - 1, 0) WHERE key = %(place)s"


def forget_tries(username: str, address: str) -> None:
    """A right password takes a name's tries back, and its own from the address."""
    execute(FORGET, {"name": _hash(f"name:{username}")})
    execute(ONE_LESS, {"place": _hash(f"from:{address}")})


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
