"""Members' alerts: what they want to be told, and how far the telling got. All methods block: call them in a thread.

An alert is met by the newest report of its ETF, in the report's prices (closes of the as-of session).

- ``above`` and ``below`` compare the close with a price. The price counts in dollars of the session at whose close it
  was last looked at: when a split re-bases the prices, the alert's price follows. A dividend changes nothing, because
  the price is compared with the close as quoted.
- ``band`` compares the session's close with the 80 % band of the forecast that was the newest when the alert was set.
  Both count as growth since that forecast's close, dividends reinvested, so that neither splits nor dividends matter.
  When its 60 sessions are over the newest forecast's band takes its place.

A crossing is told once: it is written down before anything is posted, marked again before and after the post, and the
alert stays silent until the close has been on the other side.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final, Literal, cast

from sqlalchemy import Engine, Select, delete, func, select
from sqlalchemy.orm import Session

from bot.guilds import NONCE_LENGTH, NONCE_WINDOW
from bot.tables import StoredAlert
from forecasting import LEVELS, ForecastReport, Symbol

Kind = Literal["above", "below", "band"]
Way = Literal["direct", "channel"]
"""How a member is told: in direct messages, or in the channel where the alert was set."""

State = Literal["quiet", "owed", "sending", "sent", "failed", "refused", "lost"]
"""No crossing so far; one to be told; being posted; told; to be tried again; not to be; perhaps told, perhaps not."""

Problem = Literal["direct closed", "channel forbidden", "channel gone"]

MAX_PER_MEMBER: Final = 20
MAX_ATTEMPTS: Final = 4
RETRY_AFTER: Final = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=2))

LARGEST_DIVIDEND: Final = 0.15
"""A change of the past's prices by less is a distribution, by more a split: the smallest, 5:4, is a fifth."""
_SPLITS: Final[tuple[float, ...]] = tuple(
    chain.from_iterable((n, 1 / n) for n in (5 / 4, 4 / 3, 3 / 2, *range(2, 101)))
)
_LOW, _HIGH = LEVELS.index(0.10), LEVELS.index(0.90)


@dataclass(frozen=True)
class Place:
    """Where a member asked: the channel, and its server where it has one."""

    channel_id: int
    server_id: int | None


@dataclass(frozen=True)
class Alert:
    """What a member wants to be told.

    Attributes:
        level: the price of ``above`` and ``below``, in the newest report's prices.
        until: last session of the band of ``band``.
        state, crossed_on, crossed_at: how far the telling of the last crossing got, its session and its close.
        problem: why the member could not be told.
        language: in which the member is told, see ``bot.texts``.
    """

    id: int
    user_id: int
    place: Place
    symbol: Symbol
    kind: Kind
    way: Way
    level: float | None
    until: date | None
    state: State
    crossed_on: date | None
    crossed_at: float | None
    tried_at: datetime | None
    problem: Problem | None
    language: str = "en"

    @property
    def nonce(self) -> str:
        """By which Discord knows a repeated post of the same crossing for the first one."""
        return hashlib.sha256(f"alert {self.id} {self.crossed_on}".encode()).hexdigest()[:NONCE_LENGTH]


class TooMany(Exception):
    """The member has as many alerts as one may have."""


