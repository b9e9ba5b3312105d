"""The tables that jobs write: reports, pictures, issued forecasts, decisions, runs, trials, the lock of the one job.

Migrations make them (``migrations/``); a test compares the two. The source of the prices is part of every key.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
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


class StoredOverview(Base):
    """The picture of all ETFs' scores, one per source and theme."""

    __tablename__ = "overview_charts"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)


class IssuedForecast(Base):
    """A forecast as it was shown first, with all that is needed to score and to rebuild it. Never changed or deleted.

    Triggers of the database refuse both, and the hashes show it where somebody got around those: each covers its row
    and the hash of the row before (``forecasting.record.chain``).
    """

    __tablename__ = "issued_forecasts"
    __table_args__ = (
        Index(
            "uq_issued_forecasts_once",
            "source",
            "symbol",
            "kind",
            "as_of",
            "model_version",
            unique=True,
            sqlite_where=text("corrects IS NULL"),
            postgresql_where=text("corrects IS NULL"),
        ),
        Index("ix_issued_forecasts_symbol", "source", "symbol", "kind", "as_of"),
        CheckConstraint("kind IN ('live', 'replayed')", name="kind"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 and so on over the whole table: no second writer can append to the same row."""
    kind: Mapped[str] = mapped_column(String(8))
    """``live``, or ``replayed`` by a replay of past weeks. The two are never counted together."""
    corrects: Mapped[int | None] = mapped_column(ForeignKey("issued_forecasts.number"), unique=True)
    """The number of the row that this one puts right; that one stays as it is."""
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    security: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What the symbol meant: name, type, currency, exchange, first_traded; none where the source does not tell."""
    currency: Mapped[str] = mapped_column(String(8))
    """ISO code of all prices here."""
    as_of: Mapped[date]
    """The last session whose close the forecast knows."""
    raw_close: Mapped[float] = mapped_column(Double)
    """The close of that session as quoted then."""
    adjustment: Mapped[float] = mapped_column(Double)
    """What turned the source's adjusted closes into such prices."""
    quantiles: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Each coming session, and its prices at LEVELS in closes of the as-of session."""
    baselines: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What random walk and drift said on that day, see ``forecasting.record.baselines``; none in the oldest rows."""
    promise: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """``Scores`` of the model's backtest; none where it had none."""
    model_version: Mapped[str] = mapped_column(String(64))
    data_hash: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(String(64))


class StoredDecision(Base):
    """Which of two trained models forecasts an ETF from then on, and why. Never changed or deleted."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_newest", "source", "symbol", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    challenger: Mapped[str] = mapped_column(String(64))
    champion: Mapped[str | None] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class StoredTrial(Base):
    """One trial of a parameter search, written when it ends; ``study`` names the search by what it asks."""

    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("study", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    symbols: Mapped[list[str]] = mapped_column(JSON)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    score: Mapped[float | None] = mapped_column(Double)
    folds: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Double)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StoredLock(Base):
    """The job that may write, if any: a table of at most one row."""

    __tablename__ = "job_lock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime] = mapped_column(UtcDateTime)
