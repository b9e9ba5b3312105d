"""What servers asked for, and what they were sent. All methods block on the database: call them in a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.tables import StoredDelivery, StoredSubscription

Problem = Literal["forbidden", "gone"]
"""Why a channel is no longer tried: Discord says that the bot may not post there, or that there is no such channel."""

DeliveryState = Literal["sending", "sent", "failed", "refused"]
"""Marked before the post, arrived, to be tried again, not to be tried again."""

WEEKLY: Final = "weekly"
NONCE_LENGTH: Final = 25
NONCE_WINDOW: Final = timedelta(minutes=2)
"""How long Discord surely recognises a nonce; it documents "a few minutes"."""


@dataclass(frozen=True)
class Subscription:
    """A server that wants the weekly report in a channel, since when, and what keeps it from getting it."""

    server_id: int
    channel_id: int
    since: datetime
    problem: Problem | None = None


@dataclass(frozen=True)
class Delivery:
    """How far one week's report to one server got."""

    week: str
    state: DeliveryState
    attempts: int
    tried_at: datetime


def nonce(server_id: int, report: str, week: str) -> str:
    """By which Discord knows a repeated post of the same report for the first one."""
    return hashlib.sha256(f"{server_id} {report} {week}".encode()).hexdigest()[:NONCE_LENGTH]


class Servers:
    """The servers' subscriptions and deliveries."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def subscribe(self, server_id: int, channel_id: int, now: datetime) -> None:
        """Want the weekly report in this channel from now on. A mere change of the channel keeps the date."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredSubscription, server_id)
            if row is None:
                row = StoredSubscription(server_id=server_id, since=now)
                session.add(row)
            row.channel_id, row.problem, row.left_at = channel_id, None, None

    def unsubscribe(self, server_id: int) -> bool:
        """Want it no more. False where it was not wanted."""
        with self._engine.begin() as connection:
            found = connection.execute(delete(StoredSubscription).where(StoredSubscription.server_id == server_id))
            return found.rowcount > 0

    def subscription(self, server_id: int) -> Subscription | None:
        with Session(self._engine) as session:
            row = session.get(StoredSubscription, server_id)
            return None if row is None else _subscription(row)

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Of the servers that the bot is in, in the order in which they asked."""
        query = (
            select(StoredSubscription)
            .where(StoredSubscription.left_at.is_(None))
            .order_by(StoredSubscription.since, StoredSubscription.server_id)
        )
        with Session(self._engine) as session:
            return tuple(_subscription(row) for row in session.scalars(query))

    def stop_trying(self, server_id: int, problem: Problem) -> None:
        """Post there no more until somebody sets a channel again."""
        self._update(server_id, problem=problem)

    def leave(self, server_id: int, now: datetime) -> None:
        """The bot is in this server no more. What it asked for is kept for its return."""
        self._update(server_id, left_at=now)

    def come_back(self, server_id: int) -> None:
        self._update(server_id, left_at=None)

    def present(self, server_ids: frozenset[int], now: datetime) -> None:
        """Make up for joins and leaves that the bot did not see: it is in these servers and in no others."""
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(select(StoredSubscription)):
                if row.server_id in server_ids:
                    row.left_at = None
                elif row.left_at is None:
                    row.left_at = now

    def deliveries(self, report: str, week: str) -> Mapping[int, Delivery]:
        """Of one week, by server."""
        query = select(StoredDelivery).where(StoredDelivery.report == report, StoredDelivery.week == week)
        with Session(self._engine) as session:
            return {row.server_id: _delivery(row) for row in session.scalars(query)}

    def last_delivery(self, server_id: int, report: str) -> Delivery | None:
        query = (
            select(StoredDelivery)
            .where(StoredDelivery.server_id == server_id, StoredDelivery.report == report)
            .order_by(StoredDelivery.tried_at.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            row = session.scalar(query)
            return None if row is None else _delivery(row)

    def begin_delivery(self, to: Subscription, report: str, week: str, now: datetime) -> None:
        """Mark it before the post, so that a crash in between is seen."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, report, week))
            if row is None:
                row = StoredDelivery(server_id=to.server_id, report=report, week=week, attempts=0)
                session.add(row)
            row.channel_id, row.state, row.tried_at = to.channel_id, "sending", now
            row.attempts += 1

    def end_delivery(
        self, to: Subscription, report: str, week: str, state: DeliveryState, message_id: int | None = None
    ) -> None:
        """Mark it after the post, or after it could not be made."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(StoredDelivery, (to.server_id, report, week))
            row.state, row.message_id = state, message_id

    def _update(self, server_id: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                update(StoredSubscription).where(StoredSubscription.server_id == server_id).values(**values)
            )


def _subscription(row: StoredSubscription) -> Subscription:
    return Subscription(row.server_id, row.channel_id, row.since, cast("Problem | None", row.problem))


def _delivery(row: StoredDelivery) -> Delivery:
    return Delivery(row.week, cast(DeliveryState, row.state), row.attempts, row.tried_at)
