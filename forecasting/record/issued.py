"""Issued forecasts: put on the record, each once, and read from it. The rows are for ``forecasting`` alone."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from forecasting.errors import ForecastMissing
from forecasting.record.chain import append, head
from forecasting.record.schema import IssuedForecast
from forecasting.universe import Symbol


def issue(session: Session, forecast: IssuedForecast) -> int | None:
    """Put a forecast on the record, in the transaction of ``session``.

    Args:
        forecast: without number and hash. If ``corrects`` is set, the row of that number stays, and both are scored:
            otherwise the record could be made better afterwards.

    Returns:
        Its number; None if the same source, symbol, kind, as-of session and model has a row and nothing is corrected.

    Raises:
        ForecastMissing: there is no row of the number ``corrects``.
        ValueError: that row is of another kind, source, ETF or as-of session.
    """
    table = IssuedForecast
    if forecast.corrects is not None:
        _require_same(session, session.get(IssuedForecast, forecast.corrects), forecast)
    elif session.scalar(
        select(table.number)
        .where(table.source == forecast.source, table.symbol == forecast.symbol, table.kind == forecast.kind)
        .where(table.as_of == forecast.as_of, table.model_version == forecast.model_version)
        .limit(1)
    ):
        return None
    append(session, forecast)
    return forecast.number


def issued_forecasts(engine: Engine, source: str, symbol: Symbol) -> tuple[IssuedForecast, ...]:
    """Every forecast issued for ``symbol``, in the order of issue: detached rows, for reading only."""
    query = (
        select(IssuedForecast)
        .where(IssuedForecast.source == source, IssuedForecast.symbol == symbol)
        .order_by(IssuedForecast.number)
    )
    with Session(engine, expire_on_commit=False) as session:
        return tuple(session.scalars(query))


def issued_forecast(engine: Engine, number: int) -> IssuedForecast:
    """One forecast of the record: a detached row, for reading only.

    Raises:
        ForecastMissing: there is none of that number.
    """
    with Session(engine, expire_on_commit=False) as session:
        newest = head(session).number
        # A number beyond it may be one that the database cannot even be asked for.
        found = session.get(IssuedForecast, number) if number <= newest else None
        if found is None:
            raise ForecastMissing(number, newest)
        return found


def issued_models(engine: Engine, source: str, symbol: Symbol) -> frozenset[str]:
    """The models that an issued forecast names: they are kept for good."""
    query = (
        select(IssuedForecast.model_version)
        .where(IssuedForecast.source == source, IssuedForecast.symbol == symbol)
        .distinct()
    )
    with engine.connect() as connection:
        return frozenset(connection.scalars(query))


def _require_same(session: Session, wrong: IssuedForecast | None, right: IssuedForecast) -> None:
    """A correction is the same forecast made again, and nothing else."""
    if wrong is None:
        raise ForecastMissing(right.corrects or 0, head(session).number)
    for name in ("kind", "source", "symbol", "as_of"):
        if getattr(wrong, name) != getattr(right, name):
            raise ValueError(
                f"Forecast {wrong.number} cannot be corrected by this one: its {name} is {getattr(wrong, name)}, and "
                f"here it is {getattr(right, name)}. Name the forecast of the same ETF and session."
            )
