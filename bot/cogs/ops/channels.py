"""Each server's channel for problem reports, and what was reported there. All methods block on the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.cogs.ops.problems import Problem
from bot.delivery import NONCE_WINDOW, RETRY_AFTER, ChannelProblem, Outcome, nonce
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredOpsChannel, StoredOpsNote

SENDING: Final = "sending"
SENT: Final = "sent"
DONE: Final = (SENT, "lost")

# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_USABLE: Final = (
    select(
        StoredOpsChannel.server_id,
        StoredOpsChannel.channel_id,
        StoredOpsNote.problem.label("told"),
        StoredOpsNote.state,
    )
    .outerjoin_from(StoredOpsChannel, StoredOpsNote, StoredOpsNote.server_id == StoredOpsChannel.server_id)
    .where(StoredOpsChannel.problem.is_(None))
    .order_by(StoredOpsChannel.since, StoredOpsChannel.server_id)
)


@dataclass(frozen=True)
class OpsChannel:
    """A server's channel for operators, and what keeps it from being used."""

    server_id: int
    channel_id: int
    problem: ChannelProblem | None = None


@dataclass(frozen=True)
class Batch:
    """The problems of one post. Discord recognises a repeated post by the nonce.

    Attributes:
        unsure: when an attempt was made that may have arrived and is to be looked for.
        repeats: whether one may have arrived, and Discord knows its nonce.
    """

    nonce: str
    problems: tuple[Problem, ...]
    unsure: datetime | None = None
    repeats: bool = False


class OpsChannels:
    """The channels of all servers, and the problems reported in each."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, server_id: int, channel_id: int, now: datetime) -> None:
        """Report problems in this channel from now on. A new channel gets all current problems again."""
        with exclusive(self._engine) as session:
            row = session.get(StoredOpsChannel, server_id)
            if row is None:
                row = StoredOpsChannel(server_id=server_id)
                session.add(row)
            elif row.channel_id != channel_id:
                session.execute(delete(StoredOpsNote).where(StoredOpsNote.server_id == server_id))
            row.channel_id, row.since, row.problem = channel_id, now, None

    def off(self, server_id: int) -> bool:
        """Stop reporting problems in this server. False if they were off already."""
        with self._engine.begin() as connection:
            connection.execute(delete(StoredOpsNote).where(StoredOpsNote.server_id == server_id))
            found = connection.execute(delete(StoredOpsChannel).where(StoredOpsChannel.server_id == server_id))
            return found.rowcount > 0

    def of(self, server_id: int) -> OpsChannel | None:
        """The server's channel, if it has one."""
        with Session(self._engine) as session:
            row = session.get(StoredOpsChannel, server_id)
            return None if row is None else _channel(row)

    def usable(self) -> Mapping[OpsChannel, Mapping[str, bool]]:
        """The channels that can be used, in the order in which they were set.

        Each with the keys of the problems reported there, and whether the post of each is done. One SELECT, which takes
        no lock.
        """
        found: dict[OpsChannel, dict[str, bool]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(_USABLE):
                told = found.setdefault(OpsChannel(row.server_id, row.channel_id), {})
                if row.told is not None:
                    told[row.told] = row.state in DONE
        return found

    def begin(self, server_id: int, problems: Sequence[Problem], now: datetime) -> Batch | None:
        """Mark what is to be posted now, and return it; None if nothing is. The mark shows a crash during the post.

        A solved problem is forgotten, and reported again if it returns. A post that did not arrive, or may not have,
        is repeated as it was, with its nonce, before anything new.
        """
        current = {problem.key: problem for problem in problems}
        with exclusive(self._engine) as session:
            told: dict[str, StoredOpsNote] = {}
            for row in session.scalars(select(StoredOpsNote).where(StoredOpsNote.server_id == server_id)):
                if row.problem in current:
                    told[row.problem] = row
                else:
                    session.delete(row)
            if again := sorted(row.nonce for row in told.values() if row.state not in DONE):
                rows = [row for row in told.values() if row.nonce == again[0]]
                if rows[0].state != SENDING and now - rows[0].told_at < RETRY_AFTER[0]:
                    return None
                unsure = rows[0].told_at if rows[0].state != "failed" else None
                repeats = unsure is not None and now - unsure <= NONCE_WINDOW
                for row in rows:
                    row.state, row.told_at = SENDING, now
                return Batch(
                    again[0], tuple(current[row.problem] for row in rows), None if repeats else unsure, repeats
                )
            new = {key: problem for key, problem in current.items() if key not in told}
            if not new:
                return None
            key = nonce(server_id, sorted(new), now.isoformat())
            session.add_all(
                StoredOpsNote(server_id=server_id, problem=name, state=SENDING, nonce=key, told_at=now) for name in new
            )
            return Batch(key, tuple(new.values()))

    def end(self, server_id: int, batch: Batch, outcome: Outcome) -> None:
        """Mark a batch after its post. A channel that refused it is not tried again until it is named again."""
        those = StoredOpsNote.server_id == server_id, StoredOpsNote.nonce == batch.nonce
        channel = StoredOpsChannel
        with self._engine.begin() as connection:
            if outcome.state == "refused":
                connection.execute(delete(StoredOpsNote).where(*those))
            else:
                connection.execute(update(StoredOpsNote).where(*those).values(state=outcome.state))
            if outcome.problem is not None:
                refused = update(channel).where(channel.server_id == server_id).values(problem=outcome.problem)
                connection.execute(refused)


def _channel(row: StoredOpsChannel) -> OpsChannel:
    return OpsChannel(row.server_id, row.channel_id, cast("ChannelProblem | None", row.problem))
