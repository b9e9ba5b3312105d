"""What the database holds: the record, the reports, and the prices that were fetched."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from sqlalchemy import Engine, delete, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from forecasting.health.problem import RESTORE, Problem
from forecasting.prices.history import COLUMNS
from forecasting.prices.sources.registry import SOURCES
from forecasting.prices.store.store import PriceStore
from forecasting.record.verification import verify
from forecasting.report import ForecastReport
from forecasting.reports.schema import StoredReport

_UNREADABLE: Final = (TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError)

_NOT_A_PRICE: Final = {
    "sqlite": " OR ".join(
        [
            "date(session) IS NULL OR session <> date(session)",
            *(f"typeof({c}) NOT IN ('real', 'integer', 'null') OR abs({c}) > 1e300" for c in COLUMNS),
        ]
    ),
    "postgresql": " OR ".join(f"{c} IN ('NaN', 'Infinity', '-Infinity')" for c in COLUMNS),
}
"""Rows that no fetch has written: without a date, or with something else than finite numbers."""


def examine_record(engine: Engine) -> Iterator[Problem]:
    """The first row of the record that is not what was issued. No program repairs it."""
    sound, fault = verify(engine)
    if fault is not None:
        yield Problem(
            "record", fault.what, f"The record is never repaired; rows up to {sound.number} are intact. {RESTORE}"
        )


def examine_reports(engine: Engine) -> Iterator[Problem]:
    """Reports that cannot be shown."""
    columns = StoredReport.id, StoredReport.source, StoredReport.symbol, StoredReport.body
    with engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(StoredReport.id)).all()
    for number, source, symbol, body in rows:
        try:
            ForecastReport.from_json(body)
        except _UNREADABLE as error:
            yield Problem(
                "reports",
                f"Report {number} of {symbol} from {source} prices cannot be read: {type(error).__name__}: {error}.",
                "A repair removes it, and the next refresh makes a new one.",
                partial(_remove_report, engine, number),
            )


def _remove_report(engine: Engine, number: int) -> None:
    with Session(engine) as session, session.begin():
        session.execute(delete(StoredReport).where(StoredReport.id == number))


def examine_prices(engine: Engine) -> Iterator[Problem]:
    """Fetched prices that cannot be read. What a source gave and is wrong is told by ``etf-forecast prices check``."""
    condition = _NOT_A_PRICE[engine.dialect.name]
    is_readable = True
    for table in ("prices", "price_revisions"):
        with engine.connect() as connection:
            found = connection.scalar(text(f"SELECT count(*) FROM {table} WHERE {condition}"))  # noqa: S608 - of constants
        if found:
            is_readable = False
            yield Problem(
                "prices",
                f"{found} rows of the table {table} hold no prices that could be read.",
                "A repair removes them, and the next fetches bring them again.",
                partial(_remove_rows, engine, f"DELETE FROM {table} WHERE {condition}"),  # noqa: S608 - of constants
            )
    for source in SOURCES if is_readable else ():
        store = PriceStore(engine, source)
        for symbol in store.symbols():
            try:
                store.load(symbol)
            except (*_UNREADABLE, SQLAlchemyError) as error:
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise
                reason = getattr(error, "orig", None) or error
                yield Problem("prices", f"The stored prices of {symbol} cannot be read: {reason}.", RESTORE)


def _remove_rows(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))
