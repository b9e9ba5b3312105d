"""PriceFaults: what the quality gate left out of the newest job, for those who show it. Loads no pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Engine, String, Text, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forecasting.prices.quality.findings import Finding
from forecasting.storage.database import Base, UtcDateTime
from forecasting.universe import Symbol

_KEPT: Final = 500
"""Faults kept of one symbol, the newest: a file that is wrong throughout is told in fewer."""


class StoredPriceFault(Base):
    """A row of prices that the newest job which read the symbol did not use."""

    __tablename__ = "price_faults"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    details: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class PriceFault:
    """A quarantined row: ``kind`` and ``details`` as the finding has them."""

    symbol: Symbol
    session: date
    kind: str
    details: str

    @property
    def sentence(self) -> str:
        return f"{self.symbol} {self.session}: {self.kind} ({self.details})"


@dataclass(frozen=True)
class PriceFaults:
    """The faults of every source in the database. Its writing side is for the job alone."""

    engine: Engine

    def keep(self, source: str, symbol: Symbol, findings: Iterable[Finding], until: date, at: datetime) -> None:
        """What the gate quarantined of a history until ``until``, instead of what was known until then."""
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
            for (session, kind), finding in sorted(found.items())[-_KEPT:]
        ]
        table = StoredPriceFault
        with Session(self.engine) as session, session.begin():
            session.execute(delete(table).where(table.source == source, table.symbol == symbol, table.session <= until))
            if rows:
                session.execute(insert(table), rows)

    def of(self, source: str) -> tuple[PriceFault, ...]:
        """Of the newest job that read each symbol: by symbol, newest session first."""
        table = StoredPriceFault
        query = select(table).where(table.source == source).order_by(table.symbol, table.session.desc(), table.kind)
        with Session(self.engine) as session:
            return tuple(
                PriceFault(Symbol(row.symbol), row.session, row.kind, row.details) for row in session.scalars(query)
            )
