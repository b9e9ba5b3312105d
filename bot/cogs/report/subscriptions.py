"""What servers asked for, and what they were sent. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from bot.calendar.weektime import Weekday, WeeklyTime
from bot.delivery import ChannelProblem, Outcome, is_given_up, unsure_since
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredDelivery, StoredDeparture, StoredSubscription
from forecasting import Symbol

DeliveryState = Literal["sending", "sent", "failed", "unknown", "lost", "empty", "refused"]
"""See ``bot.delivery``."""

FINAL: Final = ("sent", "refused", "lost")

WEEKLY: Final = "weekly"
"""Key of this report in the table of deliveries."""


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

    @property
    def is_active(self) -> bool:
        """Whether reports are posted: it is not paused, and its channel can be used."""
        return self.problem is None and not self.is_paused


@dataclass(frozen=True)
class Delivery:
    """How far one week's report to one server got.

    Attributes:
        unsure: when an attempt was made that may have arrived, for the one that begins now.
    """

    week: str
    state: DeliveryState
    attempts: int
    tried_at: datetime
    channel_id: int = 0
    unsure: datetime | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether it failed for the last time."""
        return is_given_up(self)


class Subscriptions:
    """The servers' subscriptions, and what was delivered to them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def subscribe(self, server_id: int, options: ReportOptions, now: datetime) -> Subscription:
        """Subscribe a server with these options. The date of the options changes only with day, time or zone."""
        with exclusive(self._engine) as session:
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
        """Unsubscribe a server. False if it was not subscribed."""
        with self._engine.begin() as connection:
            found = connection.execute(delete(StoredSubscription).where(StoredSubscription.server_id == server_id))
            return found.rowcount > 0

    def pause(self, server_id: int) -> None:
        """Keep the wish, and post nothing until ``resume``."""
        self._update(server_id, is_paused=True)

    def resume(self, server_id: int, now: datetime) -> None:
        """Fulfil the wish again, and try its channel again. What was due in a pause is not owed."""
        with exclusive(self._engine) as session:
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

    def deliveries(self, since: datetime) -> Mapping[tuple[int, str], Delivery]:
        """The deliveries whose last attempt was at ``since`` or later, by server and week."""
        query = select(StoredDelivery).where(StoredDelivery.report == WEEKLY, StoredDelivery.tried_at >= since)
        with Session(self._engine) as session:
            return {(row.server_id, row.week): _delivery(row) for row in session.scalars(query)}

    def last_delivery(self, server_id: int) -> Delivery | None:
        query = (
            select(StoredDelivery)
            .where(StoredDelivery.server_id == server_id, StoredDelivery.report == WEEKLY)
            .order_by(StoredDelivery.tried_at.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            row = session.scalar(query)
            return None if row is None else _delivery(row)

    def begin_delivery(self, to: Subscription, week: str, now: datetime) -> Delivery | None:
        """Mark the week's report before it is posted. None if another bot on this database has posted it meanwhile."""
        with exclusive(self._engine) as session:
            row = session.get(StoredDelivery, (to.server_id, WEEKLY, week))
            if row is None:
                row = StoredDelivery(server_id=to.server_id, report=WEEKLY, week=week, attempts=0)
                session.add(row)
            elif row.state in FINAL:
                return None
            unsure = unsure_since(row, now) if row.channel_id == to.channel_id else None
            row.channel_id, row.state, row.tried_at = to.channel_id, "sending", now
            row.attempts += 1 if unsure is None else 2  # the look for it is a request too
            return replace(_delivery(row), unsure=unsure)

    def end_delivery(self, to: Subscription, delivery: Delivery, outcome: Outcome) -> None:
        """Mark it after the post. A channel that refused it is not tried again until an admin sets one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, WEEKLY, delivery.week))
            if row is not None:  # else the server's data was deleted meanwhile
                row.state, row.message_id = outcome.state, outcome.message_id
        if outcome.problem is not None:
            self._update(to.server_id, problem=outcome.problem)

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
    return Delivery(row.week, cast(DeliveryState, row.state), row.attempts, row.tried_at, row.channel_id)
