"""Where each server's operators are told what is wrong, and what they were told. All methods block on the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.cogs.ops.problems import Problem
from bot.cogs.report.subscriptions import NONCE_LENGTH, NONCE_WINDOW, ChannelProblem
from bot.storage.schema import StoredOpsChannel, StoredOpsNote

SENDING: Final = "sending"
SENT: Final = "sent"


@dataclass(frozen=True)
class OpsChannel:
    """A server's channel for operators, and what keeps it from being used."""

    server_id: int
    channel_id: int
    problem: ChannelProblem | None = None


@dataclass(frozen=True)
class Batch:
    """Problems that one post tells. By the nonce Discord knows a repeated post for the first one."""

    nonce: str
    problems: tuple[Problem, ...]


class OpsChannels:
    """The channels of all servers, and which problems each was told."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, server_id: int, channel_id: int, now: datetime) -> None:
        """Tell this server's operators there. Another channel than before is told everything anew."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredOpsChannel, server_id)
            if row is None:
                row = StoredOpsChannel(server_id=server_id)
                session.add(row)
            elif row.channel_id != channel_id:
                session.execute(delete(StoredOpsNote).where(StoredOpsNote.server_id == server_id))
            row.channel_id, row.since, row.problem = channel_id, now, None

    def off(self, server_id: int) -> bool:
        """Tell this server nothing any more. False where it was told nothing anyway."""
        with self._engine.begin() as connection:
            connection.execute(delete(StoredOpsNote).where(StoredOpsNote.server_id == server_id))
            found = connection.execute(delete(StoredOpsChannel).where(StoredOpsChannel.server_id == server_id))
            return found.rowcount > 0

    def of(self, server_id: int) -> OpsChannel | None:
        with Session(self._engine) as session:
            row = session.get(StoredOpsChannel, server_id)
            return None if row is None else _channel(row)

    def usable(self) -> tuple[OpsChannel, ...]:
        """Those that nothing keeps from being used, in the order in which they were set."""
        query = (
            select(StoredOpsChannel)
            .where(StoredOpsChannel.problem.is_(None))
            .order_by(StoredOpsChannel.since, StoredOpsChannel.server_id)
        )
        with Session(self._engine) as session:
            return tuple(map(_channel, session.scalars(query)))

    def stop_trying(self, server_id: int, problem: ChannelProblem) -> None:
        """Post there no more until somebody sets a channel again."""
        with self._engine.begin() as connection:
            row = StoredOpsChannel
            connection.execute(update(row).where(row.server_id == server_id).values(problem=problem))

    def begin(self, server_id: int, problems: Sequence[Problem], now: datetime) -> Batch | None:
        """What is to be told now, marked before the post so that a crash in between is seen; None where nothing is.

        What is mended is forgotten, so that it is told again when it comes back. A post that a crash may have cut off
        is repeated, under its nonce, while Discord surely knows that; later nobody can tell whether it arrived, and no
        post is better than two.
        """
        current = {problem.key: problem for problem in problems}
        with Session(self._engine) as session, session.begin():
            told: dict[str, StoredOpsNote] = {}
            for row in session.scalars(select(StoredOpsNote).where(StoredOpsNote.server_id == server_id)):
                if row.problem in current:
                    told[row.problem] = row
                else:
                    session.delete(row)
            cut_off = [row for row in told.values() if row.state == SENDING]
            for row in cut_off:
                if now - row.told_at > NONCE_WINDOW:
                    row.state = SENT
            open_nonces = sorted({row.nonce for row in cut_off if row.state == SENDING})
            if open_nonces:
                keys = [row.problem for row in cut_off if row.nonce == open_nonces[0]]
                return Batch(open_nonces[0], tuple(current[key] for key in keys))
            new = {key: problem for key, problem in current.items() if key not in told}
            if not new:
                return None
            nonce = _nonce(server_id, sorted(new), now)
            session.add_all(
                StoredOpsNote(server_id=server_id, problem=key, state=SENDING, nonce=nonce, told_at=now) for key in new
            )
            return Batch(nonce, tuple(new.values()))

    def end(self, server_id: int, batch: Batch, *, arrived: bool) -> None:
        """Mark it after the post; what did not arrive is new again."""
        those = StoredOpsNote.server_id == server_id, StoredOpsNote.nonce == batch.nonce
        with self._engine.begin() as connection:
            if arrived:
                connection.execute(update(StoredOpsNote).where(*those).values(state=SENT))
            else:
                connection.execute(delete(StoredOpsNote).where(*those))


def _channel(row: StoredOpsChannel) -> OpsChannel:
    return OpsChannel(row.server_id, row.channel_id, cast("ChannelProblem | None", row.problem))


def _nonce(server_id: int, keys: Sequence[str], now: datetime) -> str:
    return hashlib.sha256(f"{server_id} {keys} {now.isoformat()}".encode()).hexdigest()[:NONCE_LENGTH]