class Alerts:
    """The alerts of one database on the prices of one source."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self._source = source

    def add(
        self,
        user_id: int,
        place: Place,
        report: ForecastReport,
        kind: Kind,
        level: float | None,
        way: Way,
        now: datetime,
        language: str = "en",
    ) -> Alert:
        """Keep a new alert. Where what it waits for holds already, it waits for the next time.

        Raises:
            TooMany: the member has MAX_PER_MEMBER.
        """
        with Session(self._engine) as session, session.begin():
            if self._count(session, user_id) >= MAX_PER_MEMBER:
                raise TooMany
            row = StoredAlert(
                user_id=user_id,
                server_id=place.server_id,
                channel_id=place.channel_id,
                source=self._source,
                symbol=report.symbol,
                kind=kind,
                way=way,
                level=level,
                language=language,
                state="quiet",
                attempts=0,
                created_at=now,
            )
            _start(row, report)
            session.add(row)
            session.flush()
            return _alert(row)

    def of(self, user_id: int) -> tuple[Alert, ...]:
        """A member's alerts, oldest first."""
        query = self._all().where(StoredAlert.user_id == user_id)
        with Session(self._engine) as session:
            return tuple(_alert(row) for row in session.scalars(query))

    def remove(self, user_id: int, alert_id: int) -> Alert | None:
        """Take one back; the one that was taken, or None where the member has none of that number."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert_id)
            if row is None or row.user_id != user_id:
                return None
            alert = _alert(row)
            session.delete(row)
            return alert

    def forget_member(self, user_id: int) -> int:
        """Delete all that is stored of a member; how many alerts that were. Of every source."""
        with self._engine.begin() as connection:
            return connection.execute(delete(StoredAlert).where(StoredAlert.user_id == user_id)).rowcount

    def forget_server(self, server_id: int) -> int:
        """Delete the alerts that were set in a server; how many."""
        with self._engine.begin() as connection:
            return connection.execute(delete(StoredAlert).where(StoredAlert.server_id == server_id)).rowcount

    def waiting(self) -> dict[Symbol, date]:
        """The ETFs that somebody waits for, each with the last session that all of its alerts have met."""
        query = (
            select(StoredAlert.symbol, func.min(StoredAlert.checked))
            .where(StoredAlert.source == self._source)
            .group_by(StoredAlert.symbol)
        )
        with self._engine.connect() as connection:
            return {Symbol(symbol): checked for symbol, checked in connection.execute(query)}

    def meet(self, report: ForecastReport) -> None:
        """Have every alert on this ETF meet a newer close, and write down which of them are crossed by it."""
        query = self._all().where(StoredAlert.symbol == report.symbol, StoredAlert.checked < report.as_of)
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(query):
                _meet(row, report)

    def owed(self, now: datetime) -> tuple[Alert, ...]:
        """The crossings that are to be told now; those whose post may or may not have got through are given up."""
        with Session(self._engine) as session, session.begin():
            rows = session.scalars(self._all().where(StoredAlert.state.in_(("owed", "sending", "failed")))).all()
            for row in rows:
                if row.state == "sending" and _age(row, now) > NONCE_WINDOW:
                    row.state = "lost"  # nobody can tell whether it arrived, and no post is better than two
            return tuple(_alert(row) for row in rows if _is_ready(row, now))

    def begin(self, alert: Alert, now: datetime) -> bool:
        """Mark a crossing before it is told, so that a crash in between is seen. False where it was taken back."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert.id)
            if row is None:
                return False
            row.state, row.tried_at = "sending", now
            row.attempts += 1
            return True

    def end(self, alert: Alert, state: State, problem: Problem | None = None) -> None:
        """Mark it after it was told, or could not be."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert.id)
            if row is not None:
                row.state, row.problem = state, problem

    def _count(self, session: Session, user_id: int) -> int:
        query = select(func.count()).select_from(StoredAlert).where(StoredAlert.user_id == user_id)
        return session.scalar(query) or 0

    def _all(self) -> Select[StoredAlert]:
        return select(StoredAlert).where(StoredAlert.source == self._source).order_by(StoredAlert.id)


def holds(kind: Kind, close: float, low: float | None, high: float | None) -> bool:
    """Whether a close is where the alert waits for it: over ``high`` or under ``low``, as far as the kind has them."""
    over = high is not None and close > high
    under = low is not None and close < low
    return {"above": over, "below": under, "band": over or under}[kind]


def holds_now(alert: Alert, report: ForecastReport) -> bool:
    """Whether what a new alert waits for holds at the close from which it counts."""
    low, high = (alert.level, None) if alert.kind == "below" else (None, alert.level)
    return alert.kind != "band" and holds(alert.kind, report.last_close, low, high)


def split_ratio(change: float) -> float:
    """The split behind a change of what past closes are quoted at, new over old; 1 where it was a distribution."""
    if abs(change - 1) < LARGEST_DIVIDEND:
        return 1.0
    return min(_SPLITS, key=lambda ratio: abs(math.log(change / ratio)))


def _start(row: StoredAlert, report: ForecastReport) -> None:
    """Count from this report on. What holds already has to end first."""
    row.base_session = row.checked = report.as_of
    row.base_close = report.last_close
    if row.kind == "band":
        row.band = {s.session.isoformat(): [s.quantiles[_LOW], s.quantiles[_HIGH]] for s in report.forecast}
    row.is_armed = not holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))


def _meet(row: StoredAlert, report: ForecastReport) -> None:
    if row.kind == "band":
        if report.as_of.isoformat() not in (row.band or {}) or _then(row, report) is None:
            _start(row, report)
            return
    else:
        _rebase(row, report)
    row.checked = report.as_of
    is_there = holds(cast(Kind, row.kind), report.last_close, *_bounds(row, report))
    if is_there and row.is_armed:
        row.state, row.attempts, row.problem = "owed", 0, None
        row.crossed_on, row.crossed_at = report.as_of, report.last_close
    row.is_armed = not is_there


def _rebase(row: StoredAlert, report: ForecastReport) -> None:
    """Bring the price into the report's prices, and count from the report's session on."""
    then = _then(row, report)
    if then is not None and row.level is not None:
        row.level *= split_ratio(then / row.base_close)
    row.base_session, row.base_close = report.as_of, report.last_close


def _bounds(row: StoredAlert, report: ForecastReport) -> tuple[float | None, float | None]:
    """Low and high in the report's prices."""
    if row.kind != "band":
        return (row.level, None) if row.kind == "below" else (None, row.level)
    band, then = (row.band or {}).get(report.as_of.isoformat()), _then(row, report)
    if band is None or then is None:
        return None, None
    low, high = (price * then / row.base_close for price in band)
    return low, high


def _then(row: StoredAlert, report: ForecastReport) -> float | None:
    """The close from which the alert counts, as the report quotes it."""
    return next((past.close for past in report.history if past.session == row.base_session), None)


def _is_ready(row: StoredAlert, now: datetime) -> bool:
    if row.state != "failed":
        return row.state in ("owed", "sending")
    return row.attempts < MAX_ATTEMPTS and _age(row, now) >= RETRY_AFTER[min(row.attempts, len(RETRY_AFTER)) - 1]


def _age(row: StoredAlert, now: datetime) -> timedelta:
    return now - (row.tried_at or now)


def _alert(row: StoredAlert) -> Alert:
    sessions: Sequence[str] = sorted(row.band or ())
    return Alert(
        id=row.id,
        user_id=row.user_id,
        place=Place(row.channel_id, row.server_id),
        symbol=Symbol(row.symbol),
        kind=cast(Kind, row.kind),
        way=cast(Way, row.way),
        level=row.level,
        until=date.fromisoformat(sessions[-1]) if sessions else None,
        state=cast(State, row.state),
        crossed_on=row.crossed_on,
        crossed_at=row.crossed_at,
        tried_at=row.tried_at,
        problem=cast("Problem | None", row.problem),
        language=row.language,
    )
