"""The track record of one source, as the bot and the command line read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine, select

from forecasting.record.chain import Head, newest_head
from forecasting.record.monitoring import Alarm, alarms
from forecasting.record.record import Record, records
from forecasting.record.schema import StoredTrackChart
from forecasting.record.week import WeekOfCloses, last_week
from forecasting.report import Theme
from forecasting.universe import Symbol


class TrackRecord:
    """Issued forecasts and their outcomes, read-only. All methods block on the database."""

    def __init__(self, engine: Engine, source: str) -> None:
        self._engine = engine
        self.source = source

    def records(self, symbol: Symbol | None = None) -> tuple[Record, ...]:
        """Of every ETF with issued forecasts, or of one: alphabetical, live before replayed."""
        return records(self._engine, self.source, symbol)

    def alarms(self, symbol: Symbol | None = None) -> tuple[Alarm, ...]:
        """The ETFs whose forecasts do significantly worse than their backtest promised."""
        return alarms(self._engine, self.source, symbol)

    def last_week(self, newest: date) -> Mapping[Symbol, WeekOfCloses]:
        """What the five sessions up to ``newest`` say about the forecasts from before them, by ETF."""
        return last_week(self._engine, self.source, newest)

    def head(self) -> Head:
        """The newest row of the chain, over all sources."""
        return newest_head(self._engine)

    def chart(self, symbol: Symbol, theme: Theme) -> bytes | None:
        """The picture (PNG) of past forecasts and what happened: of live ones, if any."""
        table = StoredTrackChart
        query = (
            select(table.png)
            .where(table.source == self.source, table.symbol == symbol, table.theme == theme)
            .order_by(table.kind)
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.scalar(query)
