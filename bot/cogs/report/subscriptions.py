"""The reports that servers asked for. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final, Literal, cast, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Engine,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from bot.calendar.cadence import Cadence, ReportTime, cadence_of, report_time
from bot.cogs.portfolio.store import SavedMix
from bot.delivery import ChannelProblem
from bot.storage.exclusive import exclusive
from bot.storage.one_of import one_of
from bot.storage.schema import StoredDeparture, StoredSubscription
from forecasting import Symbol

MOST: Final = 5
"""Reports that a server may have."""


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
    """A report that a server asked for.

    Attributes:
        since: when it was set or resumed; reports due before are not posted.
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


class TooManyReports(Exception):
    """The server has as many as it may have."""


class WhichReport(Exception):
    """It is not clear which report is meant."""


class Subscriptions:
    """The servers' subscriptions."""

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
        """Keep the settings, and post nothing until ``resume``."""
        self._update(server_id, number, is_paused=True, next_due=None)

    def resume(self, server_id: int, now: datetime, number: int = 1) -> None:
        """Post again, also to a channel that refused. Reports missed during a pause are not posted later."""
        with exclusive(self._engine) as session:
            row = session.get(StoredSubscription, (server_id, number))
            if row is not None:
                row.since = now if row.is_paused else row.since
                row.is_paused, row.problem, row.next_due = False, None, now

    def stop_trying(self, to: Subscription, problem: ChannelProblem) -> None:
        """Post nothing into a channel that refused a report, until an admin sets one or resumes it."""
        self._update(to.server_id, to.number, problem=problem, next_due=None)

    def all_of(self, server_id: int) -> tuple[Subscription, ...]:
        """The server's subscriptions, by number."""
        with Session(self._engine) as session:
            return tuple(map(_subscription, session.scalars(_all_of(server_id))))

    def all(self) -> tuple[Subscription, ...]:
        """Of the servers that the bot is in, in the order in which they asked."""
        return self._present(_ALL)

    def due(self, now: datetime) -> tuple[Subscription, ...]:
        """Those of them that have something to be decided at ``now``, by the index of what is due when."""
        return self._present(_DUE, {"now": now})

    def coming(self, now: datetime) -> tuple[Subscription, ...]:
        """The same, and one of those that are due first after ``now``, if there are any."""
        return self._present(_COMING, {"now": now})

    def in_trouble(self) -> tuple[Subscription, ...]:
        """Those of them whose channel is no longer tried."""
        return self._present(_IN_TROUBLE)

    def plan(self, moments: Iterable[tuple[Subscription, datetime | None]]) -> None:
        """Store when each is next due, unless an admin has changed it since it was read."""
        changed = [
            {"server": to.server_id, "report": to.number, "read": to.next_due, "moment": moment}
            for to, moment in moments
            if moment != to.next_due
        ]
        if changed:
            with self._engine.begin() as connection:
                connection.execute(_PLAN, changed)

    def _present(
        self,
        query: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]],
        bounds: Mapping[str, datetime] | None = None,
    ) -> tuple[Subscription, ...]:
        with self._engine.connect() as connection:
            return tuple(map(_subscription, connection.execute(query, bounds)))

    def _update(self, server_id: int, number: int, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(StoredSubscription).where(_is(server_id, number)).values(**values))


def _is(server_id: int, number: int) -> ColumnElement[bool]:
    return and_(StoredSubscription.server_id == server_id, StoredSubscription.number == number)


_IS_PRESENT: Final = StoredSubscription.server_id.not_in(select(StoredDeparture.server_id))


def _present(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(StoredSubscription.__table__)  # whole objects cost three times as much
        .where(*wanted, _IS_PRESENT)
        .order_by(StoredSubscription.since, StoredSubscription.server_id, StoredSubscription.number)
    )


# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_ALL: Final = _present()
_DUE: Final = _present(StoredSubscription.next_due <= bindparam("now"))
_IN_TROUBLE: Final = _present(one_of(StoredSubscription.problem, get_args(ChannelProblem)))
_LATER: Final = _present(StoredSubscription.next_due > bindparam("now")).order_by(None)
_COMING: Final = union_all(
    _DUE.order_by(None), select(_LATER.order_by(StoredSubscription.next_due).limit(1).subquery())
)
_PLAN: Final = (
    update(StoredSubscription)
    .where(
        StoredSubscription.server_id == bindparam("server"),
        StoredSubscription.number == bindparam("report"),
        StoredSubscription.next_due.is_not_distinct_from(bindparam("read")),
    )
    .values(next_due=bindparam("moment"))
)


def _all_of(server_id: int) -> Select[StoredSubscription]:
    mine = StoredSubscription.server_id == server_id
    return select(StoredSubscription).where(mine).order_by(StoredSubscription.number)


def _subscription(row: StoredSubscription | Row[Any]) -> Subscription:
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
