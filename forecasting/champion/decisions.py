"""Decisions: which of two trained models is used for an ETF from then on, kept with their numbers for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import JSON, Engine, Index, Row, String, Text, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forecasting.storage.database import Base, UtcDateTime
from forecasting.universe import Symbol

Verdict = Literal["promoted", "refused", "rolled back"]


@dataclass(frozen=True)
class Decision:
    """A challenger met the champion, or an operator went back to an earlier model.

    Attributes:
        challenger: the new model; after a rollback, the earlier model that is champion again.
        champion: the model in use before; None if there was none.
        verdict: ``promoted`` and ``rolled back`` made the challenger champion, ``refused`` left the champion.
        reason: a sentence for a person.
        numbers: what the verdict is based on, fit for JSON; see ``forecasting.champion.promotion``.
        decided_at: aware.
    """

    source: str
    symbol: Symbol
    challenger: str
    champion: str | None
    verdict: Verdict
    reason: str
    numbers: Mapping[str, Any]
    decided_at: datetime

    @property
    def is_refusal(self) -> bool:
        return self.verdict == "refused"


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


class DecisionStore:
    """The decisions of one database. None is ever changed or deleted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, decision: Decision) -> bool:
        """Keep a decision.

        Returns:
            Whether it is new: False if the ETF's newest decision is the same verdict on the same two models.
        """
        newest = self.newest(decision.source, decision.symbol)
        what = ("challenger", "champion", "verdict")
        if newest is not None and all(getattr(newest, name) == getattr(decision, name) for name in what):
            return False
        with Session(self._engine) as session, session.begin():
            session.add(StoredDecision(**vars(decision) | {"numbers": dict(decision.numbers)}))
        return True

    def newest(self, source: str, symbol: Symbol) -> Decision | None:
        """The ETF's newest decision."""
        return next(iter(self.of(source, symbol, limit=1)), None)

    def of(self, source: str, symbol: Symbol, limit: int | None = None) -> tuple[Decision, ...]:
        """The decisions of an ETF, newest first."""
        query = _NEWEST_FIRST if limit is None else _NEWEST_FIRST.limit(limit)
        with self._engine.connect() as connection:
            return tuple(map(_decision, connection.execute(query, {"source": source, "symbol": symbol})))

    def newest_of_all(self, source: str) -> Mapping[Symbol, Decision]:
        """The newest decision of every ETF that has one. One SELECT."""
        with self._engine.connect() as connection:
            rows = connection.execute(_NEWEST_OF_ALL, {"source": source})
            return {Symbol(row.symbol): _decision(row) for row in rows}


# Made once: the schedule and the jobs ask often.
_TABLE: Final = StoredDecision.__table__
_OF_SOURCE: Final = _TABLE.c.source == bindparam("source")
_NEWEST_FIRST: Final = (
    select(_TABLE).where(_OF_SOURCE, _TABLE.c.symbol == bindparam("symbol")).order_by(_TABLE.c.id.desc())
)
_NEWEST_OF_ALL: Final = (
    select(_TABLE)
    .where(_TABLE.c.id.in_(select(func.max(_TABLE.c.id)).where(_OF_SOURCE).group_by(_TABLE.c.symbol)))
    .order_by(_TABLE.c.symbol)
)


def withdrawn(newest_first: Iterable[Decision]) -> frozenset[str]:
    """The models that an operator rolled back and that have not become champion since."""
    settled: dict[str, bool] = {}
    for decision in newest_first:
        if decision.verdict != "refused":
            settled.setdefault(decision.challenger, False)
        if decision.verdict == "rolled back" and decision.champion is not None:
            settled.setdefault(decision.champion, True)
    return frozenset(version for version, is_withdrawn in settled.items() if is_withdrawn)


def _decision(row: Row[Any]) -> Decision:
    return Decision(**{field.name: getattr(row, field.name) for field in fields(Decision)})
