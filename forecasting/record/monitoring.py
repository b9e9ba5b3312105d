"""Whether an ETF's forecasts still do what their backtest promised: a sequential test, week by week.

Forecasts overlap: two made on neighbouring days share 59 sessions. So only live forecasts that do not overlap are
looked at: each starts where the one before ended, and only its first five sessions count. Whether the fifth session
fails is a trial that is independent of the trials before, as long as the forecasts are right.

Two CUSUM charts (Page, 1954) count against the forecasts, each over trials that fail or not:

    coverage   the fifth session closed outside the 80% band
    skill      it closed nearer to the as-of close than to the median

A trial adds the log likelihood ratio of "fails RATIO times as often as promised" to "fails as often as promised", and
the sum never falls below 0. At LIMIT the ETF is flagged; the flag is taken back when the sum has fallen to half of it.
``benchmarks/monitoring.py`` measures how often that happens without a reason, and how soon with one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, select

from forecasting.record.schema import StoredOutcome
from forecasting.universe import Symbol

Aspect = Literal["coverage", "skill"]

RATIO: Final[dict[Aspect, float]] = {"coverage": 1.9, "skill": 1.4}
"""The failure rate, relative to the promised one, that the chart detects fastest."""

LIMIT: Final[dict[Aspect, float]] = {"coverage": 3.7, "skill": 4.1}
"""The sum at which the ETF is flagged. The higher, the fewer false alarms and the later the true ones."""

NOMINAL: Final = 0.2
"""Share of closes outside an 80% band that holds what its name says. A model whose backtest promised fewer is not
flagged for holding that; one that had no backtest is held to it."""

_MOST: Final = 0.35
"""Share of closes outside beyond which a backtest promises nothing."""

_NEARER_BY_CHANCE: Final = 0.5
"""Fraction of weeks in which no change is nearer than the median, by chance. A model with skill has fewer."""


@dataclass(frozen=True)
class WeeklyTrial:
    """One trial.

    Attributes:
        as_of, ends: as-of session and fifth session of its forecast.
        outside: whether that session closed outside the 80% band.
        worse: whether it closed nearer to the as-of close than to the median.
        promised: share of closes outside the 80% band in the backtest; None if there was none.
    """

    as_of: date
    ends: date
    outside: bool
    worse: bool
    promised: float | None


@dataclass(frozen=True)
class Cusum:
    """A CUSUM chart after some trials.

    Attributes:
        sum: of log likelihood ratios, never below 0 nor above the limit.
        since: last session of the trial with which it reached the limit; None if it is not flagged.
        alarms: how often it did.
        first: last session of the trial with which it did first.
        failures, trials: since the sum was last 0.
    """

    sum: float = 0.0
    since: date | None = None
    alarms: int = 0
    first: date | None = None
    failures: int = 0
    trials: int = 0


@dataclass(frozen=True)
class Alarm:
    """An ETF whose forecasts do significantly worse than their backtest promised.

    Attributes:
        since: last session of the week that raised it.
        sentence: for a person.
    """

    symbol: Symbol
    source: str
    what: Aspect
    since: date
    sentence: str


def independent(weeks: Iterable[WeeklyTrial]) -> tuple[WeeklyTrial, ...]:
    """The ``weeks`` (in the order of their as-of sessions) that do not overlap."""
    chosen: list[WeeklyTrial] = []
    for week in weeks:
        if not chosen or week.as_of >= chosen[-1].ends:
            chosen.append(week)
    return tuple(chosen)


def step(chart: Cusum, failed: bool, share: float, what: Aspect, at: date) -> Cusum:
    """The chart after one more trial.

    Args:
        failed: whether the trial failed.
        share: promised fraction of such trials that fail.
        at: last session of the trial.
    """
    feared = share * RATIO[what]
    ratio = math.log(feared / share) if failed else math.log((1.0 - feared) / (1.0 - share))
    total = min(max(chart.sum + ratio, 0.0), LIMIT[what])
    raised = chart.since is None and total >= LIMIT[what]
    since = at if raised else chart.since
    if since is not None and total <= LIMIT[what] / 2:
        since = None
    counted = total > 0.0
    return Cusum(
        sum=total,
        since=since,
        alarms=chart.alarms + raised,
        first=chart.first or (at if raised else None),
        failures=chart.failures + failed if counted else 0,
        trials=chart.trials + 1 if counted else 0,
    )


def charts(weeks: Iterable[WeeklyTrial]) -> dict[Aspect, Cusum]:
    """Both charts after ``weeks``, which do not overlap."""
    coverage = skill = Cusum()
    for week in weeks:
        share = NOMINAL if week.promised is None else min(max(week.promised, NOMINAL), _MOST)
        coverage = step(coverage, week.outside, share, "coverage", week.ends)
        skill = step(skill, week.worse, _NEARER_BY_CHANCE, "skill", week.ends)
    return {"coverage": coverage, "skill": skill}


_WEEKS: Final = (  # made once: a job asks for every ETF
    select(
        StoredOutcome.as_of,
        StoredOutcome.week_ends,
        StoredOutcome.week_in80,
        StoredOutcome.week_worse,
        StoredOutcome.__table__.c.promised_cover80,
    )
    .where(StoredOutcome.source == bindparam("source"), StoredOutcome.symbol == bindparam("symbol"))
    .where(StoredOutcome.kind == "live", StoredOutcome.is_late.is_(False))
    .order_by(StoredOutcome.as_of, StoredOutcome.number)
)


def charts_of(connection: Connection, source: str, symbol: Symbol) -> dict[Aspect, Cusum]:
    """Both charts of one ETF. Only live forecasts issued in time count."""
    # Filtered here: asked for those with a week, SQLite takes the index of all ETFs' weeks and reads them all.
    rows = connection.execute(_WEEKS, {"source": source, "symbol": symbol})
    weeks = (row for row in rows if row.week_ends is not None)
    return charts(independent(map(_trial, weeks)))


def alarms(symbol: Symbol, source: str, of: Mapping[Aspect, Cusum]) -> tuple[Alarm, ...]:
    """What the charts of an ETF flag now."""
    return tuple(
        Alarm(symbol, source, what, chart.since, _sentence(symbol, what, chart))
        for what, chart in of.items()
        if chart.since is not None
    )


def _trial(row: Row[Any]) -> WeeklyTrial:
    promised = None if row.promised_cover80 is None else 1.0 - row.promised_cover80
    return WeeklyTrial(row.as_of, row.week_ends, not row.week_in80, row.week_worse, promised)


def _sentence(symbol: Symbol, what: Aspect, chart: Cusum) -> str:
    if what == "coverage":
        return (
            f"{symbol}: its bands are too narrow. Of the last {chart.trials} weeks {chart.failures} closed "
            "outside the 80% band, significantly more than its backtest promised."
        )
    return (
        f"{symbol}: its median is worse than no change. In {chart.failures} of the last {chart.trials} weeks the close "
        "was nearer to the price at the start, significantly more than chance."
    )
