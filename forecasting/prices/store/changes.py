"""Symbols that came to mean a different security, or disappeared, for status messages. Loads no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, Row, bindparam, select

from forecasting.prices.security import Security
from forecasting.prices.store.schema import StoredSecurity, security_of
from forecasting.universe import Symbol

TOLD_FOR: Final = timedelta(days=90)
"""How long a change is reported: about one forecast's horizon, so as long as forecasts of the former security run."""

_OF_SOURCE: Final = (  # made once: the schedule asks every few minutes
    select(StoredSecurity.__table__)  # whole objects cost three times as much
    .where(StoredSecurity.source == bindparam("source"))
    .order_by(StoredSecurity.id)
)


@dataclass(frozen=True)
class SecurityChange:
    """A symbol that has come to mean another security, or that its source no longer knows (``now`` is None).

    Attributes:
        at: when it was noticed (aware).
    """

    symbol: Symbol
    at: datetime
    before: Security
    now: Security | None

    @property
    def sentence(self) -> str:
        """What happened, what follows from it, and what to do; for operators and readers."""
        day = f"{self.at:%Y-%m-%d}"
        if self.now is None:
            return (
                f"{self.symbol} ({self.before.name}) has been unknown to its source since {day}; it may have been "
                "delisted. If this persists, remove it from your lists or use its successor."
            )
        return (
            f"{self.symbol} has meant a different security since {day}: {_described(self.now)}, previously "
            f"{_described(self.before)}. Forecasts of the previous one have stopped and are scored against its own "
            f"prices. To train a model of the new one: etf-forecast retrain {self.symbol}"
        )


def _described(security: Security) -> str:
    since = f", first traded {security.first_traded}" if security.first_traded else ""
    return f"{security.name} ({security.kind}{since})"


def security_changes(engine: Engine, source: str, since: datetime | None = None) -> tuple[SecurityChange, ...]:
    """The changes that were noticed since ``since`` (None: ever), oldest first."""
    changes: list[SecurityChange] = []
    newest: dict[str, Row[Any]] = {}
    with engine.connect() as connection:
        for row in connection.execute(_OF_SOURCE, {"source": source}):
            if (former := newest.get(row.symbol)) is not None:
                before, now = security_of(former), security_of(row)
                changes.append(SecurityChange(Symbol(row.symbol), row.known_since, before, now))
            newest[row.symbol] = row
    changes += [
        SecurityChange(Symbol(row.symbol), row.unknown_since, security_of(row), None)
        for row in newest.values()
        if row.unknown_since is not None
    ]
    return tuple(sorted((c for c in changes if since is None or c.at >= since), key=lambda change: change.at))
