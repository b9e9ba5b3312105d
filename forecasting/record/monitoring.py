"""Whether an ETF's forecasts still do what their backtest promised: a sequential test, week by week.

Forecasts overlap: of two made on neighbouring days 59 sessions are the same. So of all live forecasts only as many are
looked at as do not overlap: each from where the one before ended, and only its first five sessions. What it says about
its fifth session is a trial that is independent of the trials before, as long as the forecasts are right.

Two CUSUM charts (Page, 1954) count against the forecasts, each over trials that fail or not:

    coverage   the fifth session closed outside the 80 % band
    skill      it closed nearer to the as-of close than to the median

A trial adds the log likelihood ratio of "fails RATIO times as often as promised" to "fails as often as promised", and
the sum never falls below 0. At LIMIT the ETF is flagged; the flag is taken back when the sum has fallen to half of it.
``benchmarks/monitoring.py`` measures how often that happens without a reason, and how soon with one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from forecasting.universe import Symbol

What = Literal["coverage", "skill"]

RATIO: Final[dict[What, float]] = {"coverage": 1.9, "skill": 1.4}
"""How many times as often as promised trials fail where the chart is quickest to see it."""

LIMIT: Final[dict[What, float]] = {"coverage": 3.7, "skill": 4.1}
"""Of the sum. The higher, the fewer false alarms and the later the true ones."""

NOMINAL: Final = 0.2
"""Share of closes outside an 80 % band that holds what its name says. A model whose backtest promised fewer is not
flagged for holding that; one that had no backtest is held to it."""

_MOST: Final = 0.35
"""Share of closes outside beyond which a backtest promises nothing."""

_NEARER_BY_CHANCE: Final = 0.5
"""Of weeks in which no change is nearer than the median. A model with skill has fewer."""


@dataclass(frozen=True)
class Week:
    """One trial.

    Attributes:
        as_of, ends: as-of session and fifth session of its forecast.
        outside: whether that session closed outside the 80 % band.
        worse: whether it closed nearer to the as-of close than to the median.
        promised: share of closes outside the 80 % band in the backtest; None where there was none.
    """

    as_of: date
    ends: date
    outside: bool
    worse: bool
    promised: float | None


@dataclass(frozen=True)
class Chart:
    """A CUSUM chart after some trials.

    Attributes:
        sum: of log likelihood ratios, never below 0 nor above the limit.
        since: last session of the trial with which it reached the limit; None where it is not flagged.
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
    """An ETF whose forecasts do significantly less than their backtest promised.

    Attributes:
        since: last session of the week that raised it.
        sentence: for a person.
    """

    symbol: Symbol
    source: str
    what: What
    since: date
    sentence: str


def independent(weeks: Iterable[Week]) -> tuple[Week, ...]:
    """Those of ``weeks`` (in the order of their as-of sessions) that do not overlap."""
    chosen: list[Week] = []
    for week in weeks:
        if not chosen or week.as_of >= chosen[-1].ends:
            chosen.append(week)
    return tuple(chosen)


def step(chart: Chart, failed: bool, share: float, what: What, at: date) -> Chart:
    """The chart after one more trial. Of such trials a ``share`` was promised to fail."""
    feared = share * RATIO[what]
    ratio = math.log(feared / share) if failed else math.log((1.0 - feared) / (1.0 - share))
    total = min(max(chart.sum + ratio, 0.0), LIMIT[what])
    raised = chart.since is None and total >= LIMIT[what]
    since = at if raised else chart.since
    if since is not None and total <= LIMIT[what] / 2:
        since = None
    counted = total > 0.0
    return Chart(
        sum=total,
        since=since,
        alarms=chart.alarms + raised,
        first=chart.first or (at if raised else None),
        failures=chart.failures + failed if counted else 0,
        trials=chart.trials + 1 if counted else 0,
    )


def charts(weeks: Sequence[Week]) -> dict[What, Chart]:
    """Both charts after ``weeks``, which do not overlap."""
    coverage = skill = Chart()
    for week in weeks:
        share = NOMINAL if week.promised is None else min(max(week.promised, NOMINAL), _MOST)
        coverage = step(coverage, week.outside, share, "coverage", week.ends)
        skill = step(skill, week.worse, _NEARER_BY_CHANCE, "skill", week.ends)
    return {"coverage": coverage, "skill": skill}


def alarms_of(symbol: Symbol, source: str, weeks: Iterable[Week]) -> tuple[Alarm, ...]:
    """What is flagged after ``weeks``, in the order of their as-of sessions; they may overlap."""
    found = charts(independent(weeks))
    return tuple(
        Alarm(symbol, source, what, chart.since, _sentence(symbol, what, chart))
        for what, chart in found.items()
        if chart.since is not None
    )


def _sentence(symbol: Symbol, what: What, chart: Chart) -> str:
    if what == "coverage":
        return (
            f"{symbol}: its bands are narrower than what happens. Of the last {chart.trials} weeks {chart.failures} "
            "closed outside the 80 % band, significantly more than its backtest promised."
        )
    return (
        f"{symbol}: its median is worse than no change. In {chart.failures} of the last {chart.trials} weeks the close "
        "was nearer to the price at the start, significantly more than chance."
    )
