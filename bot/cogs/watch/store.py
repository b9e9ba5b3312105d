"""Which ETFs servers follow in addition to the universe. All methods block on the database: call them in a thread."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.orm import Session

from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredDeparture, StoredWatch
from forecasting import Symbol, Universe

REST_AFTER: Final = timedelta(days=30)
"""How long an ETF outside the universe is retrained after nobody follows it any more. Its last forecast stays."""


class TooManyWatched(Exception):
    """The server follows as many ETFs as one may."""


class TooManyForAll(Exception):
    """All servers together follow as many ETFs as the bot trains."""


class Watches:
    """The lists of all servers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, server_id: int, symbol: Symbol, limit: int, now: datetime, most: int | None = None) -> bool:
        """Follow an ETF. False if the server follows it already.

        Args:
            limit: how many one server may follow.
            most: how many all servers may follow together.

        Raises:
            TooManyWatched: it follows ``limit`` others.
            TooManyForAll: all follow ``most`` others.
        """
        with exclusive(self._engine) as session:
            row = session.get(StoredWatch, (server_id, symbol))
            if row is not None and row.ended_at is None:
                return False
            current = select(func.count()).where(StoredWatch.server_id == server_id, StoredWatch.ended_at.is_(None))
            if (session.scalar(current) or 0) >= limit:
                raise TooManyWatched
            if most is not None and len({*_trained(session.connection(), now), symbol}) > most:
                raise TooManyForAll
            session.merge(StoredWatch(server_id=server_id, symbol=symbol, since=now, ended_at=None))
        return True

    def remove(self, server_id: int, symbol: Symbol, now: datetime) -> bool:
        """Stop following an ETF. False if the server did not follow it."""
        with self._engine.begin() as connection:
            found = connection.execute(
                update(StoredWatch)
                .where(StoredWatch.server_id == server_id, StoredWatch.symbol == symbol)
                .where(StoredWatch.ended_at.is_(None))
                .values(ended_at=now)
            )
            return found.rowcount > 0

    def of(self, server_id: int) -> tuple[Symbol, ...]:
        """What a server follows, the oldest first."""
        query = (
            select(StoredWatch.symbol)
            .where(StoredWatch.server_id == server_id, StoredWatch.ended_at.is_(None))
            .order_by(StoredWatch.since, StoredWatch.symbol)
        )
        with Session(self._engine) as session:
            return tuple(Symbol(symbol) for symbol in session.scalars(query))

    def all(self) -> frozenset[Symbol]:
        """What any server follows or has followed."""
        with Session(self._engine) as session:
            return frozenset(Symbol(symbol) for symbol in session.scalars(select(StoredWatch.symbol)))

    def trained(self, now: datetime) -> tuple[Symbol, ...]:
        """What the jobs train: the ETFs that are followed, or were not long ago, in alphabetical order.

        A server that the bot has left follows nothing since then.
        """
        with self._engine.connect() as connection:
            return tuple(sorted(_trained(connection, now)))


_FOLLOWED: Final = select(  # made once: the schedule asks every few minutes
    StoredWatch.symbol, StoredWatch.ended_at, StoredDeparture.left_at
).join(StoredDeparture, StoredDeparture.server_id == StoredWatch.server_id, isouter=True)


def _trained(connection: Connection, now: datetime) -> set[Symbol]:
    return {
        Symbol(symbol)
        for symbol, ended_at, left_at in connection.execute(_FOLLOWED)
        if all(end is None or now - end < REST_AFTER for end in (ended_at, left_at))
    }


def served(universe: Universe, watches: Watches, now: datetime) -> tuple[Symbol, ...]:
    """All that the jobs train and refresh: the universe, then what servers follow. It blocks on the database."""
    followed = (symbol for symbol in watches.trained(now) if symbol not in universe.names)
    return (*universe.symbols, *followed)
