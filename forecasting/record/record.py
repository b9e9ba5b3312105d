"""How issued forecasts did: live and replayed apart, compared with baselines and with the backtest.

Plain values for display, read without pandas.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import chain
from typing import Any, Final

from sqlalchemy import Engine, bindparam, func, select

from forecasting.record.chain import Head, newest_head
from forecasting.record.monitoring import Alarm, alarms
from forecasting.record.schema import PROMISED, SUMS, TRACK_FACTS, TRACKED, IssuedForecast, StoredTrackChart
from forecasting.record.totals import FinalForecast, Totals, charts_in, final_forecast, totals_of
from forecasting.record.week import WeekOfCloses, last_week
from forecasting.report import LiveScores, Theme, skill
from forecasting.universe import Symbol

FEW: Final = 20
"""Final forecasts under which the figures of an ETF say little."""


@dataclass(frozen=True)
class Record:
    """The record of one ETF.

    Attributes:
        kind: ``live`` or ``replayed``; the two are never counted together.
        issued, open, final: how many forecasts.
        late: how many of the issued were made when their first session was over: they are no proof of anything.
        sessions: scored sessions in all.
        first, last: as-of sessions of the oldest and the newest forecast.
        scores: by model of TRACKED; empty if no session is scored.
        promise: the same figures of the backtests of the models that issued, weighted by scored sessions.
        best, worst: final forecasts with the smallest and the largest error.
        waiting: how many lack the price of a session that is over.
        problem: why, of one of them.
        alarms: in what it does significantly worse than its backtests promised; live ones only.
    """

    symbol: Symbol
    source: str
    kind: str
    currency: str
    issued: int
    open: int
    final: int
    late: int
    sessions: int
    first: date
    last: date
    scores: Mapping[str, LiveScores]
    promise: Mapping[str, float]
    best: FinalForecast | None
    worst: FinalForecast | None
    waiting: int
    problem: str | None
    alarms: tuple[Alarm, ...] = ()

    @property
    def is_thin(self) -> bool:
        """Whether there are too few outcomes to say much."""
        return self.final < FEW

    def published(self) -> dict[str, Any]:
        """The object that ``track --json`` prints. Other programs rely on its names."""
        names = ("symbol", "source", "kind", "currency", "issued", "open", "final", "late", "sessions", "waiting")
        return {name: getattr(self, name) for name in names} | {
            "first_as_of": self.first.isoformat(),
            "as_of": self.last.isoformat(),
            "scores": {model: asdict(scores) for model, scores in self.scores.items()},
            "backtest": dict(self.promise),
            "best": _published(self.best),
            "worst": _published(self.worst),
        }


_ISSUED: Final = (  # made once: the schedule asks every few minutes
    select(
        IssuedForecast.symbol,
        IssuedForecast.kind,
        func.count().label("issued"),
        func.min(IssuedForecast.as_of).label("first"),
        func.max(IssuedForecast.as_of).label("last"),
    )
    .where(IssuedForecast.source == bindparam("source"))
    .group_by(IssuedForecast.symbol, IssuedForecast.kind)
)


class TrackRecord:
    """Issued forecasts and their outcomes of one source, read-only. All methods block on the database."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self.source = source

    def records(self, symbol: Symbol | None = None) -> tuple[Record, ...]:
        """The record of every ETF with issued forecasts, or of one: alphabetical, live before replayed."""
        query = _ISSUED if symbol is None else _ISSUED.where(IssuedForecast.symbol == symbol)
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"source": self.source}).mappings()
            issued = {(row["symbol"], row["kind"]): dict(row) for row in rows}
            totals = totals_of(connection, self.source, symbol)
        return tuple(_record(self.source, row, totals.get(key, {})) for key, row in sorted(issued.items()))

    def alarms(self, symbol: Symbol | None = None) -> tuple[Alarm, ...]:
        """The ETFs whose forecasts do significantly worse than their backtest promised."""
        with self._engine.connect() as connection:
            totals = totals_of(connection, self.source, symbol)
        found = (alarms(Symbol(whose), self.source, charts_in(sums)) for (whose, _), sums in totals.items())
        return tuple(chain.from_iterable(found))

    def last_week(self, newest: date) -> Mapping[Symbol, WeekOfCloses]:
        """What the five sessions up to ``newest`` say about the forecasts from before them, by ETF."""
        return last_week(self._engine, self.source, newest)

    def head(self) -> Head:
        """The newest row of the chain, over all sources."""
        return newest_head(self._engine)

    def chart(self, symbol: Symbol, theme: Theme) -> bytes | None:
        """The picture (PNG) of past forecasts and what happened: of live ones, if any."""
        return self._chart(symbol, theme)

    def chart_facts(self, symbol: Symbol) -> str | None:
        """What that picture shows, as JSON; None also if an older program drew it."""
        facts = self._chart(symbol, TRACK_FACTS)
        return None if facts is None else facts.decode()

    def _chart(self, symbol: Symbol, theme: str) -> bytes | None:
        table = StoredTrackChart
        query = (
            select(table.png)
            .where(table.source == self.source, table.symbol == symbol, table.theme == theme)
            .order_by(table.kind)
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.scalar(query)


def _record(source: str, issued: Mapping[str, Any], sums: Totals) -> Record:
    sessions, final, promised = (sums.get(name, 0) for name in ("sessions", "final", "promised"))
    return Record(
        **issued,
        source=source,
        currency=sums.get("currency", "USD"),
        open=issued["issued"] - final,
        final=final,
        late=sums.get("late", 0),
        sessions=sessions,
        scores=_scores(sums, sessions) if sessions else {},
        promise={name: float(sums[f"promised_{name}"]) / promised for name in PROMISED} if promised else {},
        best=final_forecast(sums.get("best")),
        worst=final_forecast(sums.get("worst")),
        waiting=sums.get("waiting", 0),
        problem=sums.get("problem"),
        alarms=alarms(Symbol(issued["symbol"]), source, charts_in(sums)),
    )


def _scores(sums: Mapping[str, Any], sessions: int) -> dict[str, LiveScores]:
    mae = {model: sums[f"{model}_abs"] / sessions for model in TRACKED}

    def scores(model: str) -> LiveScores:
        of = {name: float(sums[f"{model}_{name}"]) / sessions for name in SUMS}
        return LiveScores(
            mae=of["abs"],
            mse=of["sq"],
            rmse=math.sqrt(of["sq"]),
            mae_pct=of["pct"],
            mse_pct=of["pct_sq"],
            rmse_pct=math.sqrt(of["pct_sq"]),
            skill_rw=skill(of["abs"], mae["random_walk"]),
            skill_drift=skill(of["abs"], mae["drift"]),
            cover80=of["in80"],
            cover95=of["in95"],
            cutoffs=int(sums["cutoffs"]),
        )

    return {model: scores(model) for model in TRACKED}


def _published(call: FinalForecast | None) -> dict[str, Any] | None:
    return None if call is None else {**asdict(call), "as_of": call.as_of.isoformat()}
