"""The tables about prices: securities, fetches, prices, replaced prices, changes of units, and faulty rows.

A price stays in the units of the fetch that brought it. A later dividend or split is one row of ``price_rebasings``
instead of a new history, so each fetch writes little, and the prices known after any earlier fetch can be restored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, Row, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forecasting.prices.security import Security
from forecasting.storage.database import Base, UtcDateTime


class StoredSecurity(Base):
    """What a symbol meant, from one fetch on until ``left_at``; None for what it means now."""

    __tablename__ = "securities"
    __table_args__ = (Index("ix_securities_symbol", "source", "symbol", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(32))
    currency: Mapped[str] = mapped_column(String(8))
    exchange: Mapped[str] = mapped_column(String(64))
    first_traded: Mapped[date | None]
    known_since: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the symbol was found to mean a different security."""
    unknown_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the source, which still knows other symbols, has not known this one."""

    @property
    def security(self) -> Security:
        return security_of(self)


def security_of(row: StoredSecurity | Row[Any]) -> Security:
    """What a symbol meant, from a row of ``securities`` or its object."""
    return Security(row.name, row.kind, row.currency, row.exchange, row.first_traded)


class StoredFetch(Base):
    """One answer of the source that was taken in."""

    __tablename__ = "price_fetches"
    __table_args__ = (Index("ix_price_fetches_security", "security_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    security_id: Mapped[int] = mapped_column(ForeignKey("securities.id"))
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime)


class _Row:
    """The numbers of one session, in the units of the fetch that brought them; None if the source had none."""

    adjusted: Mapped[float | None] = mapped_column(Double)
    close: Mapped[float | None] = mapped_column(Double)
    open: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    volume: Mapped[float | None] = mapped_column(Double)
    dividend: Mapped[float | None] = mapped_column(Double)
    split: Mapped[float | None] = mapped_column(Double)


class StoredPrice(_Row, Base):
    """A session's prices as the source last gave them."""

    __tablename__ = "prices"

    security_id: Mapped[int] = mapped_column(ForeignKey("securities.id"), primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    fetch_id: Mapped[int] = mapped_column(ForeignKey("price_fetches.id"))


class StoredRevision(_Row, Base):
    """A session's prices as ``fetch_id`` gave them, until ``replaced_by`` gave others."""

    __tablename__ = "price_revisions"

    security_id: Mapped[int] = mapped_column(ForeignKey("securities.id"), primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    replaced_by: Mapped[int] = mapped_column(ForeignKey("price_fetches.id"), primary_key=True)
    fetch_id: Mapped[int] = mapped_column(ForeignKey("price_fetches.id"))


class StoredRebasing(Base):
    """A change of units that a fetch brought: factors for the prices of older fetches.

    Attributes:
        before: the factors apply to sessions before this one.
        adjusted: factor of adjusted closes.
        quoted: factor of quoted prices and dividends; volumes are divided by it.
    """

    __tablename__ = "price_rebasings"

    fetch_id: Mapped[int] = mapped_column(ForeignKey("price_fetches.id"), primary_key=True)
    before: Mapped[date] = mapped_column(primary_key=True)
    adjusted: Mapped[float] = mapped_column(Double)
    quoted: Mapped[float] = mapped_column(Double)


class StoredPriceFault(Base):
    """A row of prices that the newest job which read the symbol did not use."""

    __tablename__ = "price_faults"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    session: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    details: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
