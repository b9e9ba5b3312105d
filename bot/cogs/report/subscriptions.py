"""What servers asked for, and what they were sent. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final, Literal, cast, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, Select, and_, bindparam, delete, select, update
from sqlalchemy.orm import Session

from bot.calendar.cadence import Cadence, ReportTime, cadence_of, report_time
from bot.cogs.portfolio.store import SavedMix
from bot.delivery import ChannelProblem, Outcome, is_given_up, unsure_since
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredDelivery, StoredDeparture, StoredSubscription
from forecasting import Symbol

DeliveryState = Literal["sending", "sent", "failed", "unknown", "lost", "empty", "refused"]
"""See ``bot.delivery``."""

ReportKey = tuple[int, int, str]
"""Of one delivery: server, number of the report, period. No key is posted twice."""

FINAL: Final = ("sent", "refused", "lost")
MOST: Final = 5
"""Reports that a server may have."""
AT_ONCE: Final = 1000
"""Servers whose deliveries are read by one query."""


@dataclass(frozen=True)
class ReportOptions:
    """How a server wants a report.

    Attributes:
        when: day and time in the server's zone.
        role_id: of the role that a post mentions, if any.
        symbols: the ETFs that it is about; empty for all.
        language: as ``bot.texts`` names it; None for the server's.
        publishes: whether a post in an announcement channel goes to the channels that follow it.
        mix: a portfolio that it shows after the ETFs; a copy, which does not change with the member's.
    """

    channel_id: int
    when: ReportTime
    role_id: int | None = None
    symbols: tuple[Symbol, ...] = ()
    language: str | None = None
    publishes: bool = False
    mix: SavedMix | None = None

    @property
    def cadence(self) -> Cadence:
        return cadence_of(self.when)


@dataclass(frozen=True)
class Subscription:
    """A server's wish, since when it stands, and what keeps it from being fulfilled.

    Attributes:
        since: nothing that was due before is owed.
        problem: why the channel is no longer tried.
        number: of the server's reports, from 1.
        next_due: as it is stored, see ``bot.cogs.report.due.next_due``.
    """

    server_id: int
    options: ReportOptions
    since: datetime
    is_paused: bool = False
    problem: ChannelProblem | None = None
    number: int = 1
    next_due: datetime | None = field(default=None, compare=False, repr=False)

    @property
    def channel_id(self) -> int:
        return self.options.channel_id

    @property
    def is_active(self) -> bool:
        """Whether reports are posted: it is not paused, and its channel can be used."""
        return self.problem is None and not self.is_paused


@dataclass(frozen=True)
class Delivery:
    """How far a report of one period got.

    Attributes:
        unsure: when an attempt was made that may have arrived, for the one that begins now.
        others: ids of what else was posted in that channel, for the same.
    """

    period: str
    state: DeliveryState
    attempts: int
    tried_at: datetime
    channel_id: int = 0
    unsure: datetime | None = None
    others: frozenset[int] = field(default=frozenset(), repr=False)

    @property
    def is_given_up(self) -> bool:
        """Whether it failed for the last time."""
        return is_given_up(self)


class TooManyReports(Exception):
    """The server has as many as it may have."""


class WhichReport(Exception):
    """Several may be meant."""


class Subscriptions:
    """The servers' subscriptions, and what was delivered to them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def subscribe(
        self,
        server_id: int,
        options: ReportOptions,
        now: datetime,
        number: int | Literal["new"] | None = None,
        most: int = MOST,
    ) -> Subscription:
        """Subscribe a server with these options. A report's date changes only with its day, time or zone.

        Args:
            number: the report to change, or "new". By default the one of the same cadence; a new one if there is none.
            most: how many reports a server may have.

        Raises:
            TooManyReports: it would be one more than ``most``.
            WhichReport: there is no such report; by default: there are several of the same cadence.
        """
        with exclusive(self._engine) as session:
            rows = {row.number: row for row in session.scalars(_all_of(server_id))}
            if number is None:
                alike = [row for row in rows.values() if _subscription(row).options.cadence == options.cadence]
                if len(alike) > 1:
                    raise WhichReport
                number = alike[0].number if alike else "new"
            if number == "new":
                if len(rows) >= most:
                    raise TooManyReports
                number = next(free for free in range(1, most + 1) if free not in rows)
                row = StoredSubscription(server_id=server_id, number=number, since=now)
                session.add(row)
            elif number not in rows:
                raise WhichReport
            else:
                row = rows[number]
                if _subscription(row).options.when != options.when or row.is_paused:
                    row.since = now
            row.channel_id, row.role_id, row.symbols = options.channel_id, options.role_id, list(options.symbols)
            row.day, row.at, row.zone = options.when.day, options.when.at.isoformat("minutes"), options.when.zone.key
            row.skips_weekend, row.is_paused, row.problem = options.when.skips_weekend, False, None
            row.language, row.publishes, row.next_due = options.language, options.publishes, now
            row.mix = None if options.mix is None else options.mix.to_json()
            session.flush()
            return _subscription(row)

    def unsubscribe(self, server_id: int, number: int = 1) -> bool:
        """End a report. False if there was none."""
        with self._engine.begin() as connection:
            return connection.execute(delete(StoredSubscription).where(_is(server_id, number))).rowcount > 0

    def pause(self, server_id: int, number: int = 1) -> None:
        """Keep the wish, and post nothing until ``resume``."""
        self._update(server_id, number, is_paused=True, next_due=None)

    def resume(self, server_id: int, now: datetime, number: int = 1) -> None:
        """Fulfil the wish again, and try its channel again. What was due in a pause is not owed."""
        with exclusive(self._engine) as session:
            row = session.get(StoredSubscription, (server_id, number))
            if row is not None:
                row.since = now if row.is_paused else row.since
                row.is_paused, row.problem, row.next_due = False, None, now

    def of(self, server_id: int, number: int = 1) -> Subscription | None:
        with Session(self._engine) as session:
            row = session.get(StoredSubscription, (server_id, number))
            return None if row is None else _subscription(row)

    def all_of(self, server_id: int) -> tuple[Subscription, ...]:
        """The server's, by number."""
        with Session(self._engine) as session:
            return tuple(map(_subscription, session.scalars(_all_of(server_id))))

    def all(self) -> tuple[Subscription, ...]:
        """Of the servers that the bot is in, in the order in which they asked."""
        return self._present()

    def due(self, now: datetime) -> tuple[Subscription, ...]:
        """Those of them that have something to be decided at ``now``, by the index of what is due when."""
        return self._present(StoredSubscription.next_due <= now)

    def in_trouble(self) -> tuple[Subscription, ...]:
        """Those of them whose channel is no longer tried."""
        return self._present(StoredSubscription.problem.in_(get_args(ChannelProblem)))

    def first_due(self, after: datetime) -> datetime | None:
        """The first moment after ``after`` at which a report is due, of the servers that the bot is in."""
        later = StoredSubscription.next_due > after
        query = select(StoredSubscription.next_due).where(later, _is_present())
        with Session(self._engine) as session:
            return session.scalar(query.order_by(StoredSubscription.next_due).limit(1))

    def plan(self, moments: Iterable[tuple[Subscription, datetime | None]]) -> None:
        """Store when each is next due, unless an admin has changed it since it was read."""
        is_as_read = and_(
            StoredSubscription.server_id == bindparam("server"),
            StoredSubscription.number == bindparam("report"),
            StoredSubscription.next_due.is_not_distinct_from(bindparam("read")),
        )
        changed = [
            {"server": to.server_id, "report": to.number, "read": to.next_due, "moment": moment}
            for to, moment in moments
            if moment != to.next_due
        ]
        if changed:
            query = update(StoredSubscription).where(is_as_read).values(next_due=bindparam("moment"))
            with self._engine.begin() as connection:
                connection.execute(query, changed)

    def deliveries(self, since: datetime, states: Collection[DeliveryState] = ()) -> Mapping[ReportKey, Delivery]:
        """The deliveries whose last attempt was at ``since`` or later, of these states if any are given."""
        query = select(StoredDelivery).where(StoredDelivery.tried_at >= since)
        with Session(self._engine) as session:
            rows = session.scalars(query.where(StoredDelivery.state.in_(states)) if states else query)
            return {_key(row): _delivery(row) for row in rows}

    def deliveries_of(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, Delivery]:
        """The deliveries with these keys, as far as there are any."""
        found: dict[ReportKey, Delivery] = {}
        ordered = sorted(keys)
        with Session(self._engine) as session:
            for start in range(0, len(ordered), AT_ONCE):
                servers, numbers, periods = zip(*ordered[start : start + AT_ONCE], strict=True)
                query = select(StoredDelivery).where(
                    StoredDelivery.server_id.in_(set(servers)),
                    StoredDelivery.report.in_(set(map(str, numbers))),
                    StoredDelivery.week.in_(set(periods)),
                )
                found |= {_key(row): _delivery(row) for row in session.scalars(query)}
        return {key: delivery for key, delivery in found.items() if key in keys}

    def last_delivery(self, server_id: int, number: int = 1) -> Delivery | None:
        query = (
            select(StoredDelivery)
            .where(StoredDelivery.server_id == server_id, StoredDelivery.report == str(number))
            .order_by(StoredDelivery.tried_at.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            row = session.scalar(query)
            return None if row is None else _delivery(row)

    def begin_delivery(
        self, to: Subscription, period: str, now: datetime, *, has_nonce: bool = True
    ) -> Delivery | None:
        """Mark a report before it is posted. None if another bot on this database has posted it meanwhile.

        Args:
            has_nonce: whether Discord knows a repeat there by its nonce.
        """
        with exclusive(self._engine) as session:
            row = session.get(StoredDelivery, (to.server_id, str(to.number), period))
            if row is None:
                row = StoredDelivery(server_id=to.server_id, report=str(to.number), week=period, attempts=0)
                session.add(row)
            elif row.state in FINAL:
                return None
            unsure = unsure_since(row, now, has_nonce=has_nonce) if row.channel_id == to.channel_id else None
            others = select(StoredDelivery.message_id).where(StoredDelivery.channel_id == to.channel_id)
            known = frozenset(filter(None, session.scalars(others))) if unsure is not None else frozenset[int]()
            row.channel_id, row.state, row.tried_at = to.channel_id, "sending", now
            row.attempts += 1 if unsure is None else 2  # the look for it is a request too
            return replace(_delivery(row), unsure=unsure, others=known)

    def end_delivery(self, to: Subscription, delivery: Delivery, outcome: Outcome) -> None:
        """Mark it after the post. A channel that refused it is not tried again until an admin sets one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, str(to.number), delivery.period))
            if row is not None:  # else the server's data was deleted meanwhile
                row.state, row.message_id = outcome.state, outcome.message_id
        if outcome.problem is not None:
            self._update(to.server_id, to.number, problem=outcome.problem, next_due=None)

    def _present(self, *wanted: ColumnElement[bool]) -> tuple[Subscription, ...]:
        query = (
            select(StoredSubscription)
            .where(*wanted, _is_present())
            .order_by(StoredSubscription.since, StoredSubscription.server_id, StoredSubscription.number)
        )
        with Session(self._engine) as session:
            return tuple(_subscription(row) for row in session.scalars(query))

    def _update(self, server_id: int, number: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(StoredSubscription).where(_is(server_id, number)).values(**values))


def _is(server_id: int, number: int) -> ColumnElement[bool]:
    return and_(StoredSubscription.server_id == server_id, StoredSubscription.number == number)


def _is_present() -> ColumnElement[bool]:
    return StoredSubscription.server_id.not_in(select(StoredDeparture.server_id))


def _key(row: StoredDelivery) -> ReportKey:
    return row.server_id, int(row.report), row.week


def _all_of(server_id: int) -> Select[StoredSubscription]:
    mine = StoredSubscription.server_id == server_id
    return select(StoredSubscription).where(mine).order_by(StoredSubscription.number)


def _subscription(row: StoredSubscription) -> Subscription:
    options = ReportOptions(
        row.channel_id,
        report_time(row.day, time.fromisoformat(row.at), ZoneInfo(row.zone), row.skips_weekend),
        row.role_id,
        tuple(Symbol(symbol) for symbol in row.symbols),
        row.language,
        row.publishes,
        None if row.mix is None else SavedMix.from_json(row.mix),
    )
    problem = cast("ChannelProblem | None", row.problem)
    return Subscription(row.server_id, options, row.since, row.is_paused, problem, row.number, row.next_due)


def _delivery(row: StoredDelivery) -> Delivery:
    return Delivery(row.week, cast(DeliveryState, row.state), row.attempts, row.tried_at, row.channel_id)
