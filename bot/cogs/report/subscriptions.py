"""What servers asked for, and what they were sent. All methods block on the database: call them in a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete, select, union, update
from sqlalchemy.orm import Session

from bot.calendar.weektime import Weekday, WeeklyTime
from bot.cogs.privacy.stored_data import server_tables
from bot.storage.schema import StoredDelivery, StoredDeparture, StoredSubscription
from forecasting import Symbol

ChannelProblem = Literal["forbidden", "gone"]
"""Why a channel is no longer tried: Discord says that the bot may not post there, or that there is no such channel."""

DeliveryState = Literal["sending", "sent", "failed", "refused"]
"""Marked before the post, arrived, to be tried again, not to be tried again."""

WEEKLY: Final = "weekly"
NONCE_LENGTH: Final = 25
NONCE_WINDOW: Final = timedelta(minutes=2)
"""How long Discord surely recognises a nonce; it documents "a few minutes"."""
RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))
"""Between one attempt and the next of what did not get through."""
MAX_ATTEMPTS: Final = len(RETRY_AFTER) + 1


@dataclass(frozen=True)
class ReportOptions:
    """How a server wants its weekly report.

    Attributes:
        when: day and time in the server's zone.
        role_id: of the role that a post mentions, if any.
        symbols: the ETFs that it is about; empty for all.
    """

    channel_id: int
    when: WeeklyTime
    role_id: int | None = None
    symbols: tuple[Symbol, ...] = ()


@dataclass(frozen=True)
class Subscription:
    """A server's wish, since when it stands, and what keeps it from being fulfilled.

    Attributes:
        since: nothing that was due before is owed.
        problem: why the channel is no longer tried.
    """

    server_id: int
    options: ReportOptions
    since: datetime
    is_paused: bool = False
    problem: ChannelProblem | None = None

    @property
    def channel_id(self) -> int:
        return self.options.channel_id


@dataclass(frozen=True)
class Delivery:
    """How far one week's report to one server got."""

    week: str
    state: DeliveryState
    attempts: int
    tried_at: datetime

    @property
    def is_given_up(self) -> bool:
        """It failed so often that it is not tried again."""
        return self.state == "failed" and self.attempts >= MAX_ATTEMPTS


def nonce(server_id: int, report: str, week: str) -> str:
    """By which Discord knows a repeated post of the same report for the first one."""
    return hashlib.sha256(f"{server_id} {report} {week}".encode()).hexdigest()[:NONCE_LENGTH]


