"""The tables of outcomes: what the closes that came say about each issued forecast, and the pictures of it.

All of it can be computed again from the issued forecasts and the prices; the job writes it as sessions close.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forecasting.storage.database import Base, UtcDateTime


class StoredOutcome(Base):
    """How one issued forecast has done so far, in sums over its scored sessions.

    One row a forecast, not one a session, and sums that a database can add up: the record of 50 ETFs over three years
    is asked for in Discord, where an answer has three seconds.

    Of each of lstm, random_walk and drift: absolute and squared errors of the median in USD of the as-of session
    (``abs``, ``sq``), the same in % of the as-of close (``pct``, ``pct_sq``), and closes inside the bands (``in80``,
    ``in95``). ``promised_``: what the backtest of the model that issued it promised.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        Index("ix_outcomes_symbol", "source", "symbol", "kind", "as_of"),
        Index("ix_outcomes_open", "source", "is_final", "symbol"),
    )

    number: Mapped[int] = mapped_column(ForeignKey("issued_forecasts.number"), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(8))
    currency: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[date]
    is_late: Mapped[bool]
    """Issued when the first session that it forecasts was over already: by a job told of a past day."""
    sessions: Mapped[int]
    """How many of its sessions are scored."""
    is_final: Mapped[bool]
    """Every session of it is: nothing changes any more."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why a session that has closed is not scored, where one isn't."""
    last_scored: Mapped[date | None]
    """The newest session that is scored."""
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes: Mapped[bytes] = mapped_column(LargeBinary)
    """One little-endian 64-bit float a session: the close that came, in USD of the as-of session; NaN for none."""

    lstm_abs: Mapped[float] = mapped_column(Double)
    lstm_sq: Mapped[float] = mapped_column(Double)
    lstm_pct: Mapped[float] = mapped_column(Double)
    lstm_pct_sq: Mapped[float] = mapped_column(Double)
    lstm_in80: Mapped[int]
    lstm_in95: Mapped[int]
    random_walk_abs: Mapped[float] = mapped_column(Double)
    random_walk_sq: Mapped[float] = mapped_column(Double)
    random_walk_pct: Mapped[float] = mapped_column(Double)
    random_walk_pct_sq: Mapped[float] = mapped_column(Double)
    random_walk_in80: Mapped[int]
    random_walk_in95: Mapped[int]
    drift_abs: Mapped[float] = mapped_column(Double)
    drift_sq: Mapped[float] = mapped_column(Double)
    drift_pct: Mapped[float] = mapped_column(Double)
    drift_pct_sq: Mapped[float] = mapped_column(Double)
    drift_in80: Mapped[int]
    drift_in95: Mapped[int]

    promised_mae_pct: Mapped[float | None] = mapped_column(Double)
    promised_rmse_pct: Mapped[float | None] = mapped_column(Double)
    promised_skill_rw: Mapped[float | None] = mapped_column(Double)
    promised_skill_drift: Mapped[float | None] = mapped_column(Double)
    promised_cover80: Mapped[float | None] = mapped_column(Double)
    promised_cover95: Mapped[float | None] = mapped_column(Double)

    week_ends: Mapped[date | None]
    """Its fifth session, once that is scored: what monitoring looks at."""
    week_in80: Mapped[bool | None]
    """Whether that close was inside the 80 % band."""
    week_worse: Mapped[bool | None]
    """Whether the median was further from it than the as-of close was."""


class StoredTotal(Base):
    """What the outcomes of one ETF add up to, renewed with them: see ``forecasting.record.totals``."""

    __tablename__ = "track_totals"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class StoredTrackChart(Base):
    """The picture of an ETF's past forecasts with what happened drawn over them."""

    __tablename__ = "track_charts"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)
