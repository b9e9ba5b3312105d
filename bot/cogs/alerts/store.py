"""Members' alerts: what they want to be told, and how far the telling got. All methods block: call them in a thread.

When one is crossed is in ``bot.cogs.alerts.crossing``.

A crossing is told once: it is written down before anything is posted, marked again before and after the post, and the
alert stays silent until the close has been on the other side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, cast

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from bot.cogs.alerts.crossing import Kind, holds, meet, start
from bot.cogs.report.subscriptions import MAX_ATTEMPTS, NONCE_LENGTH, NONCE_WINDOW, RETRY_AFTER
from bot.storage.schema import StoredAlert
from forecasting import ForecastReport, Symbol

Way = Literal["direct", "channel"]
"""How a member is told: in direct messages, or in the channel where the alert was set."""

State = Literal["quiet", "owed", "sending", "sent", "failed", "refused", "lost"]
"""No crossing so far; one to be told; being posted; told; to be tried again; not to be; perhaps told, perhaps not."""

AlertProblem = Literal["direct closed", "channel forbidden", "channel gone"]

MAX_PER_MEMBER: Final = 20


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
        attempts: to tell the last crossing.
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
    problem: AlertProblem | None
    language: str = "en"
    attempts: int = 0

    @property
    def is_given_up(self) -> bool:
        """Its crossing could not be told so often that it is not tried again."""
        return self.state == "failed" and self.attempts >= MAX_ATTEMPTS

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
            start(row, report)
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
                meet(row, report)

    def owed(self, now: datetime) -> tuple[Alert, ...]:
        """The crossings that are to be told now; those whose post may or may not have got through are given up."""
        with Session(self._engine) as session, session.begin():
            rows = session.scalars(self._all().where(StoredAlert.state.in_(("owed", "sending", "failed")))).all()
            for row in rows:
                if row.state == "sending" and _age(row, now) > NONCE_WINDOW:
                    row.state = "lost"  # nobody can tell whether it arrived, and no post is better than two
            return tuple(_alert(row) for row in rows if _is_ready(row, now))

    def begin(self, alert: Alert, now: datetime) -> bool:
        """Mark a crossing before it is told, so that a crash in between is seen. False where it was taken back,
        or another bot on this database has told it meanwhile.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert.id)
            if row is None or row.state not in ("owed", "sending", "failed"):
                return False
            row.state, row.tried_at = "sending", now
            row.attempts += 1
            return True

    def end(self, alert: Alert, state: State, problem: AlertProblem | None = None) -> None:
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


def holds_now(alert: Alert, report: ForecastReport) -> bool:
    """Whether what a new alert waits for holds at the close from which it counts."""
    low, high = (alert.level, None) if alert.kind == "below" else (None, alert.level)
    return alert.kind != "band" and holds(alert.kind, report.last_close, low, high)


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
        problem=cast("AlertProblem | None", row.problem),
        language=row.language,
        attempts=row.attempts,
    )
