"""The tables of the record: issued forecasts, and what the closes that came say about each.

Outcomes, totals and pictures can be computed again from the issued forecasts and the prices; the job writes them as
sessions close.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, CheckConstraint, Double, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forecasting.storage.database import Base, UtcDateTime

TRACKED: Final = ("lstm", "random_walk", "drift")
"""The issued forecast, and what it is compared with on the same sessions."""

SUMS: Final = ("abs", "sq", "pct", "pct_sq", "in80", "in95")
"""The sums of each of them, see ``StoredOutcome``."""

COUNTED: Final = ("in80", "in95")
"""The names among SUMS that count sessions."""

PROMISED: Final = ("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95")
"""The figures of a backtest that are shown next to those of the record."""

WEEK: Final = 5
"""Sessions."""


class IssuedForecast(Base):
    """A forecast as it was shown first, with all that is needed to score and to rebuild it. Never changed or deleted.

    Triggers of the database refuse both, and the hashes show it if somebody got around them: each covers its row
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
    """What the symbol meant: name, type, currency, exchange, first_traded; none if the source does not say."""
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
    """``Scores`` of the model's backtest; none if it had none."""
    model_version: Mapped[str] = mapped_column(String(64))
    data_hash: Mapped[str] = mapped_column(String(64))
    code_version: Mapped[str] = mapped_column(String(64))
    seed: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hash: Mapped[str] = mapped_column(String(64))


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
        Index("ix_outcomes_week_ends", "source", "week_ends"),
    )

    number: Mapped[int] = mapped_column(ForeignKey("issued_forecasts.number"), primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(16))
    symbol: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(8))
    currency: Mapped[str] = mapped_column(String(8))
    as_of: Mapped[date]
    is_late: Mapped[bool]
    """Issued after the first session that it forecasts was over, by a job for a past day."""
    sessions: Mapped[int]
    """How many of its sessions are scored."""
    is_final: Mapped[bool]
    """Every session of it is: nothing changes any more."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why a closed session is not scored, if any is not."""
    last_scored: Mapped[date | None]
    """The newest session that is scored."""
    scored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes: Mapped[bytes] = mapped_column(LargeBinary)
    """One little-endian 64-bit float a session: the close that came, in USD of the as-of session; NaN for none."""

    week_ends: Mapped[date | None]
    """Its fifth session, once that is scored: what monitoring looks at."""
    week_in80: Mapped[bool | None]
    """Whether that close was inside the 80% band."""
    week_worse: Mapped[bool | None]
    """Whether the median was further from it than the as-of close was."""


for _model in TRACKED:
    for _sum in SUMS:
        setattr(
            StoredOutcome, f"{_model}_{_sum}", mapped_column(Integer if _sum in COUNTED else Double, nullable=False)
        )
for _figure in PROMISED:
    setattr(StoredOutcome, f"promised_{_figure}", mapped_column(Double, nullable=True))


class StoredTotals(Base):
    """What the outcomes of an ETF and kind add up to (``forecasting.record.totals``): a sum over all of them takes
    seconds once there are hundreds of thousands. Whatever changes an outcome renews it in the same transaction.
    """

    __tablename__ = "track_totals"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


TRACK_FACTS: Final = "facts"


class StoredTrackChart(Base):
    """The picture of an ETF's past forecasts with what happened drawn over them.

    A row of the theme ``TRACK_FACTS`` holds what is drawn instead (``Past.to_json``), for pictures in other languages.
    """

    __tablename__ = "track_charts"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    symbol: Mapped[str] = mapped_column(String(16), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    theme: Mapped[str] = mapped_column(String(8), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)
