"""Small real reports, written into the store as a job writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from random import Random

from sqlalchemy import Engine

from forecasting import (
    MODELS,
    THEMES,
    ForecastReport,
    ReportStore,
    Scores,
    Step,
    Symbol,
    Universe,
    next_sessions,
    open_database,
    sessions_between,
)
from forecasting.report import Close
from forecasting.reports.publication import Publication
from forecasting.scenarios.past_returns import PastReturns
from tests.support.pictures import PNG as PNG

AS_OF = date(2026, 11, 13)  # a Friday
TRAINED_AT = datetime(2026, 11, 14, 13, 5, tzinfo=UTC)

LSTM = Scores(12.1, 250.5, 15.83, 2.5, 9.0, 3.0, 0.06, 0.01, 0.81, 0.95, 198, pinball=0.011)
BASELINE = replace(LSTM, mae=12.87, skill_rw=0.0, skill_drift=-0.02, cover80=0.78)


def made_report(
    symbol: str = "ARKK",
    *,
    name: str | None = None,
    source: str = "simulated",
    as_of: date = AS_OF,
    last_close: float = 51.2,
) -> ForecastReport:
    """A forecast whose median rises by 0.1% a session and whose bands widen with the root of the steps."""
    steps = tuple(
        Step(step, session, tuple(last_close * (1 + 0.001 * step + z * 0.01 * step**0.5) for z in range(-3, 4)))
        for step, session in enumerate(next_sessions(as_of, 60), 1)
    )
    history = sessions_between(as_of - timedelta(days=365), as_of)
    return ForecastReport(
        symbol=Symbol(symbol),
        name=name or Universe().name(Symbol(symbol)),
        source=source,
        as_of=as_of,
        trained_at=TRAINED_AT,
        model_version=f"{symbol}-{as_of}",
        last_close=last_close,
        currency="USD",
        history=tuple(
            Close(session, last_close * (0.9 + 0.1 * i / len(history))) for i, session in enumerate(history, 1)
        ),
        forecast=steps,
        scores=dict.fromkeys(MODELS, BASELINE) | {"lstm": LSTM},
        backtest_from=date(2019, 1, 2),
        backtest_to=date(2026, 8, 1),
    )


def young_report(symbol: str = "YNG") -> ForecastReport:
    """That of an ETF too young for a backtest of its own, as a job makes it."""
    note = f"{symbol} is too young for a backtest of its own, so there are no errors to show yet."
    return replace(made_report(symbol), scores={}, notes=(note,))


@cache
def made_returns(symbol: str, as_of: date = AS_OF, *, sessions: int = 700) -> PastReturns:
    """Daily returns: four fifths of their variance is a market's, the same for every ETF, and the rest an ETF's own."""
    market, own = Random(0), Random(symbol)  # noqa: S311 - no secret
    returns = tuple(0.009 * market.gauss(0, 1) + 0.0045 * own.gauss(0, 1) for _ in range(sessions))
    return PastReturns(tuple(range(as_of.toordinal() - sessions + 1, as_of.toordinal() + 1)), returns)


def publish(database_url: str, reports: Iterable[ForecastReport], now: datetime = TRAINED_AT) -> None:
    """Store ``reports`` with pictures, and the picture of all scores."""
    engine = open_database(database_url)
    publish_into(engine, reports, now)
    engine.dispose()


def publish_into(engine: Engine, reports: Iterable[ForecastReport], now: datetime = TRAINED_AT) -> None:
    store = ReportStore(engine)
    charts = dict.fromkeys(product(("forecast", "scores"), THEMES), PNG)
    for report in reports:
        publication = Publication(
            report,
            charts,
            adjustment=1.0,
            data_hash="0" * 64,
            code_version="test",
            seed=1,
            past_returns=made_returns(report.symbol, report.as_of),
        )
        store.publish(publication, now)
        store.publish_overview(report.source, dict.fromkeys(THEMES, PNG))
