"""ReportStore: the results of jobs. Only jobs write to it; the bot and the command line read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from forecasting.champion.decisions import DecisionStore
from forecasting.models import POSTED
from forecasting.prices.store.faults import PriceFaults
from forecasting.record.issued import issue
from forecasting.record.record import TrackRecord
from forecasting.record.schema import IssuedForecast
from forecasting.report import ForecastReport, Theme
from forecasting.reports.publication import Kind, Picture, Publication
from forecasting.reports.runs import RunStore
from forecasting.reports.schema import StoredChart, StoredOverview, StoredReport, StoredReturns
from forecasting.scenarios.past_returns import PastReturns
from forecasting.universe import Symbol

KEPT_REPORTS: Final = 12
"""Reports kept per ETF and source. The forecasts of older ones stay on the record."""


@dataclass(frozen=True)
class Written:
    """When a report was written, of which model, and the hash of the prices that its forecast was issued from."""

    as_of: date
    model_version: str
    written_at: datetime
    data_hash: str


class ReportStore:
    """Reports, pictures, issued forecasts and runs of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.decisions = DecisionStore(engine)
        self.price_faults = PriceFaults(engine)
        self.runs = RunStore(engine)
        self._known: dict[tuple[str, str, bool], tuple[str, ForecastReport]] = {}

    def latest(self, symbol: Symbol, source: str) -> ForecastReport | None:
        """The report of the newest as-of session, the last one written if there are several. One SELECT."""
        query = (
            select(StoredReport.body)
            .where(StoredReport.source == source, StoredReport.symbol == symbol)
            .order_by(StoredReport.as_of.desc(), StoredReport.id.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            body = connection.scalar(query)
        return None if body is None else ForecastReport.from_json(body)

    def all_latest(self, source: str, until: date | None = None) -> tuple[ForecastReport, ...]:
        """The latest report of every symbol, as of ``until`` or earlier, in alphabetical order. One SELECT."""
        query, bounds = (_NEWEST, {}) if until is None else (_NEWEST_UNTIL, {"until": until})
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"source": source, **bounds}).all()
        return tuple(self._parsed((source, row.symbol, until is None), row.body) for row in rows)

    def _parsed(self, key: tuple[str, str, bool], body: str) -> ForecastReport:
        """The report; the last one of each ETF is kept, since a thousand of them take a third of a second to read."""
        known = self._known.get(key)
        if known is None or known[0] != body:
            known = self._known[key] = body, ForecastReport.from_json(body)
        return known[1]

    def symbols(self, source: str) -> tuple[Symbol, ...]:
        """The symbols that have a report, in alphabetical order."""
        with self._engine.connect() as connection:
            return tuple(sorted(map(Symbol, connection.scalars(_SYMBOLS, {"source": source}))))

    def newest_sessions(self, source: str) -> Mapping[Symbol, date]:
        """The as-of session of every symbol's latest report, in alphabetical order."""
        with self._engine.connect() as connection:
            return {Symbol(symbol): as_of for symbol, as_of in connection.execute(_SESSIONS, {"source": source})}

    def written(self, source: str, since: datetime) -> Mapping[Symbol, Written]:
        """The report of each ETF that was written last, if that was at ``since`` (aware) or later."""
        issued, report = IssuedForecast, StoredReport
        same = (
            (issued.source == report.source)
            & (issued.symbol == report.symbol)
            & (issued.kind == "live")
            & (issued.as_of == report.as_of)
            & (issued.model_version == report.model_version)
        )
        query = (
            select(report.symbol, report.as_of, report.model_version, report.written_at, issued.data_hash)
            .join(issued, same)
            .where(report.source == source, report.written_at >= since)
            .order_by(report.written_at, report.id, issued.number)
        )
        with self._engine.connect() as connection:
            return {Symbol(row.symbol): Written(*row[1:]) for row in connection.execute(query)}

    def chart(self, symbol: Symbol, source: str, theme: Theme) -> bytes | None:
        """The picture (PNG) of the latest report's forecast."""
        found = self._with_chart(symbol, source, "forecast", theme)
        return None if found is None else found[1]

    def with_chart(self, symbol: Symbol, source: str, theme: Theme) -> tuple[ForecastReport, bytes] | None:
        """The latest report and the picture of its forecast, which belong together. One SELECT."""
        found = self._with_chart(symbol, source, "forecast", theme)
        return None if found is None else (ForecastReport.from_json(found[0]), found[1])

    def scores_chart(self, source: str, theme: Theme, symbol: Symbol | None = None) -> bytes | None:
        """The picture (PNG) of the errors of model and baselines, of every ETF or of one."""
        if symbol is not None:
            found = self._with_chart(symbol, source, "scores", theme)
            return None if found is None else found[1]
        query = select(StoredOverview.png).where(StoredOverview.source == source, StoredOverview.theme == theme)
        with self._engine.connect() as connection:
            return connection.scalar(query)

    def scores_charts_of(self, symbol: Symbol, source: str, model_version: str) -> dict[Theme, bytes]:
        """The pictures of the ETF's scores by theme, if its latest report is that model's; else none."""
        key = {"source": source, "symbol": symbol, "model_version": model_version}
        with self._engine.connect() as connection:
            return {row.theme: row.png for row in connection.execute(_SCORES_CHARTS, key)}

    def past_returns(self, symbol: Symbol, source: str) -> PastReturns | None:
        """The daily returns that came with the report written last; None if an older program wrote it."""
        query = select(StoredReturns.body).where(StoredReturns.source == source, StoredReturns.symbol == symbol)
        with self._engine.connect() as connection:
            body = connection.scalar(query)
        return None if body is None else PastReturns.from_bytes(body)

    def track(self, source: str) -> TrackRecord:
        """The record of the forecasts issued from this source's prices."""
        return TrackRecord(self._engine, source)

    def publish(self, publication: Publication, now: datetime) -> bool:
        """Make a report visible and issue its forecast, in one transaction.

        A report of the same source, symbol, as-of session and model is replaced; its issued forecast stays as it was.

        Returns:
            Whether a forecast was issued: False if there is one of the same key.
        """
        report, returns = publication.report, publication.past_returns
        key = {name: getattr(report, name) for name in ("source", "symbol", "as_of", "model_version")}
        with self._engine.begin() as connection:
            connection.execute(_DELETE_SAME, key)
            stored = {**key, "written_at": now, "body": report.to_json()}
            number = connection.execute(insert(_REPORTS), stored).inserted_primary_key[0]  # type: ignore[index]
            if publication.charts:
                charts = [
                    {"report_id": number, "subject": picture, "theme": theme, "png": png}
                    for (picture, theme), png in publication.charts.items()
                ]
                connection.execute(insert(_CHARTS), charts)
            if returns is not None:
                connection.execute(_DELETE_RETURNS, key)
                whose = {"source": report.source, "symbol": report.symbol}
                connection.execute(insert(_RETURNS), {**whose, "body": returns.to_bytes()})
            issued = issue(connection, _issued(publication, now, "live"))
            _delete_old(connection, key)
        return issued is not None

    def issue(self, publication: Publication, now: datetime, kind: Kind, corrects: int | None = None) -> int | None:
        """Put a forecast on the record without making a report visible: one of a replay, or a correction.

        Args:
            corrects: number of the issued forecast that this one corrects. Both stay and are scored: otherwise the
                record could be improved afterwards.

        Returns:
            Its number; None if there is one of the same key and nothing is corrected.

        Raises:
            ForecastMissing: there is no forecast of the number ``corrects``.
            ValueError: that forecast is of another kind, source, ETF or as-of session.
        """
        with self._engine.begin() as connection:
            return issue(connection, _issued(publication, now, kind, corrects))

    def publish_overview(self, source: str, charts: Mapping[Theme, bytes]) -> None:
        """Replace the pictures of all ETFs' scores by these, one for each theme."""
        with self._engine.begin() as connection:
            connection.execute(_DELETE_OVERVIEW, {"source": source})
            rows = [{"source": source, "theme": theme, "png": png} for theme, png in charts.items()]
            connection.execute(insert(StoredOverview), rows)

    def _with_chart(self, symbol: Symbol, source: str, picture: Picture, theme: Theme) -> tuple[str, bytes] | None:
        query = (
            select(StoredReport.body, StoredChart.png)
            .join(StoredChart, StoredChart.report_id == StoredReport.id)
            .where(StoredReport.source == source, StoredReport.symbol == symbol)
            .where(StoredChart.subject == picture, StoredChart.theme == theme)
            .order_by(StoredReport.as_of.desc(), StoredReport.id.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.body, row.png)


def _newest_of_all(*more: ColumnElement[bool]) -> Select[str, str]:
    age = func.row_number().over(
        partition_by=StoredReport.symbol, order_by=(StoredReport.as_of.desc(), StoredReport.id.desc())
    )
    ranked = (
        select(StoredReport.id, age.label("age"))  # without the bodies, which would all be sorted
        .where(StoredReport.source == bindparam("source"), *more)
        .subquery()
    )
    newest = select(ranked.c.id).where(ranked.c.age == 1)
    columns = select(StoredReport.symbol, StoredReport.body)
    return columns.where(StoredReport.id.in_(newest)).order_by(StoredReport.symbol)


# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_NEWEST: Final = _newest_of_all()
_NEWEST_UNTIL: Final = _newest_of_all(StoredReport.as_of <= bindparam("until"))
_SESSIONS: Final = (
    select(StoredReport.symbol, func.max(StoredReport.as_of))
    .where(StoredReport.source == bindparam("source"))
    .group_by(StoredReport.symbol)
    .order_by(StoredReport.symbol)
)
_SYMBOLS: Final = select(StoredReport.symbol).where(StoredReport.source == bindparam("source")).distinct()


_REPORTS, _CHARTS, _RETURNS = (cast(Table, stored.__table__) for stored in (StoredReport, StoredChart, StoredReturns))
_OF_ETF: Final = (_REPORTS.c.source == bindparam("source"), _REPORTS.c.symbol == bindparam("symbol"))
_OF_MODEL: Final = _REPORTS.c.model_version == bindparam("model_version")

# These too: a job writes of every ETF.
_SCORES_CHARTS: Final = (
    select(_CHARTS.c.theme, _CHARTS.c.png)
    .join(_REPORTS, _CHARTS.c.report_id == _REPORTS.c.id)
    .where(*_OF_ETF, _OF_MODEL, _CHARTS.c.subject == "scores")
)
_DELETE_OVERVIEW: Final = delete(StoredOverview).where(StoredOverview.source == bindparam("source"))
_DELETE_SAME: Final = delete(_REPORTS).where(*_OF_ETF, _OF_MODEL, _REPORTS.c.as_of == bindparam("as_of"))
_DELETE_RETURNS: Final = delete(_RETURNS).where(
    _RETURNS.c.source == bindparam("source"), _RETURNS.c.symbol == bindparam("symbol")
)
_NEWEST_FIRST: Final = select(_REPORTS.c.id).where(*_OF_ETF).order_by(_REPORTS.c.as_of.desc(), _REPORTS.c.id.desc())
_OLD: Final[BindParameter[int]] = bindparam("old", expanding=True)
_DELETE_OLD_CHARTS: Final = delete(_CHARTS).where(_CHARTS.c.report_id.in_(_OLD))
_DELETE_OLD: Final = delete(_REPORTS).where(_REPORTS.c.id.in_(_OLD))


def _issued(publication: Publication, now: datetime, kind: Kind, corrects: int | None = None) -> dict[str, Any]:
    """The columns of ``IssuedForecast`` that do not depend on the row before."""
    report, security = publication.report, publication.security
    return {
        "kind": kind,
        "corrects": corrects,
        "source": report.source,
        "symbol": report.symbol,
        "security": None if security is None else security.as_json(),
        "currency": report.currency,
        "as_of": report.as_of,
        "raw_close": float(report.last_close),
        "adjustment": float(publication.adjustment),
        "quantiles": {step.session.isoformat(): list(step.quantiles) for step in report.forecast},
        "baselines": None if publication.baselines is None else dict(publication.baselines),
        "promise": asdict(report.scores[POSTED]) if POSTED in report.scores else None,
        "model_version": report.model_version,
        "data_hash": publication.data_hash,
        "code_version": publication.code_version,
        "seed": publication.seed,
        "issued_at": now,
    }


def _delete_old(connection: Connection, key: Mapping[str, Any]) -> None:
    """Keep the pictures of the latest report only, and the newest few reports."""
    newest_first = connection.scalars(_NEWEST_FIRST, key).all()
    for statement, old in ((_DELETE_OLD_CHARTS, newest_first[1:]), (_DELETE_OLD, newest_first[KEPT_REPORTS:])):
        if old:
            connection.execute(statement, {"old": old})
