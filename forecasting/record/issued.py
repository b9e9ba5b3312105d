"""Issued forecasts: put on the record, each once, and read from it. The rows are for ``forecasting`` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.orm import Session

from forecasting.errors import ForecastMissing
from forecasting.record.chain import append, head
from forecasting.record.schema import IssuedForecast
from forecasting.universe import Symbol

_TABLE: Final = IssuedForecast.__table__.c

# Made once: a job asks for every ETF.
_SAME: Final = (
    select(_TABLE.number)
    .where(*(_TABLE[name] == bindparam(name) for name in ("source", "symbol", "kind", "as_of", "model_version")))
    .limit(1)
)
_MODELS: Final = (
    select(_TABLE.model_version)
    .where(_TABLE.source == bindparam("source"), _TABLE.symbol == bindparam("symbol"))
    .distinct()
)


def issue(connection: Connection, content: Mapping[str, Any]) -> int | None:
    """Put a forecast on the record, in the transaction of ``connection``.

    Args:
        content: the columns of ``IssuedForecast``, without number and hash. If ``corrects`` is set, the row of that
            number stays, and both are scored: otherwise the record could be made better afterwards.

    Returns:
        Its number; None if the same source, symbol, kind, as-of session and model has a row and nothing is corrected.

    Raises:
        ForecastMissing: there is no row of the number ``corrects``.
        ValueError: that row is of another kind, source, ETF or as-of session.
    """
    if content["corrects"] is not None:
        _require_same(connection, content)
    elif connection.scalar(_SAME, content) is not None:
        return None
    return append(connection, content)


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
        newest = head(session.connection()).number
        # A number beyond it may be one that the database cannot even be asked for.
        found = session.get(IssuedForecast, number) if number <= newest else None
        if found is None:
            raise ForecastMissing(number, newest)
        return found


def issued_models(engine: Engine, source: str, symbol: Symbol) -> frozenset[str]:
    """The models that an issued forecast names: they are kept for good."""
    with engine.connect() as connection:
        return frozenset(connection.scalars(_MODELS, {"source": source, "symbol": symbol}))


def _require_same(connection: Connection, right: Mapping[str, Any]) -> None:
    """A correction is the same forecast made again, and nothing else."""
    wrong = connection.execute(select(IssuedForecast.__table__).where(_TABLE.number == right["corrects"])).first()
    if wrong is None:
        raise ForecastMissing(right["corrects"], head(connection).number)
    for name in ("kind", "source", "symbol", "as_of"):
        if getattr(wrong, name) != right[name]:
            raise ValueError(
                f"Forecast {wrong.number} cannot be corrected by this one: its {name} is {getattr(wrong, name)}, and "
                f"here it is {right[name]}. Name the forecast of the same ETF and session."
            )
