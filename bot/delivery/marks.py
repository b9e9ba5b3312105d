"""The marks of a message: how far its delivery got, and when it is tried again.

A feature marks a message in its own table before the post (``sending``) and after it:

- ``sent``, or ``refused`` where Discord says that the bot may not post there or that there is no such place;
- ``failed``: it did not arrive, and is tried again;
- ``unknown``: Discord may have taken it, but its answer was lost. That also holds for a message that is found at
  ``sending``: the bot stopped. Before the next attempt the outbox looks for it among the bot's own last messages, or,
  for two minutes, repeats it under its nonce. If such a repeat fails, the message stays ``unknown``.
- ``lost``: the same where the bot may not read these. It is given up: no post is better than two.
- ``empty``: there is nothing to say yet.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

ChannelProblem = Literal["forbidden", "gone"]
"""Why a channel is no longer tried: Discord says that the bot may not post there, or that there is no such channel."""

NONCE_LENGTH: Final = 25
NONCE_WINDOW: Final = timedelta(minutes=2)
"""How long Discord is sure to recognise a nonce; it documents "a few minutes"."""
RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=50), timedelta(hours=22), timedelta(days=3, hours=16))
"""Pauses after failed attempts: the fourth attempt outlasts a failure of a day, the fifth one of several days."""
MAX_ATTEMPTS: Final = len(RETRY_AFTER) + 1
"""After this many requests a message is given up. A search for a lost post counts as one; if the last attempt is a
search and a post, that makes one more."""
UNSURE: Final = ("sending", "unknown")
"""States of a message that may have arrived."""

Outage = tuple[datetime, datetime]
"""When Discord stopped accepting messages, and when it accepted one again."""


class Marked(Protocol):
    """A message with its marks: a row, or a value made from one."""

    @property
    def state(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def tried_at(self) -> datetime | None: ...


def is_given_up(message: Marked) -> bool:
    """Whether it failed for the last time."""
    return message.state not in ("sent", "refused", "lost") and message.attempts >= MAX_ATTEMPTS


def is_due(message: Marked, now: datetime) -> bool:
    """Whether a message that was tried before is to be tried again now: at once if the bot stopped during the post."""
    if message.attempts >= MAX_ATTEMPTS:
        return False
    if message.state in ("failed", "unknown", "empty"):
        return now - (message.tried_at or now) >= RETRY_AFTER[message.attempts - 1]
    return message.state == "sending"


def is_owed(message: Marked, outage: Outage | None) -> bool:
    """Whether it failed in an outage of Discord that is over, not for the last time: it need not wait any longer."""
    if outage is None or message.tried_at is None or message.attempts >= MAX_ATTEMPTS:
        return False
    began, ended = outage
    return message.state in ("failed", "unknown") and began - NONCE_WINDOW <= message.tried_at < ended


class Begun(Protocol):
    """A message whose next attempt begins.

    Attributes:
        unsure: when an earlier attempt was made that may have arrived and is to be looked for.
        repeats: whether one may have arrived, and a repeat is known by its nonce.
    """

    @property
    def unsure(self) -> datetime | None: ...
    @property
    def repeats(self) -> bool: ...


def may_have_arrived(message: Marked) -> bool:
    """Whether the last attempt may have arrived."""
    return message.state in UNSURE


def unsure_since(message: Marked, now: datetime, *, has_nonce: bool = True) -> datetime | None:
    """When a message that may have arrived was last tried; None if it cannot have, or if its nonce still works."""
    if not may_have_arrived(message) or message.tried_at is None:
        return None
    return None if has_nonce and now - message.tried_at <= NONCE_WINDOW else message.tried_at


def nonce(*key: object) -> str:
    """The nonce of the message with this key. Discord answers a repeated nonce with the first message."""
    return hashlib.sha256(" ".join(map(str, key)).encode()).hexdigest()[:NONCE_LENGTH]


@dataclass(frozen=True)
class Outcome:
    """What came of a post.

    Attributes:
        state: see the top of this file.
        problem: of the channel, if it refused.
        message_id: of the message, if it arrived.
    """

    state: Literal["sent", "failed", "unknown", "lost", "empty", "refused"]
    problem: ChannelProblem | None = None
    message_id: int | None = None
