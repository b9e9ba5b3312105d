"""The tables of reports, their pictures and the jobs that made them. The source of the prices is in every key."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forecasting.storage.database import Base, UtcDateTime


class StoredReport(Base):
    """A report that can be shown. Only the newest few of an ETF are kept: the issued forecasts are the record."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("source", "symbol", "as_of", "model_version"),
        Index("ix_reports_newest", "source", "symbol", "as_of", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[date]
    model_version: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str] = mapped_column(Text)
    """``ForecastReport.to_json``"""
    charts: Mapped[list[StoredChart]] = relationship(cascade="all, delete-orphan", passive_deletes=True)


class StoredChart(Base):
    """A picture of one report. Only an ETF's newest report has any."""

    __tablename__ = "report_charts"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)


class StoredReturns(Base):
    """The newest daily returns of an ETF with a report."""

    __tablename__ = "past_returns"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """``PastReturns.to_bytes``"""


class StoredOverview(Base):
    """The picture of all ETFs' scores, one per source and theme."""

    __tablename__ = "overview_charts"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)


class StoredRun(Base):
    """A job that came to its end, and which symbols it did."""

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_newest", "kind", "source", "finished_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    as_of: Mapped[date]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ok: Mapped[list[str]] = mapped_column(JSON)
    failed: Mapped[list[dict[str, str]]] = mapped_column(JSON)
