"""The portfolios that members saved. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredMix
from forecasting import Symbol

MAX_SAVED: Final = 10
MAX_NAME: Final = 32


@dataclass(frozen=True)
class SavedMix:
    """A portfolio under a name that its member chose.

    Attributes:
        weights: as they were typed, in that order.
    """

    name: str
    weights: Mapping[Symbol, float]

    def to_json(self) -> dict[str, Any]:
        """For a copy in another table; ``from_json`` gives it back."""
        return {"name": self.name, "parts": list(self.weights.items())}

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> SavedMix:
        return cls(raw["name"], {Symbol(symbol): weight for symbol, weight in raw["parts"]})


class TooManySaved(Exception):
    """The member has saved as many portfolios as one may."""


class SavedMixes:
    """The saved portfolios of all members. Names are compared without regard to case."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, user_id: int, mix: SavedMix, now: datetime) -> bool:
        """Keep ``mix`` in place of the member's portfolio of that name. True if there was one.

        Raises:
            TooManySaved: the member has MAX_SAVED others.
        """
        with exclusive(self._engine) as session:
            rows = session.scalars(select(StoredMix).where(StoredMix.user_id == user_id)).all()
            former = [row for row in rows if _same(row.name, mix.name)]
            if len(rows) - len(former) >= MAX_SAVED:
                raise TooManySaved
            for row in former:
                session.delete(row)
            session.flush()
            parts = [[symbol, weight] for symbol, weight in mix.weights.items()]
            session.add(StoredMix(user_id=user_id, name=mix.name, parts=parts, saved_at=now))
            return bool(former)

    def of(self, user_id: int) -> tuple[SavedMix, ...]:
        """A member's portfolios, by name."""
        query = select(StoredMix).where(StoredMix.user_id == user_id).order_by(StoredMix.name)
        with Session(self._engine) as session:
            return tuple(_mix(row) for row in session.scalars(query))

    def find(self, user_id: int, name: str) -> SavedMix | None:
        """The member's portfolio of that name, if there is one."""
        return next((mix for mix in self.of(user_id) if _same(mix.name, name)), None)

    def remove(self, user_id: int, name: str) -> SavedMix | None:
        """Remove a portfolio and return it; None if the member has none of that name."""
        with Session(self._engine) as session, session.begin():
            for row in session.scalars(select(StoredMix).where(StoredMix.user_id == user_id)):
                if _same(row.name, name):
                    session.delete(row)
                    return _mix(row)
        return None


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.strip().casefold()


def _mix(row: StoredMix) -> SavedMix:
    return SavedMix(row.name, {Symbol(symbol): weight for symbol, weight in row.parts})
