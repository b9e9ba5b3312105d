"""Members' alerts, and which notices were sent. All methods block: call them in a thread.

What is stored is in ``bot.cogs.alerts.alert``, when an alert is crossed in ``bot.cogs.alerts.crossing``.

A member is notified of a crossing once: it is stored before anything is posted and marked again before and after the
post, and the alert stays silent until the close has been on the other side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.cogs.alerts.alert import Alert, AlertProblem, AlertState, Place, Way, alert_of
from bot.cogs.alerts.crossing import Kind, check, start
from bot.cogs.alerts.mix_index import NO_ETF, HeldMix, MixForecaster, met
from bot.delivery import MAX_ATTEMPTS, Outcome, is_due, may_have_arrived, unsure_since
from bot.storage.exclusive import exclusive
from bot.storage.one_of import one_of
from bot.storage.schema import StoredAlert
from forecasting import ForecastReport, Symbol

UNSENT: Final[tuple[AlertState, ...]] = ("owed", "sending", "failed", "unknown")
MAX_PER_MEMBER: Final = 20
LARGEST_NUMBER: Final = 2**31 - 1
"""Of an alert: what the database's integers hold."""


class TooMany(Exception):
    """The member has as many alerts as one may have."""


class TooManyInServer(Exception):
    """The members of a server have as many there as they may have together."""


class HasItAlready(Exception):
    """The member has this ``alert``."""

    def __init__(self, alert: Alert) -> None:
        self.alert = alert
        super().__init__(f"alert {alert.id}")


class Alerts:
    """The alerts of one database on the prices of one source."""

    def __init__(self, engine: Engine, source: str, most_per_server: int | None = None) -> None:
        self._engine = engine
        self._most_per_server = most_per_server
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
        mix: HeldMix | None = None,
    ) -> Alert:
        """Store a new alert. If its condition holds already, it waits for the next time.

        Args:
            report: of the ETF, or the index of the ``mix``.

        Raises:
            TooMany: the member has MAX_PER_MEMBER.
            TooManyInServer: so many as the server may have were set there.
            HasItAlready: the member has this one.
        """
        with exclusive(self._engine) as session:
            for known in session.scalars(self._all().where(StoredAlert.user_id == user_id)):
                is_same = (known.symbol, known.kind, known.level) == (report.symbol, kind, level)
                if is_same and (mix is None or mix.name == (known.mix or {})["name"]):
                    raise HasItAlready(alert_of(known))
            if self._count(session, user_id) >= MAX_PER_MEMBER:
                raise TooMany
            if self._most_per_server is not None and place.server_id is not None:
                here = select(func.count()).where(StoredAlert.server_id == place.server_id)
                if (session.scalar(here) or 0) >= self._most_per_server:
                    raise TooManyInServer
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
                mix=None if mix is None else mix.to_json(),
                state="quiet",
                attempts=0,
                created_at=now,
            )
            start(row, report)
            session.add(row)
            session.flush()
            return alert_of(row)

    def of(self, user_id: int) -> tuple[Alert, ...]:
        """A member's alerts, oldest first."""
        query = self._all().where(StoredAlert.user_id == user_id)
        with Session(self._engine) as session:
            return tuple(alert_of(row) for row in session.scalars(query))

    def remove(self, user_id: int, alert_id: int) -> Alert | None:
        """Remove an alert and return it; None if the member has none with that number."""
        if alert_id > LARGEST_NUMBER:  # PostgreSQL would refuse to look for it
            return None
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert_id)
            if row is None or row.user_id != user_id:
                return None
            alert = alert_of(row)
            session.delete(row)
            return alert

    def waiting(self) -> dict[Symbol, date]:
        """The ETFs with alerts, each with the last session whose close was compared with all of its alerts.

        NO_ETF stands for all portfolios.
        """
        with self._engine.connect() as connection:
            rows = connection.execute(_WAITING, {"source": self._source})
            return {Symbol(symbol): checked for symbol, checked in rows}

    def check(self, *reports: ForecastReport) -> None:
        """Compare every alert on these ETFs with a newer close, and store which of them it crosses."""
        newest = {report.symbol: report for report in reports}
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(_ON, {"source": self._source, "symbols": list(newest)}):
                if row.checked < (report := newest[Symbol(row.symbol)]).as_of:
                    check(row, report)

    def check_mixes(self, newest: Mapping[Symbol, ForecastReport], forecast: MixForecaster) -> None:
        """The same for every alert on a portfolio whose ETFs all have a newer close, by the ``newest`` reports."""
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(self._all().where(StoredAlert.symbol == NO_ETF)):
                if (index := met(row, newest, forecast)) is not None:
                    check(row, index)

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """The alerts whose notice is to be sent now."""
        with self._engine.connect() as connection:
            rows = connection.execute(_UNSENT, {"source": self._source})
            return tuple(alert_of(row) for row in rows if row.state == "owed" or is_due(row, now))

    def begin(self, alert_id: int, now: datetime) -> Alert | None:
        """Mark a notice before it is sent. None if the alert was removed, or another bot on this database sent it."""
        with exclusive(self._engine) as session:
            row = session.get(StoredAlert, alert_id)
            if row is None or row.state not in UNSENT:
                return None
            unsure = unsure_since(row, now)
            repeats = unsure is None and may_have_arrived(row)
            row.state, row.tried_at = "sending", now
            row.attempts += 1 if unsure is None else 2  # the look for it is a request too
            return replace(alert_of(row), unsure=unsure, repeats=repeats)

    def end(self, alert: Alert, outcome: Outcome, problem: AlertProblem | None = None) -> None:
        """Mark a notice after it was sent, or could not be: why is the ``problem``."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredAlert, alert.id)
            if row is not None:
                row.state, row.problem = outcome.state, problem

    def undelivered(self, since: datetime) -> int:
        """How many notices tried since ``since`` were given up or may not have arrived. Refusals don't count."""
        with self._engine.connect() as connection:
            return connection.scalar(_UNDELIVERED, {"source": self._source, "since": since}) or 0

    def _count(self, session: Session, user_id: int) -> int:
        query = select(func.count()).select_from(StoredAlert).where(StoredAlert.user_id == user_id)
        return session.scalar(query) or 0

    def _all(self) -> Select[StoredAlert]:
        return select(StoredAlert).where(StoredAlert.source == self._source).order_by(StoredAlert.id)


# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_IS_OF_SOURCE: Final = StoredAlert.source == bindparam("source")
_OF_SOURCE: Final = select(StoredAlert).where(_IS_OF_SOURCE).order_by(StoredAlert.id)
_UNSENT: Final = (
    select(StoredAlert.__table__)  # whole objects cost three times as much
    .where(_IS_OF_SOURCE, one_of(StoredAlert.state, UNSENT))
    .order_by(StoredAlert.id)
)
_ON: Final = _OF_SOURCE.where(StoredAlert.symbol.in_(bindparam("symbols", expanding=True)))
_WAITING: Final = (
    select(StoredAlert.symbol, func.min(StoredAlert.checked)).where(_IS_OF_SOURCE).group_by(StoredAlert.symbol)
)
_UNDELIVERED: Final = select(func.count()).where(
    _IS_OF_SOURCE,
    StoredAlert.tried_at >= bindparam("since"),
    or_(
        StoredAlert.state == "lost",
        one_of(StoredAlert.state, ("failed", "unknown")) & (StoredAlert.attempts >= MAX_ATTEMPTS - 1),
    ),
)
