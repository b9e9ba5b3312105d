"""What has happened to the securities behind the symbols, for those who show a status. Loads no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from forecasting.prices.store.identity import Security
from forecasting.prices.store.schema import StoredSecurity
from forecasting.universe import Symbol

TOLD_FOR: Final = timedelta(days=90)
"""How long a change is news."""


@dataclass(frozen=True)
class SecurityChange:
    """A symbol that has come to mean another security, or that its source no longer knows (``now`` is None).

    Attributes:
        at: when it was found out.
    """

    symbol: Symbol
    at: datetime
    before: Security
    now: Security | None

    @property
    def sentence(self) -> str:
        """For an operator or a reader: what happened, what came of it, and what to do."""
        day = f"{self.at:%Y-%m-%d}"
        if self.now is None:
            return (
                f"{self.symbol} ({self.before.name}) has been unknown to its source since {day}, so it may have "
                "ended. Where it stays so, take it from the lists, or name its successor."
            )
        return (
            f"{self.symbol} has meant another security since {day}: {_described(self.now)}, before "
            f"{_described(self.before)}. The forecasts of the former one have stopped, and are scored against its own "
            f"prices. Train a model of the new one: etf-forecast retrain {self.symbol}"
        )


def _described(security: Security) -> str:
    since = f", first traded {security.first_traded}" if security.first_traded else ""
    return f"{security.name} ({security.kind}{since})"


def security_changes(engine: Engine, source: str, since: datetime | None = None) -> tuple[SecurityChange, ...]:
    """Every such change that the price store has found, since ``since`` or ever, oldest first."""
    query = select(StoredSecurity).where(StoredSecurity.source == source).order_by(StoredSecurity.id)
    changes: list[SecurityChange] = []
    newest: dict[str, StoredSecurity] = {}
    with Session(engine) as session:
        for row in session.scalars(query):
            former = newest.get(row.symbol)
            if former is not None:
                changes.append(SecurityChange(Symbol(row.symbol), row.known_since, identity(former), identity(row)))
            newest[row.symbol] = row
        changes += [
            SecurityChange(Symbol(row.symbol), row.unknown_since, identity(row), None)
            for row in newest.values()
            if row.unknown_since is not None
        ]
    news = (change for change in changes if since is None or change.at >= since)
    return tuple(sorted(news, key=lambda change: change.at))


def identity(row: StoredSecurity) -> Security:
    """The security that a row of the store describes."""
    return Security(row.name, row.kind, row.currency, row.exchange, row.first_traded)