class Subscriptions:
    """The servers' subscriptions and deliveries, and which servers the bot has left."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def subscribe(self, server_id: int, options: ReportOptions, now: datetime) -> Subscription:
        """Want the weekly report so from now on. Where day, time and zone stay, so does the date of the options."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredSubscription, server_id)
            if row is None:
                row = StoredSubscription(server_id=server_id, since=now)
                session.add(row)
            elif _subscription(row).options.when != options.when or row.is_paused:
                row.since = now
            row.channel_id, row.role_id, row.symbols = options.channel_id, options.role_id, list(options.symbols)
            row.day, row.at, row.zone = options.when.day, options.when.at.isoformat("minutes"), options.when.zone.key
            row.skips_weekend, row.is_paused, row.problem = options.when.skips_weekend, False, None
            session.flush()
            return _subscription(row)

    def unsubscribe(self, server_id: int) -> bool:
        """Want it no more. False where it was not wanted."""
        with self._engine.begin() as connection:
            found = connection.execute(delete(StoredSubscription).where(StoredSubscription.server_id == server_id))
            return found.rowcount > 0

    def pause(self, server_id: int) -> None:
        """Keep the wish, and post nothing until ``resume``."""
        self._update(server_id, is_paused=True)

    def resume(self, server_id: int, now: datetime) -> None:
        """Fulfil the wish again, and try its channel again. What was due in a pause is not owed."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredSubscription, server_id)
            if row is not None:
                row.since = now if row.is_paused else row.since
                row.is_paused, row.problem = False, None

    def of(self, server_id: int) -> Subscription | None:
        with Session(self._engine) as session:
            row = session.get(StoredSubscription, server_id)
            return None if row is None else _subscription(row)

    def all(self) -> tuple[Subscription, ...]:
        """Of the servers that the bot is in, in the order in which they asked."""
        query = (
            select(StoredSubscription)
            .where(StoredSubscription.server_id.not_in(select(StoredDeparture.server_id)))
            .order_by(StoredSubscription.since, StoredSubscription.server_id)
        )
        with Session(self._engine) as session:
            return tuple(_subscription(row) for row in session.scalars(query))

    def stop_trying(self, server_id: int, problem: ChannelProblem) -> None:
        """Post there no more until somebody sets a channel again."""
        self._update(server_id, problem=problem)

    def leave(self, server_id: int, now: datetime) -> None:
        """The bot is in this server no more. What it asked for is kept for its return, for a while."""
        with Session(self._engine) as session, session.begin():
            if session.get(StoredDeparture, server_id) is None:
                session.add(StoredDeparture(server_id=server_id, left_at=now))

    def come_back(self, server_id: int) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(StoredDeparture).where(StoredDeparture.server_id == server_id))

    def present(self, server_ids: frozenset[int], now: datetime) -> None:
        """Make up for joins and leaves that the bot did not see: it is in these servers and in no others."""
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(select(StoredDeparture)):
                if row.server_id in server_ids:
                    session.delete(row)
                else:
                    server_ids |= {row.server_id}  # already known to be gone
            known = union(*(select(table.c.server_id) for table in server_tables()))
            for server_id in set(session.scalars(known)) - server_ids:
                session.add(StoredDeparture(server_id=server_id, left_at=now))

    def deliveries(self, report: str, since: datetime) -> Mapping[tuple[int, str], Delivery]:
        """Those tried last after ``since``, by server and week."""
        query = select(StoredDelivery).where(StoredDelivery.report == report, StoredDelivery.tried_at >= since)
        with Session(self._engine) as session:
            return {(row.server_id, row.week): _delivery(row) for row in session.scalars(query)}

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

    def begin_delivery(self, to: Subscription, report: str, week: str, now: datetime) -> bool:
        """Mark it before the post, so that a crash in between is seen.

        Returns:
            False where it has arrived, or was refused, meanwhile: a machine that slept in the middle of its posts finds
            that another bot on this database has made them.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, report, week))
            if row is None:
                row = StoredDelivery(server_id=to.server_id, report=report, week=week, attempts=0)
                session.add(row)
            elif row.state in ("sent", "refused"):
                return False
            row.channel_id, row.state, row.tried_at = to.channel_id, "sending", now
            row.attempts += 1
            return True

    def end_delivery(
        self, to: Subscription, report: str, week: str, state: DeliveryState, message_id: int | None = None
    ) -> None:
        """Mark it after the post, or after it could not be made. Nothing to mark where it was deleted meanwhile."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, report, week))
            if row is not None:
                row.state, row.message_id = state, message_id

    def _update(self, server_id: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                update(StoredSubscription).where(StoredSubscription.server_id == server_id).values(**values)
            )


def _subscription(row: StoredSubscription) -> Subscription:
    when = WeeklyTime(cast(Weekday, row.day), time.fromisoformat(row.at), ZoneInfo(row.zone), row.skips_weekend)
    options = ReportOptions(row.channel_id, when, row.role_id, tuple(Symbol(symbol) for symbol in row.symbols))
    return Subscription(row.server_id, options, row.since, row.is_paused, cast("ChannelProblem | None", row.problem))


def _delivery(row: StoredDelivery) -> Delivery:
    return Delivery(row.week, cast(DeliveryState, row.state), row.attempts, row.tried_at)
