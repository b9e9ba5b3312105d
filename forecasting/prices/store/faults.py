"""PriceFaults: the rows that the newest job could not use, for status messages. Loads no pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, bindparam, delete, insert, select

from forecasting.prices.findings import Finding
from forecasting.prices.store.schema import StoredPriceFault
from forecasting.universe import Symbol

_MOST_KEPT: Final = 500
"""Newest faults kept for one symbol: a file that is wrong throughout has thousands."""

_OF_SOURCE: Final = (  # made once: the schedule asks every few minutes
    select(StoredPriceFault.symbol, StoredPriceFault.session, StoredPriceFault.kind, StoredPriceFault.details)
    .where(StoredPriceFault.source == bindparam("source"))
    .order_by(StoredPriceFault.symbol, StoredPriceFault.session.desc(), StoredPriceFault.kind)
)

_DELETE: Final = delete(StoredPriceFault).where(
    StoredPriceFault.source == bindparam("source"),
    StoredPriceFault.symbol == bindparam("symbol"),
    StoredPriceFault.session <= bindparam("until"),
)


@dataclass(frozen=True)
class PriceFault:
    """A row that was not used; ``kind`` and ``details`` as in ``Finding``."""

    symbol: Symbol
    session: date
    kind: str
    details: str

    @property
    def sentence(self) -> str:
        return f"{self.symbol} {self.session}: {self.kind} ({self.details})"


@dataclass(frozen=True)
class PriceFaults:
    """The faults of all sources in the database. Only the job writes them."""

    engine: Engine

    def keep(self, source: str, symbol: Symbol, findings: Iterable[Finding], until: date, at: datetime) -> None:
        """Replace the symbol's faults until ``until`` by the quarantined rows among ``findings``."""
        found = {
            (finding.session, finding.kind): finding
            for finding in findings
            if finding.action == "quarantined" and finding.session is not None
        }
        rows = [
            {
                "source": source,
                "symbol": symbol,
                "session": session,
                "kind": kind,
                "details": finding.details,
                "found_at": at,
            }
            for (session, kind), finding in sorted(found.items())[-_MOST_KEPT:]
        ]
        with self.engine.begin() as connection:
            connection.execute(_DELETE, {"source": source, "symbol": symbol, "until": until})
            if rows:
                connection.execute(insert(StoredPriceFault), rows)

    def of(self, source: str) -> tuple[PriceFault, ...]:
        """The faults found by the newest job that read each symbol: by symbol, newest session first."""
        with self.engine.connect() as connection:
            rows = connection.execute(_OF_SOURCE, {"source": source})
            return tuple(PriceFault(Symbol(row.symbol), row.session, row.kind, row.details) for row in rows)
